"""The sensors of the demonstration city as an OGC SensorThings service, with the last 48 hours of each."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.demo.scene import Scene, floor
from assistant.demo.sensors import STREAMS, Stream
from assistant.demo.sites import Site
from assistant.demo.world import SIMULATED, World, count_in, json_answer, page_of
from assistant.feeds.geometry import Point

_HISTORY = timedelta(hours=48)
_MOST = 500
_SHOWN = ("zh", "en", "place")
_EQUALS = re.compile(r"(?:properties/)?(\w+) eq '((?:[^']|'')*)'")
_CONTAINS = re.compile(r"substringof\('((?:[^']|'')*)',\s*(?:properties/)?(\w+)\)")
_NEAR = re.compile(r"geo\.distance\([\w/]+,\s*geography'POINT\s?\(([-\d.]+) ([-\d.]+)\)'\) lt ([\d.]+)")
_SINCE = re.compile(r"phenomenonTime ge '?([^'\s]+)'?")
_NEWEST = re.compile(r"Observations\([^)]*\$top=(\d+)")


def sensor_routes(world: World) -> list[Route]:
    """`/sensorthings/v1.1` with all things, `/sensorthings/<kind>/v1.1` with one kind (OGC 18-088)."""
    sites = {kind: world.sites.sites(kind) for kind in STREAMS}
    named = {f"{kind}:{site.id}": (kind, site) for kind, each in sites.items() for site in each}

    def things(request: Request) -> Response:
        kind = request.path_params.get("kind", "")
        query = request.query_params
        chosen = [(one, site) for one, site in named.values() if kind in ("", one)]
        if kind and kind not in STREAMS:
            return json_answer({"message": "There is no such kind."}, 404)
        fits = thing_filter(query.get("$filter", ""))
        if fits is None:
            return json_answer({"message": "This filter is not supported."}, 400)
        scene, expand = world.scene(), query.get("$expand", "")
        found = [one for one in (_thing(scene, *each, expand) for each in chosen) if fits(one)]
        skip, top = count_in(query, "$skip", 0, len(found)), count_in(query, "$top", 100, _MOST)
        page, more = page_of(found, skip, top)
        following = {"@iot.nextLink": str(request.url.include_query_params(**{"$skip": skip + top}))} if more else {}
        return json_answer({"@iot.count": len(found), "value": page, **following})

    def observations(request: Request) -> Response:
        kind, _, rest = request.path_params["stream"].strip("'").partition(":")
        site_id, _, observed = rest.rpartition(":")
        known = named.get(f"{kind}:{site_id}")
        stream = next((one for one in STREAMS.get(kind, ()) if one.observed == observed), None)
        if known is None or stream is None:
            return json_answer({"message": "There is no such datastream."}, 404)
        scene, query = world.scene(), request.query_params
        skip, top = count_in(query, "$skip", 0, 10_000), count_in(query, "$top", 100, _MOST)
        times = _times(scene, stream, _since(query.get("$filter", ""), scene))
        page, more = page_of(times, skip, top)
        following = {"@iot.nextLink": str(request.url.include_query_params(**{"$skip": skip + top}))} if more else {}
        value = [_observation(scene, known[1], stream, at) for at in page]
        return json_answer({"@iot.count": len(times), "value": value, **following})

    roots = ("/sensorthings/v1.1", "/sensorthings/{kind}/v1.1")
    return [
        *(Route(f"{root}/Things", things) for root in roots),
        *(Route(f"{root}/Datastreams({{stream}})/Observations", observations) for root in roots),
    ]


def thing_filter(written: str) -> Callable[[Mapping[str, Any]], bool] | None:
    """What a `$filter` asks of a thing; None where it is not one of those known here."""
    tests: list[Callable[[Mapping[str, Any]], bool]] = []
    for part in re.split(r" and (?=[\w.]+[/( ])", written) if written else []:
        test = _test(part.strip())
        if test is None:
            return None
        tests.append(test)
    return lambda thing: all(test(thing) for test in tests)


def _test(part: str) -> Callable[[Mapping[str, Any]], bool] | None:
    if found := _EQUALS.fullmatch(part):
        name, value = found[1], found[2].replace("''", "'")
        return lambda thing: value in (str(thing.get(name)), str(thing["properties"].get(name)))
    if found := _CONTAINS.fullmatch(part):
        text, name = found[1].replace("''", "'"), found[2]
        return lambda thing: text in str(thing.get(name, thing["properties"].get(name, "")))
    if found := _NEAR.fullmatch(part):
        centre, degrees = Point(float(found[2]), float(found[1])), float(found[3])
        return lambda thing: _degrees(thing["properties"]["at"], centre) < degrees
    return None


def _degrees(at: list[float], centre: Point) -> float:
    return float(((at[1] - centre.lat) ** 2 + (at[0] - centre.lon) ** 2) ** 0.5)


def _thing(scene: Scene, kind: str, site: Site, expand: str) -> dict[str, Any]:
    at = [site.point.lon, site.point.lat]
    thing: dict[str, Any] = {
        "@iot.id": f"{kind}:{site.id}",
        "name": site.zh,
        "description": f"{site.en}. {SIMULATED['en']}",
        "properties": {
            **{name: value for name, value in site.options.items() if name not in _SHOWN},
            "kind": kind,
            "name_en": site.en,
            "district": site.district,
            "at": at,
            "simulated": True,
        },
    }
    if "Locations" in expand:
        place = {"type": "Point", "coordinates": at}
        thing["Locations"] = [{"name": site.zh, "encodingType": "application/geo+json", "location": place}]
    if "Datastreams" in expand:
        newest = _NEWEST.search(expand)
        count = int(newest[1]) if newest else 0
        thing["Datastreams"] = [_datastream(scene, kind, site, stream, min(count, _MOST)) for stream in STREAMS[kind]]
    return thing


def _datastream(scene: Scene, kind: str, site: Site, stream: Stream, count: int) -> dict[str, Any]:
    name, symbol, definition = stream.unit
    times = _times(scene, stream, None)[:count]
    return {
        "@iot.id": f"{kind}:{site.id}:{stream.observed}",
        "name": stream.zh,
        "description": stream.en,
        "unitOfMeasurement": {"name": name, "symbol": symbol, "definition": definition},
        "ObservedProperty": {"name": stream.observed},
        "Observations": [_observation(scene, site, stream, at) for at in times],
    }


def _observation(scene: Scene, site: Site, stream: Stream, at: datetime) -> dict[str, Any]:
    return {
        "@iot.id": f"{stream.observed}:{site.id}:{int(at.timestamp())}",
        "phenomenonTime": at.isoformat(),
        "resultTime": at.isoformat(),
        "result": stream.measure(scene, site, at),
    }


def _times(scene: Scene, stream: Stream, since: datetime | None) -> list[datetime]:
    """When a sensor measured, the newest first, in the last 48 hours."""
    newest = floor(scene.now, stream.step_s)
    begins = max(since, scene.now - _HISTORY) if since else scene.now - _HISTORY
    count = int((newest - begins).total_seconds() // stream.step_s) + 1
    return [newest - timedelta(seconds=stream.step_s * number) for number in range(max(0, count))]


def _since(written: str, scene: Scene) -> datetime | None:
    """The moment of a filter, in the zone of the city where it says none."""
    found = _SINCE.search(written)
    try:
        moment = datetime.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
    return moment.replace(tzinfo=scene.now.tzinfo) if moment and moment.tzinfo is None else moment
