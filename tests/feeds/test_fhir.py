"""Free slots are found with their places, and an appointment is made once, whatever goes wrong."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from assistant.errors import FeedMalformed, FeedRefused, FeedTimeout, FeedUnreachable
from assistant.feeds import fhir
from assistant.feeds.base import FeedSource
from assistant.feeds.fhir_records import Bundle, outcome_texts, parse_appointment, parse_bundle, parse_ndjson
from assistant.feeds.geometry import Point
from tests.feeds.hostile import cuts, noise, read_all, wrong_values
from tests.feeds.pages import ByPath, ask, real
from tests.indexing.loopback import City, Page

D9 = "d9_fhir_scheduling"
START, END = datetime(2026, 9, 21, 1, 0, tzinfo=UTC), datetime(2026, 9, 21, 1, 30, tzinfo=UTC)
SLOT = {
    "resourceType": "Slot",
    "id": "s1",
    "schedule": {"reference": "http://x/fhir/Schedule/c1/_history/2"},
    "status": "free",
    "start": "2026-09-21T09:00:00+08:00",
    "end": "2026-09-21T09:30:00+08:00",
    "serviceType": [{"coding": [{"system": "urn:x", "code": "tele", "display": "遠距門診"}]}],
}
SCHEDULE = {"resourceType": "Schedule", "id": "c1", "active": True, "actor": [{"reference": "Location/l1"}]}
LOCATION = {
    "resourceType": "Location",
    "id": "l1",
    "name": "那瑪夏區衛生所",
    "address": {"line": ["一路 1 號"], "city": "高雄市", "district": "那瑪夏區"},
    "telecom": [{"system": "phone", "value": "07-1"}],
    "position": {"latitude": 23.2, "longitude": 120.7},
}
SERVICE = {
    "resourceType": "HealthcareService",
    "id": "h1",
    "name": "遠距會診",
    "location": [{"reference": "Location/l1"}],
    "type": [{"text": "眼科"}],
    "characteristic": [{"coding": [{"code": "telehealth"}]}],
}
BOOKING = fhir.Booking("s1", START, END, ("Patient/p1", "Location/l1"), "ref-1", "回診")


def appointment(**changes: object) -> dict[str, object]:
    return {**fhir.appointment_resource(BOOKING, "urn:city-assistant:test-feed"), "id": "a1", **changes}


def bundle(*resources: object, following: str = "", **more: object) -> bytes:
    links = [{"relation": "self", "url": "x"}, *([{"relation": "next", "url": following}] if following else [])]
    entries = [{"resource": resource} for resource in resources]
    return json.dumps({"resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries, **more}).encode()


def as_page(resource: object, status: int = 201) -> Page:
    return Page(json.dumps(resource).encode(), status)


def posts(publisher: City) -> list[dict[str, str]]:
    return [headers for _, headers in publisher.requests if "body" in headers]


def book(source: FeedSource, **settings: object) -> fhir.Booked:
    return ask(lambda fetcher: fhir.book(fetcher, source, BOOKING), **settings)


def test_a_slot_knows_its_place() -> None:
    """A reference may be an address and name a version; the schedule leads to the location."""
    found, following = parse_bundle(bundle(SLOT, SCHEDULE, LOCATION, SERVICE, total=1))
    (slot,) = found.slots
    place = found.location_of(slot)
    assert place is not None
    assert (place.name, place.district, place.phone, place.point) == (
        "那瑪夏區衛生所",
        "那瑪夏區",
        "07-1",
        Point(23.2, 120.7),
    )
    assert (slot.services[0].words, found.total, following) == ("遠距門診", 1, "")
    (service,) = found.services
    assert (service.virtual, service.services[0].words, service.locations) == (True, "眼科", ("Location/l1",))


@pytest.mark.parametrize(
    "changes",
    [
        {"start": "2026-09-21T09:00:00"},
        {"start": "2026-09-21"},
        {"end": None},
        {"end": "2026-09-21T08:00:00+08:00"},
        {"schedule": {}},
        {"id": ""},
    ],
)
def test_a_slot_without_its_time_or_schedule_is_none(changes: dict[str, object]) -> None:
    """An instant has an offset; without one the hour is a guess."""
    found, _ = parse_bundle(bundle({**SLOT, **changes}, SCHEDULE))
    assert (found.slots, len(found.schedules), found.skipped) == ((), 1, 1)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ({"text": "王小明醫師"}, "王小明醫師"),
        ({"family": "王", "given": ["小明"]}, "王小明"),
        ({"family": "Lin", "given": ["Mei", "Hua"]}, "Mei Hua Lin"),
        ({}, "值班醫師"),
    ],
)
def test_a_slot_knows_who_gives_the_care(name: dict[str, object], said: str) -> None:
    """A name of the resource comes before the words beside the reference; places are no people."""
    person = {"resourceType": "Practitioner", "id": "p1", "name": [name]}
    actors = [*SCHEDULE["actor"], {"reference": "Practitioner/p1", "display": "值班醫師"}]  # type: ignore[misc]
    found, _ = parse_bundle(bundle(SLOT, {**SCHEDULE, "actor": actors}, LOCATION, person))
    assert found.doctors_of(found.slots[0]) == (said,)
    assert found.actors_of(found.slots[0]) == ("Location/l1", "Practitioner/p1")
    assert parse_bundle(bundle(SLOT))[0].doctors_of(found.slots[0]) == ()


def test_other_resources_are_passed_over() -> None:
    """What a server adds, such as an outcome with a warning, is no broken slot."""
    found, _ = parse_bundle(bundle({"resourceType": "OperationOutcome"}, {"resourceType": "Patient", "id": "p"}, None))
    assert found == Bundle(skipped=1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{}", "no Bundle"),
        (b"[]", "not an object"),
        (b'{"resourceType": "OperationOutcome", "issue": [{"diagnostics": "too many"}]}', "too many"),
    ],
)
def test_what_is_no_bundle_is_malformed(content: bytes, said: str) -> None:
    """An outcome in a bundle's place says what is wrong."""
    with pytest.raises(FeedMalformed, match=said):
        parse_bundle(content)


