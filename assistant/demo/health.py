"""Emergency rooms and air quality of the demonstration city, in the documents of their ministries."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.demo.climate import wind_m_s
from assistant.demo.scene import Scene, floor, hour_of, hump
from assistant.demo.sites import Site
from assistant.demo.world import SIMULATED, World, json_answer

_SNAPSHOT_S = 1200
_FULL_FROM = 1.65
_WINTER = (1.5, 1.4, 1.3, 1.1, 0.8, 0.6, 0.55, 0.6, 0.8, 1.1, 1.3, 1.45)
_BANDS = ((50, "良好"), (100, "普通"), (150, "對敏感族群不健康"), (200, "對所有族群不健康"), (500, "非常不健康"))


def health_routes(world: World) -> list[Route]:
    """`/nhi/emergency.json` (GET and POST, as the insurance's own service) and `/moenv/aqi.json`."""

    def rooms(_: Request) -> Response:
        scene = world.scene()
        rows = [_room(scene, site) for site in world.sites.sites("emergency_room")]
        return json_answer({"note": SIMULATED["zh-TW"], "data": rows})

    def air(_: Request) -> Response:
        scene, county = world.scene(), world.city.name["zh-TW"]
        rows = [_air(scene, site, county, str(n)) for n, site in enumerate(world.sites.sites("air_station"), start=1)]
        return json_answer({"note": SIMULATED["zh-TW"], "records": rows})

    return [
        Route("/nhi/emergency.json", rooms, methods=["GET", "POST"]),
        Route("/moenv/aqi.json", air),
    ]


def pressure(scene: Scene, site: Site) -> float:
    """How busy an emergency room is against its usual: evenings, Mondays, and the storm's accidents."""
    at = floor(scene.now, _SNAPSHOT_S)
    evening = 0.35 * hump(hour_of(at), 20.0, 4.0) - 0.3 * hump(hour_of(at), 5.0, 3.0)
    monday = 0.15 if at.weekday() == 0 else 0.0
    noise = 0.2 * scene.drift(at, 5400, "emergency", site.id) + 0.5 * (scene.share("emergency", site.id) - 0.5)
    return max(0.1, 0.9 + evening + monday + noise + 0.8 * scene.storm(at))


def _room(scene: Scene, site: Site) -> dict[str, Any]:
    size, busy = float(site.options["size"]), pressure(scene, site)
    figures = {
        "waiT_SEE_CNT": 0.35 * size * busy * busy,
        "waiT_BED_CNT": 0.12 * size * max(0.0, busy - 0.6),
        "waiT_GENERAL_CNT": size * busy,
        "waiT_ICU_CNT": 0.06 * size * busy,
    }
    return {
        "hosP_ID": f"SIM-{site.id}",
        "hosP_NAME": site.zh,
        "areA_NO_N": "",
        "conT_TYPE": str(site.options["level"]),
        "inform": "是" if busy >= _FULL_FROM else "否",
        **{name: str(round(value)) for name, value in figures.items()},
        "txT_DATE": floor(scene.now, _SNAPSHOT_S).strftime("%Y/%m/%d %H:%M"),
        "simulated": True,
    }


def _air(scene: Scene, site: Site, county: str, number: str) -> dict[str, Any]:
    at = floor(scene.now, 3600)
    own = 0.8 + 0.4 * scene.share("air", site.id)
    rush = 1 + 0.25 * hump(hour_of(at), 8.5, 2.0) + 0.15 * hump(hour_of(at), 20.0, 3.0)
    washed = 1 - 0.75 * min(1.0, scene.storm(at) * 1.5)
    days = 1 + 0.35 * scene.drift(at, 2 * 86_400, "air of the days")
    fine = max(2.0, 19 * _WINTER[at.month - 1] * own * rush * washed * days)
    ozone = max(5.0, (18 + 38 * hump(hour_of(at), 14.5, 3.5)) * washed * own)
    by_fine, by_ozone = round(fine * 2.6), round(ozone * 1.05)
    aqi = min(300, max(8, by_fine, by_ozone))
    return {
        "sitename": site.zh,
        "county": county,
        "siteid": f"SIM{number}",
        "aqi": str(aqi),
        "pollutant": "" if aqi <= 50 else ("細懸浮微粒" if by_fine >= by_ozone else "臭氧八小時"),
        "status": next(word for most, word in _BANDS if aqi <= most),
        "pm2.5": str(round(fine)),
        "pm2.5_avg": str(round(fine * 0.97, 1)),
        "pm10": str(round(fine * 1.9)),
        "pm10_avg": str(round(fine * 1.85)),
        "o3": str(round(ozone)),
        "o3_8hr": str(round(ozone * 0.9, 1)),
        "co": str(round(0.2 + fine / 120, 2)),
        "so2": str(round(1 + 2 * scene.share("so2", site.id), 1)),
        "no2": str(round(6 + fine / 3, 1)),
        "wind_speed": str(wind_m_s(scene, at, site.district)),
        "wind_direc": str(round(180 + 120 * scene.drift(at, 14_400, "wind from", site.district))),
        "latitude": str(site.point.lat),
        "longitude": str(site.point.lon),
        "publishtime": at.strftime("%Y/%m/%d %H:%M:%S"),
        "note": SIMULATED["zh-TW"],
    }
