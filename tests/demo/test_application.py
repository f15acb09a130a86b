"""The demonstration city as a whole: the same each time, switched on its own machine alone, and labelled."""

import asyncio
import tomllib
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from assistant.demo import open_demo_city
from assistant.errors import SettingsError
from assistant.feeds import STANDARDS
from tests.demo.conftest import CITY_DIR, MONDAY, DemoCity

SERVICES = tomllib.loads((CITY_DIR / "services.toml").read_text(encoding="utf-8"))
FEEDS = {feed["name"]: feed for feed in SERVICES["feed"]}
DOCUMENTS = [
    "/gtfs/schedule.zip",
    "/gtfs/realtime.pb",
    "/tdx/v2/Rail/Metro/LiveBoard/KRTC",
    "/tdx/v1/Traffic/RoadEvent/LiveEvent/City/Kaohsiung",
    "/gbfs/station_status.json",
    "/roadworks.json",
    "/cwa/F-D0047-067",
    "/cwa/O-A0003-001",
    "/cap/index.xml",
    "/sensorthings/crowd/v1.1/Things?$expand=Datastreams($expand=Observations($top=1))",
    "/ogc/collections/shelters/items",
    "/fhir/Slot",
    "/nhi/emergency.json",
    "/moenv/aqi.json",
    "/open311/v2/requests.json",
    "/events/city.ics",
]


async def exchanged(
    app: Starlette, method: str, path: str, client: str = "127.0.0.1", **more: object
) -> httpx.Response:
    transport = httpx.ASGITransport(app, client=(client, 1234))
    async with httpx.AsyncClient(transport=transport, base_url=str(more.pop("base", "http://127.0.0.1"))) as asking:
        return await asking.request(method, path, **more)  # type: ignore[arg-type]


def exchange(app: Starlette, method: str, path: str, client: str = "127.0.0.1", **more: object) -> httpx.Response:
    return asyncio.run(exchanged(app, method, path, client, **more))


@pytest.mark.parametrize("scenario", ["normal", "typhoon"])
def test_equal_scenes_give_equal_documents(scenario: str) -> None:
    """Two cities with the same seed, time and scenario say the same, and another seed says something else."""
    cities = [open_demo_city(CITY_DIR, clock=lambda: MONDAY, scenario=scenario, seed=seed) for seed in (7, 7, 8)]  # type: ignore[arg-type]
    said = [[exchange(city, "GET", path).content for path in DOCUMENTS] for city in cities]
    assert said[0] == said[1]
    assert said[0] != said[2]


def test_every_document_says_that_it_is_simulated() -> None:
    """The header stands in each answer, and the words in each document that has room for them."""
    app = open_demo_city(CITY_DIR, clock=lambda: MONDAY, scenario="typhoon")
    answers = {path: exchange(app, "GET", path) for path in DOCUMENTS}
    assert {answer.headers["x-simulated"] for answer in answers.values()} == {"true"}
    mute = {path for path, answer in answers.items() if b"imulated" not in answer.content and "模擬" not in answer.text}
    assert mute == {
        "/gtfs/schedule.zip",  # packed
        "/tdx/v2/Rail/Metro/LiveBoard/KRTC",  # a list of numbers
        "/gbfs/station_status.json",  # system_information and system_alerts say it
    }


def test_time_changes_what_moves() -> None:
    """Half an hour later buses, bikes, people and waiting rooms are others."""
    now = [MONDAY]
    app = open_demo_city(CITY_DIR, clock=lambda: now[0])
    moving = [
        "/gtfs/realtime.pb",
        "/gbfs/station_status.json",
        DOCUMENTS[9],
        "/nhi/emergency.json",
        "/tdx/v2/Rail/Metro/LiveBoard/KRTC",
    ]
    before = [exchange(app, "GET", path).content for path in moving]
    now[0] += timedelta(minutes=30)
    after = [exchange(app, "GET", path).content for path in moving]
    assert all(one != other for one, other in zip(before, after, strict=True))


def test_the_scenario_is_switched_while_it_runs(demo: DemoCity) -> None:
    """A typhoon begins with one request, and ends with another."""
    begun = httpx.put(f"{demo.url}/scenario", json={"scenario": "typhoon"}).json()
    assert (begun["scenario"], begun["storm"] > 0.9) == ("typhoon", True)
    ended = httpx.put(f"{demo.url}/scenario", json={"scenario": "normal"}).json()
    assert (ended["scenario"], ended["storm"]) == ("normal", 0)
    assert httpx.get(f"{demo.url}/scenario").json() == ended


@pytest.mark.parametrize(
    ("client", "base", "sent", "status"),
    [
        ("203.0.113.9", "http://127.0.0.1", b'{"scenario": "typhoon"}', 403),
        ("127.0.0.1", "http://rebound.example", b'{"scenario": "typhoon"}', 403),
        ("127.0.0.1", "http://127.0.0.1", b'{"scenario": "war"}', 400),
        ("127.0.0.1", "http://127.0.0.1", b"typhoon", 400),
        ("127.0.0.1", "http://localhost", b'{"scenario": "typhoon"}', 200),
    ],
)
def test_only_this_machine_switches_it(client: str, base: str, sent: bytes, status: int) -> None:
    """Another machine, another host's name, and a scenario that there is not change nothing."""
    app = open_demo_city(CITY_DIR, clock=lambda: MONDAY)
    assert exchange(app, "PUT", "/scenario", client, base=base, content=sent).status_code == status
    assert exchange(app, "GET", "/scenario").json()["scenario"] == ("typhoon" if status == 200 else "normal")


def test_an_unknown_scenario_is_refused_at_start() -> None:
    """A misspelt setting is said, and not taken for the quiet one."""
    with pytest.raises(SettingsError, match="tayfun"):
        open_demo_city(CITY_DIR, scenario="tayfun")  # type: ignore[arg-type]


def test_rides_on_demand_come_with_a_ledger(tmp_path: Path) -> None:
    """The dispatcher's routes are part of the city where it has a file for the bookings."""
    app = open_demo_city(CITY_DIR, clock=lambda: MONDAY, ledger=tmp_path / "rides.sqlite")
    assert exchange(app, "GET", FEEDS["ondemand-bus"]["demo"]).status_code == 200


def test_every_feed_of_the_city_is_told_whole() -> None:
    """Each `[[feed]]` has its standard, words and ages, and each service asks feeds that there are."""
    assert {feed["standard"] for feed in FEEDS.values()} <= set(STANDARDS)
    for feed in FEEDS.values():
        assert feed["publisher"].keys() == {"zh-TW", "en"}, feed["name"]
        assert feed["licence"], feed["name"]
        assert feed["demo"].startswith("/"), feed["name"]
        assert 0 < feed["refresh_s"] < feed["stale_s"], feed["name"]
    asked = {feed for service in SERVICES["service"] for feed in service["feeds"].values()}
    assert asked == set(FEEDS)
