"""A report is sent once and followed, in JSON and XML, as the standard and its examples write them."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from assistant.errors import FeedMalformed, FeedRefused, FeedUnreachable
from assistant.feeds import open311, open311_records
from assistant.feeds.base import FeedSource
from assistant.feeds.geometry import Point
from tests.feeds.hostile import cuts, noise, read_all, wrong_values
from tests.feeds.pages import ByPath, ask, real
from tests.indexing.loopback import City, Page

EXAMPLES = "d5_open311/georeport_v2_examples"
NOW = datetime(2026, 9, 21, 1, 0, tzinfo=UTC)
PARSERS: dict[str, Callable[[bytes], Any]] = {
    "service-list": open311_records.parse_services,
    "service-definition": open311_records.parse_definition,
    "service-request-post": open311_records.parse_receipt,
    "request-from-token": open311_records.parse_receipt,
    "service-requests": open311_records.parse_reports,
    "service-request": open311_records.parse_reports,
}
NUMBERS = {"service-list": 0, "service-definition": 2, "service-request-post": 4, "request-from-token": 6}
NUMBERS |= {"service-requests": 8, "service-request": 10, "errors": 12}
REPORT = open311.NewReport(
    service="001",
    description="路面有坑洞",
    reference="ref-1",
    point=Point(22.62, 120.3),
    address="中正路",
    attributes={"SIZE": "big"},
    contact={"first_name": "王", "email": "", "api_key": "stolen"},
)
RECEIPT = [{"service_request_id": "42", "service_notice": "三日內處理"}]


def example(name: str, form: str) -> bytes:
    number = NUMBERS[name] + (form == "json")
    content = real(f"{EXAMPLES}/{number:02d}_{form}-{name}.{form}")
    return content.partition(b"\n\n")[2] if name == "errors" else content


def listed(*references: str, **more: object) -> Page:
    found = [{"service_request_id": f"n{r}", "description": f"坑洞\n[{r}]", **more} for r in references]
    return Page(json.dumps(found).encode())


def posts(publisher: City) -> list[dict[str, list[str]]]:
    return [parse_qs(headers["body"]) for _, headers in publisher.requests if "body" in headers]


def send(source: FeedSource) -> open311.Sent:
    return ask(lambda fetcher: open311.send_report(fetcher, source, REPORT, NOW))


def lost(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


@pytest.mark.parametrize("form", ["xml", "json"])
def test_the_standards_services_are_read(form: str) -> None:
    """Three services; their codes keep the zeros that the JSON example writes as a number, which JSON forbids."""
    parsed = open311_records.parse_services(example("service-list", form))
    assert [service.code for service in parsed.records] == ["001", "002", "003"]
    first = parsed.records[0]
    assert (first.name, first.group, first.has_definition, first.batch) == (
        "Cans left out 24x7",
        "sanitation",
        True,
        False,
    )
    assert first.keywords == ("lorem", "ipsum", "dolor")


@pytest.mark.parametrize("form", ["xml", "json"])
def test_the_standards_definition_is_read(form: str) -> None:
    """One question with two answers to choose from."""
    definition = open311_records.parse_definition(example("service-definition", form))
    (attribute,) = definition.attributes
    assert (definition.service, attribute.code, attribute.required) == ("DMV66", "WHISHETN", True)
    assert attribute.values == (("123", "Ford"), ("124", "Chrysler"))


@pytest.mark.parametrize("form", ["xml", "json"])
def test_the_standards_reports_are_read(form: str) -> None:
    """A closed duplicate and an open one, both at 8th Avenue, with their times."""
    first, second = open311_records.parse_reports(example("service-requests", form)).records
    assert (first.id, first.status, first.status_notes, second.status) == (
        "638344",
        "closed",
        "Duplicate request.",
        "open",
    )
    assert first.point == Point(37.762221815, -122.4651145)
    assert (first.service, first.description, first.agency) == ("006", "", "")
    assert first.expected_at == datetime.fromisoformat("2010-04-15T06:37:38-08:00")
    (single,) = open311_records.parse_reports(example("service-request", form)).records
    assert single.media_url == "http://city.gov.s3.amazonaws.com/requests/media/638344.jpg"


@pytest.mark.parametrize("form", ["xml", "json"])
def test_the_standards_answers_are_read(form: str) -> None:
    """A number with a notice; a number with its token; and what is wrong with a key."""
    receipt = open311_records.parse_receipt(example("service-request-post", form))
    assert (receipt.id, receipt.token, receipt.notice[:21]) == ("293944", "", "The City will inspect")
    token = open311_records.parse_receipt(example("request-from-token", form))
    assert (token.id, token.token) == ("638344", "12345")
    (said,) = open311_records.parse_errors(example("errors", form))
    assert said == "Invalid api_key received -- can't proceed with create_request."


def test_a_time_without_an_offset_is_in_the_citys_zone() -> None:
    """Some cities leave the offset out."""
    content = json.dumps([{"service_request_id": 1, "requested_datetime": "2026-09-21T09:00:00"}]).encode()
    assert open311_records.parse_reports(content).records[0].requested_at is None
    assert open311_records.parse_reports(content, UTC).records[0].requested_at == NOW.replace(hour=9)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><body/></html>",
        b"{}",
        b"5",
        b"<services",
        b'<!DOCTYPE x [<!ENTITY a "b">]><services><service>&a;</service></services>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><services/>',
    ],
)
def test_what_is_no_georeport_is_malformed(content: bytes) -> None:
    """Error pages and XML with entities of its own are refused."""
    with pytest.raises(FeedMalformed, match="Open311"):
        open311_records.parse_services(content)
    assert open311_records.parse_errors(content) == ()


@pytest.mark.parametrize("name", list(PARSERS))
def test_hostile_documents_are_malformed_and_nothing_else(name: str) -> None:
    """Cut, bent, or with values of wrong types, a document is read or refused."""
    for form in ("xml", "json"):
        content = example(name, form)
        results = read_all(PARSERS[name], iter([*cuts(content), *noise(content)]))
        assert results.count(None) > 0
    document = json.loads(example("service-definition", "json"))
    assert None in read_all(open311_records.parse_definition, wrong_values(document))


def test_the_form_has_what_the_person_said_and_no_more() -> None:
    """Our reference ends the description; a field that is none of the standard's contact fields stays out."""
    source = FeedSource("x", "open311", "http://x", options={"jurisdiction_id": "city.gov"})
    assert open311.report_form(REPORT, source) == {
        "jurisdiction_id": "city.gov",
        "service_code": "001",
        "description": "路面有坑洞\n[ref-1]",
        "lat": "22.620000",
        "long": "120.300000",
        "address_string": "中正路",
        "attribute[SIZE]": "big",
        "first_name": "王",
    }


