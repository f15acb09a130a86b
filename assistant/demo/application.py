"""The demonstration city as one ASGI application: every live service, and the switch between its scenarios."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from ipaddress import ip_address
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from assistant.city import City, load_city
from assistant.demo.bikes import bike_routes
from assistant.demo.calendars import calendar_routes
from assistant.demo.cap_alerts import alert_routes
from assistant.demo.features import feature_routes
from assistant.demo.gtfs_files import gtfs_routes
from assistant.demo.hazards import hazard_routes
from assistant.demo.health import health_routes
from assistant.demo.ondemand import ondemand_routes, open_dispatcher
from assistant.demo.reports import report_routes
from assistant.demo.roads import road_routes
from assistant.demo.scene import SCENARIOS, Scenario
from assistant.demo.sensorthings import sensor_routes
from assistant.demo.sites import Sites, load_sites
from assistant.demo.tdx_boards import tdx_routes
from assistant.demo.video_clinics import clinic_routes
from assistant.demo.weather import weather_routes
from assistant.demo.world import SIMULATED, World, json_answer
from assistant.errors import FeedMalformed, SettingsError
from assistant.feeds.values import json_object
from assistant.places import load_gazetteer

_LOOPBACK = "127.0.0.1"
_NO_RIDES_FROM = 0.5  # strength of the storm at noon
_DOMAINS = (
    gtfs_routes,
    tdx_routes,
    bike_routes,
    road_routes,
    weather_routes,
    hazard_routes,
    alert_routes,
    sensor_routes,
    feature_routes,
    clinic_routes,
    health_routes,
    report_routes,
    calendar_routes,
)


def build_demo_city(
    city: City,
    sites: Sites,
    *,
    clock: Callable[[], datetime] | None = None,
    scenario: Scenario = "normal",
    seed: int = 0,
    more: Sequence[BaseRoute] = (),
) -> Starlette:
    """The application; the same clock, scenario and seed give the same documents.

    Args:
        sites: the data of the demonstration, at places of the gazetteer (`load_sites`).
        clock: gives aware times; the machine's own where there is none.
        more: further routes, such as those of the bus on demand.

    Raises:
        SettingsError: there is no such scenario.
        CityDataError: the data name a place that the gazetteer lacks.
    """
    world = World(city, sites, clock or _now, seed, _scenario(scenario))
    routes = [route for domain in _DOMAINS for route in domain(world)]
    switch = _switch(world)
    app = Starlette(routes=[Route("/scenario", switch, methods=["GET", "PUT"]), *routes, *more])
    app.state.world = world
    app.add_exception_handler(FeedMalformed, _malformed)
    return app


def open_demo_city(
    city_dir: Path,
    *,
    clock: Callable[[], datetime] | None = None,
    scenario: Scenario = "normal",
    seed: int = 0,
    ledger: Path | None = None,
) -> Starlette:
    """The application of a city's folder; arguments and faults as `build_demo_city`.

    Args:
        ledger: the file of the bookings of rides on demand; without it there are no such rides.

    Raises:
        CityDataError: the folder lacks `city.toml`, `gazetteer.jsonl` or `demo.toml`, or one of them is broken.
        StoreError: the ledger cannot be opened.
    """
    sites = load_sites(city_dir, load_gazetteer(city_dir))
    app = build_demo_city(load_city(city_dir), sites, clock=clock, scenario=scenario, seed=seed)
    if ledger:
        world: World = app.state.world
        rides = open_dispatcher(city_dir, ledger, lambda: world.clock(), lambda day: _is_stormy(world, day))
        app.router.routes.extend(ondemand_routes(rides))
    return app


def serve(app: Starlette, port: int) -> None:
    """Serve on the loopback interface alone until the process is told to stop; requests are not logged."""
    uvicorn.run(app, host=_LOOPBACK, port=port, log_level="warning", access_log=False, server_header=False)


def _switch(world: World) -> Callable[[Request], object]:
    async def scenario(request: Request) -> Response:
        if request.method == "PUT":
            if not _is_local(request):
                return json_answer({"error": "Only this machine may switch the scenario."}, 403)
            asked = json_object(await request.body(), "scenario").get("scenario")
            if asked not in SCENARIOS:
                return json_answer({"error": f"The scenarios are {', '.join(SCENARIOS)}."}, 400)
            world.scenario = asked
        scene = world.scene()
        return json_answer(
            {
                "scenario": world.scenario,
                "seed": world.seed,
                "now": scene.now.isoformat(),
                "storm": round(scene.storm(scene.now), 2),
                "note": SIMULATED,
            }
        )

    return scenario


def _is_stormy(world: World, day: date) -> bool:
    """Whether the storm keeps the vehicles of a day from the mountain roads."""
    noon = datetime.combine(day, time(12), world.city.timezone)
    return world.scene().storm(noon) >= _NO_RIDES_FROM


def _is_local(request: Request) -> bool:
    """Whether a request comes from this machine: its own address, and a host name that no other site could bear."""
    host = (request.url.hostname or "").strip("[]")
    try:
        is_own = request.client is not None and ip_address(request.client.host).is_loopback
        return is_own and (host == "localhost" or ip_address(host).is_loopback)
    except ValueError:
        return False


def _malformed(_: Request, error: Exception) -> Response:
    return json_answer({"error": str(error)}, 400)


def _scenario(name: str) -> Scenario:
    for known in SCENARIOS:
        if name == known:
            return known
    raise SettingsError(f"There is no scenario {name!r}.", f"Choose one of {', '.join(SCENARIOS)}.")


def _now() -> datetime:
    return datetime.now(UTC)
