"""Scale: the same store at a thousand, a hundred thousand and a million chunks."""
