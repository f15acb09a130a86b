"""Public bikes of the demonstration city as GBFS 3.0: they ride to offices in the morning and home in the evening."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.demo.scene import Scene, floor, hour_of, hump, is_weekend
from assistant.demo.world import SIMULATED, World, json_answer
from assistant.places import Place

_TTL_S = 60
_CLOSED_FROM = 0.55
_LANGUAGES = ("zh-TW", "en")
_DOCUMENTS = ("system_information", "vehicle_types", "station_information", "station_status", "system_alerts")


def bike_routes(world: World) -> list[Route]:
    """`/gbfs/*.json` (https://github.com/MobilityData/gbfs/blob/v3.0/gbfs.md)."""
    stations = [
        (f"SIM{number:03d}", habit, place)
        for number, (habit, place) in enumerate(
            ((habit, world.sites.place(name)) for habit, names in world.sites.table("bikes").items() for name in names),
            start=1,
        )
    ]

    def document(request: Request) -> Response:
        name, scene = request.path_params["name"], world.scene()
        root = str(request.base_url).rstrip("/")
        data: dict[str, Any] | None = {
            "gbfs": lambda: {"feeds": [{"name": one, "url": f"{root}/gbfs/{one}.json"} for one in _DOCUMENTS]},
            "system_information": lambda: _system(world),
            "vehicle_types": _types,
            "station_information": lambda: {"stations": [_station(scene, *one) for one in stations]},
            "station_status": lambda: {"stations": [_status(scene, *one) for one in stations]},
            "system_alerts": lambda: {"alerts": _alerts(scene)},
        }.get(name, lambda: None)()
        if data is None:
            return json_answer({"error": "There is no such document."}, 404)
        updated = floor(scene.now, _TTL_S).isoformat()
        return json_answer({"last_updated": updated, "ttl": _TTL_S, "version": "3.0", "data": data})

    return [Route("/gbfs/{name}.json", document)]


def share_full(scene: Scene, station: str, habit: str, at: datetime) -> float:
    """How many of a station's docks hold a bike, 0 to 1."""
    hour = hour_of(at)
    if habit == "leisure":
        swing = -0.35 * hump(hour, 16.0, 3.0) * (1.5 if is_weekend(at) else 1.0)
    else:
        work = hump(hour, 12.5, 4.5) * (0.3 if is_weekend(at) else 1.0)
        swing = 0.4 * work - 0.2 if habit == "office" else 0.2 - 0.4 * work
    own = 0.16 * (scene.share("station", station) - 0.5)
    return min(1.0, max(0.0, 0.5 + swing + own + 0.22 * scene.drift(at, 1200, "bikes", station)))


def _system(world: World) -> dict[str, Any]:
    return {
        "system_id": "simulated-bikes",
        "languages": list(_LANGUAGES),
        "name": _texts("公共自行車（模擬）", "Public bikes (simulated)"),
        "operator": _texts(SIMULATED["zh-TW"], SIMULATED["en"]),
        "opening_hours": "24/7",
        "feed_contact_email": "demo@localhost.invalid",
        "timezone": str(world.city.timezone),
    }


def _types() -> dict[str, Any]:
    human = {"vehicle_type_id": "bike", "form_factor": "bicycle", "propulsion_type": "human"}
    electric = {"vehicle_type_id": "ebike", "form_factor": "bicycle", "propulsion_type": "electric_assist"}
    return {"vehicle_types": [human, {**electric, "max_range_meters": 40_000}]}


def _station(scene: Scene, station: str, habit: str, place: Place) -> dict[str, Any]:
    return {
        "station_id": station,
        "name": _texts(f"{place.name['zh-TW'].removesuffix('站')}站", f"{place.name['en']} bike station"),
        "lat": round(place.point.lat + 0.0004 * (scene.share("lat", station) - 0.5), 6),
        "lon": round(place.point.lon + 0.0004 * (scene.share("lon", station) - 0.5), 6),
        "address": place.district,
        "capacity": _capacity(scene, station),
    }


def _status(scene: Scene, station: str, habit: str, place: Place) -> dict[str, Any]:
    capacity, at = _capacity(scene, station), floor(scene.now, _TTL_S)
    broken = int(scene.share("broken", station, at.date().isoformat()) * 3)
    bikes = round(share_full(scene, station, habit, at) * (capacity - broken))
    electric = min(bikes, int(scene.share("electric", station, int(at.timestamp()) // 900) * 4))
    is_open = scene.storm(scene.now) < _CLOSED_FROM
    return {
        "station_id": station,
        "num_vehicles_available": bikes,
        "num_vehicles_disabled": broken,
        "vehicle_types_available": [
            {"vehicle_type_id": "bike", "count": bikes - electric},
            {"vehicle_type_id": "ebike", "count": electric},
        ],
        "num_docks_available": capacity - broken - bikes,
        "is_installed": True,
        "is_renting": is_open,
        "is_returning": True,
        "last_reported": at.isoformat(),
    }


def _alerts(scene: Scene) -> list[dict[str, Any]]:
    said = [("simulated", "other", SIMULATED["zh-TW"], SIMULATED["en"])]
    if scene.storm(scene.now) >= _CLOSED_FROM:
        said.append(("typhoon", "system_closure", "颱風期間暫停租借", "No rentals during the typhoon"))
    return [
        {
            "alert_id": name,
            "type": kind,
            "summary": _texts(zh, en),
            "last_updated": scene.midnight.isoformat(),
        }
        for name, kind, zh, en in said
    ]


def _capacity(scene: Scene, station: str) -> int:
    return 16 + 2 * int(scene.share("capacity", station) * 13)


def _texts(zh: str, en: str) -> list[dict[str, str]]:
    return [{"text": words, "language": language} for language, words in zip(_LANGUAGES, (zh, en), strict=True)]
