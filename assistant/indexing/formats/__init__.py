"""Readers of file formats, one file each; `reading.py` lists them by suffix."""
