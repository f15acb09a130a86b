"""The document registry: which documents are indexed, their stored text, and where each chunk stands."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from assistant.schema import Chunk, Document, Locator
from assistant.store.records import Entry, FileNote, FileRecord

SCHEMA_VERSION = "4"
_BATCH = 1000  # ids in one statement
FIRST_DAY, LAST_DAY = 0, 99999999

_metadata = sa.MetaData()
_meta = sa.Table("meta", _metadata, sa.Column("key", sa.String, primary_key=True), sa.Column("value", sa.String))
_documents = sa.Table(
    "documents",
    _metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("source", sa.String, nullable=False, unique=True),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("bureau", sa.String, nullable=False),
    sa.Column("language", sa.String, nullable=False),
    sa.Column("audience", sa.String, nullable=False),  # an index would tempt SQLite to look chunks up by it
    sa.Column("type", sa.String, nullable=False),
    sa.Column("topic", sa.String, nullable=False),
    sa.Column("licence", sa.String, nullable=False),
    sa.Column("url", sa.String, nullable=False),
    sa.Column("published", sa.Date),
    sa.Column("effective_from", sa.Date),
    sa.Column("effective_to", sa.Date),
    sa.Column("repealed", sa.Date),
    sa.Column("supersedes", sa.String, nullable=False),
    sa.Column("superseded", sa.Date),
    sa.Column("unofficial", sa.Boolean, nullable=False),
    sa.Column("file", sa.String, nullable=False, index=True),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
_files = sa.Table(
    "files",
    _metadata,
    sa.Column("source", sa.String, primary_key=True),
    sa.Column("file_id", sa.String, nullable=False),
    sa.Column("content", sa.String, nullable=False),
    sa.Column("fingerprint", sa.String, nullable=False),
    sa.Column("conditions", sa.String, nullable=False),
    sa.Column("refused", sa.String, nullable=False),
    sa.Column("notes", sa.Text, nullable=False),
)
_chunks = sa.Table(
    "chunks",
    _metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("document_id", sa.String, sa.ForeignKey("documents.id"), nullable=False, index=True),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("page", sa.Integer),
    sa.Column("section", sa.String),
    sa.Column("article", sa.String),
    sa.Column("item", sa.String),
    sa.Column("places", sa.Text, nullable=False),
)
_DOCUMENT_FIELDS = list(Document.__dataclass_fields__)


def day_number(day: date | None, otherwise: int) -> int:
    """A day as the integer YYYYMMDD, which both search legs can compare."""
    return otherwise if day is None else day.year * 10000 + day.month * 100 + day.day


def schema_of(path: Path) -> str | None:
    """The version of the tables in a registry's file; None where there is no readable one."""
    if not path.is_file():
        return None
    engine = sa.create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            return connection.execute(sa.select(_meta.c.value).where(_meta.c.key == "schema")).scalar()
    except sa.exc.SQLAlchemyError:
        return None
    finally:
        engine.dispose()


