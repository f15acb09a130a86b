"""HL7 FHIR R4 scheduling: finds free slots and the places they are at, and books an appointment once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from assistant.errors import FeedError
from assistant.feeds.base import FeedSource, Fetcher
from assistant.feeds.fhir_records import STANDARD, Appointment, Bundle, parse_appointment, parse_bundle
from assistant.feeds.paging import MOST_PAGES, read_pages, under
from assistant.feeds.values import malformed

MEDIA_TYPE = "application/fhir+json"
_PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Booking:
    """An appointment to be made.

    Attributes:
        slot: id of the slot.
        start, end: of the slot, aware.
        participants: references such as `Patient/1` or `Location/2`; all are asked to come.
        reference: our own id of this booking. It is the same for each attempt, so that the server knows it again.
        comment: for the clinic; what a person wrote.
    """

    slot: str
    start: datetime
    end: datetime
    participants: tuple[str, ...]
    reference: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """An appointment that stands; `new` is whether this call made it."""

    appointment: Appointment
    new: bool


async def read_slots(
    fetcher: Fetcher,
    source: FeedSource,
    start: datetime,
    end: datetime,
    *,
    schedules: Sequence[str] = (),
    service_type: str = "",
    most_pages: int = MOST_PAGES,
) -> Bundle:
    """Free slots that begin in [start, end), with their schedules and who keeps those; the address is the FHIR base.

    Args:
        schedules: ids of schedules; of any where empty.
        service_type: a code, or `system|code`.

    Raises:
        FeedError: as `Fetcher.get`; FeedMalformed where an answer is no Bundle.
    """
    criteria = [
        ("status", "free"),
        ("start", f"ge{start.isoformat()}"),
        ("start", f"lt{end.isoformat()}"),
        ("_include", "Slot:schedule"),
        ("_include:iterate", "Schedule:actor"),
        ("_sort", "start"),
        ("_count", str(_PAGE_SIZE)),
    ]
    if schedules:
        criteria.append(("schedule", ",".join(f"Schedule/{schedule}" for schedule in schedules)))
    if service_type:
        criteria.append(("service-type", service_type))
    found = await search(fetcher, source, "Slot", criteria, most_pages=most_pages)
    free = [slot for slot in found.slots if slot.status == "free" and start <= slot.start < end]
    return replace(found, slots=tuple(sorted(free, key=lambda slot: slot.start)))


async def search(
    fetcher: Fetcher,
    source: FeedSource,
    kind: str,
    criteria: Sequence[tuple[str, str]] = (),
    *,
    most_pages: int = MOST_PAGES,
    max_age_s: float | None = None,
) -> Bundle:
    """What a search finds (https://hl7.org/fhir/R4/search.html), page by page.

    Args:
        kind: a resource type: "Location", "HealthcareService", "Schedule", "Slot" or "Appointment".
        criteria: pairs, because a name may occur twice.

    Raises:
        FeedError: as `Fetcher.get`; FeedMalformed where an answer is no Bundle.
    """
    url = _with_query(under(source.url, kind), criteria)
    found = Bundle()
    async for page, at in read_pages(
        fetcher, source, url, parse_bundle, headers=_headers(source), most_pages=most_pages, max_age_s=max_age_s
    ):
        found = found + replace(page, fetched_at=at)
    return found


async def book(fetcher: Fetcher, source: FeedSource, booking: Booking) -> Booked:
    """Make an appointment; called again with the same reference it finds the first one and makes no second.

    It looks for the reference first, then creates conditionally (If-None-Exist), and where no answer comes it looks
    again. Show the person what will be sent before (`appointment_resource`).

    Raises:
        FeedTimeout, FeedUnreachable: nobody knows whether the appointment was made; call again with the same booking.
        FeedRefused: the server did not make it: 409 where the slot is taken; `outcome_texts` reads its reasons.
        FeedMalformed: it answered with something else than an appointment, and knows none.
    """
    earlier = await find_booking(fetcher, source, booking.reference)
    if earlier:
        return Booked(earlier, new=False)
    system = _system(source)
    headers = {
        **_headers(source),
        "Content-Type": MEDIA_TYPE,
        "Prefer": "return=representation",
        "If-None-Exist": _query([("identifier", f"{system}|{booking.reference}")]),
    }
    resource = appointment_resource(booking, system)
    try:
        answer = await fetcher.post(source, url=under(source.url, "Appointment"), json=resource, headers=headers)
    except FeedError:
        made = await _look_again(fetcher, source, booking.reference)
        if made is None:
            raise
        return Booked(made, new=True)
    made = parse_appointment(answer.content)
    if made is None or booking.reference not in made.identifiers:
        made = await find_booking(fetcher, source, booking.reference)
    if made is None:
        raise malformed(STANDARD, "the server took an appointment but does not know it")
    return Booked(made, new=True)


async def find_booking(fetcher: Fetcher, source: FeedSource, reference: str) -> Appointment | None:
    """The appointment with our reference that is not cancelled, asked anew each time.

    Raises:
        FeedError: as `search`.
    """
    criteria = [("identifier", f"{_system(source)}|{reference}")]
    now = replace(source, refresh_s=0.0)
    found = await search(fetcher, now, "Appointment", criteria, max_age_s=0.0)
    standing = [one for one in found.appointments if one.stands and reference in one.identifiers]
    return standing[0] if standing else None


def appointment_resource(booking: Booking, system: str) -> dict[str, Any]:
    """The Appointment that is sent (https://hl7.org/fhir/R4/appointment.html)."""
    resource: dict[str, Any] = {
        "resourceType": "Appointment",
        "identifier": [{"system": system, "value": booking.reference}],
        "status": "booked",
        "start": booking.start.isoformat(),
        "end": booking.end.isoformat(),
        "slot": [{"reference": f"Slot/{booking.slot}"}],
        "participant": [
            {"actor": {"reference": reference}, "status": "accepted"} for reference in booking.participants
        ],
    }
    if booking.comment:
        resource["comment"] = booking.comment
    return resource


async def _look_again(fetcher: Fetcher, source: FeedSource, reference: str) -> Appointment | None:
    """Whether a booking came through whose answer did not; a fault of this look tells nothing new."""
    try:
        return await find_booking(fetcher, source, reference)
    except FeedError:
        return None


def _system(source: FeedSource) -> str:
    """The name space of our references: the option `identifier_system`, else one of the source's own."""
    return str(source.options.get("identifier_system", "")) or f"urn:city-assistant:{source.name}"


def _headers(source: FeedSource) -> dict[str, str]:
    headers = {"Accept": MEDIA_TYPE}
    if source.key:
        headers["Authorization"] = f"Bearer {source.key.get_secret_value()}"
    return headers


def _query(criteria: Sequence[tuple[str, str]]) -> str:
    return urlencode(criteria, safe=":|/,")


def _with_query(url: str, criteria: Sequence[tuple[str, str]]) -> str:
    return f"{url}?{_query(criteria)}" if criteria else url
