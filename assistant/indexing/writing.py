"""Embeds and writes documents in batches; a window whose vector the index holds is not embedded again."""

from collections import Counter
from collections.abc import Sequence

from langchain_core.embeddings import Embeddings

from assistant.indexing.blocks import ParsedDocument, Window
from assistant.indexing.chunking import chunk_document
from assistant.indexing.report import FileOutcome, Outcome
from assistant.schema import Chunk, Document
from assistant.store import Entry, FileRecord, Store, StoredWindow

_BATCH_WINDOWS = 256
_BATCH_DOCUMENTS = 200
_Waiting = tuple[str, Document, str, Sequence[Chunk], Sequence[Window]]


class Batch:
    """Documents that wait to be embedded and written together, and the files that end with them."""

    def __init__(self, store: Store, embedder: Embeddings) -> None:
        self._store = store
        self._embedder = embedder
        self._waiting: list[_Waiting] = []
        self._windows = 0
        self._finished: list[tuple[FileRecord, Outcome]] = []
        self._documents: Counter[str] = Counter()
        self._chunks: Counter[str] = Counter()
        self._embedded: Counter[str] = Counter()

    @property
    def is_full(self) -> bool:
        """Whether it is time to write."""
        return self._windows >= _BATCH_WINDOWS or len(self._waiting) >= _BATCH_DOCUMENTS

    def add(self, file: str, document: Document, parsed: ParsedDocument) -> None:
        """Cut a document of a file into chunks and let it wait."""
        text, chunks, windows = chunk_document(document.id, parsed)
        self._waiting.append((file, document, text, chunks, windows))
        self._windows += len(windows)
        self._documents[file] += 1
        self._chunks[file] += len(chunks)

    def finish(self, record: FileRecord, outcome: Outcome) -> None:
        """Note a file as whole with the next writing: all its documents were added."""
        self._finished.append((record, outcome))

    def write(self) -> list[tuple[FileRecord, FileOutcome]]:
        """Write what waits and make it searchable; the files that are whole with it."""
        vectors = self._embed_missing()
        entries = []
        for file, document, text, chunks, windows in self._waiting:
            stored = [StoredWindow(w.key, w.chunk_id, vectors.get((document.id, w.key))) for w in windows]
            entries.append(Entry(file, document, text, chunks, stored))
        self._store.put(entries)
        for record, _ in self._finished:
            self._store.finish_file(record)
        self._store.commit()
        done = [(record, self._outcome(record.source, outcome)) for record, outcome in self._finished]
        self._waiting, self._finished, self._windows = [], [], 0
        return done

    def _embed_missing(self) -> dict[tuple[str, str], Sequence[float]]:
        known = self._store.known_windows([document.id for _, document, *_ in self._waiting])
        missing = [
            (file, document.id, window)
            for file, document, _, _, windows in self._waiting
            for window in windows
            if window.key not in known[document.id]
        ]
        self._embedded.update(file for file, _, _ in missing)
        vectors = self._embedder.embed_documents([window.text for _, _, window in missing]) if missing else []
        pairs = zip(missing, vectors, strict=True)
        return {(document_id, window.key): vector for (_, document_id, window), vector in pairs}

    def _outcome(self, source: str, outcome: Outcome) -> FileOutcome:
        counters = (self._documents, self._chunks, self._embedded)
        documents, chunks, embedded = (counter.pop(source, 0) for counter in counters)
        return FileOutcome(source, outcome, documents, chunks, embedded)
