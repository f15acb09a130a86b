"""The documents of Open311 GeoReport v2, in JSON and XML: services, definitions, reports, answers and errors."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, TypeVar
from xml.etree.ElementTree import Element, ParseError  # types only: defusedxml parses

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from assistant.errors import FeedMalformed
from assistant.feeds.base import Parsed
from assistant.feeds.geometry import Point, parse_point
from assistant.feeds.values import items, json_document, malformed, members, moment, parse_each, text, truth, whole

STANDARD = "Open311 GeoReport v2"
_LEADING_ZERO = re.compile(rb'(":\s*)(0\d+)(?=\s*[,}\]])')
_LISTED = {"attributes": "attribute", "values": "value"}
_DEEPEST = 20
Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of report; `has_definition` is whether further questions belong to it, `batch` whether a token comes."""

    code: str
    name: str
    description: str
    group: str
    keywords: tuple[str, ...]
    has_definition: bool
    batch: bool


@dataclass(frozen=True, slots=True)
class Attribute:
    """A further question of a service; `values` are pairs of key and name, of which one or several are chosen."""

    code: str
    question: str
    hint: str
    datatype: str
    required: bool
    order: int | None
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """The further questions of a service, in order; those that only inform (`variable` false) are left out."""

    service: str
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A report and what became of it; what is not published is empty or None. `status` is "open" or "closed"."""

    id: str
    status: str
    status_notes: str
    service: str
    service_name: str
    description: str
    agency: str
    notice: str
    requested_at: datetime | None
    updated_at: datetime | None
    expected_at: datetime | None
    address: str
    point: Point | None
    media_url: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a service answers to a report: its number, or a token with which the number is asked for later."""

    id: str
    token: str
    notice: str


def parse_services(content: bytes) -> Parsed[Service]:
    """The list of services (https://wiki.open311.org/GeoReport_v2/).

    Raises:
        FeedMalformed: it is neither such XML nor such JSON; so do the other functions.
    """
    return _records(content, "services", _service)


def parse_definition(content: bytes) -> Definition:
    """The definition of a service."""
    document = _document(content)
    one = members(document[0] if isinstance(document, list) and document else document)
    code = text(one.get("service_code"))
    if not code:
        raise malformed(STANDARD, "a definition without a service_code")
    attributes = parse_each(items(one.get("attributes")), _attribute).records
    asked = [attribute for attribute in attributes if attribute]
    return Definition(code, tuple(sorted(asked, key=lambda one: (one.order is None, one.order or 0))))


def parse_reports(content: bytes, zone: tzinfo | None = None) -> Parsed[Report]:
    """Reports; times without an offset, which some cities write, are in `zone`."""
    return _records(content, "service_requests", lambda one: _report(one, zone))


def parse_receipt(content: bytes) -> Receipt:
    """The answer to a report, or to a token."""
    for one in _records(content, "service_requests", _receipt).records:
        return one
    raise malformed(STANDARD, "the answer has neither a service_request_id nor a token")


def parse_errors(content: bytes) -> tuple[str, ...]:
    """What a service says is wrong; nothing where it says it in another way."""
    try:
        found = _records(content, "errors", lambda one: text(one.get("description")) or None)
    except FeedMalformed:
        return ()
    return found.records


def _records(content: bytes, name: str, parse: Callable[[Mapping[str, Any]], Record | None]) -> Parsed[Record]:
    document = _document(content)
    found = members(document).get(name, [document]) if isinstance(document, dict) else document
    if not isinstance(found, list):
        raise malformed(STANDARD, f"it holds no list of {name}")
    parsed = parse_each(found, parse)
    if isinstance(document, dict) and name not in document and not parsed.records:
        raise malformed(STANDARD, f"it holds no {name}")
    return parsed


def _document(content: bytes) -> Any:
    """JSON or XML as lists, dictionaries and texts, told apart by the first character."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"<":
        return _xml_document(content)
    try:
        return json_document(content, STANDARD)
    except FeedMalformed:
        # The standard's own examples write "service_code":001, and so do services.
        quoted = _LEADING_ZERO.sub(rb'\1"\2"', content)
        if quoted == content:
            raise
        return json_document(quoted, STANDARD)


def _xml_document(content: bytes) -> Any:
    try:
        root = fromstring(content.lstrip(), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise malformed(STANDARD, f"its XML cannot be read ({type(error).__name__})", error) from error
    if root.tag in {"services", "service_requests", "errors"}:
        return [_fields(child) for child in root]
    if root.tag == "service_definition":
        return _fields(root)
    raise malformed(STANDARD, "its root element is another one")


def _fields(element: Element, depth: int = 0) -> dict[str, Any]:
    """The children of an element by tag; a list for those that hold several."""
    found: dict[str, Any] = {}
    for child in element:
        if child.tag in _LISTED and depth < _DEEPEST:
            found[child.tag] = [_fields(one, depth + 1) for one in child if one.tag == _LISTED[child.tag]]
        else:
            found[child.tag] = child.text or ""
    return found


def _service(one: Mapping[str, Any]) -> Service | None:
    code, name = text(one.get("service_code")), text(one.get("service_name"))
    if not code or not name:
        return None
    keywords = (word.strip() for word in text(one.get("keywords")).replace("，", ",").split(","))
    return Service(
        code=code,
        name=name,
        description=text(one.get("description")),
        group=text(one.get("group")),
        keywords=tuple(word for word in keywords if word),
        has_definition=truth(one.get("metadata")) or False,
        batch=text(one.get("type")) == "batch",
    )


def _attribute(one: Mapping[str, Any]) -> Attribute | None:
    code = text(one.get("code"))
    if not code or truth(one.get("variable")) is False:
        return None
    pairs = [(text(members(value).get("key")), text(members(value).get("name"))) for value in items(one.get("values"))]
    return Attribute(
        code=code,
        question=text(one.get("description")),
        hint=text(one.get("datatype_description")),
        datatype=text(one.get("datatype")),
        required=truth(one.get("required")) or False,
        order=whole(one.get("order")),
        values=tuple((key, name or key) for key, name in pairs if key),
    )


def _report(one: Mapping[str, Any], zone: tzinfo | None) -> Report | None:
    found = text(one.get("service_request_id"))
    if not found:
        return None
    return Report(
        id=found,
        status=text(one.get("status")).lower(),
        status_notes=text(one.get("status_notes")),
        service=text(one.get("service_code")),
        service_name=text(one.get("service_name")),
        description=text(one.get("description")),
        agency=text(one.get("agency_responsible")),
        notice=text(one.get("service_notice")),
        requested_at=moment(one.get("requested_datetime"), zone),
        updated_at=moment(one.get("updated_datetime"), zone),
        expected_at=moment(one.get("expected_datetime"), zone),
        address=text(one.get("address")),
        point=parse_point(one.get("lat"), one.get("long")),
        media_url=text(one.get("media_url")),
    )


def _receipt(one: Mapping[str, Any]) -> Receipt | None:
    found, token = text(one.get("service_request_id")), text(one.get("token"))
    return Receipt(found, token, text(one.get("service_notice"))) if found or token else None
