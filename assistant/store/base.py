"""The store: one door to the registry, the keyword index and the vector index, kept in step."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import Lock

from chromadb.errors import ChromaError
from filelock import FileLock, Timeout
from sqlalchemy.exc import SQLAlchemyError

from assistant.errors import StoreError
from assistant.schema import PUBLIC, STAFF, Chunk, Document, Locator, Role
from assistant.store.keywords import KeywordIndex
from assistant.store.records import Entry, FileRecord
from assistant.store.registry import FIRST_DAY, LAST_DAY, SCHEMA_VERSION, Registry, day_number, schema_of
from assistant.store.terms import Term
from assistant.store.vectors import VectorIndex, VectorRow

_PARTS = ("registry.sqlite", "keywords", "vectors")
_CURE = "Remove that folder and run `city-assistant index` again; documents are never changed by it."


@dataclass(frozen=True, slots=True)
class Access:
    """What a search may see: the audiences of the person, and the day in question."""

    audiences: tuple[str, ...]
    as_of: date

    @classmethod
    def of(cls, role: Role, as_of: date, bureau: str = "") -> "Access":
        """Citizens see public documents; staff see those, staff documents and their bureau's; all else is denied."""
        if role != "staff":
            return cls((PUBLIC,), as_of)
        return cls((PUBLIC, STAFF, bureau) if bureau else (PUBLIC, STAFF), as_of)

    @property
    def day(self) -> int:
        """The day as YYYYMMDD."""
        return day_number(self.as_of, LAST_DAY)


@dataclass(frozen=True, slots=True)
class Scored:
    """A chunk that one or both search legs found; a leg that did not find it gives None."""

    chunk: Chunk
    document: Document
    keyword: float | None
    cosine: float | None


class Store:
    """The index of one city on disk. Many threads may read; one process at a time may write."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._registry = Registry(folder / "registry.sqlite")
        self._keywords = KeywordIndex(folder / "keywords")
        self._vectors = VectorIndex(folder / "vectors")
        self._pending: list[str] = []
        self._pending_files: list[FileRecord] = []
        self._pending_ends: dict[str, date | None] = {}
        self._generation = self._registry.get_meta("generation")
        self._reload_lock = Lock()

    def close(self) -> None:
        """Release files and locks."""
        self._keywords.close()
        self._registry.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the write lock of the index for a whole run; commits at the end, also after an error.

        Raises:
            StoreError: another process is writing.
        """
        try:
            with FileLock(self._folder / "write.lock", timeout=0):
                self._vectors.reload()  # what was written from memory of an older state would be lost
                try:
                    yield
                finally:
                    self.commit()
                    self._keywords.close()
        except Timeout as error:
            raise StoreError(
                f"Another process is indexing into {self._folder}.", "Wait for it to end, then run this again."
            ) from error

    def known_windows(self, document_ids: Sequence[str]) -> dict[str, set[str]]:
        """The keys of the windows whose vectors the index holds, by document."""
        return self._vectors.known(document_ids)

    def put(self, entries: Sequence[Entry]) -> None:
        """Write documents in place of what was there; searchable whole after `commit`, never in part."""
        ids = [entry.document.id for entry in entries]
        former = self._registry.ids_of([entry.document.source for entry in entries])
        self._registry.begin_documents(entries)
        replaced = list(dict.fromkeys([*ids, *former]))
        for document_id in replaced:
            self._keywords.remove_document(document_id)
        for entry in entries:
            self._add_keywords(entry.document, entry.chunks)
        self._vectors.write(replaced, [row for entry in entries for row in _vector_rows(entry)])
        self._pending += ids

    def finish_file(self, record: FileRecord) -> None:
        """Note at the next commit that a file is whole in the index."""
        self._pending_files.append(record)

    def note_file(self, record: FileRecord) -> None:
        """Note now what is known of a file that is not whole: it was begun, or refused."""
        self._registry.put_file(record)

    def rename_file(self, source: str, new_source: str) -> None:
        """Know a file under another source; its documents are kept, and written anew under it next."""
        self._registry.rename_file(source, new_source)

    def remove(self, document_ids: Sequence[str]) -> None:
        """Remove documents; they leave search at once."""
        if not document_ids:
            return
        self._registry.mark_incomplete(document_ids)
        for document_id in document_ids:
            self._keywords.remove_document(document_id)
        self._vectors.write(document_ids, ())
        self._keywords.commit()
        self._registry.delete_documents(document_ids)

    def remove_file(self, source: str) -> None:
        """Remove a file and its documents."""
        self.remove(self._registry.documents_of(source))
        self._registry.delete_file(source)

    def supersede(self, document: Document, day: date | None) -> None:
        """Note the first day on which a newer version is in force, in both search legs; None: there is none."""
        changed = replace(document, superseded=day)
        self._keywords.remove_document(document.id)
        self._add_keywords(changed, self._registry.chunks_of(document.id))
        self._vectors.relabel(document.id, document.audience, document.language, _days(changed))
        self._pending_ends[document.id] = day

    def commit(self) -> None:
        """Make everything written so far durable and searchable."""
        self._keywords.commit()
        self._registry.complete(self._pending, self._pending_files, self._pending_ends)
        self._pending.clear()
        self._pending_files.clear()
        self._pending_ends.clear()
        self._generation = str(int(self._registry.get_meta("generation") or 0) + 1)
        self._registry.set_meta("generation", self._generation)

    def files(self) -> dict[str, FileRecord]:
        """What is known of every file, by source."""
        return self._registry.files()

    def documents_of(self, file: str) -> list[str]:
        """The ids of a file's documents."""
        return self._registry.documents_of(file)

    def all_documents(self) -> list[Document]:
        """Every whole document, whoever may see it: for the index's own upkeep, never for a person."""
        return self._registry.all_documents()

    def counts(self) -> tuple[int, int]:
        """Number of documents and of chunks that can be found."""
        return self._registry.counts()

    def documents(self, access: Access) -> list[Document]:
        """The documents that this person may see."""
        return self._registry.documents(access.audiences)

    def document(self, document_id: str, access: Access) -> tuple[Document, str] | None:
        """A document and its stored text, or None where this person may not see it."""
        return self._registry.document(document_id, access.audiences)

    def stored_text(self, document_id: str) -> str:
        """The stored text of a document, whoever may see it: for checking quotes, never for a person; else empty."""
        return self._registry.stored_text(document_id)

    def locator_at(self, document_id: str, offset: int) -> Locator:
        """Where an offset of a document's stored text stands, whoever may see it; nowhere where no chunk holds it."""
        chunks = self._registry.chunks_of(document_id)
        return next((chunk.locator_at(offset) for chunk in chunks if chunk.start <= offset < chunk.end), Locator())

    def search(self, terms: Sequence[Term], vector: Sequence[float], access: Access, candidates: int) -> list[Scored]:
        """The union of both legs' best chunks, unordered; each leg is filtered by audience and date inside its query.

        Args:
            terms: the words of the question, as `terms` gives them.
            candidates: how many chunks (keywords) and windows (vectors) each leg brings.
        """
        self._follow_writer()
        keyword = dict(self._keywords.search(terms, candidates, access.audiences, access.day))
        cosine = dict(self._vectors.search(vector, candidates, access.audiences, access.day))
        found = self._registry.chunks(list({**keyword, **cosine}), access.audiences)
        return [Scored(*found[key], keyword.get(key), cosine.get(key)) for key in found]

    def terms(self, text: str) -> list[Term]:
        """The distinct words of a text as terms to search with."""
        return self._keywords.terms(text)

    def query_tokens(self, text: str) -> list[str]:
        """The distinct index terms of a text."""
        return self._keywords.query_tokens(text)

    def rarity(self, term: Term) -> float:
        """How rare all wordings of a term are together, among all chunks."""
        return self._keywords.rarity(term)

    def idf(self, token: str) -> float:
        """How rare an index term is among all chunks."""
        return self._keywords.idf(token)

    def _add_keywords(self, document: Document, chunks: Sequence[Chunk]) -> None:
        for chunk in chunks:
            title = f"{document.title} {chunk.locator.section or ''}"
            self._keywords.add(
                chunk.id, document.id, title, chunk.text, document.audience, document.language, _days(document)
            )

    def _follow_writer(self) -> None:
        generation = self._registry.get_meta("generation")
        if generation != self._generation:
            with self._reload_lock:
                self._keywords.reload()
                self._vectors.reload()
                self._generation = generation


