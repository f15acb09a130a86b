"""What a city says about its documents: `sources.toml` of a folder, or a TOML file beside a document."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import Any

from assistant.errors import CityDataError
from assistant.schema import Document

SOURCES_FILE = "sources.toml"
_LONGEST_SLUG = 60
_TEXT_KEYS = ("title", "bureau", "language", "audience", "type", "topic", "licence", "url", "supersedes")
SIDECAR_SUFFIX = ".toml"


def read_sources(folder: Path) -> dict[str, Document]:
    """Metadata of the documents that `sources.toml` in a folder lists, by path in that folder; empty without one.

    What a table does not give is empty: it is then the file's own. The audience is then the one given at indexing.

    Raises:
        CityDataError: the file is malformed, or lists a file that is missing or outside of the folder; the message
            names file and table.
    """
    path = folder / SOURCES_FILE
    documents: dict[str, Document] = {}
    ids: dict[str, int] = {}
    for number, table in enumerate(_tables(path) if path.exists() else (), start=1):
        where = f"{path}, [[document]] {number}"
        source = _path_in(folder, table, where)
        document = _document(table, source, _text(table, "id", where, required=True), where)
        if document.id in ids:
            message = f"{where}: the id “{document.id}” is also that of table {ids[document.id]}."
            raise CityDataError(message, "Give each document an id of its own.")
        if document.source in documents:
            raise CityDataError(f"{where}: the path “{document.source}” is listed twice.", "Remove one of the tables.")
        ids[document.id] = number
        documents[document.source] = document
    return documents


def read_sidecar(path: Path, source: str) -> Document | None:
    """Metadata of a file from the TOML file beside it, `report.pdf.toml` for `report.pdf`; None without one.

    It has the keys of a table of `sources.toml` but `path`; none is required, and the id is empty where it gives none.
    `source` names where the file is from.

    Raises:
        CityDataError: the sidecar is malformed.
    """
    sidecar = path.with_name(path.name + SIDECAR_SUFFIX)
    if not sidecar.is_file():
        return None
    table = _load(sidecar)
    where = str(sidecar)
    return _document(table, _text(table, "source", where) or source, _text(table, "id", where), where)


def default_document(path: Path, source: str, audience: str) -> Document:
    """Metadata of a file that nothing describes; what is empty comes from the file when it is read.

    Args:
        path: the file, whose name begins the id.
        source: the path or URL given at indexing; the rest of the id depends on it.
        audience: who may see it.
    """
    return Document(document_id(path, source), source, title="", language="", audience=audience, type="")


def document_id(path: Path, source: str) -> str:
    """A readable id for an unlisted document, the same whenever it is indexed from the same source."""
    stem = unicodedata.normalize("NFKC", path.stem).lower()
    slug = re.sub(r"[\W_]+", "-", stem).strip("-")[:_LONGEST_SLUG] or "document"
    return f"{slug}-{blake2b(source.encode('utf-8', 'surrogateescape'), digest_size=4).hexdigest()}"


def _tables(path: Path) -> list[dict[str, Any]]:
    tables = _load(path).get("document", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise CityDataError(f"{path}: “document” is no list of tables.", "Begin each table with [[document]].")
    return tables


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CityDataError(
            f"{path} cannot be opened: {error.strerror}.", "docs/adding.md says what it holds."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CityDataError(f"{path} is not valid TOML: {error}.", "Correct that line.") from error


def _path_in(folder: Path, table: Mapping[str, Any], where: str) -> str:
    file = PurePosixPath(_text(table, "path", where, required=True))
    if file.is_absolute() or ".." in file.parts:
        raise CityDataError(f"{where}: the path “{file}” leads out of {folder}.", "Name a file inside that folder.")
    if not (folder / file).is_file():
        raise CityDataError(f"{where}: there is no file {folder / file}.", "Correct the path, or remove the table.")
    return file.as_posix()


def _document(table: Mapping[str, Any], source: str, document_id: str, where: str) -> Document:
    effective_from, effective_to = _date(table, "effective_from", where), _date(table, "effective_to", where)
    if effective_from and effective_to and effective_to < effective_from:
        raise CityDataError(f"{where}: effective_to is before effective_from.", "Correct one of the dates.")
    texts: dict[str, Any] = {key: _text(table, key, where) for key in _TEXT_KEYS}
    return Document(
        id=document_id,
        source=source,
        **texts,
        published=_date(table, "published", where),
        effective_from=effective_from,
        effective_to=effective_to,
        repealed=_date(table, "repealed", where),
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
