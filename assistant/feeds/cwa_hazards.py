"""Weather warnings by area, and earthquakes, of Taiwan's Central Weather Administration."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.cwa_envelope import STANDARD, Bulletin, fetch_cwa, one_or_many, open_bulletin, plain
from assistant.feeds.geometry import Point, parse_point
from assistant.feeds.tables import within
from assistant.feeds.values import malformed, members, moment, parse_each, text, whole


@dataclass(frozen=True, slots=True)
class AreaHazard:
    """What of a warning concerns one area: heavy rain in the mountains of the county, say."""

    phenomenon: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WeatherWarning:
    """A warning for one area.

    Attributes:
        area: a county; `geocode` is its number (2 to 8 digits).
        phenomenon, significance: in the administration's words, such as 豪雨 and 特報.
        details: what is expected in which parts of the area, where that is said.
    """

    area: str
    geocode: str
    phenomenon: str
    significance: str
    starts: datetime | None
    ends: datetime | None
    details: tuple[AreaHazard, ...]

    def holds(self, at: datetime) -> bool:
        """Whether the warning is in force at a time; where its end is not known, it is until it is taken back."""
        return (self.starts is None or self.starts <= at) and (self.ends is None or at < self.ends)


@dataclass(frozen=True, slots=True)
class WarningBulletin:
    """The warnings for a country.

    Attributes:
        areas: all areas that the bulletin speaks of; one without a warning has none, one that is missing is unknown.
        actual: False for a test or an exercise.
        skipped: warnings that could not be read; where there are any, an area may have more than is listed.
    """

    areas: tuple[str, ...]
    warnings: tuple[WeatherWarning, ...]
    sent_at: datetime | None
    actual: bool
    skipped: int
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Earthquake:
    """One earthquake report.

    Attributes:
        number: of the report; None where it has none.
        where: the epicentre in words; `epicentre` its point.
        intensities: the strongest intensity by county, as published: "4級", "5弱".
        text: the whole report in one sentence.
    """

    number: int | None
    origin_at: datetime
    magnitude: float | None
    magnitude_kind: str
    depth_km: float | None
    where: str
    epicentre: Point | None
    intensities: Mapping[str, str]
    text: str
    colour: str
    source: str
    url: str


def parse_cwa_warnings(content: bytes, zone: tzinfo) -> WarningBulletin:
    """Read W-C0033-001, the warnings by county, times without offset in `zone`.

    Raises:
        FeedMalformed: it is no such data set.
    """
    bulletin = open_bulletin(content, zone)
    locations = [one for one in one_or_many(bulletin.body.get("location")) if text(one.get("locationname"))]
    if not any("hazardconditions" in location for location in locations):
        raise malformed(STANDARD, "it has no hazard conditions by location")
    found = [hazard for location in locations for hazard in _warnings(location, zone)]
    return WarningBulletin(
        areas=tuple(text(location.get("locationname")) for location in locations if "hazardconditions" in location),
        warnings=tuple(one for one in found if one) if not _cancelled(bulletin) else (),
        sent_at=bulletin.sent_at,
        actual=bulletin.actual,
        skipped=found.count(None),
    )


def parse_cwa_earthquakes(content: bytes, zone: tzinfo) -> Parsed[Earthquake]:
    """Read E-A0015-001 or E-A0016-001, earthquakes that were felt, the newest first, times in `zone`.

    Raises:
        FeedMalformed: it is no such data set.
    """
    bulletin = open_bulletin(content, zone)
    if "earthquake" not in bulletin.body:
        raise malformed(STANDARD, "it has no list of earthquakes")
    rows = one_or_many(bulletin.body["earthquake"])
    parsed = parse_each(rows, lambda row: _earthquake(row, zone))
    if rows and not parsed.records:
        raise malformed(STANDARD, "none of its earthquakes has a time")
    newest = sorted(parsed.records, key=lambda quake: quake.origin_at, reverse=True)
    return Parsed(tuple(newest), parsed.skipped)


async def read_cwa_warnings(fetcher: Fetcher, source: FeedSource, zone: tzinfo) -> WarningBulletin:
    """Fetch and read the warnings.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    fetched = await fetch_cwa(fetcher, source)
    return replace(parse_cwa_warnings(fetched.content, zone), fetched_at=fetched.fetched_at)


