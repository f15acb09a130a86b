"""What a tool of somebody else says, as a few plain lines: no links, no markup, nothing unseen, no quotes within."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from assistant.feeds.mcp_client import ToolAnswer
from assistant.tools.texts import quoted

MOST_LINES, LONGEST_LINE = 5, 160
_MOST_READ, _LONGEST_READ = 100, 1000  # lines and characters that are looked at, for the patterns take their time
_TAG = re.compile(r"<[a-z/!?][^>]*>", re.IGNORECASE)
_LINK_TEXT = re.compile(r"\]\([^)]*\)")
_LINK = re.compile(
    r"(?<![a-z0-9])(?:[a-z][a-z0-9+.-]*://|(?:mailto|tel|sms|javascript|vbscript|file|blob):|data:[a-z]+/|www\.)[!-~]+"
    r"|[\w.+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}"
    r"|(?<![a-z0-9.-])(?:[a-z0-9-]+\.)+(?-i:[a-z]{2,})(?![a-z0-9-])(?:[:/?#][!-~]*)?",
    re.IGNORECASE | re.ASCII,
)
_SIGNS = str.maketrans("「」“”<>", "『』‘’＜＞")  # our quotation marks enclose a line, and nothing in it may end them
_WITHIN = " / "  # with a dot it would look like an address
_WRAPPED = "result"  # what servers of the Python library call an answer that is no object


def plain_lines(answer: ToolAnswer) -> tuple[list[str], bool]:
    """At most `MOST_LINES` lines of at most `LONGEST_LINE` characters, and whether there were more."""
    lines: list[str] = []
    for number, line in enumerate(_lines(answer)):
        if len(lines) == MOST_LINES or number == _MOST_READ:
            return lines, True
        plain = _plain(line)
        if any(character.isalnum() for character in plain):
            lines.append(plain)
    return lines, False


def _lines(answer: ToolAnswer) -> Iterator[str]:
    """The text line by line; what is JSON, in the text or beside it, member by member."""
    texts = [text for text in answer.texts if text.strip()]
    documents = [_document(text) for text in texts]
    if answer.structured and (not texts or all(document is not None for document in documents)):
        yield from _told(answer.structured)
        return
    for text, document in zip(texts, documents, strict=True):
        yield from text.splitlines() if document is None else _told(document)


def _document(text: str) -> Any:
    """The JSON object or list that a text is; None where it is none."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _told(value: Any, name: str = "") -> Iterator[str]:
    """A JSON value as lines: `name: value`, a name within another after it, lists of values on one line."""
    if isinstance(value, Mapping):
        alone = set(value) == {_WRAPPED} and not name
        for key, one in value.items():
            yield from _told(one, "" if alone else f"{name}{_WITHIN}{key}" if name else str(key))
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        for one in value:
            yield from _told(one, name)
    elif value not in (None, "", []):
        said = ", ".join(map(_written, value)) if isinstance(value, list) else _written(value)
        lines = said.splitlines()
        yield f"{name}: {lines[0]}" if name else lines[0]
        yield from lines[1:]


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _plain(line: str) -> str:
    plain = _TAG.sub(" ", "".join(_visible(line[:_LONGEST_READ])))
    return quoted(_LINK.sub(" ", _LINK_TEXT.sub("]", plain)).translate(_SIGNS), LONGEST_LINE)


def _visible(line: str) -> Iterator[str]:
    """The characters that one sees: none of the Unicode categories of control, format, surrogate or unassigned."""
    for character in line:
        if character == "\t" or not unicodedata.category(character).startswith("C"):
            yield character