class Registry:
    """Documents and chunks in one SQL database; safe for many reading threads and one writer."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
        with self._engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            _metadata.create_all(connection)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def get_meta(self, key: str) -> str | None:
        """The value that `set_meta` kept, or None."""
        with self._engine.connect() as connection:
            return connection.execute(sa.select(_meta.c.value).where(_meta.c.key == key)).scalar()

    def set_meta(self, key: str, value: str) -> None:
        """Keep a value under a key."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(_meta).where(_meta.c.key == key))
            connection.execute(sa.insert(_meta).values(key=key, value=value))

    def begin_documents(self, entries: Sequence[Entry]) -> None:
        """Write documents and their chunks as incomplete: they exist for repair, not for search.

        They replace what had their ids or their sources.
        """
        with self._engine.begin() as connection:
            for entry in entries:
                row = {name: getattr(entry.document, name) for name in _DOCUMENT_FIELDS}
                same = (_documents.c.id == entry.document.id) | (_documents.c.source == entry.document.source)
                replaced = sa.select(_documents.c.id).where(same).scalar_subquery()
                connection.execute(sa.delete(_chunks).where(_chunks.c.document_id.in_(replaced)))
                connection.execute(sa.delete(_documents).where(same))
                connection.execute(
                    sa.insert(_documents).values(**row, file=entry.file, text=entry.text, complete=False)
                )
                if entry.chunks:
                    connection.execute(sa.insert(_chunks), [_chunk_row(chunk) for chunk in entry.chunks])

    def complete(
        self, document_ids: Iterable[str], files: Iterable[FileRecord], superseded: Mapping[str, date | None]
    ) -> None:
        """In one transaction: documents are whole in every part of the index, files too, and versions have ended."""
        with self._engine.begin() as connection:
            for document_id in document_ids:
                connection.execute(sa.update(_documents).where(_documents.c.id == document_id).values(complete=True))
            for record in files:
                _write_file(connection, record)
            for document_id, day in superseded.items():
                connection.execute(sa.update(_documents).where(_documents.c.id == document_id).values(superseded=day))

    def mark_incomplete(self, document_ids: Sequence[str]) -> None:
        """Take documents out of search before their parts are removed."""
        with self._engine.begin() as connection:
            for part in _batches(document_ids):
                connection.execute(sa.update(_documents).where(_documents.c.id.in_(part)).values(complete=False))

    def delete_documents(self, document_ids: Sequence[str]) -> None:
        """Forget documents and their chunks."""
        with self._engine.begin() as connection:
            for part in _batches(document_ids):
                connection.execute(sa.delete(_chunks).where(_chunks.c.document_id.in_(part)))
                connection.execute(sa.delete(_documents).where(_documents.c.id.in_(part)))

    def files(self) -> dict[str, FileRecord]:
        """What is known of every file, by source."""
        with self._engine.connect() as connection:
            return {row.source: _file_record(row) for row in connection.execute(sa.select(_files))}

    def put_file(self, record: FileRecord) -> None:
        """Write what is known of a file."""
        with self._engine.begin() as connection:
            _write_file(connection, record)

    def rename_file(self, source: str, new_source: str) -> None:
        """Know a file and its documents under another source."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(_files).where(_files.c.source == new_source))
            connection.execute(sa.update(_files).where(_files.c.source == source).values(source=new_source))
            connection.execute(sa.update(_documents).where(_documents.c.file == source).values(file=new_source))

    def delete_file(self, source: str) -> None:
        """Forget a file."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(_files).where(_files.c.source == source))

    def documents_of(self, file: str) -> list[str]:
        """The ids of a file's documents, also of incomplete ones."""
        query = sa.select(_documents.c.id).where(_documents.c.file == file)
        with self._engine.connect() as connection:
            return [row.id for row in connection.execute(query)]

    def ids_of(self, sources: Sequence[str]) -> list[str]:
        """The ids under which sources are known."""
        query = sa.select(_documents.c.id).where(_documents.c.source.in_(sources))
        with self._engine.connect() as connection:
            return [row.id for row in connection.execute(query)]

    def chunks_of(self, document_id: str) -> list[Chunk]:
        """The chunks of a document, whoever may see it."""
        query = _with_chunk_text().where(_documents.c.id == document_id).order_by(_chunks.c.ordinal)
        with self._engine.connect() as connection:
            return [_chunk(row) for row in connection.execute(query)]

    def counts(self) -> tuple[int, int]:
        """Number of whole documents and of their chunks."""
        whole = _documents.c.complete.is_(True)
        with self._engine.connect() as connection:
            documents = connection.execute(sa.select(sa.func.count()).select_from(_documents).where(whole)).scalar_one()
            joined = _chunks.join(_documents, _chunks.c.document_id == _documents.c.id)
            chunks = connection.execute(sa.select(sa.func.count()).select_from(joined).where(whole)).scalar_one()
        return documents, chunks

    def all_documents(self) -> list[Document]:
        """Every whole document, whoever may see it."""
        columns = [_documents.c[name] for name in _DOCUMENT_FIELDS]
        query = sa.select(*columns).where(_documents.c.complete.is_(True)).order_by(_documents.c.id)
        with self._engine.connect() as connection:
            return [_document(row) for row in connection.execute(query)]

    def documents(self, audiences: Sequence[str]) -> list[Document]:
        """Every whole document that these audiences may see, by title."""
        query = _visible(sa.select(_documents), audiences).order_by(_documents.c.title)
        with self._engine.connect() as connection:
            return [_document(row) for row in connection.execute(query)]

    def document(self, document_id: str, audiences: Sequence[str]) -> tuple[Document, str] | None:
        """A document and its stored text, or None where it does not exist for these audiences."""
        query = _visible(sa.select(_documents).where(_documents.c.id == document_id), audiences)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return (_document(row), row.text) if row else None

    def stored_text(self, document_id: str) -> str:
        """The stored text of a whole document, whoever may see it; empty where there is none."""
        query = sa.select(_documents.c.text).where(_documents.c.id == document_id, _documents.c.complete.is_(True))
        with self._engine.connect() as connection:
            return connection.execute(query).scalar() or ""

    def chunks(self, chunk_ids: Sequence[str], audiences: Sequence[str]) -> dict[str, tuple[Chunk, Document]]:
        """Chunks with their documents, only whole ones that these audiences may see."""
        query = _visible(_with_chunk_text().where(_chunks.c.id.in_(chunk_ids)), audiences)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return {row.c_id: (_chunk(row), _document(row)) for row in rows}


