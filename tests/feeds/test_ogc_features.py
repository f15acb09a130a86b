"""Layers are read in longitude and latitude, and in nothing else."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from assistant.errors import FeedMalformed
from assistant.feeds import ogc_features
from assistant.feeds.base import FeedSource
from assistant.feeds.geometry import Point
from tests.feeds.hostile import cuts, noise, read_all, wrong_values
from tests.feeds.pages import ByPath, ask, real
from tests.indexing.loopback import City, Page

D8 = "d8_ogcapi_features"
SHELTER = {
    "type": "Feature",
    "id": 7,
    "geometry": {"type": "Point", "coordinates": [120.3, 22.6]},
    "properties": {"name": "避難所"},
}


def collection(*features: object, **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more}).encode()


def test_a_feature_is_read() -> None:
    """Its id is a text, its place a point."""
    found = ogc_features.parse_features(collection(SHELTER, numberMatched=12))
    (feature,) = found.features
    assert (feature.id, feature.properties["name"], found.matched, found.whole) == ("7", "避難所", 12, True)
    assert feature.geometry is not None
    assert feature.geometry.centre == Point(22.6, 120.3)


def test_a_feature_without_a_place_is_one_and_with_a_broken_one_is_none() -> None:
    """Null is "no place"; half a place would be another place."""
    broken = {**SHELTER, "geometry": {"type": "Point", "coordinates": [120.3]}}
    found = ogc_features.parse_features(collection({**SHELTER, "geometry": None}, broken, SHELTER, {"type": "x"}))
    assert (len(found.features), found.skipped) == (2, 2)
    assert found.features[0].geometry is None


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3826"}},
        {"type": "name", "properties": {"name": "EPSG:4326"}},
        "EPSG:3826",
        {},
    ],
)
def test_another_reference_system_is_refused(crs: object) -> None:
    """Taiwan's own grid, and the order of latitude before longitude, would put the place elsewhere."""
    with pytest.raises(FeedMalformed, match="CRS84"):
        ogc_features.parse_features(collection(SHELTER, crs=crs))


def test_longitude_first_may_be_said() -> None:
    """GeoJSON of 2008 names CRS84, which is what it is."""
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert len(ogc_features.parse_features(collection(SHELTER, crs=crs)).features) == 1


def test_metres_without_a_name_are_refused() -> None:
    """Coordinates of 180,000 and 2,500,000 are on no globe, so that none of the features is taken."""
    grid = {**SHELTER, "geometry": {"type": "Point", "coordinates": [180_000, 2_500_000]}}
    with pytest.raises(FeedMalformed, match="longitude and latitude"):
        ogc_features.parse_features(collection(grid, grid))


@pytest.mark.parametrize("content", [b"{}", b"[]", b'{"type": "FeatureCollection"}', b"<html>"])
def test_what_is_no_feature_collection_is_malformed(content: bytes) -> None:
    """An error document is not an empty layer."""
    with pytest.raises(FeedMalformed, match="OGC API"):
        ogc_features.parse_features(content)


def test_hostile_documents_are_malformed_and_nothing_else() -> None:
    """Cut, bent, or with values of wrong types, a document is read or refused."""
    content = collection(SHELTER, SHELTER, links=[{"rel": "next", "href": "x"}], numberMatched=2)
    bent = [*cuts(content), *noise(content), *wrong_values(json.loads(content))]
    results = read_all(ogc_features.parse_features, iter(bent))
    assert 0 < results.count(None) < len(results)
    layers = {"links": [], "collections": [{"id": "a", "extent": {"spatial": {"bbox": [[1, 2, 3, 4]]}}}]}
    assert None in read_all(ogc_features.parse_collections, wrong_values(layers))


def test_the_standards_examples_are_read() -> None:
    """Its landing page leads to JSON collections; their boxes are those that it writes; its conformance is no JSON."""
    assert ogc_features.parse_landing(real(f"{D8}/json/LandingPage.json")) == (
        "http://www.acme.com/3.0/wfs/collections?f=application/json"
    )
    first = ogc_features.parse_collections(real(f"{D8}/json/Collections.json"))[0]
    assert (first.id, first.title) == ("aerofacp_1m", "Airport Facilities Points")
    assert first.box is not None
    assert first.box[0] == pytest.approx(-179.878326416016)
    with pytest.raises(FeedMalformed, match="no JSON"):
        ogc_features.parse_landing(real(f"{D8}/json/ConformsTo.json"))


def test_real_layers_of_all_kinds_are_read() -> None:
    """Pygeoapi's items have every kind of geometry; Natural Earth's lakes have holes and islands."""
    items = ogc_features.parse_features(real(f"{D8}/items.geojson"))
    kinds = {feature.geometry.kind for feature in items.features if feature.geometry}
    assert kinds >= {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon"}
    assert items.skipped == 0
    lakes = ogc_features.parse_features(real(f"{D8}/ne_110m_lakes.geojson")).features
    names = {f.properties["name"] for f in lakes if f.geometry and f.geometry.contains(Point(43.6, -77.8))}
    assert (len(lakes), names) == (25, {"L. Ontario"})


def test_collections_are_found_from_the_landing_page(publisher: City, source: FeedSource) -> None:
    """A relative link and none at all both lead there."""
    listed = Page(json.dumps({"links": [], "collections": [{"id": "shelters", "title": "避難所"}, {}]}).encode())
    publisher.pages |= {"/feed/collections": listed, "/all": listed}
    publisher.pages["/feed"] = Page(b'{"links": []}')
    assert [one.id for one in ask(lambda fetcher: ogc_features.read_collections(fetcher, source))] == ["shelters"]
    publisher.pages["/feed"] = Page(b'{"links": [{"rel": "data", "href": "/all"}]}')
    assert ask(lambda fetcher: ogc_features.read_collections(fetcher, source))[0].title == "避難所"


def test_features_are_asked_for_by_place_and_time(publisher: City, source: FeedSource) -> None:
    """West, south, east, north; an interval that may be open; the next page as the service links it."""
    following = {"rel": "next", "type": "application/geo+json", "href": "?offset=1"}
    path = "/feed/collections/shelters/items"
    pages = {path: Page(collection(SHELTER, links=[following])), f"{path}?offset=1": Page(collection(SHELTER))}
    publisher.pages = ByPath(pages)
    found = ask(
        lambda fetcher: ogc_features.read_features(
            fetcher,
            source,
            "shelters",
            box=(Point(22.5, 120.2), Point(22.7, 120.4)),
            start=datetime(2026, 9, 21, tzinfo=UTC),
            limit=1,
        )
    )
    assert (len(found.features), found.whole) == (2, True)
    asked = parse_qs(urlsplit(publisher.requests[0][0]).query)
    assert asked == {"limit": ["1"], "bbox": ["120.2,22.5,120.4,22.7"], "datetime": ["2026-09-21T00:00:00+00:00/.."]}


def test_what_was_cut_off_by_the_page_limit_is_said(publisher: City, source: FeedSource) -> None:
    """Ten of a thousand shelters are not all shelters."""
    following = {"rel": "next", "href": "?offset=1"}
    content = collection(SHELTER, links=[following], numberMatched=1000)
    publisher.pages = ByPath({"/feed/collections/shelters/items": Page(content)})
    found = ask(lambda fetcher: ogc_features.read_features(fetcher, source, "shelters", most_pages=1))
    assert (found.whole, found.matched) == (False, 1000)