async def read_cwa_earthquakes(fetcher: Fetcher, source: FeedSource, zone: tzinfo) -> Parsed[Earthquake]:
    """Fetch and read the earthquakes.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    fetched = await fetch_cwa(fetcher, source)
    return replace(parse_cwa_earthquakes(fetched.content, zone), fetched_at=fetched.fetched_at)


def _cancelled(bulletin: Bulletin) -> bool:
    return bulletin.kind.lower() == "cancel"


def _warnings(location: Mapping[str, Any], zone: tzinfo) -> Iterator[WeatherWarning | None]:
    """The warnings of a location; None for one that cannot be read."""
    conditions = location.get("hazardconditions")
    if conditions in (None, "", {}):
        return
    hazards = members(conditions).get("hazards")
    if hazards in (None, "", {}, []):
        return
    for one in hazards if isinstance(hazards, list) else [hazards]:
        yield _warning(location, one, zone)


def _warning(location: Mapping[str, Any], hazard: object, zone: tzinfo) -> WeatherWarning | None:
    found = members(hazard)
    info, valid = members(found.get("info")), members(found.get("validtime"))
    phenomenon = text(info.get("phenomena"))
    if not phenomenon:
        return None
    return WeatherWarning(
        area=text(location.get("locationname")),
        geocode=text(location.get("geocode")),
        phenomenon=phenomenon,
        significance=text(info.get("significance")),
        starts=moment(valid.get("starttime"), zone),
        ends=moment(valid.get("endtime"), zone),
        details=tuple(_details(found.get("hazard"))),
    )


def _details(hazards: object) -> Iterator[AreaHazard]:
    for hazard in one_or_many(hazards):
        info = members(hazard.get("info"))
        parts = one_or_many(members(info.get("affectedareas")).get("location"))
        if phenomenon := text(info.get("phenomena")):
            yield AreaHazard(phenomenon, tuple(name for part in parts if (name := text(part.get("locationname")))))


def _earthquake(row: Mapping[str, Any], zone: tzinfo) -> Earthquake | None:
    info = members(row.get("earthquakeinfo"))
    centre, size = members(info.get("epicenter")), members(info.get("earthquakemagnitude", info.get("magnitude")))
    origin_at = moment(info.get("origintime"), zone)
    if origin_at is None:
        return None
    latitude = centre.get("epicenterlatitude", centre.get("epicenterlat"))
    longitude = centre.get("epicenterlongitude", centre.get("epicenterlon"))
    return Earthquake(
        number=whole(row.get("earthquakeno")),
        origin_at=origin_at,
        magnitude=within(plain(size.get("magnitudevalue")), -2, 10),
        magnitude_kind=text(size.get("magnitudetype")),
        depth_km=within(plain(info.get("focaldepth", info.get("depth"))), 0, 800),
        where=text(centre.get("location")),
        epicentre=parse_point(plain(latitude), plain(longitude)),
        intensities=_intensities(members(row.get("intensity")).get("shakingarea")),
        text=text(row.get("reportcontent")),
        colour=text(row.get("reportcolor")),
        source=text(info.get("source")),
        url=text(row.get("web")),
    )


def _intensities(areas: object) -> dict[str, str]:
    """The intensity by county; rows that sum up several counties name them joined by 、."""
    found: dict[str, str] = {}
    for area in sorted(one_or_many(areas), key=lambda area: "、" in text(area.get("countyname"))):
        value = area.get("areaintensity")
        said = f"{text(_digits(plain(value)))}{text(members(value).get('unit'))}"
        for county in text(area.get("countyname", area.get("areaname"))).split("、"):
            if county and said:
                found.setdefault(county, said)
    return found


def _digits(value: object) -> object:
    """A whole number without the ".0" that a float brings."""
    return whole(value) if isinstance(value, float) else value
