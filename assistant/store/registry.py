"""The document registry: which documents are indexed, their stored text, and where each chunk stands."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from assistant.schema import Chunk, Document, Locator

SCHEMA_VERSION = "1"
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
    sa.Column("audience", sa.String, nullable=False, index=True),
    sa.Column("type", sa.String, nullable=False),
    sa.Column("topic", sa.String, nullable=False),
    sa.Column("licence", sa.String, nullable=False),
    sa.Column("url", sa.String, nullable=False),
    sa.Column("published", sa.Date),
    sa.Column("effective_from", sa.Date),
    sa.Column("effective_to", sa.Date),
    sa.Column("unofficial", sa.Boolean, nullable=False),
    sa.Column("fingerprint", sa.String, nullable=False),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
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
)
_DOCUMENT_FIELDS = list(Document.__dataclass_fields__)


def day_number(day: date | None, otherwise: int) -> int:
    """A day as the integer YYYYMMDD, which both search legs can compare."""
    return otherwise if day is None else day.year * 10000 + day.month * 100 + day.day


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

    def begin_document(self, document: Document, text: str, fingerprint: str, chunks: Sequence[Chunk]) -> None:
        """Write a document and its chunks as incomplete: it exists for repair, not for search.

        It replaces what had its id or its source.
        """
        row = {name: getattr(document, name) for name in _DOCUMENT_FIELDS}
        with self._engine.begin() as connection:
            same = (_documents.c.id == document.id) | (_documents.c.source == document.source)
            replaced = sa.select(_documents.c.id).where(same).scalar_subquery()
            connection.execute(sa.delete(_chunks).where(_chunks.c.document_id.in_(replaced)))
            connection.execute(sa.delete(_documents).where(same))
            connection.execute(sa.insert(_documents).values(**row, text=text, fingerprint=fingerprint, complete=False))
            if chunks:
                connection.execute(sa.insert(_chunks), [_chunk_row(chunk) for chunk in chunks])

    def complete_documents(self, document_ids: Iterable[str]) -> None:
        """Mark documents as whole in every part of the index."""
        with self._engine.begin() as connection:
            for document_id in document_ids:
                connection.execute(sa.update(_documents).where(_documents.c.id == document_id).values(complete=True))

    def mark_incomplete(self, document_id: str) -> None:
        """Take a document out of search before its parts are removed."""
        with self._engine.begin() as connection:
            connection.execute(sa.update(_documents).where(_documents.c.id == document_id).values(complete=False))

    def delete_document(self, document_id: str) -> None:
        """Forget a document and its chunks."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(_chunks).where(_chunks.c.document_id == document_id))
            connection.execute(sa.delete(_documents).where(_documents.c.id == document_id))

    def fingerprints(self) -> dict[str, tuple[str, str, bool]]:
        """For every known source: document id, fingerprint, and whether it is whole."""
        columns = (_documents.c.source, _documents.c.id, _documents.c.fingerprint, _documents.c.complete)
        with self._engine.connect() as connection:
            return {
                row.source: (row.id, row.fingerprint, row.complete) for row in connection.execute(sa.select(*columns))
            }

    def counts(self) -> tuple[int, int]:
        """Number of whole documents and of their chunks."""
        whole = _documents.c.complete.is_(True)
        with self._engine.connect() as connection:
            documents = connection.execute(sa.select(sa.func.count()).select_from(_documents).where(whole)).scalar_one()
            joined = _chunks.join(_documents, _chunks.c.document_id == _documents.c.id)
            chunks = connection.execute(sa.select(sa.func.count()).select_from(joined).where(whole)).scalar_one()
        return documents, chunks

    def id_of(self, source: str) -> str | None:
        """The id under which a source is known."""
        with self._engine.connect() as connection:
            return connection.execute(sa.select(_documents.c.id).where(_documents.c.source == source)).scalar()

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

    def chunks(self, chunk_ids: Sequence[str], audiences: Sequence[str]) -> dict[str, tuple[Chunk, Document]]:
        """Chunks with their documents, only whole ones that these audiences may see."""
        text = sa.func.substr(_documents.c.text, _chunks.c.start + 1, _chunks.c.end - _chunks.c.start).label(
            "chunk_text"
        )
        columns = [column.label(f"c_{column.name}") for column in _chunks.c]
        query = _visible(
            sa.select(*columns, text, *(_documents.c[name] for name in _DOCUMENT_FIELDS))
            .join(_documents, _chunks.c.document_id == _documents.c.id)
            .where(_chunks.c.id.in_(chunk_ids)),
            audiences,
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return {row.c_id: (_chunk(row), _document(row)) for row in rows}


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
    }


def _chunk(row: sa.Row[tuple[object, ...]]) -> Chunk:
    locator = Locator(row.c_page, row.c_section, row.c_article, row.c_item)
    return Chunk(row.c_id, row.c_document_id, row.c_ordinal, row.chunk_text, row.c_start, row.c_end, locator)


def _document(row: sa.Row[tuple[object, ...]]) -> Document:
    return Document(**{name: getattr(row, name) for name in _DOCUMENT_FIELDS})
