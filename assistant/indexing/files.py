"""Finds the files to index under given paths, each with what sources.toml or a sidecar says of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.indexing.report import Refused
from assistant.indexing.sources import (
    SIDECAR_SUFFIX,
    SOURCES_FILE,
    default_document,
    document_id,
    read_sidecar,
    read_sources,
)
from assistant.schema import Document
from assistant.settings import Settings

SOURCES_ABOVE = 4  # how many folders above a given path may hold the sources.toml that describes it


@dataclass(frozen=True, slots=True)
class Root:
    """A given file or folder, and what the sources of its files begin with."""

    path: Path
    source: str

    def holds(self, source: str) -> bool:
        """Whether a source is this file, or lies in this folder."""
        return source == self.source or source.startswith(f"{self.source.rstrip('/')}/")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file with the metadata known before it is read.

    Attributes:
        key: the path as given at indexing, by which the file is known.
        document: its metadata; the file itself fills what is empty.
        listed: whether a `sources.toml` or a sidecar describes it.
        named: whether that gives its id.
    """

    path: Path
    key: str
    document: Document
    listed: bool = False
    named: bool = False


def roots_of(settings: Settings, paths: Sequence[Path]) -> list[Root]:
    """What to index: the given paths, or else the corpus of the city and the documents fetched for it."""
    if paths:
        return [Root(path, str(path)) for path in paths]
    roots = [Root(settings.city_dir, f"{settings.corpus.name}/{settings.city}")]
    if settings.fetched_dir.is_dir():
        roots.append(Root(settings.fetched_dir, f"fetched/{settings.city}"))
    return roots


def find_files(roots: Sequence[Root], audience: str) -> tuple[dict[str, FoundFile], list[Root]]:
    """The files by key, and the roots that hold none; metadata that a city gives goes before guessed ones.

    Raises:
        CityDataError: a `sources.toml` or a sidecar is malformed.
    """
    files: dict[str, FoundFile] = {}
    lost: list[Root] = []
    for root in roots:
        found = list(_files(root, audience))
        if not found:
            lost.append(root)
        for file in found:
            if file.listed or file.key not in files:
                files[file.key] = file
    return files, lost


def nothing_in(root: Root) -> Refused:
    """Why a given path gave no files."""
    if root.path.exists():
        return Refused(root.source, "empty_folder", f"{root.path} holds no files. What was indexed from it stays.")
    message = f"{root.path} does not exist. Check the path; what was indexed from a folder stays."
    return Refused(root.source, "not_found", message)


def distinct(files: Iterable[FoundFile]) -> tuple[list[FoundFile], list[Refused]]:
    """The first file of each id, and the others as refused."""
    first: dict[str, FoundFile] = {}
    refused: list[Refused] = []
    for file in files:
        other = first.setdefault(file.document.id, file)
        if other is not file:
            message = f"{file.path} has the id “{file.document.id}” of {other.path}. Give each document its own id."
            refused.append(Refused(file.key, "duplicate_id", message))
    return list(first.values()), refused


def _files(root: Root, audience: str) -> Iterator[FoundFile]:
    described = _described(root.path)
    for path in _paths(root, set(described)):
        inside = path.relative_to(root.path).as_posix() if path != root.path else ""
        key = f"{root.source.rstrip('/')}/{inside}" if inside else root.source
        document = described.get(path.resolve())
        document = replace(document, source=key) if document else read_sidecar(path, key)
        if document:
            known_id = document.id or document_id(path, document.source)
            known = replace(document, id=known_id, audience=document.audience or audience)
            yield FoundFile(path, key, known, listed=True, named=bool(document.id))
        else:
            yield FoundFile(path, key, default_document(path, key, audience))


def _paths(root: Root, described: set[Path]) -> list[Path]:
    """The files of a root in order; of a city's folder its documents, and whatever else its list names."""
    if root.path.is_file():
        return [root.path]
    resolved = root.path.resolve()
    listed = {root.path / path.relative_to(resolved) for path in described if path.is_relative_to(resolved)}
    folder = root.path / "documents" if (root.path / SOURCES_FILE).is_file() else root.path
    found = {path for path in folder.rglob("*") if path.is_file() and not _hidden(path, root.path)}
    return sorted(path for path in found | listed if not _is_metadata(path))


def _is_metadata(path: Path) -> bool:
    beside = path.with_name(path.name.removesuffix(SIDECAR_SUFFIX))
    return path.name == SOURCES_FILE or (path.suffix == SIDECAR_SUFFIX and beside.is_file())


def _described(path: Path) -> dict[Path, Document]:
    """What the nearest `sources.toml`, in or above a path, says of files: a part of a corpus keeps its audience."""
    resolved = path.resolve()
    for folder in (resolved, *list(resolved.parents)[:SOURCES_ABOVE]):
        if (folder / SOURCES_FILE).is_file():
            return {(folder / name).resolve(): document for name, document in read_sources(folder).items()}
    return {}


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.relative_to(root).parts)