def test_a_long_description_is_cut_and_keeps_the_reference() -> None:
    """The standard takes 4,000 characters."""
    form = open311.report_form(replace(REPORT, description="坑" * 5000), FeedSource("x", "open311", "http://x"))
    assert len(form["description"]) == 4000
    assert form["description"].endswith("\n[ref-1]")


@pytest.mark.parametrize("changes", [{"point": None, "address": " "}, {"description": " "}])
def test_a_report_without_place_or_words_is_not_sent(changes: dict[str, Any]) -> None:
    """The standard asks for a place, and nobody can act on no words."""
    with pytest.raises(FeedMalformed, match="lacks"):
        open311.report_form(replace(REPORT, **changes), FeedSource("x", "open311", "http://x"))


def test_a_report_is_sent_with_the_key(publisher: City, source: FeedSource) -> None:
    """The reference is looked for first; the key is in the body and in no address."""
    publisher.pages = ByPath({"/feed/requests.json": [listed("ref-2"), Page(json.dumps(RECEIPT).encode(), 201)]})
    sent = send(source)
    assert (sent.receipt.id, sent.receipt.notice, sent.new) == ("42", "三日內處理", True)
    (form,) = posts(publisher)
    assert (form["api_key"], form["description"]) == (["s3cr3t/+key"], ["路面有坑洞\n[ref-1]"])
    assert all("s3cr3t" not in path for path, _ in publisher.requests)
    asked = parse_qs(urlsplit(publisher.requests[0][0]).query)
    assert asked == {"service_code": ["001"], "start_date": ["2026-09-20T01:00:00+00:00"]}


