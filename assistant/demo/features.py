"""Shelters, drone findings, toilets and flood-prone areas of the demonstration city as OGC API Features."""

import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.demo.climate import soaked
from assistant.demo.scene import Scene, floor
from assistant.demo.sites import Site, Sites
from assistant.demo.world import SIMULATED, World, count_in, json_answer, page_of
from assistant.feeds.geometry import Point

_GEOJSON = "application/geo+json"
_MOST = 1000
_M_PER_DEGREE = 111_195.0
_CORNERS = 16
_OPENS_FROM = 0.35
_TITLES = {
    "shelters": ("避難收容處所", "Shelters"),
    "drone-findings": ("無人機巡檢發現", "Drone findings"),
    "toilets": ("公共廁所", "Public toilets"),
    "flood-areas": ("易淹水區域", "Flood-prone areas"),
}


def feature_routes(world: World) -> list[Route]:
    """`/ogc` (OGC 17-069r4, https://docs.ogc.org/is/17-069r4/17-069r4.html)."""

    def landing(request: Request) -> Response:
        root = str(request.base_url)
        links = [
            {"rel": "data", "type": "application/json", "href": f"{root}ogc/collections"},
            {"rel": "conformance", "type": "application/json", "href": f"{root}ogc/conformance"},
        ]
        return json_answer({"title": SIMULATED["zh-TW"], "description": SIMULATED["en"], "links": links})

    def conformance(_: Request) -> Response:
        base = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
        return json_answer({"conformsTo": [f"{base}/core", f"{base}/geojson"]})

    def collections(request: Request) -> Response:
        root = str(request.base_url)
        return json_answer({"links": [], "collections": [_collection(name, root) for name in _TITLES]})

    def items(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _TITLES:
            return json_answer({"code": "NotFound", "description": "There is no such collection."}, 404)
        query, scene = request.query_params, world.scene()
        found = [one for one in features(scene, world.sites, name) if _inside(one, query.get("bbox", ""))]
        skip, limit = count_in(query, "offset", 0, len(found)), max(1, count_in(query, "limit", 100, _MOST))
        page, more = page_of(found, skip, limit)
        following = str(request.url.include_query_params(offset=skip + limit))
        links = [{"rel": "next", "type": _GEOJSON, "href": following}] if more else []
        document = {
            "type": "FeatureCollection",
            "timeStamp": scene.now.isoformat(),
            "numberMatched": len(found),
            "numberReturned": len(page),
            "links": links,
            "features": page,
        }
        return json_answer(document, kind=_GEOJSON)

    return [
        Route("/ogc", landing),
        Route("/ogc/conformance", conformance),
        Route("/ogc/collections", collections),
        Route("/ogc/collections/{name}/items", items),
    ]


def features(scene: Scene, sites: Sites, name: str) -> list[dict[str, Any]]:
    """The features of a collection now."""
    makers: Mapping[str, Callable[[], list[dict[str, Any]]]] = {
        "shelters": lambda: [_point(site, _shelter(scene, site)) for site in sites.sites("shelter")],
        "toilets": lambda: [_point(site, _toilet(site)) for site in sites.sites("toilet")],
        "flood-areas": lambda: [_area(site, _flood(scene, site)) for site in sites.sites("flood_area")],
        "drone-findings": lambda: _findings(scene, sites),
    }
    return makers[name]()


def people_in(scene: Scene, site: Site, at: datetime) -> int:
    """How many people a shelter has taken in: none until it opens, then more with the storm."""
    storm = soaked(scene, at, 1.0)
    if storm < _OPENS_FROM:
        return 0
    wish = 0.25 + 0.9 * scene.share("shelter", site.id)
    filled = (storm - _OPENS_FROM) / (1 - _OPENS_FROM) * wish + 0.02 * scene.drift(at, 1800, "guests", site.id)
    return round(int(site.options["capacity"]) * min(1.0, max(0.0, filled)))


def _shelter(scene: Scene, site: Site) -> dict[str, Any]:
    at = floor(scene.now, 600)
    capacity, taken = int(site.options["capacity"]), people_in(scene, site, at)
    is_open = soaked(scene, at, 1.0) >= _OPENS_FROM
    return {
        "capacity": capacity,
        "people": taken,
        "free": capacity - taken,
        "status": "open" if is_open else "standby",
        "status_zh": "已開設" if is_open else "待命（未開設）",
        "disasters": list(site.options.get("disasters", ("flood", "earthquake"))),
        "accessible": bool(site.options.get("accessible", False)),
        "pets": bool(site.options.get("pets", False)),
        "observed_at": at.isoformat(),
    }


def _toilet(site: Site) -> dict[str, Any]:
    has = set(site.options["features"])
    return {
        "accessible": "accessible" in has,
        "baby_changing": "baby" in has,
        "all_gender": "all_gender" in has,
        "opening_hours": "24/7" if site.options.get("night") else "06:00-22:00",
    }


def _flood(scene: Scene, site: Site) -> dict[str, Any]:
    years = 2 + int(9 * scene.share("last flood", site.id))
    return {
        "depth_cm": int(site.options["depth_cm"]),
        "rain_24h_mm": 350,
        "floods_in_10_years": 1 + int(4 * scene.share("floods", site.id)),
        "last_flood_year": scene.now.year - years,
    }


def _findings(scene: Scene, sites: Sites) -> list[dict[str, Any]]:
    """The findings of the last fortnight; those of the storm come as it rages."""
    found = []
    for site in sites.sites("drone_finding"):
        since = site.options.get("from_storm")
        if since is not None and scene.storm(scene.now) < float(since):
            continue
        age_h = 1.0 if since is not None else 6 + 24 * 13 * scene.share("flight", site.id)
        flown = floor(scene.now - timedelta(hours=age_h), 3600)
        properties = {
            "kind": site.options["kind"],
            "severity": site.options["severity"],
            "confidence": round(0.7 + 0.29 * scene.share("confidence", site.id), 2),
            "status": "open" if scene.share("handled", site.id) < 0.75 else "assigned",
            "place": site.place.name["zh-TW"],
            "place_en": site.place.name["en"],
            "datetime": flown.isoformat(),
        }
        found.append(_point(site, properties))
    return found


def _point(site: Site, properties: Mapping[str, Any]) -> dict[str, Any]:
    return _feature(site, {"type": "Point", "coordinates": [site.point.lon, site.point.lat]}, properties)


def _area(site: Site, properties: Mapping[str, Any]) -> dict[str, Any]:
    radius = float(site.options["radius_m"]) / _M_PER_DEGREE
    ring = [_corner(site.point, radius, number) for number in range(_CORNERS)]
    return _feature(site, {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, properties)


def _corner(centre: Point, radius: float, number: int) -> list[float]:
    turn = 2 * math.pi * number / _CORNERS
    lon = centre.lon + radius * math.cos(turn) / math.cos(math.radians(centre.lat))
    return [round(lon, 6), round(centre.lat + radius * math.sin(turn), 6)]


def _feature(site: Site, geometry: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    named = {"name": site.zh, "name_en": site.en, "district": site.district, "simulated": True}
    return {"type": "Feature", "id": site.id, "geometry": geometry, "properties": {**named, **properties}}


def _collection(name: str, root: str) -> dict[str, Any]:
    zh, en = _TITLES[name]
    link = {"rel": "items", "type": _GEOJSON, "href": f"{root}ogc/collections/{name}/items"}
    return {"id": name, "title": f"{zh} {en}", "description": " ".join(SIMULATED.values()), "links": [link]}


def _inside(feature: Mapping[str, Any], box: str) -> bool:
    """Whether a feature, or the middle of an area, lies in a box west, south, east, north."""
    try:
        west, south, east, north = map(float, box.split(",")) if box else (-180.0, -90.0, 180.0, 90.0)
    except ValueError:
        return True
    geometry = feature["geometry"]
    points = [geometry["coordinates"]] if geometry["type"] == "Point" else geometry["coordinates"][0]
    return any(west <= lon <= east and south <= lat <= north for lon, lat in points)
