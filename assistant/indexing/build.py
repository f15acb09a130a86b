"""Builds the index from files: adds, changes, renames and removes; safe to kill and run again."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from langchain_core.embeddings import Embeddings

from assistant.city import load_city
from assistant.errors import DocumentError
from assistant.indexing.assembly import documents_of
from assistant.indexing.blocks import ParsedFile
from assistant.indexing.files import FoundFile, Root, distinct, find_files, nothing_in, roots_of
from assistant.indexing.ocr import ocr_installed
from assistant.indexing.parser import Parser
from assistant.indexing.report import FileOutcome, IndexReport, Outcome, Refused, RunProgress
from assistant.indexing.sources import document_id
from assistant.indexing.versions import link_versions
from assistant.indexing.writing import Batch
from assistant.schema import PUBLIC, STAFF, Document
from assistant.settings import Settings
from assistant.store import FileNote, FileRecord, Store

INDEXING_VERSION = "3"  # raise it when reading or chunking changes: every document is then indexed again
_READ_AHEAD = 2


def build_index(
    settings: Settings,
    store: Store,
    embedder: Embeddings,
    paths: Sequence[Path] = (),
    audience: str = PUBLIC,
    progress: RunProgress | None = None,
) -> IndexReport:
    """Bring the index in step with files and folders; without paths, with the corpus of the city.

    A file under a given folder that is gone from disk leaves the index; a file that can no longer be read
    keeps its last good version. A folder that is missing or empty, as an unmounted disk is, loses nothing.
    A file that was moved or renamed keeps its id, its chunks and their vectors. Files that `sources.toml` of a
    folder lists take their metadata from it, wherever in the folder they lie; of two files with one id the first
    is indexed.

    Args:
        audience: who may see documents that no `sources.toml` describes.

    Raises:
        StoreError: another process is indexing.
        CityDataError: a `sources.toml` is malformed.
    """
    started = time.perf_counter()
    run = _Run(settings, store, embedder, progress or RunProgress())
    roots = roots_of(settings, paths)
    files, lost = find_files(roots, audience)
    kept, doubles = distinct(files.values())
    run.report.refused += [*(nothing_in(root) for root in lost), *doubles]
    with store.writing():
        run.index(kept, roots, lost, set(files))
        link_versions(store)
    run.report.documents, run.report.chunks = store.counts()
    run.report.seconds = round(time.perf_counter() - started, 3)
    return run.report


@dataclass(frozen=True, slots=True)
class _Job:
    """A file to read: its content's hash, the fingerprint it will have, and what the index knows of it."""

    file: FoundFile
    content: str
    fingerprint: str
    known: FileRecord | None
    moved_from: str = ""


