"""Weather warnings and earthquakes of the demonstration city, as Taiwan's Central Weather Administration lists them."""

from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.demo.climate import rain_mm_h
from assistant.demo.scene import Scene, days_of
from assistant.demo.weather import rest_answer
from assistant.demo.world import SIMULATED, World

_SEA_FROM, _LAND_FROM = 0.1, 0.35
_RAIN_FROM = ((0.8, "大豪雨"), (0.55, "豪雨"), (0.3, "大雨"))
_SHOWERS_MM_H = 12.0
_QUAKE_DAYS = 30
_QUAKE = 0.12


def hazard_routes(world: World) -> list[Route]:
    """`/cwa/W-C0033-001` and `/cwa/E-A0015-001`."""

    def warned(_: Request) -> Response:
        return rest_answer("W-C0033-001", {"location": [_county(world)]})

    def shook(_: Request) -> Response:
        return rest_answer("E-A0015-001", {"datasetDescription": "地震報告（模擬）", "Earthquake": earthquakes(world)})

    return [Route("/cwa/W-C0033-001", warned), Route("/cwa/E-A0015-001", shook)]


def warnings(scene: Scene, where: str) -> list[tuple[str, str]]:
    """The warnings that hold: what is expected, and the word for the warning."""
    storm = scene.storm(scene.now)
    found = []
    if storm >= _SEA_FROM:
        found.append(("海上陸上颱風" if storm >= _LAND_FROM else "海上颱風", "警報"))
    word = next((word for least, word in _RAIN_FROM if storm >= least), "")
    if not word and rain_mm_h(scene, scene.now, where) >= _SHOWERS_MM_H:
        word = "大雨"
    if word:
        found.append((word, "特報"))
    return found


def earthquakes(world: World) -> list[dict[str, Any]]:
    """The earthquakes of the last month that were felt, the newest first."""
    scene = world.scene()
    places = world.sites.table("county")["quake_places"]
    found = []
    for day in days_of(scene, -_QUAKE_DAYS, 0):
        key = day.date().isoformat()
        at = day + timedelta(seconds=int(scene.share("quake time", key) * 86_400))
        if at <= scene.now and (scene.chance(_QUAKE, "quake", key) or day == days_of(scene, -3, -3)[0]):
            where = places[int(scene.share("quake place", key) * len(places))]
            found.append(_earthquake(scene, at, where, key))
    return found[::-1]


def _county(world: World) -> dict[str, Any]:
    scene, name = world.scene(), world.city.name["zh-TW"]
    hills = [{"locationName": district} for district in world.sites.table("elevation_m")]
    hazards = [
        {
            "info": {"language": "zh-TW", "phenomena": phenomenon, "significance": significance},
            "validTime": {
                "startTime": scene.midnight.isoformat(),
                "endTime": (scene.midnight + timedelta(days=1)).isoformat(),
            },
            "hazard": [{"info": {"phenomena": phenomenon, "affectedAreas": {"location": hills}}}]
            if phenomenon.endswith("雨")
            else [],
        }
        for phenomenon, significance in warnings(scene, name)
    ]
    return {
        "locationName": name,
        "geocode": str(world.sites.table("county")["geocode"]),
        "note": SIMULATED["zh-TW"],
        "hazardConditions": {"hazards": hazards},
    }


def _earthquake(scene: Scene, at: datetime, where: dict[str, Any], key: str) -> dict[str, Any]:
    size = round(3.6 + 1.9 * scene.share("size", key) ** 2, 1)
    depth = round(5 + 45 * scene.share("depth", key), 1)
    said = f"{at.month:02d}/{at.day:02d}-{at.hour:02d}:{at.minute:02d} {where['zh']}發生規模{size}有感地震"
    return {
        "EarthquakeNo": int(at.strftime("%y%m%d")),
        "ReportType": "地震報告",
        "ReportColor": "綠色",
        "ReportContent": f"{said}。（{SIMULATED['zh-TW']}）",
        "EarthquakeInfo": {
            "OriginTime": at.strftime("%Y-%m-%d %H:%M:%S"),
            "Source": "模擬",
            "FocalDepth": depth,
            "Epicenter": {
                "Location": f"{where['zh']} {where['en']}",
                "EpicenterLatitude": where["lat"],
                "EpicenterLongitude": where["lon"],
            },
            "EarthquakeMagnitude": {"MagnitudeType": "芮氏規模", "MagnitudeValue": size},
        },
        "Intensity": {
            "ShakingArea": [
                {"AreaDesc": county, "CountyName": county, "AreaIntensity": intensity}
                for county, intensity in where["intensities"].items()
            ]
        },
    }
