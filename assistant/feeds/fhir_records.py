"""The FHIR resources of scheduling as records: slots, schedules, locations, services and appointments."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from assistant.feeds.geometry import Point, parse_point
from assistant.feeds.values import items, json_object, malformed, members, moment, text, truth, whole
from assistant.text import detect_language

STANDARD = "FHIR"
_ENDED = frozenset({"cancelled", "entered-in-error", "noshow"})
_MOST_LINES = 100_000


@dataclass(frozen=True, slots=True)
class Coding:
    """A kind of care: its code in a system, and its words; either may be empty."""

    system: str
    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that a schedule offers; times are aware.

    Attributes:
        schedule: id of the schedule.
        status: "free", "busy" ...
        capacity, booking_url, phone: SMART Scheduling Links; None or empty where not published.
    """

    id: str
    schedule: str
    status: str
    start: datetime
    end: datetime
    services: tuple[Coding, ...]
    capacity: int | None
    booking_url: str
    phone: str
    comment: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """Whose times they are: `actors` are references such as `Location/1`; `active` None where it is not said.

    `names` are the words that stand beside those references.
    """

    id: str
    actors: tuple[str, ...]
    services: tuple[Coding, ...]
    active: bool | None
    start: datetime | None
    end: datetime | None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Practitioner:
    """A person who gives care; `name` as published."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Location:
    """A place of care."""

    id: str
    name: str
    address: str
    district: str
    phone: str
    url: str
    point: Point | None
    status: str


@dataclass(frozen=True, slots=True)
class HealthcareService:
    """What is offered: `locations` are references; `virtual` is whether a way to attend it remotely is published."""

    id: str
    name: str
    locations: tuple[str, ...]
    services: tuple[Coding, ...]
    phone: str
    url: str
    comment: str
    active: bool | None
    virtual: bool


@dataclass(frozen=True, slots=True)
class Appointment:
    """An appointment; `identifiers` are the values given by those who booked, `participants` references."""

    id: str
    status: str
    start: datetime | None
    end: datetime | None
    identifiers: tuple[str, ...]
    slots: tuple[str, ...]
    participants: tuple[str, ...]

    @property
    def stands(self) -> bool:
        """Whether it is neither cancelled nor missed."""
        return self.status not in _ENDED


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a search found; `total` None where the server does not say; `skipped` counts broken resources.

    `fetched_at` is that of the oldest page.
    """

    slots: tuple[Slot, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    locations: tuple[Location, ...] = ()
    services: tuple[HealthcareService, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    practitioners: tuple[Practitioner, ...] = ()
    total: int | None = None
    skipped: int = 0
    fetched_at: datetime | None = None

    def __add__(self, other: "Bundle") -> "Bundle":
        return Bundle(
            slots=self.slots + other.slots,
            schedules=self.schedules + other.schedules,
            locations=self.locations + other.locations,
            services=self.services + other.services,
            appointments=self.appointments + other.appointments,
            practitioners=self.practitioners + other.practitioners,
            total=self.total if other.total is None else other.total,
            skipped=self.skipped + other.skipped,
            fetched_at=min((at for at in (self.fetched_at, other.fetched_at) if at), default=None),
        )

    def location_of(self, slot: Slot) -> Location | None:
        """Where a slot is, if its schedule and location came with it."""
        actors = {actor for one in self.schedules if one.id == slot.schedule for actor in one.actors}
        return next((place for place in self.locations if f"Location/{place.id}" in actors), None)

    def actors_of(self, slot: Slot) -> tuple[str, ...]:
        """References of those who keep the schedule of a slot, if it came with it."""
        return next((one.actors for one in self.schedules if one.id == slot.schedule), ())

    def doctors_of(self, slot: Slot) -> tuple[str, ...]:
        """Names of the people who give the care, where they are published."""
        names = {f"Practitioner/{one.id}": one.name for one in self.practitioners}
        said = {actor: name for one in self.schedules if one.id == slot.schedule for actor, name in one.names.items()}
        people = [actor for actor in self.actors_of(slot) if actor.startswith("Practitioner")]
        return tuple(name for name in (names.get(actor) or said.get(actor, "") for actor in people) if name)


def parse_bundle(content: bytes) -> tuple[Bundle, str]:
    """A Bundle and the address of its next page (R4, https://hl7.org/fhir/R4/bundle.html).

    Resources of other types are passed over.

    Raises:
        FeedMalformed: it is no Bundle; an OperationOutcome in its place is quoted.
    """
    document = json_object(content, STANDARD)
    if document.get("resourceType") == "OperationOutcome":
        raise malformed(STANDARD, "; ".join(outcome_texts(document))[:300] or "it is an OperationOutcome")
    if document.get("resourceType") != "Bundle":
        raise malformed(STANDARD, "it is no Bundle")
    links = [members(link) for link in items(document.get("link"))]
    following = next((text(link.get("url")) for link in links if link.get("relation") == "next"), "")
    found = _bundle(members(entry).get("resource") for entry in items(document.get("entry")))
    return found + Bundle(total=whole(document.get("total"))), following


def parse_ndjson(content: bytes) -> Bundle:
    """Resources line by line, as SMART Scheduling Links publishes them (https://github.com/smart-on-fhir/smart-scheduling-links).

    A broken line is skipped and counted.

    Raises:
        FeedMalformed: no line is a resource.
    """
    lines = [line for line in content.decode("utf-8-sig", errors="replace").splitlines() if line.strip()]
    found = _bundle(_line(line) for line in lines[:_MOST_LINES])
    if lines and found.skipped == len(lines):
        raise malformed(STANDARD, "no line is a resource")
    return found


def parse_appointment(content: bytes) -> Appointment | None:
    """One Appointment; nothing where the answer is something else, or empty."""
    return _appointment(members(_line(content.decode("utf-8-sig", errors="replace"))))


def outcome_texts(document: Mapping[str, Any]) -> tuple[str, ...]:
    """What an OperationOutcome says."""
    issues = [members(issue) for issue in items(document.get("issue"))]
    said = [text(issue.get("diagnostics")) or text(members(issue.get("details")).get("text")) for issue in issues]
    return tuple(words for words in said if words)


def _line(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _bundle(resources: Iterable[object]) -> Bundle:
    found: dict[str, list[Any]] = {kind: [] for kind in _READERS}
    skipped = 0
    for resource in resources:
        kind = text(members(resource).get("resourceType"))
        record = _READERS[kind](members(resource)) if kind in _READERS else None
        if record is not None:
            found[kind].append(record)
        elif not kind or kind in _READERS:
            skipped += 1
    return Bundle(
        slots=tuple(found["Slot"]),
        schedules=tuple(found["Schedule"]),
        locations=tuple(found["Location"]),
        services=tuple(found["HealthcareService"]),
        appointments=tuple(found["Appointment"]),
        practitioners=tuple(found["Practitioner"]),
        skipped=skipped,
    )


def _slot(one: Mapping[str, Any]) -> Slot | None:
    start, end = moment(one.get("start")), moment(one.get("end"))  # an instant always has an offset
    schedule = _reference(one.get("schedule"))
    if not text(one.get("id")) or start is None or end is None or end < start or not schedule:
        return None
    extensions = {text(members(e).get("url")).rpartition("/")[2]: members(e) for e in items(one.get("extension"))}
    return Slot(
        id=text(one.get("id")),
        schedule=schedule.rpartition("/")[2],
        status=text(one.get("status")),
        start=start,
        end=end,
        services=_codings(one.get("serviceType")),
        capacity=whole(members(extensions.get("slot-capacity")).get("valueInteger")),
        booking_url=text(members(extensions.get("booking-deep-link")).get("valueUrl")),
        phone=text(members(extensions.get("booking-phone")).get("valueString")),
        comment=text(one.get("comment")),
    )


def _schedule(one: Mapping[str, Any]) -> Schedule | None:
    horizon = members(one.get("planningHorizon"))
    actors = [members(actor) for actor in items(one.get("actor"))]
    if not text(one.get("id")):
        return None
    return Schedule(
        id=text(one.get("id")),
        actors=_references(one.get("actor")),
        services=_codings(one.get("serviceType")),
        active=truth(one.get("active")),
        start=moment(horizon.get("start")),
        end=moment(horizon.get("end")),
        names={_reference(actor): text(actor.get("display")) for actor in actors if text(actor.get("display"))},
    )


def _practitioner(one: Mapping[str, Any]) -> Practitioner | None:
    name = members(next(iter(items(one.get("name"))), None))
    given, family = " ".join(filter(None, map(text, items(name.get("given"))))), text(name.get("family"))
    joined = f"{family}{given}" if detect_language(family) == "zh-TW" else f"{given} {family}".strip()
    words = text(name.get("text")) or joined
    return Practitioner(text(one.get("id")), words) if text(one.get("id")) and words else None


def _location(one: Mapping[str, Any]) -> Location | None:
    address, place = members(one.get("address")), members(one.get("position"))
    if not text(one.get("id")) or not text(one.get("name")):
        return None
    lines = [text(line) for line in items(address.get("line"))]
    parts = [*lines, text(address.get("city")), text(address.get("state")), text(address.get("postalCode"))]
    return Location(
        id=text(one.get("id")),
        name=text(one.get("name")),
        address=text(address.get("text")) or ", ".join(part for part in parts if part),
        district=text(address.get("district")),
        phone=_contact(one, "phone"),
        url=_contact(one, "url"),
        point=parse_point(place.get("latitude"), place.get("longitude")),
        status=text(one.get("status")),
    )


def _healthcare_service(one: Mapping[str, Any]) -> HealthcareService | None:
    name = text(one.get("name"))
    if not text(one.get("id")) or not name:
        return None
    modes = [coding.code.lower() for coding in _codings(one.get("characteristic"))]
    return HealthcareService(
        id=text(one.get("id")),
        name=name,
        locations=_references(one.get("location")),
        services=_codings(one.get("type")) + _codings(one.get("specialty")),
        phone=_contact(one, "phone"),
        url=_contact(one, "url"),
        comment=text(one.get("comment")),
        active=truth(one.get("active")),
        virtual=bool(one.get("virtualService")) or any(mode.startswith(("tele", "video", "virtual")) for mode in modes),
    )


def _appointment(one: Mapping[str, Any]) -> Appointment | None:
    if one.get("resourceType") != "Appointment" or not text(one.get("id")):
        return None
    actors = [members(each).get("actor") for each in items(one.get("participant"))]
    identifiers = [text(members(each).get("value")) for each in items(one.get("identifier"))]
    return Appointment(
        id=text(one.get("id")),
        status=text(one.get("status")),
        start=moment(one.get("start")),
        end=moment(one.get("end")),
        identifiers=tuple(value for value in identifiers if value),
        slots=tuple(reference.rpartition("/")[2] for reference in _references(one.get("slot"))),
        participants=_references(actors),
    )


_READERS = {
    "Slot": _slot,
    "Schedule": _schedule,
    "Location": _location,
    "HealthcareService": _healthcare_service,
    "Appointment": _appointment,
    "Practitioner": _practitioner,
}


def _codings(value: object) -> tuple[Coding, ...]:
    """Codes of concepts, which R5 wraps in one more object."""
    found: list[Coding] = []
    for concept in map(members, items(value)):
        inner = members(concept.get("concept")) or concept
        words = text(inner.get("text"))
        codings = [members(coding) for coding in items(inner.get("coding"))]
        found += [
            Coding(text(coding.get("system")), text(coding.get("code")), text(coding.get("display")) or words)
            for coding in codings
        ]
        if words and not codings:
            found.append(Coding("", "", words))
    return tuple(found)


def _references(value: object) -> tuple[str, ...]:
    return tuple(reference for reference in map(_reference, items(value)) if reference)


def _reference(value: object) -> str:
    """`Type/id` of a reference, which may be an address and may name a version."""
    steps = text(members(value).get("reference")).partition("/_history/")[0].split("/")
    return "/".join(steps[-2:]) if len(steps) >= 2 else ""


def _contact(one: Mapping[str, Any], system: str) -> str:
    points = [members(point) for point in items(one.get("telecom"))]
    return next((text(point.get("value")) for point in points if point.get("system") == system), "")
