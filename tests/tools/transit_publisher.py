"""A publisher of TDX documents on loopback, whose answers a test sets, in place of the demonstration city's."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

from assistant.feeds.base import FeedSource
from tests.feeds.pages import ByPath
from tests.indexing.loopback import City, Page, serving
from tests.tools.asking import MONDAY, Desk
from tests.tools.conftest import DemoCity

SEEN = MONDAY.isoformat()
DEAD = "http://127.0.0.1:9"
BUS, RAIL = "v2/Bus/{}/City/Kaohsiung", "v2/Rail/Metro/{}"


@contextmanager
def changed(city: DemoCity, **urls: str) -> Iterator[Desk]:
    """A desk of the demonstration city, some of whose feeds (`transit_realtime=...`) are at other addresses."""
    known = city.live._desk.sources
    sources = {name.replace("_", "-"): url for name, url in urls.items()}
    desk = Desk(city.url, {name: replace(known[name], url=url, refresh_s=0.0) for name, url in sources.items()})
    try:
        yield desk
    finally:
        desk.live.close()


@contextmanager
def publishing(city: DemoCity, documents: Mapping[str, object], **source: object) -> Iterator[Desk]:
    """A desk whose TDX gives some documents by path; a `Page` is given as it is."""
    with serving() as publisher:
        pages = {f"/tdx/{path}": _page(document) for path, document in documents.items()}
        publisher.pages = ByPath(pages)
        tdx = replace(tdx_of(city), url=f"{publisher.url}/tdx", **source)  # type: ignore[arg-type]
        desk = Desk(city.url, {"tdx": tdx})
        try:
            yield desk
        finally:
            desk.live.close()


def tdx_of(city: DemoCity) -> FeedSource:
    """The source of TDX in the demonstration city."""
    return city.live._desk.sources["tdx"]


@contextmanager
def silent() -> Iterator[str]:
    """The address of a publisher that takes a question and never answers."""
    with serving() as publisher:

        def wait(_: BaseHTTPRequestHandler) -> None:
            publisher.stopping.wait(30)

        publisher.pages = _Everywhere(publisher, Page(write=wait, headers={"Content-Length": "100"}))
        yield publisher.url


class _Everywhere(dict[str, Page]):
    """One answer for every path."""

    def __init__(self, _: City, page: Page) -> None:
        super().__init__()
        self._page = page

    def get(self, path: str, default: object = None) -> Page:  # type: ignore[override]
        return self._page


def _page(document: object) -> Page:
    return document if isinstance(document, Page) else Page(json.dumps(document, ensure_ascii=False).encode())


def stop(uid: str, zh: str, lat: float = 22.6250, lon: float = 120.3410) -> dict[str, object]:
    """A pole; without a place elsewhere it is by the metro station 衛武營."""
    place = {"PositionLat": lat, "PositionLon": lon}
    return {"StopUID": uid, "StopName": {"Zh_tw": zh}, "StopPosition": place}


def route(uid: str, zh: str) -> dict[str, object]:
    """A route from 甲 to 乙."""
    names = {"DepartureStopNameZh": "甲", "DestinationStopNameZh": "乙"}
    return {"RouteUID": uid, "RouteName": {"Zh_tw": zh}, **names}


def estimate(uid: str, stop_uid: str, zh: str, **more: object) -> dict[str, object]:
    """A bus of a route, as real records have it: without the route's name."""
    return {
        "RouteUID": uid,
        "StopUID": stop_uid,
        "StopName": {"Zh_tw": zh},
        "Direction": 0,
        "StopStatus": 0,
        "SrcUpdateTime": SEEN,
        **more,
    }
