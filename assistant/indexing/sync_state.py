"""What was fetched before: one entry a URL in `.sync.json`, written anew after each document."""

import json
import os
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from assistant.indexing.sync_list import Metadata

STATE_FILE = ".sync.json"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document in the folder.

    Attributes:
        path: its file, relative to the folder.
        dataset: URL of the list that named it; empty where a table of its own does.
        digest: hash of its content.
        fetched: when its content came (ISO 8601).
        missing_since: the first day on which the server said that it is gone; empty while it is there.
    """

    path: str
    digest: str
    fetched: str
    etag: str = ""
    last_modified: str = ""
    dataset: str = ""
    metadata: Metadata = field(default_factory=dict)
    missing_since: str = ""


class SyncState:
    """The entries of a folder by URL; a change is on disk before `put` or `remove` returns."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / STATE_FILE
        self.entries: dict[str, Fetched] = _read(self._path)

    def put(self, url: str, entry: Fetched) -> None:
        """Keep what is now known of a URL."""
        if self.entries.get(url) != entry:
            self.entries[url] = entry
            self._save()

    def remove(self, url: str) -> None:
        """Forget a URL."""
        if self.entries.pop(url, None):
            self._save()

    def _save(self) -> None:
        documents = {url: asdict(entry) for url, entry in self.entries.items()}
        write_whole(self._path, json.dumps({"version": _VERSION, "documents": documents}, ensure_ascii=False).encode())


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in place in one step: whoever reads it finds the old content or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)


def _read(path: Path) -> dict[str, Fetched]:
    """The entries on disk; none where the file is missing or damaged: everything is then fetched again."""
    try:
        documents = json.loads(path.read_text(encoding="utf-8"))["documents"]
        names = {attribute.name for attribute in fields(Fetched)}
        return {
            url: Fetched(**{name: value for name, value in entry.items() if name in names})
            for url, entry in documents.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
