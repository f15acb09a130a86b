"""OGC API - Features: collections of a service, and their features with GeoJSON geometries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from assistant.feeds.base import FeedSource, Fetcher
from assistant.feeds.geometry import Geometry, Point, parse_geometry
from assistant.feeds.keys import key_headers, key_params
from assistant.feeds.paging import MOST_PAGES, next_address, read_pages, under
from assistant.feeds.values import items, json_object, malformed, members, moment, parse_each, text, whole

STANDARD = "OGC API - Features"
_GEOJSON = {"Accept": "application/geo+json, application/json;q=0.9"}
_JSON = {"Accept": "application/json"}
# WGS 84 with longitude first; GeoJSON of 2008 names it in the second and third way (RFC 7946, section 4).
_CRS84 = frozenset(
    {
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "http://www.opengis.net/def/crs/OGC/0/CRS84h",
        "https://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:OGC::CRS84",
    }
)


@dataclass(frozen=True, slots=True)
class Collection:
    """A layer; its box is west, south, east, north in degrees, None where it is not published."""

    id: str
    title: str
    description: str
    box: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Feature:
    """A thing on the map; `geometry` is None where it has none."""

    id: str
    geometry: Geometry | None
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Features:
    """Features of a collection.

    Attributes:
        matched: how many the service has for the question; None where it does not say.
        whole: whether these are all, as far as the service says.
        skipped: features that could not be read.
        fetched_at: of the oldest page.
        published_at: when the service made the oldest page, where it says so (`timeStamp`).
    """

    features: tuple[Feature, ...]
    matched: int | None
    whole: bool
    skipped: int
    fetched_at: datetime | None = None
    published_at: datetime | None = None


async def read_collections(fetcher: Fetcher, source: FeedSource) -> tuple[Collection, ...]:
    """The collections of a service whose landing page is the source's address.

    Raises:
        FeedError: as `Fetcher.get`; FeedMalformed where a document is no OGC API.
    """
    headers, params = {**key_headers(source), **_JSON}, key_params(source)
    linked = parse_landing((await fetcher.get(source, params=params, headers=headers)).content)
    url = next_address(source.url, linked) if linked else under(source.url, "collections")
    return parse_collections((await fetcher.get(source, url=url, params=params, headers=headers)).content)


async def read_features(
    fetcher: Fetcher,
    source: FeedSource,
    collection: str,
    *,
    box: tuple[Point, Point] | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    limit: int = 100,
    most_pages: int = MOST_PAGES,
) -> Features:
    """The features of a collection, page by page.

    Args:
        box: south-west and north-east corner; over the date line, the west one has the greater longitude.
        start, end: aware; features whose time meets this interval. Either may be left open.
        limit: features a page.

    Raises:
        FeedError: as `Fetcher.get`; FeedMalformed as `parse_features`, or a next page on another host.
    """
    params: dict[str, str | int | float] = {"limit": limit}
    if box:
        params["bbox"] = f"{box[0].lon},{box[0].lat},{box[1].lon},{box[1].lat}"
    if start or end:
        params["datetime"] = f"{start.isoformat() if start else '..'}/{end.isoformat() if end else '..'}"
    url = under(source.url, "collections", collection, "items")
    features: list[Feature] = []
    skipped, matched, whole_answer = 0, None, True
    fetched_at: datetime | None = None
    made: list[datetime] = []
    pages = read_pages(fetcher, source, url, _page, params=params, headers=_GEOJSON, most_pages=most_pages)
    async for page, at in pages:
        features += page.features
        skipped += page.skipped
        matched = page.matched if page.matched is not None else matched
        whole_answer = page.whole
        fetched_at = min(at, fetched_at or at)
        made += [page.published_at] if page.published_at else []
    return Features(tuple(features), matched, whole_answer, skipped, fetched_at, min(made, default=None))


def parse_landing(content: bytes) -> str:
    """The address of the collections on a landing page, "" where it has none.

    Standard: OGC 17-069r4, https://docs.ogc.org/is/17-069r4/17-069r4.html.

    Raises:
        FeedMalformed: it has no links.
    """
    document = json_object(content, STANDARD)
    if not isinstance(document.get("links"), list):
        raise malformed(STANDARD, "its landing page has no links")
    return _link(document, "data", "application/json")


def parse_collections(content: bytes) -> tuple[Collection, ...]:
    """The collections of a service.

    Raises:
        FeedMalformed: it is no list of collections.
    """
    document = json_object(content, STANDARD)
    if not isinstance(document.get("collections"), list):
        raise malformed(STANDARD, "it has no list of collections")
    return parse_each(document["collections"], _collection).records


def parse_features(content: bytes) -> Features:
    """One page of features.

    Raises:
        FeedMalformed: it is no feature collection, or its coordinates are not longitude and latitude on WGS 84.
    """
    return _page(content)[0]


def _page(content: bytes) -> tuple[Features, str]:
    document = json_object(content, STANDARD)
    if document.get("type") != "FeatureCollection" or not isinstance(document.get("features"), list):
        raise malformed(STANDARD, "it is no FeatureCollection")
    _refuse_other_crs(document)
    parsed = parse_each(document["features"], _feature)
    if document["features"] and not parsed.records:
        raise malformed(STANDARD, "none of its features has a geometry in longitude and latitude")
    following = _link(document, "next", "application/geo+json")
    matched = whole(document.get("numberMatched"))
    made_at = moment(document.get("timeStamp"), UTC)
    return Features(parsed.records, matched, not following, parsed.skipped, published_at=made_at), following


def _refuse_other_crs(document: Mapping[str, Any]) -> None:
    named = members(document.get("crs"))
    name = text(members(named.get("properties")).get("name"))
    if document.get("crs") is not None and name not in _CRS84:
        raise malformed(STANDARD, f"its coordinates are on {name or 'an unknown system'}, not CRS84")


def _feature(one: Mapping[str, Any]) -> Feature | None:
    """A feature; one whose geometry is broken would be somewhere else than it says, so it is none."""
    geometry = parse_geometry(one.get("geometry"))
    if one.get("type") != "Feature" or (geometry is None and one.get("geometry") is not None):
        return None
    return Feature(text(one.get("id")), geometry, members(one.get("properties")))


def _collection(one: Mapping[str, Any]) -> Collection | None:
    found = text(one.get("id")) or text(one.get("name"))
    if not found:
        return None
    spatial = members(members(one.get("extent")).get("spatial"))
    boxes, crs = items(spatial.get("bbox")), text(spatial.get("crs"))
    return Collection(
        id=found,
        title=text(one.get("title")),
        description=text(one.get("description")),
        box=_box(boxes[0]) if boxes and (not crs or crs in _CRS84) else None,
    )


def _box(value: object) -> tuple[float, float, float, float] | None:
    found = items(value)
    if len(found) == 6:  # with heights
        found = [*found[:2], *found[3:5]]
    if len(found) != 4 or not all(isinstance(one, int | float) for one in found):
        return None
    west, south, east, north = map(float, found)
    return west, south, east, north


def _link(document: Mapping[str, Any], rel: str, kind: str) -> str:
    """The address of a relation, of the type wanted where several are offered."""
    links = [members(link) for link in items(document.get("links"))]
    fitting = [link for link in links if link.get("rel") == rel and text(link.get("href"))]
    best = [link for link in fitting if text(link.get("type")).startswith(kind)]
    json_too = [link for link in fitting if "json" in text(link.get("type")) or not link.get("type")]
    return text((best or json_too or [{}])[0].get("href"))
