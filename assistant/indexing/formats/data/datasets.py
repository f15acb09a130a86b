"""Recognises what parsed JSON or XML data is (laws, questions, records) and makes documents of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from assistant.errors import DocumentError
from assistant.indexing.blocks import Block, Metadata, ParsedDocument
from assistant.indexing.dates import parse_date
from assistant.indexing.formats.data.faq import Roles, faq_documents, find_roles, is_announced
from assistant.indexing.formats.data.fields import field_of, has_role, role_rank
from assistant.indexing.formats.data.law import find_laws, law_documents
from assistant.indexing.formats.data.records import check_size, table_blocks, table_language
from assistant.indexing.formats.data.values import (
    Record,
    RecordList,
    Table,
    Value,
    find_grids,
    find_record_lists,
    plain_text,
    table_of,
    wording_size,
)
from assistant.schema import Locator
from assistant.settings import Settings
from assistant.text import cjk_share

KNOWN_SHAPES = "laws with articles, questions with answers, or a list of records with names"
_MACHINE_KEYS = frozenset({"$schema", "$id", "openapi", "swagger", "$defs", "definitions"})
_WORDS_SHARE = 0.02  # of the cells; lists of figures and codes have none
_FEWEST_CELLS = 3
_LEAST_TOLD = 0.5  # of the text of the data must stand in the tables
_SAMPLE_ROWS = 1000
_INHERITED = ("topic", "bureau", "revised", "posted")


def data_documents(value: Value, name: str, settings: Settings) -> Iterable[ParsedDocument]:
    """The documents that data holds: one for each law or each question, else one of all records.

    Raises:
        DocumentError: `unknown_shape` for settings, schemas and anything else, `too_large`.
    """
    laws = find_laws(value)
    if laws:
        return law_documents(laws)
    if not (isinstance(value, dict) and _MACHINE_KEYS & value.keys()):
        lists = find_record_lists(value)
        entries = _entries(value, lists, name, settings)
        if entries:
            return _distinct(entries)
        tables = _record_tables(value, lists, name)
        if tables:
            return [_records_document(value, tables, name, settings)]
    raise unknown_shape(name, describe(value))


def unknown_shape(name: str, looks_like: str) -> DocumentError:
    """The error for data that is none of the known kinds."""
    message = f"{name} is {looks_like}; data is read where it holds {KNOWN_SHAPES}."
    return DocumentError(
        "unknown_shape", message, "Publish it as a document, or as a list of records with named fields."
    )


def describe(value: Value) -> str:
    """A value's outer shape in words."""
    if isinstance(value, dict):
        keys = ", ".join(list(value)[:5]) + (" ..." if len(value) > 5 else "")
        return f"an object with the keys {keys}" if value else "an empty object"
    if isinstance(value, list):
        return f"a list of {len(value)} values"
    return "a single value"


def _entries(value: Value, lists: Sequence[RecordList], name: str, settings: Settings) -> list[ParsedDocument]:
    """The questions and answers of all lists that hold such; of several lists, each list's name is a topic."""
    if not lists and isinstance(value, dict):  # a single entry
        lists = [RecordList((), False, [record], [{}]) for record in _objects(value)]
    found: list[tuple[RecordList, Table, Roles]] = []
    for candidate in lists:
        if any(candidate.path[: len(outer.path)] == outer.path for outer, _, _ in found):
            continue  # what stands inside an entry, such as related questions, is part of it
        announced = is_announced(name, *candidate.path)
        records = _with_context(candidate)
        sample = table_of(records[:_SAMPLE_ROWS], "\n")
        if sample and find_roles(sample, announced) and (table := table_of(records, "\n")):
            roles = find_roles(table, announced)
            if roles:
                found.append((candidate, table, roles))
    documents: list[ParsedDocument] = []
    for source, table, roles in found:
        topic = _list_name(source.path) if len(found) > 1 else None
        documents.extend(faq_documents(table, roles, settings, topic or ""))
    return documents