def test_hostile_bundles_are_malformed_and_nothing_else() -> None:
    """Cut, bent, or with values of wrong types, a bundle is read or refused."""
    content = bundle(SLOT, SCHEDULE, LOCATION, SERVICE, appointment(), following="http://x")
    bent = [*cuts(content), *noise(content), *wrong_values(json.loads(content), 800)]
    results = read_all(parse_bundle, iter(bent))
    assert 0 < results.count(None) < len(results)
    assert None in read_all(parse_appointment, cuts(json.dumps(appointment()).encode()))


def test_the_real_bulk_files_are_read() -> None:
    """SMART Scheduling Links: slot 20 is free on the first of March, for a hundred, at the clinic in Boston."""
    found = sum(
        (parse_ndjson(real(f"{D9}/{name}.ndjson")) for name in ("locations", "schedules", "slots-2021-W09")), Bundle()
    )
    slot = next(one for one in found.slots if one.id == "20")
    assert (slot.start, slot.status, slot.capacity) == (datetime(2021, 3, 1, 14, 0, tzinfo=UTC), "free", 100)
    assert slot.booking_url == "https://ehr-portal.example.org/bookings?slot=1000000"
    place = found.location_of(slot)
    assert place is not None
    assert (place.name, place.address) == ("SMART Vaccine Clinic Boston", "123 Summer St, Boston, MA, 02114")
    assert found.skipped == 0


def test_a_broken_line_loses_itself_alone() -> None:
    """A bulk file that ends in the middle of a line has all lines before; without any it is malformed."""
    content = "\n".join(json.dumps(one) for one in (SLOT, SCHEDULE)).encode()
    cut = parse_ndjson(content[:-5])
    assert (len(cut.slots), cut.schedules, cut.skipped) == (1, (), 1)
    with pytest.raises(FeedMalformed):
        parse_ndjson(b"<html>\n</html>")


def test_the_real_appointment_of_a_newer_version_is_read() -> None:
    """Microsoft's sample is R5, with a byte order mark: booked on the tenth of December 2013."""
    found = parse_appointment(real(f"{D9}/msfhir_Appointment.json"))
    assert found is not None
    assert (found.status, found.start) == ("booked", datetime(2013, 12, 10, 9, 0, tzinfo=UTC))
    assert found.participants == ("Patient/example", "Practitioner/example", "Location/1")


def test_only_free_slots_of_the_time_asked_for_are_given(publisher: City, source: FeedSource) -> None:
    """Whatever the server sends: a busy slot and one of tomorrow are left out; all pages are read."""
    busy = {**SLOT, "id": "s2", "status": "busy"}
    later = {**SLOT, "id": "s3", "start": "2026-09-22T09:00:00+08:00", "end": "2026-09-22T09:30:00+08:00"}
    publisher.pages = ByPath({"/feed/Slot": Page(bundle(later, busy, following="?page=2"))})
    publisher.pages["/feed/Slot?page=2"] = Page(bundle(SLOT, SCHEDULE, LOCATION))
    found = ask(lambda fetcher: fhir.read_slots(fetcher, source, START, END, schedules=("c1",), service_type="tele"))
    assert [slot.id for slot in found.slots] == ["s1"]
    asked = parse_qs(urlsplit(publisher.requests[0][0]).query)
    assert asked["start"] == ["ge2026-09-21T01:00:00+00:00", "lt2026-09-21T01:30:00+00:00"]
    assert (asked["status"], asked["schedule"], asked["_include"]) == (["free"], ["Schedule/c1"], ["Slot:schedule"])
    assert publisher.requests[0][1]["authorization"] == "Bearer s3cr3t/+key"


def test_a_booking_is_created_under_a_condition(publisher: City, source: FeedSource) -> None:
    """The server is told not to create it where it has our reference; the comment goes in the body alone."""
    publisher.pages = ByPath({"/feed/Appointment": [Page(bundle()), as_page(appointment())]})
    booked = book(source)
    assert (booked.appointment.id, booked.new) == ("a1", True)
    (sent,) = posts(publisher)
    assert sent["if-none-exist"] == "identifier=urn:city-assistant:test-feed|ref-1"
    assert sent["content-type"] == fhir.MEDIA_TYPE
    assert json.loads(sent["body"]) == fhir.appointment_resource(BOOKING, "urn:city-assistant:test-feed")
    assert all("Patient" not in path for path, _ in publisher.requests)


