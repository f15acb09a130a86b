"""What the product is made of: installed packages and model files, with their licences and hashes."""
