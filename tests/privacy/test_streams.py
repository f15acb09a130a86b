"""What is printed and not logged."""

import io
import traceback
from contextlib import redirect_stderr

from assistant.privacy import MaskedStream, known_values

PHONE = "0912-345-678"


def test_a_printed_traceback_is_masked() -> None:
    """Also where it comes in pieces, as libraries print it."""
    written = io.StringIO()
    with redirect_stderr(MaskedStream(written)):
        try:
            raise ValueError(f"no such phone: {PHONE}")
        except ValueError:
            traceback.print_exc()
    assert written.getvalue().endswith("ValueError: no such phone: [phone 1]\n")
    assert PHONE not in written.getvalue()


def test_a_line_in_two_pieces_hides_nothing() -> None:
    """A line is masked as a whole, and what has no end when the program ends is written as well."""
    written = io.StringIO()
    stream = MaskedStream(written, known_values(["07-3368333"]))
    stream.write("call 07-3368333 or 0912-3")
    stream.write("45-678\nmore")
    assert written.getvalue() == "call 07-3368333 or [phone 1]\n"
    stream.flush()
    assert written.getvalue().endswith("\nmore")


def test_everything_else_is_the_streams_own() -> None:
    """Libraries ask whether it is a terminal."""
    stream = MaskedStream(io.StringIO())
    assert not stream.isatty()
    assert stream.writable()