def _batches(document_ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (document_ids[first : first + _BATCH] for first in range(0, len(document_ids), _BATCH))


def _with_chunk_text() -> sa.Select[tuple[object, ...]]:
    text = sa.func.substr(_documents.c.text, _chunks.c.start + 1, _chunks.c.end - _chunks.c.start).label("chunk_text")
    columns = [column.label(f"c_{column.name}") for column in _chunks.c]
    documents = [_documents.c[name] for name in _DOCUMENT_FIELDS]
    return sa.select(*columns, text, *documents).join(_documents, _chunks.c.document_id == _documents.c.id)


def _write_file(connection: sa.Connection, record: FileRecord) -> None:
    notes = json.dumps([[note.part, note.reason, note.message] for note in record.notes], ensure_ascii=False)
    row = {name: getattr(record, name) for name in FileRecord.__dataclass_fields__} | {"notes": notes}
    connection.execute(sa.delete(_files).where(_files.c.source == record.source))
    connection.execute(sa.insert(_files).values(**row))


def _file_record(row: sa.Row[tuple[object, ...]]) -> FileRecord:
    values = {name: getattr(row, name) for name in FileRecord.__dataclass_fields__}
    return FileRecord(**{**values, "notes": tuple(FileNote(*note) for note in json.loads(values["notes"]))})


def _visible(query: sa.Select[tuple[object, ...]], audiences: Sequence[str]) -> sa.Select[tuple[object, ...]]:
    return query.where(_documents.c.complete.is_(True), _documents.c.audience.in_(list(audiences)))


def _chunk_row(chunk: Chunk) -> dict[str, object]:
    locator = chunk.locator
    return {
        "id": chunk.id,
        "document_id": chunk.document_id,
        "ordinal": chunk.ordinal,
        "start": chunk.start,
        "end": chunk.end,
        "page": locator.page,
        "section": locator.section,
        "article": locator.article,
        "item": locator.item,
        "places": json.dumps(
            [[start, *_locator_values(place)] for start, place in chunk.places],
            ensure_ascii=False,
            separators=(",", ":"),
        ),
    }


def _locator_values(locator: Locator) -> tuple[int | str | None, ...]:
    return locator.page, locator.section, locator.article, locator.item


def _chunk(row: sa.Row[tuple[object, ...]]) -> Chunk:
    locator = Locator(row.c_page, row.c_section, row.c_article, row.c_item)
    places = tuple((start, Locator(*values)) for start, *values in json.loads(row.c_places))
    return Chunk(row.c_id, row.c_document_id, row.c_ordinal, row.chunk_text, row.c_start, row.c_end, locator, places)


def _document(row: sa.Row[tuple[object, ...]]) -> Document:
    return Document(**{name: getattr(row, name) for name in _DOCUMENT_FIELDS})
