"""Reads XML: laws, questions and answers, lists of records, and documents with running text."""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element  # the interface that lxml's elements share

from assistant.errors import DocumentError
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.decoding import decode, looks_like_html
from assistant.indexing.formats.data.datasets import data_documents, unknown_shape
from assistant.indexing.formats.data.fields import has_role
from assistant.indexing.formats.data.values import OWN_TEXT, Value, find_record_lists
from assistant.indexing.formats.data.xml_text import is_running_text, text_document
from assistant.indexing.formats.data.xml_tree import child_elements, local_name, parse_xml, value_of
from assistant.indexing.formats.html import read_html
from assistant.settings import Settings

_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_.:-]{2,40})["']""")
_WEB_PAGE = "html"
_TEXT_ROLES = ("heading", "number", "paragraph", "container")


def read_xml(data: bytes, name: str, settings: Settings) -> Iterable[ParsedDocument]:
    """The documents of an XML file.

    Raises:
        DocumentError: `not_text`, `too_large`, `corrupt` with the line of the mistake, `wrong_format` for a web page,
            or `unknown_shape` for what holds neither text nor a known kind of data.
    """
    if looks_like_html(data):
        raise DocumentError("wrong_format", f"{name} holds a web page.", "Save the data itself, or rename it to .html.")
    root = parse_xml(_characters(data, name), name)
    if local_name(root).lower() == _WEB_PAGE:
        return [read_html(data, name, settings)]
    value: Value = {local_name(root): value_of(root)}
    looks_like = _describe(root)
    if is_running_text(root) and not _holds_records(value):
        document = text_document(root, name)
        return [document] if document else []
    del root  # the values take as much memory again
    try:
        return data_documents(value, name, settings)
    except DocumentError as error:
        if error.reason != "unknown_shape":
            raise
        raise unknown_shape(name, looks_like) from error


def _characters(data: bytes, name: str) -> str:
    """The text of the file, by the encoding that its declaration names where the bytes fit it."""
    declared = _DECLARED.match(data[:300])
    if declared and declared[1].lower() in {b"big5", b"big-5", b"cp950", b"x-windows-950"}:
        try:
            return decode(data.decode("cp950").encode(), name)
        except UnicodeDecodeError:
            pass
    return decode(data, name)


def _holds_records(value: Value) -> bool:
    """Whether there is a list of records whose fields are no parts of running text, by their names."""
    for found in find_record_lists(value):
        fields = {key for record in found.records if OWN_TEXT not in record for key in record}
        foreign = [key for key in fields if not any(has_role(key, "text", role) for role in _TEXT_ROLES)]
        if len(found.records) > 1 and len(foreign) > 1 and len(foreign) * 2 > len(fields):
            return True
    return False


def _describe(root: Element) -> str:
    kinds = list(dict.fromkeys(map(local_name, child_elements(root))))
    inside = f" of {', '.join(kinds[:5])}" if kinds else ""
    return f"an XML document <{local_name(root)}>{inside}"