class _Run:
    """One run over many files."""

    def __init__(self, settings: Settings, store: Store, embedder: Embeddings, progress: RunProgress) -> None:
        self.report = IndexReport()
        self._settings = settings
        self._store = store
        self._progress = progress
        self._known = store.files()
        self._superseded = {document.id: document.superseded for document in store.all_documents()}
        self._audiences = {PUBLIC, STAFF, *(bureau.name for bureau in load_city(settings.city_dir).bureaus)}
        self._conditions = _conditions(settings)
        self._batch = Batch(store, embedder)

    def index(self, files: Sequence[FoundFile], roots: Sequence[Root], lost: Sequence[Root], found: set[str]) -> None:
        """Index the files, then remove what is gone; a moved file is known before its old place is removed."""
        self._progress.begin({file.key: _size(file.path) for file in files})
        gone = self._gone(found, roots, lost)
        with Parser(self._settings) as parser, ThreadPoolExecutor(1, "parser") as pool:
            for job, parsed in _read_ahead(parser, pool, self._jobs(files, gone)):
                self._progress.reading(job.file.key)
                self._take(job, parsed)
            self._write()
        for source in gone:
            self._store.remove_file(source)
            self._end(source, "removed")

    def _jobs(self, files: Sequence[FoundFile], gone: dict[str, FileRecord]) -> Iterator[_Job]:
        """The files that must be read, with their place in the index; the others are done with here."""
        moved = {record.content: source for source, record in gone.items()}
        claimed = {file.document.id for file in files if file.named}
        for file in files:
            try:
                content = _hash_file(file.path)
            except DocumentError as error:
                self._refuse(file.key, error)
                continue
            known = self._known.get(file.key)
            origin = "" if known else moved.pop(content, "")
            if origin:
                known = gone.pop(origin)
            if not file.named:
                file = self._with_kept_id(file, known, claimed)
            fingerprint = _fingerprint(file, content)
            if known and not origin and self._is_settled(file.key, known, fingerprint):
                continue
            if file.document.audience not in self._audiences:
                self._refuse(file.key, _unknown_audience(file))
                continue
            yield _Job(file, content, fingerprint, known, origin)

    def _with_kept_id(self, file: FoundFile, known: FileRecord | None, claimed: set[str]) -> FoundFile:
        """A file without a given id keeps the id under which it is known, also where it was moved; none is shared."""
        if known and known.file_id not in claimed:
            return replace(file, document=replace(file.document, id=known.file_id))
        if not known and file.document.id in {record.file_id for record in self._known.values()}:
            return replace(file, document=replace(file.document, id=document_id(file.path, f"{file.key} again")))
        return file

    def _is_settled(self, source: str, known: FileRecord, fingerprint: str) -> bool:
        """Whether the file is in the index as it is, or was refused as it is and would be again."""
        same_conditions = known.conditions == self._conditions
        if known.refused == fingerprint and same_conditions:
            note = known.notes[0]
            self.report.refused.append(Refused(source, note.reason, note.message))
            self._end(source, "refused", note)
            return True
        if known.fingerprint == fingerprint and (same_conditions or not known.notes):
            self._note_parts(source, known.notes)
            self._end(source, "unchanged")
            return True
        return False

    def _take(self, job: _Job, parsed: "Future[ParsedFile]") -> None:
        try:
            file = parsed.result()
        except DocumentError as error:
            self._refuse(job.file.key, error, job)
            return
        source = job.file.key
        if job.moved_from:
            self._store.rename_file(job.moved_from, source)
        documents = [(self._with_end(document), part) for document, part in documents_of(job.file, file)]
        gone = set(self._store.documents_of(source)) - {document.id for document, _ in documents}
        self._store.remove(sorted(gone))
        begun = FileRecord(source, job.file.document.id, job.content)
        self._store.note_file(begun)
        for document, parsed_document in documents:
            if self._batch.is_full:
                self._write()
            self._batch.add(source, document, parsed_document)
        notes = tuple(_notes(file))
        record = replace(begun, fingerprint=job.fingerprint, conditions=self._conditions, notes=notes)
        self._batch.finish(record, _outcome(job))

    def _with_end(self, document: Document) -> Document:
        """A superseded version stays so while it is written anew."""
        return replace(document, superseded=self._superseded.get(document.id))

    def _write(self) -> None:
        for record, outcome in self._batch.write():
            self.report.embedded += outcome.embedded
            self._note_parts(record.source, record.notes)
            self._count(outcome)

    def _refuse(self, source: str, error: DocumentError, job: _Job | None = None) -> None:
        note = FileNote("", error.reason, str(error))
        self.report.refused.append(Refused(source, note.reason, note.message))
        if job and not job.moved_from:
            record = job.known or FileRecord(source, job.file.document.id, job.content)
            refused = replace(record, conditions=self._conditions, refused=job.fingerprint, notes=(note,))
            self._store.note_file(refused)
        self._end(source, "refused", note)

    def _note_parts(self, source: str, notes: Sequence[FileNote]) -> None:
        """Report the parts that are not in the index: documents of the file as refused, pages as missing."""
        for note in notes:
            reported = self.report.refused if note.part else self.report.partial
            reported.append(Refused(f"{source}#{note.part}" if note.part else source, note.reason, note.message))

    def _end(self, source: str, outcome: Outcome, note: FileNote | None = None) -> None:
        reason, message = (note.reason, note.message) if note else ("", "")
        self._count(FileOutcome(source, outcome, reason=reason, message=message))

    def _count(self, outcome: FileOutcome) -> None:
        if outcome.outcome != "refused":
            setattr(self.report, outcome.outcome, getattr(self.report, outcome.outcome) + 1)
        self._progress.ended(outcome)

    def _gone(self, found: set[str], roots: Sequence[Root], lost: Sequence[Root]) -> dict[str, FileRecord]:
        """Known files that are no longer on disk, but for those of a folder that may only be unmounted."""
        kept = [root for root in lost if not (root.source in self._known and _is_deleted(root.path))]
        return {
            source: record
            for source, record in self._known.items()
            if source not in found
            and not any(root.holds(source) for root in kept)
            and any(root.holds(source) for root in roots)
        }


def _read_ahead(
    parser: Parser, pool: ThreadPoolExecutor, jobs: Iterator[_Job]
) -> Iterator[tuple[_Job, "Future[ParsedFile]"]]:
    """Each job with its file, read while earlier ones are embedded and written."""
    waiting: list[tuple[_Job, Future[ParsedFile]]] = []
    for job in jobs:
        waiting.append((job, pool.submit(parser.read, job.file.path)))
        if len(waiting) > _READ_AHEAD:
            yield waiting.pop(0)
    yield from waiting


def _outcome(job: _Job) -> Outcome:
    if job.moved_from:
        return "renamed"
    return "changed" if job.known and job.known.fingerprint else "added"


def _notes(file: ParsedFile) -> Iterator[FileNote]:
    for part in file.refused:
        yield FileNote(part.part, part.reason, part.message)
    for document in file.documents:
        for message in document.unread:
            yield FileNote("", "unread", f"{document.part}: {message}" if document.part else message)


def _is_deleted(path: Path) -> bool:
    """Whether a single file is gone, and not the disk that it lay on: its folder still holds something."""
    return not path.exists() and path.parent.is_dir() and any(path.parent.iterdir())


def _unknown_audience(file: FoundFile) -> DocumentError:
    message = f"{file.path} has the audience “{file.document.audience}”, which is no bureau of the city."
    return DocumentError("unknown_audience", message, "Write public, staff, or a bureau's name as in city.toml.")


def _conditions(settings: Settings) -> str:
    limits = (settings.max_file_mb, settings.max_pages, settings.parse_timeout_s, settings.parse_memory_mb)
    return f"{limits} ocr={ocr_installed(settings)}"


def _fingerprint(file: FoundFile, content: str) -> str:
    whole = f"{INDEXING_VERSION} {content} {file.document!r}"
    return hashlib.blake2b(whole.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _hash_file(path: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    try:
        with path.open("rb") as stream:
            for block in iter(lambda: stream.read(1 << 20), b""):
                digest.update(block)
    except OSError as error:
        raise DocumentError(
            "unreadable", f"{path} cannot be read: {error.strerror}.", "Check its path and rights."
        ) from error
    return digest.hexdigest()
