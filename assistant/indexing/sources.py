"""What a city says about its documents: `sources.toml` as document metadata by file."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import Any

from assistant.errors import CityDataError
from assistant.schema import PUBLIC, Document

SOURCES_FILE = "sources.toml"
_LONGEST_SLUG = 60
_DEFAULT_LANGUAGE = "zh-TW"


def read_sources(folder: Path) -> dict[str, Document]:
    """Metadata of the documents that `sources.toml` in a folder lists, by path in that folder; empty without one.

    The title is empty where a table gives none: it is then the file's own.

    Raises:
        CityDataError: the file is malformed, or lists a file that is missing or outside of the folder; the message
            names file and table.
    """
    path = folder / SOURCES_FILE
    documents: dict[str, Document] = {}
    ids: dict[str, int] = {}
    for number, table in enumerate(_tables(path) if path.exists() else (), start=1):
        where = f"{path}, [[document]] {number}"
        document = _document(table, folder, where)
        if document.id in ids:
            message = f"{where}: the id “{document.id}” is also that of table {ids[document.id]}."
            raise CityDataError(message, "Give each document an id of its own.")
        if document.source in documents:
            raise CityDataError(f"{where}: the path “{document.source}” is listed twice.", "Remove one of the tables.")
        ids[document.id] = number
        documents[document.source] = document
    return documents


def default_document(path: Path, source: str, audience: str) -> Document:
    """Metadata of a file that no `sources.toml` lists; its title is empty until the file is read.

    Args:
        path: the file, whose name begins the id.
        source: the path or URL given at indexing; the rest of the id depends on it.
        audience: who may see it.
    """
    return Document(id=document_id(path, source), source=source, title="", audience=audience)


def document_id(path: Path, source: str) -> str:
    """A readable id for an unlisted document, the same whenever it is indexed from the same source."""
    stem = unicodedata.normalize("NFKC", path.stem).lower()
    slug = re.sub(r"[\W_]+", "-", stem).strip("-")[:_LONGEST_SLUG] or "document"
    return f"{slug}-{blake2b(source.encode('utf-8', 'surrogateescape'), digest_size=4).hexdigest()}"


def _tables(path: Path) -> list[dict[str, Any]]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CityDataError(
            f"{path} cannot be opened: {error.strerror}.", "docs/adding.md says what it holds."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CityDataError(f"{path} is not valid TOML: {error}.", "Correct that line.") from error
    tables = data.get("document", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise CityDataError(f"{path}: “document” is no list of tables.", "Begin each table with [[document]].")
    return tables


def _document(table: Mapping[str, Any], folder: Path, where: str) -> Document:
    file = PurePosixPath(_text(table, "path", where, required=True))
    if file.is_absolute() or ".." in file.parts:
        raise CityDataError(f"{where}: the path “{file}” leads out of {folder}.", "Name a file inside that folder.")
    if not (folder / file).is_file():
        raise CityDataError(f"{where}: there is no file {folder / file}.", "Correct the path, or remove the table.")
    effective_from, effective_to = _date(table, "effective_from", where), _date(table, "effective_to", where)
    if effective_from and effective_to and effective_to < effective_from:
        raise CityDataError(f"{where}: effective_to is before effective_from.", "Correct one of the dates.")
    return Document(
        id=_text(table, "id", where, required=True),
        source=file.as_posix(),
        title=_text(table, "title", where),
        bureau=_text(table, "bureau", where),
        language=_text(table, "language", where) or _DEFAULT_LANGUAGE,
        audience=_text(table, "audience", where) or PUBLIC,
        type=_text(table, "type", where) or "document",
        topic=_text(table, "topic", where),
        licence=_text(table, "licence", where),
        url=_text(table, "url", where),
        published=_date(table, "published", where),
        effective_from=effective_from,
        effective_to=effective_to,
        unofficial=_flag(table, "unofficial", where),
    )


def _text(table: Mapping[str, Any], key: str, where: str, *, required: bool = False) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise CityDataError(f"{where}: {key} is no text.", f'Write {key} = "...".')
    if required and not value.strip():
        raise CityDataError(f"{where}: {key} is missing.", f"Add {key} to the table.")
    return value.strip()


def _flag(table: Mapping[str, Any], key: str, where: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise CityDataError(f"{where}: {key} is neither true nor false.", f"Write {key} = true or leave it out.")
    return value


def _date(table: Mapping[str, Any], key: str, where: str) -> date | None:
    value = table.get(key, "")
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if value == "":
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise CityDataError(f"{where}: {key} = {value!r} is no date.", "Write it as YYYY-MM-DD.") from error
