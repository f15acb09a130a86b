"""Texts as every database can keep them."""

import re

_UNFIT = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """A text with U+FFFD for NUL, which PostgreSQL cannot keep, and for halves of characters, which no encoding has.

    They are replaced and not left out, so that no other word comes about (Unicode Technical Report 36, 3.5).
    """
    return _UNFIT.sub("\ufffd", text)
