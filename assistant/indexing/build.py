"""Builds the index from files: adds, changes and removes by fingerprint; safe to kill and run again."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from langchain_core.embeddings import Embeddings

from assistant.errors import DocumentError
from assistant.indexing.blocks import Window
from assistant.indexing.chunking import chunk_document
from assistant.indexing.reading import READERS, read_document
from assistant.indexing.sources import SOURCES_FILE, default_document, read_sources
from assistant.schema import PUBLIC, Chunk, Document
from assistant.settings import Settings
from assistant.store import Indexed, Store

INDEXING_VERSION = "1"  # raise it when reading or chunking changes: every document is then indexed again
SOURCES_ABOVE = 4  # how many folders above a given path may hold the sources.toml that describes it
_BATCH_WINDOWS = 256

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is not in the index, and why; `reason` is a short stable word."""

    source: str
    reason: str
    message: str


@dataclass(slots=True)
class IndexReport:
    """What a run did; the counts are documents."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)
    chunks: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    document: Document
    listed: bool = False


@dataclass(frozen=True, slots=True)
class _Prepared:
    document: Document
    fingerprint: str
    text: str
    chunks: Sequence[Chunk]
    windows: Sequence[Window]


def build_index(
    settings: Settings,
    store: Store,
    embedder: Embeddings,
    paths: Sequence[Path] = (),
    audience: str = PUBLIC,
    progress: Progress = lambda done, total, name: None,
) -> IndexReport:
    """Bring the index in step with files and folders; without paths, with the corpus of the city.

    A file under a given folder that is gone from disk leaves the index; a file that can no longer be read
    keeps its last good version. A folder that is missing or empty, as an unmounted disk is, loses nothing.
    Files that `sources.toml` of a folder lists take their metadata from it, wherever in the folder they lie;
    of two files with one id the first is indexed.

    Args:
        audience: who may see documents that no `sources.toml` describes.
        progress: called with (files done, files in all, the file's source).

    Raises:
        StoreError: another process is indexing.
        CityDataError: a `sources.toml` is malformed.
    """
    started = time.perf_counter()
    report = IndexReport()
    roots = _roots(settings, paths)
    files, lost = _find_files(roots, audience, report)
    distinct = _distinct(files.values(), report)
    with store.writing():
        known = store.indexed()
        _remove_gone(store, known, files, roots, lost, report)
        _index_files(settings, store, embedder, distinct, known, report, progress)
    report.chunks = store.counts()[1]
    report.seconds = round(time.perf_counter() - started, 3)
    return report


@dataclass(frozen=True, slots=True)
class _Root:
    """A given file or folder, and what the sources of its files begin with."""

    path: Path
    source: str

    def holds(self, source: str) -> bool:
        """Whether a source is this file, or lies in this folder."""
        return source == self.source or source.startswith(f"{self.source.rstrip('/')}/")


def _roots(settings: Settings, paths: Sequence[Path]) -> list[_Root]:
    if paths:
        return [_Root(path, str(path)) for path in paths]
    return [_Root(settings.city_dir, f"{settings.corpus.name}/{settings.city}")]


def _find_files(roots: Sequence[_Root], audience: str, report: IndexReport) -> tuple[dict[str, _File], list[_Root]]:
    """The files by source, and the roots that hold none; metadata from a `sources.toml` goes before guessed ones."""
    files: dict[str, _File] = {}
    lost: list[_Root] = []
    for root in roots:
        found = list(_files(root, audience))
        if not found:
            lost.append(root)
            report.refused.append(_nothing_in(root))
        for file in found:
            if file.listed or file.document.source not in files:
                files[file.document.source] = file
    return files, lost


def _nothing_in(root: _Root) -> Refused:
    if root.path.exists():
        return Refused(root.source, "empty_folder", f"{root.path} holds no files. What was indexed from it stays.")
    message = f"{root.path} does not exist. Check the path; what was indexed from a folder stays."
    return Refused(root.source, "not_found", message)


def _files(root: _Root, audience: str) -> Iterator[_File]:
    described = _described(root.path)
    listed = {path for path in described if path.is_relative_to(root.path.resolve())}
    if root.path.is_file():
        paths = [root.path]
    else:
        whole = (root.path / SOURCES_FILE).is_file()
        folder = root.path / "documents" if whole else root.path
        found = {path for path in folder.rglob("*") if path.is_file() and not _hidden(path, root.path)}
        paths = sorted(found | {root.path / path.relative_to(root.path.resolve()) for path in listed})
    for path in paths:
        inside = path.relative_to(root.path).as_posix() if path != root.path else ""
        source = f"{root.source.rstrip('/')}/{inside}" if inside else root.source
        document = described.get(path.resolve())
        if document:
            yield _File(path, replace(document, source=source), listed=True)
        else:
            yield _File(path, default_document(path, source, audience))


def _described(path: Path) -> dict[Path, Document]:
    """What the nearest `sources.toml`, in or above a path, says of files: a part of a corpus keeps its audience."""
    resolved = path.resolve()
    for folder in (resolved, *list(resolved.parents)[:SOURCES_ABOVE]):
        if (folder / SOURCES_FILE).is_file():
            return {(folder / name).resolve(): document for name, document in read_sources(folder).items()}
    return {}


def _distinct(files: Iterable[_File], report: IndexReport) -> list[_File]:
    first: dict[str, _File] = {}
    for file in files:
        other = first.setdefault(file.document.id, file)
        if other is not file:
            message = f"{file.path} has the id “{file.document.id}” of {other.path}. Give each document its own id."
            report.refused.append(Refused(file.document.source, "duplicate_id", message))
    return list(first.values())


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.relative_to(root).parts)


def _remove_gone(
    store: Store,
    known: dict[str, Indexed],
    files: Mapping[str, _File],
    roots: Sequence[_Root],
    lost: Sequence[_Root],
    report: IndexReport,
) -> None:
    kept = [root for root in lost if not (root.source in known and _is_deleted(root.path))]
    for source, indexed in list(known.items()):
        if source in files or any(root.holds(source) for root in kept):
            continue
        if any(root.holds(source) for root in roots):
            store.remove(indexed.document_id)
            del known[source]
            report.removed += 1


def _is_deleted(path: Path) -> bool:
    """Whether a single file is gone, and not the disk that it lay on: its folder still holds something."""
    return not path.exists() and path.parent.is_dir() and any(path.parent.iterdir())


def _index_files(
    settings: Settings,
    store: Store,
    embedder: Embeddings,
    files: Sequence[_File],
    known: dict[str, Indexed],
    report: IndexReport,
    progress: Progress,
) -> None:
    batch: list[_Prepared] = []
    for done, file in enumerate(files):
        progress(done, len(files), file.document.source)
        prepared = _prepare(settings, file, known.get(file.document.source), report)
        if prepared is None:
            continue
        batch.append(prepared)
        if sum(len(item.windows) for item in batch) >= _BATCH_WINDOWS:
            _write(store, embedder, batch, known, report)
            batch = []
    _write(store, embedder, batch, known, report)
    progress(len(files), len(files), "")


def _prepare(settings: Settings, file: _File, indexed: Indexed | None, report: IndexReport) -> _Prepared | None:
    try:
        fingerprint = _fingerprint(file)
        if indexed and indexed.complete and indexed.fingerprint == fingerprint:
            report.unchanged += 1
            return None
        parsed = read_document(file.path, settings)
    except DocumentError as error:
        report.refused.append(Refused(file.document.source, error.reason, str(error)))
        return None
    document = file.document
    if not document.title:
        document = replace(document, title=parsed.title, language=parsed.language)
    text, chunks, windows = chunk_document(document.id, parsed)
    return _Prepared(document, fingerprint, text, chunks, windows)


def _write(
    store: Store,
    embedder: Embeddings,
    batch: Sequence[_Prepared],
    known: dict[str, Indexed],
    report: IndexReport,
) -> None:
    if not batch:
        return
    vectors = iter(embedder.embed_documents([window.text for item in batch for window in item.windows]))
    for item in batch:
        windows = [(window.chunk_id, next(vectors)) for window in item.windows]
        store.put(item.document, item.text, item.fingerprint, item.chunks, windows)
        if item.document.source in known:
            report.changed += 1
        else:
            report.added += 1
    store.commit()


def _fingerprint(file: _File) -> str:
    digest = hashlib.blake2b(f"{INDEXING_VERSION} {asdict(file.document)!r}".encode(), digest_size=16)
    try:
        with file.path.open("rb") as stream:
            for block in iter(lambda: stream.read(1 << 20), b""):
                digest.update(block)
    except OSError as error:
        raise DocumentError("unreadable", f"{file.path} cannot be read: {error.strerror}.") from error
    return digest.hexdigest()


SUFFIXES = tuple(sorted(READERS))