def _days(document: Document) -> tuple[int, int]:
    return day_number(document.effective_from, FIRST_DAY), day_number(document.last_day, LAST_DAY)


def _vector_rows(entry: Entry) -> list[VectorRow]:
    document = entry.document
    return [
        VectorRow(
            document.id,
            window.key,
            window.chunk_id,
            window.vector,
            document.audience,
            document.language,
            _days(document),
        )
        for window in entry.windows
    ]


def set_aside_outdated(folder: Path) -> Path | None:
    """Move an index of an older version out of the way, so that a new one can be built; where it went, if it did.

    Raises:
        StoreError: it cannot be moved.
    """
    schema = schema_of(folder / "registry.sqlite")
    if schema in (None, SCHEMA_VERSION):
        return None
    aside = folder.with_name(f"{folder.name}.schema-{schema}")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        folder.rename(aside)
    except OSError as error:
        raise StoreError(f"The outdated index in {folder} cannot be moved: {error.strerror}.", _CURE) from error
    return aside


def open_store(folder: Path, embedder_fingerprint: str) -> Store:
    """Open the index in a folder, or make an empty one.

    Raises:
        StoreError: the folder cannot be written, is damaged, or was made with other embedding weights.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lost = [part for part in _PARTS if not (folder / part).exists()]
        if 0 < len(lost) < len(_PARTS):
            raise StoreError(f"The index in {folder} has lost {', '.join(lost)}.", _CURE)
        store = Store(folder)
        for key, value in (("schema", SCHEMA_VERSION), ("embedder", embedder_fingerprint)):
            known = store._registry.get_meta(key)
            if known is None:
                store._registry.set_meta(key, value)
            elif known != value:
                raise StoreError(f"The index in {folder} was made with {key} {known}, not {value}.", _CURE)
    except (OSError, SQLAlchemyError, ChromaError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise StoreError(f"The index in {folder} cannot be opened: {reason}.", _CURE) from error
    return store
