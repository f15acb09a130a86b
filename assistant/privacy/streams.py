"""Masks what is printed and not logged, such as the tracebacks of libraries and threads."""

from threading import Lock
from typing import Any, TextIO

from assistant.privacy.known import NOTHING_KNOWN, Known
from assistant.privacy.masking import mask
from assistant.text import detect_language


class MaskedStream:
    """A text stream that masks whole lines before it passes them on; everything else is the stream's own.

    For `contextlib.redirect_stderr`. What is written to the file descriptor itself, as by child processes, is not seen.
    """

    def __init__(self, stream: TextIO, known: Known = NOTHING_KNOWN) -> None:
        self._stream, self._known = stream, known
        self._begun = ""
        self._turn = Lock()

    def write(self, text: str) -> int:
        """Pass on the lines that are whole now."""
        with self._turn:  # for the buffer alone: masking may import modules, for which other threads may wait
            *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._stream.write(f"{self._masked(line)}\n")
        return len(text)

    def flush(self) -> None:
        """Pass on what there is."""
        with self._turn:
            rest, self._begun = self._begun, ""
        if rest:
            self._stream.write(self._masked(rest))
        self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _masked(self, line: str) -> str:
        return mask(line, detect_language(line), known=self._known).text