def test_the_same_report_again_sends_no_second(publisher: City, source: FeedSource) -> None:
    """What came through is found by the reference in its description."""
    publisher.pages = ByPath({"/feed/requests.json": listed("ref-2", "ref-1")})
    sent = send(source)
    assert (sent.receipt.id, sent.new, posts(publisher)) == ("nref-1", False, [])


@pytest.mark.parametrize(
    "answer", [Page(b"[]", 201), Page(b"gateway", 504), Page(b"", 201, {"Content-Length": "9"}, lost)]
)
def test_a_report_whose_answer_is_lost_is_found_again(publisher: City, source: FeedSource, answer: Page) -> None:
    """An empty answer, a gateway's and none at all: the service is asked; the report is sent once."""
    publisher.pages = ByPath({"/feed/requests.json": [listed(), answer, listed("ref-1")]})
    sent = send(source)
    assert (sent.receipt.id, sent.new, len(posts(publisher))) == ("nref-1", True, 1)


def test_a_report_of_unknown_fate_is_a_fault(publisher: City, source: FeedSource) -> None:
    """Nobody knows is never "sent"."""
    cut = Page(b"", 201, {"Content-Length": "9"}, lost)
    publisher.pages = ByPath({"/feed/requests.json": [listed(), cut, listed()]})
    with pytest.raises(FeedUnreachable):
        send(source)
    assert len(posts(publisher)) == 1


def test_a_refusal_has_the_services_words(publisher: City, source: FeedSource) -> None:
    """403 with the standard's errors: they can be read, and the key is not among them."""
    errors = Page(json.dumps([{"code": 403, "description": "Invalid api_key received"}]).encode(), 403)
    publisher.pages = ByPath({"/feed/requests.json": [listed(), errors, listed()]})
    with pytest.raises(FeedRefused) as refused:
        send(source)
    assert open311_records.parse_errors(refused.value.content) == ("Invalid api_key received",)
    assert "s3cr3t" not in str(refused.value)


def test_a_service_that_does_not_list_is_not_asked(publisher: City, source: FeedSource) -> None:
    """With the option lists_reports = false the report is sent at once, and a fault stays one."""
    quiet = replace(source, options={"lists_reports": False})
    publisher.pages = ByPath({"/feed/requests.json": [Page(json.dumps(RECEIPT).encode()), Page(b"", 500)]})
    assert send(quiet).receipt.id == "42"
    with pytest.raises(FeedRefused):
        send(quiet)
    assert len(publisher.requests) == 2


def test_services_reports_and_tokens_are_read_from_their_addresses(publisher: City, source: FeedSource) -> None:
    """Each has the address of the standard, in the format and jurisdiction of the source."""
    source = replace(source, options={"format": "xml", "jurisdiction_id": "city.gov"})
    inner = b"<request><service_request_id>7</service_request_id><token>t1</token></request>"
    one = b"<service_requests>" + inner + b"</service_requests>"
    publisher.pages = ByPath(
        {
            "/feed/services.xml": Page(
                b"<services><service><service_code>1</service_code><service_name>x</service_name></service></services>"
            ),
            "/feed/services/1.xml": Page(
                b"<service_definition><service_code>1</service_code><attributes/></service_definition>"
            ),
            "/feed/requests.xml": Page(one),
            "/feed/requests/7.xml": Page(one),
            "/feed/tokens/t1.xml": Page(one),
        }
    )
    assert ask(lambda fetcher: open311.read_services(fetcher, source)).records[0].code == "1"
    assert ask(lambda fetcher: open311.read_definition(fetcher, source, "1")).attributes == ()
    reports = ask(lambda fetcher: open311.read_reports(fetcher, source, start=NOW, status="open"))
    assert reports.records[0].id == "7"
    found = ask(lambda fetcher: open311.read_report(fetcher, source, "7"))
    assert found is not None
    assert ask(lambda fetcher: open311.read_token(fetcher, source, "t1")).id == "7"
    assert {tuple(parse_qs(urlsplit(path).query)["jurisdiction_id"]) for path, _ in publisher.requests} == {
        ("city.gov",)
    }


def test_another_report_is_not_passed_off_as_the_one_asked_for(publisher: City, source: FeedSource) -> None:
    """A service that answers with another case has not answered."""
    publisher.pages = ByPath({"/feed/requests/7.json": listed("1")})
    assert ask(lambda fetcher: open311.read_report(fetcher, source, "7")) is None
