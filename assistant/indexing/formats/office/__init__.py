"""Word processing, slides and sheets of OOXML, ODF and old Excel, read from their XML and records."""