def test_the_same_booking_again_makes_no_second(publisher: City, source: FeedSource) -> None:
    """What stands is found by its reference and nothing is sent."""
    publisher.pages = ByPath({"/feed/Appointment": Page(bundle(appointment()))})
    booked = book(source)
    assert (booked.appointment.id, booked.new, posts(publisher)) == ("a1", False, [])


def test_a_cancelled_appointment_does_not_stand(publisher: City, source: FeedSource) -> None:
    """After a cancellation, and beside other people's, a new one is made."""
    gone, other = appointment(status="cancelled"), appointment(id="a0", identifier=[{"value": "ref-2"}])
    publisher.pages = ByPath({"/feed/Appointment": [Page(bundle(gone, other)), as_page(appointment(id="a2"))]})
    assert book(source).appointment.id == "a2"


@pytest.mark.parametrize(
    "answer",
    [
        Page(b"", 201),
        Page(b"<html>created</html>", 201),
        Page(b"gateway", 502),
        Page(json.dumps({"resourceType": "OperationOutcome"}).encode(), 201),
    ],
)
def test_a_booking_whose_answer_is_lost_is_found_again(publisher: City, source: FeedSource, answer: Page) -> None:
    """Without a readable answer the server is asked; the appointment is sent once."""
    publisher.pages = ByPath({"/feed/Appointment": [Page(bundle()), answer, Page(bundle(appointment()))]})
    booked = book(source)
    assert (booked.appointment.id, booked.new, len(posts(publisher))) == ("a1", True, 1)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


def wait_for(publisher: City) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: publisher.stopping.wait(5) and None


@pytest.mark.parametrize("late", [True, False])
def test_a_booking_that_nobody_answers_is_found_again(publisher: City, source: FeedSource, late: bool) -> None:
    """The server took it and was slow, or hung up: asked again it has the appointment."""
    lost = Page(b"", 201, write=wait_for(publisher)) if late else Page(b"", 201, {"Content-Length": "9"}, hang_up)
    publisher.pages = ByPath({"/feed/Appointment": [Page(bundle()), lost, Page(bundle(appointment()))]})
    booked = book(source, budget_s=0.5)
    assert (booked.appointment.id, len(posts(publisher))) == ("a1", 1)


def test_a_booking_of_unknown_fate_is_a_fault_and_then_safe_to_repeat(publisher: City, source: FeedSource) -> None:
    """Nobody knows is never "booked"; the next attempt finds what the first one made."""
    lost = Page(b"", 201, {"Content-Length": "9"}, hang_up)
    publisher.pages = ByPath({"/feed/Appointment": [Page(bundle()), lost, Page(bundle())]})
    with pytest.raises((FeedTimeout, FeedUnreachable)):
        book(source)
    publisher.pages = ByPath({"/feed/Appointment": Page(bundle(appointment()))})
    assert book(source).new is False
    assert len(posts(publisher)) == 1


def test_a_slot_that_is_taken_is_refused_with_the_servers_reason(publisher: City, source: FeedSource) -> None:
    """409 with an outcome is no booking."""
    outcome = {"resourceType": "OperationOutcome", "issue": [{"details": {"text": "slot is busy"}}, {}]}
    publisher.pages = ByPath({"/feed/Appointment": [Page(bundle()), as_page(outcome, 409), Page(bundle())]})
    with pytest.raises(FeedRefused) as refused:
        book(source)
    assert refused.value.status == 409
    assert outcome_texts(json.loads(refused.value.content)) == ("slot is busy",)


def test_an_appointment_that_the_server_does_not_know_is_no_booking(publisher: City, source: FeedSource) -> None:
    """A server that says created and has nothing is not believed."""
    publisher.pages = ByPath({"/feed/Appointment": [Page(bundle()), Page(b"", 201), Page(bundle())]})
    with pytest.raises(FeedMalformed, match="does not know it"):
        book(source)


def test_nothing_is_sent_where_one_cannot_look_first(publisher: City, source: FeedSource) -> None:
    """If the server does not say whether the booking stands, a second one might be made."""
    publisher.pages = ByPath({"/feed/Appointment": Page(b"down", 500)})
    with pytest.raises(FeedRefused):
        book(source)
    assert posts(publisher) == []


def test_the_look_is_never_from_the_cache(publisher: City, source: FeedSource) -> None:
    """An answer of a minute ago does not know an appointment of now."""
    publisher.pages = ByPath({"/feed/Appointment": [Page(bundle()), Page(bundle(appointment()))]})

    async def twice(fetcher: Any) -> list[object]:
        return [await fhir.find_booking(fetcher, replace(source, refresh_s=3600), "ref-1") for _ in range(2)]

    first, second = ask(twice)
    assert first is None
    assert second is not None
