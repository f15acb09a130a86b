"""Public warnings in the Common Alerting Protocol (OASIS CAP 1.2), as Taiwan's NCDR collects them."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element, ParseError  # names only; defusedxml reads

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from assistant.errors import FeedError
from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.geometry import Geometry, Point, parse_point
from assistant.feeds.tables import within
from assistant.feeds.values import malformed, moment, text

STANDARD = "CAP"
_NAMESPACES = ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1")
_DEFAULT_LANGUAGE = "en-US"  # CAP 1.2, section 3.2.2
_MOST_ALERTS = 40
_WITHOUT_EXPIRY = timedelta(hours=24)
_HALF_EARTH_KM = 20_040
_REPLACING = frozenset({"Update", "Cancel"})


@dataclass(frozen=True, slots=True)
class Circle:
    """All that lies within a distance of a point."""

    centre: Point
    radius_m: float


@dataclass(frozen=True, slots=True)
class AlertArea:
    """Where an alert holds.

    Attributes:
        geocodes: pairs of a code system and a code, such as ("Taiwan_Geocode_100", "1000512").
        unread: whether the area has a shape that could not be read.
    """

    description: str
    polygons: tuple[tuple[Point, ...], ...]
    circles: tuple[Circle, ...]
    geocodes: tuple[tuple[str, str], ...]
    unread: bool = False

    def covers(self, point: Point) -> bool | None:
        """Whether a point lies in the area; None where no shape, or none that could be read, tells."""
        inside = any(Geometry("Polygon", (ring,)).contains(point) for ring in self.polygons)
        if inside or any(circle.centre.distance_m(point) <= circle.radius_m for circle in self.circles):
            return True
        return False if (self.polygons or self.circles) and not self.unread else None

    def has_code(self, code: str, system: str = "") -> bool:
        """Whether the area has a unit, or a larger one that its code begins with; of code systems that begin so."""
        return any(name.startswith(system) and code.startswith(value) for name, value in self.geocodes if value)

    def touches_code(self, code: str, system: str = "") -> bool:
        """Whether the area has a unit or a part of it: towns of a county, by the county's code."""
        inside = any(name.startswith(system) and value.startswith(code) for name, value in self.geocodes if code)
        return inside or self.has_code(code, system)


