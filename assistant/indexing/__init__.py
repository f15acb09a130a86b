"""Documents to chunks: readers of file formats, chunking, and the metadata of a city's sources."""
