"""What the product is compared with, written as its own documentation would write it and run, not remembered."""
