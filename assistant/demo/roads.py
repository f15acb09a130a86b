"""Roads of the demonstration city: how fast they are, works with ROC dates, and what has happened on them."""

from datetime import date, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.demo.scene import Scene, floor, hour_of, hump, is_weekend
from assistant.demo.sites import Site, Sites
from assistant.demo.world import SIMULATED, World, json_answer

_ROC_BEFORE_FIRST_YEAR = 1911
_ACCIDENT = 0.06  # likelihood of an accident on a road in an hour
_SLOT_S = 3600


def road_routes(world: World) -> list[Route]:
    """The list of permitted works, in the form of the city's open data."""

    def works(_: Request) -> Response:
        return json_answer({"Note": SIMULATED["zh-TW"], "Data": road_works(world.scene(), world.sites)})

    return [Route("/roadworks.json", works)]


def speed_km_h(scene: Scene, site: Site, at: datetime) -> float:
    """The mean speed on a road: slower in peaks, after an accident, and in the storm."""
    free = float(site.options["free_km_h"])
    hour = hour_of(at)
    busy = max(hump(hour, 7.9, 1.0), hump(hour, 17.9, 1.3)) if not is_weekend(at) else 0.6 * hump(hour, 16.5, 2.5)
    weight = 0.35 + 0.35 * scene.share("busy road", site.id)
    slower = busy * weight + 0.45 * scene.storm(at) + 0.12 * scene.drift(at, 900, "speed", site.id)
    if _accident(scene, site, at):
        slower += 0.3
    return round(free * min(1.05, max(0.12, 0.95 - slower)), 1)


def road_works(scene: Scene, sites: Sites) -> list[dict[str, Any]]:
    """Works whose permits begin again when they have run out, so that some always hold."""
    rows = []
    for site in sites.sites("road_work"):
        lasts = int(site.options["days"])
        shift = int(scene.share("work", site.id) * 2 * lasts)
        turn = (scene.now.date().toordinal() + shift) // (2 * lasts) * 2 * lasts - shift
        first = date.fromordinal(turn + lasts // 2)
        rows.append(
            {
                "pmtNo": f"SIM-{site.id}",
                "cnstRoad": site.zh,
                "cnstDate": f"{_roc(first)}~{_roc(first + timedelta(days=lasts))}",
                "contractor": "模擬工程公司（示範）",
                "contractorPhone": "",
                "lat": site.point.lat,
                "lng": site.point.lon,
            }
        )
    return rows


def road_events(scene: Scene, sites: Sites) -> list[dict[str, Any]]:
    """Accidents and, in the storm, closures, as TDX lists events."""
    rows = []
    for site in sites.sites("road_speed"):
        if _accident(scene, site, scene.now):
            begins = floor(scene.now, _SLOT_S)
            rows.append(_event(scene, site, f"{site.zh} 交通事故", f"{site.en}: accident", begins, _SLOT_S))
    for site in sites.sites("road_closure"):
        if scene.storm(scene.now) >= float(site.options["from_storm"]):
            rows.append(_event(scene, site, site.zh, site.en, scene.midnight, 86_400))
    return rows


def _accident(scene: Scene, site: Site, at: datetime) -> bool:
    slot = int(at.timestamp()) // _SLOT_S
    return 6 <= at.hour < 23 and scene.chance(_ACCIDENT, "accident", site.id, slot)


def _event(scene: Scene, site: Site, zh: str, en: str, begins: datetime, lasts_s: int) -> dict[str, Any]:
    return {
        "EventID": f"SIM-{site.id}-{int(begins.timestamp())}",
        "EventTitle": zh,
        "Description": en,
        "Location": {"Other": site.zh},
        "Positions": f"POINT({site.point.lon} {site.point.lat})",
        "EffectiveTime": begins.isoformat(),
        "ExpireTime": (begins + timedelta(seconds=lasts_s)).isoformat(),
        "SrcUpdateTime": floor(scene.now, 60).isoformat(),
    }


def _roc(day: date) -> str:
    return f"{day.year - _ROC_BEFORE_FIRST_YEAR}/{day.month:02d}/{day.day:02d}"
