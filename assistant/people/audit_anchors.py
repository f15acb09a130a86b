"""Anchors of the audit: after each act its number and hash, in a file of the log folder that is only added to."""

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import StoreError

FILE_NAME = "audit-anchors.jsonl"
_CURE = "Check the log folder; the audit needs a file there that can be added to."


class Anchors:
    """The anchors of one database; other databases may have theirs in the same file.

    A line is written at once (O_APPEND), so that several processes may write. Who copies the lines to another machine,
    or makes the file append-only (`chattr +a`), is safe from those who can write to both the database and this folder.

    Args:
        path: the file, made at the first act.
        database: the name of the database.
    """

    def __init__(self, path: Path, database: str) -> None:
        self._path, self._database = path, database

    @contextmanager
    def opened(self) -> Iterator[int]:
        """The file, opened to be added to before an act is done, so that it is not done where no anchor can be written.

        Raises:
            StoreError: it cannot be opened.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(f"The anchors of the audit in {self._path} cannot be written: {error}.", _CURE) from error
        try:
            yield file
        finally:
            os.close(file)

    def write(self, file: int, count: int, row_hash: str) -> None:
        """Add an anchor: there are `count` rows, and the last one has this hash.

        Raises:
            StoreError: it cannot be written; the act is done nevertheless.
        """
        line = (json.dumps({"count": count, "database": self._database, "hash": row_hash}) + "\n").encode()
        try:
            if os.write(file, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file)
        except OSError as error:
            message = f"The act is done and in the audit, but its anchor in {self._path} could not be written: {error}."
            raise StoreError(message, _CURE) from error

    def read(self) -> dict[int, list[str]]:
        """The anchors of this database: hashes by count.

        Raises:
            StoreError: the file cannot be read, or a line of it is no anchor.
        """
        found: dict[int, list[str]] = {}
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else []
        except (OSError, UnicodeError) as error:
            raise StoreError(f"The anchors of the audit in {self._path} cannot be read: {error}.", _CURE) from error
        for number, line in enumerate(lines, start=1):
            try:
                anchor = json.loads(line)
                count, database, row_hash = int(anchor["count"]), anchor["database"], str(anchor["hash"])
            except (ValueError, KeyError, TypeError) as error:
                message = f"Line {number} of {self._path} is no anchor: it was changed, or cut off by a full disk."
                raise StoreError(message, "Compare it with a copy of the file.") from error
            if database == self._database:
                found.setdefault(count, []).append(row_hash)
        return found
