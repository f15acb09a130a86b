"""Reads JSON, JSON lines and GeoJSON: laws, questions and answers, and lists of records."""

import json
from collections.abc import Iterable

from assistant.errors import DocumentError
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.decoding import decode
from assistant.indexing.formats.data.datasets import data_documents
from assistant.indexing.formats.data.values import Value
from assistant.settings import Settings

# Short records and their rows take about thirteen times the size of their file in memory (measured).
_MOST_CHARS = 60_000_000
_FEWEST_LINES = 2


def read_json(data: bytes, name: str, settings: Settings) -> Iterable[ParsedDocument]:
    """The documents of a JSON file, or of one with a JSON value on each line.

    Raises:
        DocumentError: `not_text`, `too_large`, `corrupt` with the line of the mistake, or `unknown_shape` for settings,
            schemas and other data that is no list of things to read.
    """
    text = decode(data, name)
    if len(text) > _MOST_CHARS:
        message = f"{name} has {len(text):,} characters of JSON; at most {_MOST_CHARS:,} are read."
        raise DocumentError("too_large", message, "Split it into several files.")
    try:
        value = _parse(text, name)
    except RecursionError as error:
        raise DocumentError("too_large", f"{name} is nested too deeply.", "Publish it as a flat list.") from error
    return data_documents(value, name, settings)


def _parse(text: str, name: str) -> Value:
    """The value of a text, or the list of the values on its lines where each line is one."""
    try:
        return _loads(text)
    except json.JSONDecodeError as error:
        lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
        if len(lines) < _FEWEST_LINES or not _is_whole(lines[0][1]):
            raise _corrupt(name, error.lineno, error.msg) from error
    values: list[Value] = []
    for number, line in lines:
        try:
            values.append(_loads(line))
        except json.JSONDecodeError as error:
            raise _corrupt(name, number, error.msg) from error
    return values


def _loads(text: str) -> Value:
    """Parse JSON; numbers stay as they are written."""
    value: Value = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    return value


def _is_whole(line: str) -> bool:
    """Whether a line alone is a JSON object or list."""
    try:
        return isinstance(_loads(line), dict | list)
    except json.JSONDecodeError:
        return False


def _corrupt(name: str, line: int, why: str) -> DocumentError:
    return DocumentError(
        "corrupt", f"{name} is no valid JSON: line {line}: {why}.", "Publish it again, or correct the line."
    )
