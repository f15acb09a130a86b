"""A log file of a child process that cannot fill the disk."""

import os
import threading
from collections import deque
from pathlib import Path
from typing import IO

MAX_BYTES = 2_000_000
TAIL_LINES = 12


class BoundedLog:
    """Copies a stream to a file; a full file becomes `<name>.1` and replaces the one before.

    Args:
        path: the log file.
        max_bytes: the size at which a new file begins.
    """

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._lock = threading.Lock()

    def tail(self) -> str:
        """The last lines that came, joined by ` / `."""
        with self._lock:
            return " / ".join(self._tail) or "(none)"

    def copy_from(self, stream: IO[bytes]) -> None:
        """Copy lines until the stream ends."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with stream:
            for line in stream:
                with self._lock:
                    self._tail.append(line.decode("utf-8", "replace").rstrip())
                self._append(line)

    def _append(self, line: bytes) -> None:
        with self._path.open("ab") as file:
            file.write(line)
            full = file.tell() >= self._max_bytes
        if full:
            os.replace(self._path, self._path.with_name(f"{self._path.name}.1"))