def _with_context(found: RecordList) -> list[Record]:
    """Records with the topic, office and dates of what they stand in, where they have none of that name."""
    own = {key for record in found.records for key in record}
    inherited = {
        key
        for context in found.contexts
        for key in context
        if key not in own and any(has_role(key, "faq", role) for role in _INHERITED)
    }
    return [
        {**{key: text for key, text in context.items() if key in inherited}, **record}
        for context, record in zip(found.contexts, found.records, strict=True)
    ]


def _list_name(path: Sequence[str]) -> str | None:
    """The innermost key of a path that says what is listed."""
    names = (plain_text(key) for key in reversed(path) if not has_role(key, "records", "wrapper"))
    return next(filter(None, names), None)


def _objects(value: Record) -> Iterator[Record]:
    """An object and the objects that it wraps, outer first."""
    pending = [value]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(item for item in reversed(current.values()) if isinstance(item, dict))


def _distinct(documents: Iterable[ParsedDocument]) -> Iterator[ParsedDocument]:
    """Documents of several lists; one whose part another list has used takes a longer one."""
    used: set[str] = set()
    for document in documents:
        part = document.part
        while part in used:
            part += "+"
        used.add(part)
        yield replace(document, part=part)


def _record_tables(value: Value, lists: Sequence[RecordList], name: str) -> list[tuple[str | None, Table]]:
    """The lists of records that can be read as tables, each with its name or None; none unless they are the data."""
    tables: list[tuple[tuple[str, ...], Table]] = []
    for found in lists:
        table = None if found.nested or _describes(found.path) else table_of(found.records, "、")
        if table and len(table.columns) > 1:
            tables.append((found.path, table))
    for path, (names, *rows) in find_grids(value):
        tables.append((path, Table(tuple(names), [[*row, *[""] * len(names)][: len(names)] for row in rows])))
    tables = [(path, table) for path, table in tables if _is_worth_reading(table)]
    told = sum(wording_size([*table.columns, *row]) for _, table in tables for row in table.rows)
    if told < _LEAST_TOLD * wording_size(value):
        return []
    for _, table in tables:
        check_size(name, len(table.rows), len(table.columns))
    return [(_list_name(path), table) for path, table in tables]


def _records_document(
    value: Value, tables: Sequence[tuple[str | None, Table]], name: str, settings: Settings
) -> ParsedDocument:
    blocks: list[Block] = []
    for section, table in tables:
        if section:
            blocks.append(Block(section, Locator(section=section), "heading"))
        blocks.extend(table_blocks(table, section, settings))
    title, updated = _envelope(value)
    language = table_language(tables[0][1])
    title = title or name.rsplit(".", 1)[0]
    return ParsedDocument(title, language, tuple(blocks), metadata=Metadata(published=updated))


def _describes(path: Sequence[str]) -> bool:
    """Whether a list describes the data, such as its fields, instead of being it."""
    return any(has_role(key, "records", "structure") for key in path)


def _is_worth_reading(table: Table) -> bool:
    """Whether enough cells hold Chinese or several words: nobody can ask about figures without names."""
    cells = [cell for row in table.rows[:_SAMPLE_ROWS] for cell in row if cell]
    wordy = sum(cjk_share(cell) > 0 or len(cell.split()) > 1 for cell in cells)
    return len(cells) >= _FEWEST_CELLS and wordy > _WORDS_SHARE * len(cells)


def _envelope(value: Value) -> tuple[str, date | None]:
    """The title and date that stand beside the list, at most a few levels deep."""
    title, updated = "", None
    level: Value = value
    while isinstance(level, dict):
        fields = {key: text for key, item in level.items() if (text := plain_text(item))}
        title = title or fields.get(field_of(fields, "records", "title", whole=True) or "", "")
        dated = [key for key in fields if role_rank(key, "records", "updated")]
        updated = updated or next((day for key in dated if (day := parse_date(fields[key]))), None)
        level = next((item for item in level.values() if isinstance(item, dict)), None)
    return title, updated
