"""Video clinics, read and booked by the client of FHIR."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from assistant.demo import open_demo_city
from assistant.errors import FeedRefused
from assistant.feeds.fhir import Booking, book, read_slots
from assistant.feeds.fhir_records import Bundle, Slot
from tests.browser.serving import serve_in_thread
from tests.demo.conftest import CITY_DIR, MONDAY, DemoCity


@pytest.fixture
def clinics() -> Iterator[DemoCity]:
    """A city of its own, because appointments stay made."""
    app = open_demo_city(CITY_DIR, clock=lambda: MONDAY)
    with serve_in_thread(app) as url:  # type: ignore[arg-type]
        yield DemoCity(url, app)


def slots(demo: DemoCity, **chosen: str) -> Bundle:
    source, until = demo.source("fhir", "/fhir"), MONDAY + timedelta(days=2)
    return demo.read(lambda fetcher: read_slots(fetcher, source, MONDAY, until, **chosen))  # type: ignore[arg-type]


def booking(slot: Slot, reference: str) -> Booking:
    return Booking(slot.id, slot.start, slot.end, ("Patient/1",), reference)


def test_free_slots_come_with_their_clinic(demo: DemoCity) -> None:
    """Each slot lies ahead, in hours of consultation, at a place with a name and a point."""
    found = slots(demo)
    assert len(found.slots) > 50
    assert found.skipped == 0
    for slot in found.slots:
        place = found.location_of(slot)
        assert place is not None
        assert place.point
        assert slot.start > MONDAY
        assert 9 <= slot.start.hour < 17
        assert slot.start.weekday() < 6
    assert all(service.virtual for service in found.services)


def test_a_slot_has_its_doctor_and_those_who_keep_it(demo: DemoCity) -> None:
    """An invented surname in both languages, and references that an appointment can name."""
    found = slots(demo)
    assert {len(found.doctors_of(slot)) for slot in found.slots} == {1}
    assert "醫師 Dr. " in found.doctors_of(found.slots[0])[0]
    assert [actor.partition("/")[0] for actor in found.actors_of(found.slots[0])] == [
        "Location",
        "HealthcareService",
        "Practitioner",
    ]


def test_a_specialty_is_chosen(demo: DemoCity) -> None:
    """Only slots of cardiology come, named in both languages."""
    found = slots(demo, service_type="cardiology").slots
    assert found
    assert {coding.words for slot in found for coding in slot.services} == {"心臟內科", "Cardiology"}


def test_an_appointment_is_made_once(clinics: DemoCity) -> None:
    """The same reference finds the first appointment, also where the request itself is repeated."""
    source, slot = clinics.source("fhir", "/fhir"), slots(clinics).slots[0]
    first = clinics.read(lambda fetcher: book(fetcher, source, booking(slot, "ref-1")))
    again = clinics.read(lambda fetcher: book(fetcher, source, booking(slot, "ref-1")))
    assert (first.new, again.new) == (True, False)
    assert first.appointment.id == again.appointment.id
    resource = {
        "resourceType": "Appointment",
        "identifier": [{"system": "urn:city-assistant:/fhir", "value": "ref-1"}],
        "slot": [{"reference": f"Slot/{slot.id}"}],
    }
    repeated = httpx.post(f"{clinics.url}/fhir/Appointment", json=resource)
    assert (repeated.status_code, repeated.json()["id"]) == (200, first.appointment.id)


def test_a_slot_is_given_to_one(clinics: DemoCity) -> None:
    """Who comes second is refused with 409 and a reason, and the slot is no longer listed as free."""
    source, slot = clinics.source("fhir", "/fhir"), slots(clinics).slots[0]
    clinics.read(lambda fetcher: book(fetcher, source, booking(slot, "ref-1")))
    with pytest.raises(FeedRefused) as caught:
        clinics.read(lambda fetcher: book(fetcher, source, booking(slot, "ref-2")))
    assert caught.value.status == 409
    assert slot.id not in {one.id for one in slots(clinics).slots}


def test_what_is_no_appointment_is_refused(demo: DemoCity) -> None:
    """Other resources, broken JSON and unknown types get an outcome or a plain refusal."""
    url = f"{demo.url}/fhir"
    assert httpx.post(f"{url}/Appointment", json={"resourceType": "Patient"}).status_code == 400
    assert httpx.post(f"{url}/Appointment", content=b"{").status_code == 400
    assert httpx.get(f"{url}/Patient").json()["resourceType"] == "OperationOutcome"
