"""Open data as text: FAQ sets, laws, tables and records in JSON, XML and CSV, and ZIP files."""
