"""What the tests of recognisers compare: the pieces of a text that are found, with their kinds."""

from assistant.privacy import find_personal
from assistant.privacy.known import NOTHING_KNOWN, Known


def found(text: str, known: Known = NOTHING_KNOWN, threshold: float = 0.5) -> list[tuple[str, str]]:
    """Pairs of piece and kind, in order."""
    return [(text[span.start : span.end], str(span.kind)) for span in find_personal(text, known, threshold)]