@dataclass(frozen=True, slots=True)
class AlertInfo:
    """What an alert says in one language."""

    language: str
    categories: tuple[str, ...]
    event: str
    response_types: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str
    event_codes: tuple[tuple[str, str], ...]
    effective: datetime | None
    onset: datetime | None
    expires: datetime | None
    sender_name: str
    headline: str
    description: str
    instruction: str
    web: str
    contact: str
    parameters: tuple[tuple[str, str], ...]
    areas: tuple[AlertArea, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """One CAP message; its sender, identifier and time together name it.

    Attributes:
        status: Actual, Exercise, System, Test, Draft.
        message_type: Alert, Update, Cancel, Ack, Error.
        references: the messages that it updates or cancels, each as (sender, identifier, sent).
        infos: one for each language; several of one language describe different times or areas.
    """

    identifier: str
    sender: str
    sent: datetime
    status: str
    message_type: str
    scope: str
    note: str
    references: tuple[tuple[str, str, datetime], ...]
    infos: tuple[AlertInfo, ...]

    @property
    def key(self) -> tuple[str, str, datetime]:
        """What references to this message hold."""
        return (self.sender, self.identifier, self.sent)

    def infos_in(self, language: str) -> tuple[AlertInfo, ...]:
        """The infos in a language, else in one akin to it, else in the language that stands first."""
        written = [info.language.lower() for info in self.infos]
        akin = [one for one in written if one.partition("-")[0] == language.lower().partition("-")[0]]
        chosen = language.lower() if language.lower() in written else (akin or written or [""])[0]
        return tuple(info for info in self.infos if info.language.lower() == chosen)

    def in_force(self, at: datetime) -> bool:
        """Whether one of its infos has begun and not expired; without an expiry it holds for a day after `sent`."""
        return any(
            (info.effective or self.sent) <= at < (info.expires or self.sent + _WITHOUT_EXPIRY) for info in self.infos
        )


def parse_cap(content: bytes, zone: tzinfo) -> Parsed[Alert]:
    """Read CAP 1.2 or 1.1 messages (https://docs.oasis-open.org/emergency/cap/v1.2/CAP-v1.2.html), one or in a feed.

    Document types, entities and external references are refused; signatures are not checked. Times without an
    offset, which the standard forbids, are in `zone`.

    Raises:
        FeedMalformed: it is no XML, an attack, or holds no readable CAP message.
    """
    root = _root(content)
    found = [(element, name) for name in _NAMESPACES for element in root.iter(f"{{{name}}}alert")]
    alerts = [_alert(element, name, zone) for element, name in found]
    if not any(alerts):
        raise malformed(STANDARD, "it holds no alert with identifier, sender and time")
    return Parsed(tuple(alert for alert in alerts if alert), alerts.count(None))


def parse_cap_index(content: bytes) -> tuple[str, ...]:
    """The addresses of the alerts that an Atom (RFC 4287) or RSS 2.0 feed lists, in its order.

    Raises:
        FeedMalformed: it is no such feed.
    """
    root = _root(content)
    kind = root.tag.rpartition("}")[2]
    if kind not in {"feed", "rss"}:
        raise malformed(STANDARD, "it is neither an alert nor a feed of alerts")
    addresses = [_link(entry) for entry in root.iter() if _local(entry) in {"entry", "item"}]
    return tuple(dict.fromkeys(address for address in addresses if address))


def parse_cap_index_time(content: bytes) -> datetime | None:
    """When a feed of alerts was made, as it says of itself (Atom: updated; RSS 2.0: lastBuildDate, else pubDate).

    Raises:
        FeedMalformed: it is no XML.
    """
    root = _root(content)
    heads = [root, *(child for child in root if _local(child) == "channel")]
    said = {_local(child): text(child.text) for head in heads for child in head}
    if found := moment(said.get("updated"), UTC):
        return found
    try:
        built = parsedate_to_datetime(said.get("lastBuildDate") or said.get("pubDate", ""))
    except (ValueError, OverflowError):
        return None
    return moment(built.isoformat(), UTC)


def current_alerts(alerts: Iterable[Alert], at: datetime) -> tuple[Alert, ...]:
    """Those in force: actual, public, begun, not expired, and neither updated nor cancelled by another one.

    The newest comes first. An update counts from when it was sent, even if its own time has run out.
    """
    return tuple(alert for alert in standing_alerts(alerts, at) if alert.in_force(at))


def standing_alerts(alerts: Iterable[Alert], at: datetime) -> tuple[Alert, ...]:
    """Those that were meant and not taken back, whenever they hold: actual, public, neither updated nor cancelled.

    The newest comes first. Announcements of a day, such as that offices close, outlive the time they expire at.
    """
    known = [alert for alert in alerts if alert.status == "Actual" and alert.sent <= at]
    replacing = [alert for alert in known if alert.message_type in _REPLACING]
    replaced = {key for alert in replacing for key in alert.references if key != alert.key}
    standing = {
        alert.key: alert
        for alert in known
        if alert.message_type in {"Alert", "Update"}
        and alert.scope not in {"Restricted", "Private"}
        and alert.key not in replaced
    }
    return tuple(sorted(standing.values(), key=lambda alert: alert.sent, reverse=True))


async def read_cap(fetcher: Fetcher, source: FeedSource, zone: tzinfo) -> Parsed[Alert]:
    """Fetch and read a document of alerts, or a feed and the alerts that it lists (the option `most`, 40).

    An alert of a feed that cannot be had or read, or is beyond `most`, is skipped and counted. `published_at` is of the
    feed: its entries do not tell, for a quiet time has old ones.

    Raises:
        FeedError: the document cannot be had or read.
    """
    fetched = await fetcher.get(source)
    root = _root(fetched.content)
    if any(next(root.iter(f"{{{name}}}alert"), None) is not None for name in _NAMESPACES):
        return replace(parse_cap(fetched.content, zone), fetched_at=fetched.fetched_at)
    addresses = parse_cap_index(fetched.content)
    most = int(source.options.get("most", _MOST_ALERTS))
    read = await asyncio.gather(*(_read_one(fetcher, source, address, zone) for address in addresses[:most]))
    alerts = tuple(alert for parsed in read for alert in parsed.records)
    skipped = sum(parsed.skipped for parsed in read) + len(addresses[most:])
    return Parsed(alerts, skipped, fetched.fetched_at, parse_cap_index_time(fetched.content))


async def _read_one(fetcher: Fetcher, source: FeedSource, address: str, zone: tzinfo) -> Parsed[Alert]:
    try:
        return parse_cap((await fetcher.get(source, url=address)).content, zone)
    except FeedError:
        return Parsed((), 1)


def _root(content: bytes) -> Element:
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise malformed(STANDARD, "it declares a document type or entities, which no alert needs", error) from error
    except (ParseError, ValueError, LookupError) as error:
        raise malformed(STANDARD, f"no XML: {error}", error) from error
    return root


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _link(entry: Element) -> str:
    """The address of an entry: of several links the alternate one, which CAP feeds use for the alert."""
    links = [child for child in entry if _local(child) == "link"]
    ranked = sorted(links, key=lambda link: (link.get("type") != "application/cap+xml", link.get("rel") == "self"))
    return next((found for link in ranked if (found := text(link.get("href") or link.text))), "")


def _alert(element: Element, name: str, zone: tzinfo) -> Alert | None:
    reader = _Reader(element, name)
    identifier, sender, sent = reader.word("identifier"), reader.word("sender"), moment(reader.word("sent"), zone)
    if not identifier or not sender or not sent:
        return None
    return Alert(
        identifier=identifier,
        sender=sender,
        sent=sent,
        status=reader.word("status"),
        message_type=reader.word("msgType"),
        scope=reader.word("scope"),
        note=reader.word("note"),
        references=tuple(_references(reader.word("references"), zone)),
        infos=tuple(_info(inner, zone) for inner in reader.each("info")),
    )


def _references(written: str, zone: tzinfo) -> Iterator[tuple[str, str, datetime]]:
    for one in written.split():
        sender, _, rest = one.partition(",")
        identifier, _, sent = rest.rpartition(",")
        if (time := moment(sent, zone)) and identifier:
            yield (sender, identifier, time)


@dataclass(frozen=True, slots=True)
class _Reader:
    """The children of an element in the namespace of the message."""

    element: Element
    namespace: str

    def each(self, name: str) -> list["_Reader"]:
        return [_Reader(child, self.namespace) for child in self.element.findall(f"{{{self.namespace}}}{name}")]

    def words(self, name: str) -> tuple[str, ...]:
        found = (text("".join(child.element.itertext())) for child in self.each(name))
        return tuple(one for one in found if one)

    def word(self, name: str) -> str:
        return next(iter(self.words(name)), "")

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        return tuple((pair.word("valueName"), pair.word("value")) for pair in self.each(name))


def _info(reader: _Reader, zone: tzinfo) -> AlertInfo:
    return AlertInfo(
        language=reader.word("language") or _DEFAULT_LANGUAGE,
        categories=reader.words("category"),
        event=reader.word("event"),
        response_types=reader.words("responseType"),
        urgency=reader.word("urgency"),
        severity=reader.word("severity"),
        certainty=reader.word("certainty"),
        event_codes=reader.pairs("eventCode"),
        effective=moment(reader.word("effective"), zone),
        onset=moment(reader.word("onset"), zone),
        expires=moment(reader.word("expires"), zone),
        sender_name=reader.word("senderName"),
        headline=reader.word("headline"),
        description=reader.word("description"),
        instruction=reader.word("instruction"),
        web=reader.word("web"),
        contact=reader.word("contact"),
        parameters=reader.pairs("parameter"),
        areas=tuple(_area(inner) for inner in reader.each("area")),
    )


def _area(reader: _Reader) -> AlertArea:
    polygons = [_polygon(written) for written in reader.words("polygon")]
    circles = [_circle(written) for written in reader.words("circle")]
    return AlertArea(
        description=reader.word("areaDesc"),
        polygons=tuple(polygon for polygon in polygons if polygon),
        circles=tuple(circle for circle in circles if circle),
        geocodes=reader.pairs("geocode"),
        unread=None in polygons or None in circles,
    )


def _point(written: str) -> Point | None:
    latitude, _, longitude = written.partition(",")
    return parse_point(latitude, longitude)


def _polygon(written: str) -> tuple[Point, ...] | None:
    """`latitude,longitude` pairs; a ring that is not closed is closed by its use."""
    points = [_point(pair) for pair in written.split()]
    return tuple(point for point in points if point) if len(points) >= 3 and all(points) else None


def _circle(written: str) -> Circle | None:
    """A point and a radius in kilometres."""
    place, _, radius = written.partition(" ")
    centre, radius_km = _point(place), within(radius.strip(), 0, _HALF_EARTH_KM)
    return Circle(centre, radius_km * 1000) if centre and radius_km is not None else None
