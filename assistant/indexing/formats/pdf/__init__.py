"""PDF files: text by pypdf and pdfium, lines, order, tables, headings, and scanned pages by OCR."""
