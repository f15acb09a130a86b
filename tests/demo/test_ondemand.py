"""The operation is read over HTTP by the assistant's own clients: its zones, hours and wait, and booking to the end."""

import asyncio
import logging
import re
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.testclient import TestClient

from assistant.demo import open_demo_city
from assistant.demo.dispatch_city import FILE, load_operation
from assistant.demo.dispatch_records import Fare, Ride, Stop
from assistant.demo.ondemand import GOFS, ondemand_routes, open_dispatcher
from assistant.demo.ondemand_messages import PROBLEM, ROOT
from assistant.errors import CityDataError, FeedRefused
from assistant.feeds import gofs, ondemand_booking
from assistant.feeds.base import FeedSource, Fetcher
from assistant.feeds.booking import BookingType
from assistant.settings import PROJECT_ROOT
from tests.demo.mountains import HILLS, NOW, SEA, TOWN, Clock, dispatching

CITY = PROJECT_ROOT / "corpus" / "kaohsiung"
Answer = TypeVar("Answer")
RIDE = ondemand_booking.Ride(
    ondemand_booking.Stop("達卡努瓦里", HILLS[3]), ondemand_booking.Stop("衛生所", TOWN[0]), NOW.replace(hour=9), 2
)
RIDER = ondemand_booking.Rider("王小明", "0912-345-678")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with dispatching(tmp_path / "rides.sqlite") as (dispatcher, _):
        yield TestClient(Starlette(routes=ondemand_routes(dispatcher)))


@contextmanager
def serving(path: Path, clock: Clock) -> Iterator[str]:
    """The operation on loopback; connections wait in the queue of the socket until it is up."""
    with dispatching(path, clock) as (dispatcher, _), socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(Starlette(routes=ondemand_routes(dispatcher)), log_level="debug"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def ask(question: Callable[[Fetcher], Awaitable[Answer]]) -> Answer:
    async def run() -> Answer:
        async with Fetcher(budget_s=20) as fetcher:
            return await question(fetcher)

    return asyncio.run(run())


def body(**changes: Any) -> dict[str, Any]:
    return {**ondemand_booking.booking_body(RIDE, RIDER), **changes}


def test_the_documents_are_read_as_any_operators_are(tmp_path: Path) -> None:
    """The reader of GOFS-lite finds zones, rides of a day, the notice and the wait, and skips nothing."""
    clock = Clock(NOW.replace(hour=8))
    with serving(tmp_path / "rides.sqlite", clock) as url:
        source = FeedSource("rides", "gofs", url + GOFS)

        async def both(fetcher: Fetcher) -> tuple[Any, ...]:
            system = await gofs.read_on_demand(fetcher, source, "en")
            waits = [await gofs.read_waits(fetcher, source, system, *where) for where in ((HILLS[0],), (SEA,))]
            return system, waits

        system, (near, far) = ask(both)
    assert (system.skipped, system.system.name, [one.name for one in system.zones]) == (
        0,
        "simulated",
        ["hills", "town"],
    )
    (there,) = system.rides(NOW.date(), HILLS[0], TOWN[0])
    assert (f"{there.start:%H:%M}", f"{there.end:%H:%M}") == ("07:00", "17:00")
    assert len(system.rides(NOW.date(), TOWN[0], HILLS[0])) == 1
    assert system.rides(NOW.date() + timedelta(days=6), HILLS[0]) == ()
    (rule,) = system.booking("hills", "town")
    assert (rule.rule.type, rule.rule.notice_min_s) == (BookingType.SAME_DAY, 3600)
    assert ([one.wait_s for one in near], far) == ([3600], ())


def test_a_ride_is_quoted_booked_found_and_cancelled(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """What was quoted is what is promised; a retry gives the same, and no log says who rides."""
    caplog.set_level(logging.DEBUG)
    with serving(tmp_path / "rides.sqlite", Clock()) as url:
        source = FeedSource("rides", "ondemand-booking", url + ROOT)

        async def through(fetcher: Fetcher) -> tuple[Any, ...]:
            quote = await ondemand_booking.read_quote(fetcher, source, RIDE)
            first = await ondemand_booking.book(fetcher, source, RIDE, RIDER, "ref-1")
            again = await ondemand_booking.book(fetcher, source, RIDE, RIDER, "ref-1")
            read = await ondemand_booking.read_booking(fetcher, source, first.booking.id)
            gone = [await ondemand_booking.cancel(fetcher, source, first.booking.id) for _ in range(2)]
            return quote, first, again, read, gone

        quote, first, again, read, gone = ask(through)
    assert (quote.promise, quote.zone, quote.simulated) == (first.booking.promise, "hills", True)
    assert (first.new, again.new, again.booking, read) == (True, False, first.booking, first.booking)
    assert (read.masked_name, read.masked_phone, read.ride) == ("王**", "*********678", RIDE)
    assert [one.stands for one in gone] == [False, False]
    logged = "".join((caplog.text, *capfd.readouterr()))
    assert "/ondemand/v1/bookings" in logged
    assert not re.search("小明|0912|345-678", logged)


def test_a_full_vehicle_is_refused_with_times_that_can_be_booked(tmp_path: Path) -> None:
    """The client reads the alternatives from the refusal, and the same from a quote."""
    with serving(tmp_path / "rides.sqlite", Clock()) as url:
        source = FeedSource("rides", "ondemand-booking", url + ROOT)

        async def fill(fetcher: Fetcher) -> tuple[Any, ...]:
            for number in range(9):
                try:
                    await ondemand_booking.book(fetcher, source, RIDE, RIDER, f"r{number}")
                except FeedRefused as refused:
                    return refused, await ondemand_booking.read_quote(fetcher, source, RIDE)
            raise AssertionError("never full")

        refused, quote = ask(fill)
    refusal = ondemand_booking.parse_refusal(refused.content)
    assert refusal is not None
    assert (refused.status, refusal.code, quote.reason) == (409, "no_vehicle", "no_vehicle")
    assert len(refusal.alternatives) == 3
    assert (quote.promise, quote.alternatives) == (None, refusal.alternatives)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"drop_off": {"name": "海", "lat": SEA.lat, "lon": SEA.lon}}, 422, "outside_zones"),
        ({"pickup_from": "2026-09-21T05:10:00+08:00"}, 422, "too_soon"),
        ({"pickup_from": "2026-09-21T09:00:00"}, 422, "not_valid"),
        ({"passengers": 0}, 422, "not_valid"),
        ({"passenger": 2}, 422, "not_valid"),
        ({"rider": {"name": "王小明", "phone": "call me 345"}}, 422, "not_valid"),
        ({"rider": {"name": "王\n小明", "phone": "0912345678"}}, 422, "not_valid"),
        ({"rider": {"name": "王" * 41, "phone": "0912345678"}}, 422, "not_valid"),
        ({"pickup": {"name": "x" * 20_000, "lat": 23.2, "lon": 120.7}}, 413, "too_large"),
    ],
)
def test_a_wrong_request_is_a_problem_that_repeats_nothing_of_it(
    client: TestClient, changes: dict[str, Any], status: int, code: str
) -> None:
    """A problem of RFC 9457 names the member and not its value, and nothing is booked."""
    answer = client.post(f"{ROOT}/bookings", json=body(**changes), headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["code"], answer.headers["content-type"]) == (status, code, PROBLEM)
    assert not re.search("小明|0912|345|王", answer.text)
    assert client.get(f"{ROOT}/bookings?client_reference=k").json() == {"bookings": []}


@pytest.mark.parametrize(
    ("key", "content"), [("", b"{}"), ("a b", b"{}"), ("k" * 101, b"{}"), ("k", b"{"), ("k", b"\xff")]
)
def test_a_key_and_json_are_asked_for(client: TestClient, key: str, content: bytes) -> None:
    """Without a key of the client's own a retry could book twice."""
    answer = client.post(f"{ROOT}/bookings", content=content, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["code"]) == (400, "no_key" if key != "k" else "no_json")


def test_a_ride_without_a_number_is_booked_and_known_by_its_own(client: TestClient) -> None:
    """Nobody has to leave a number; the booking has one that can be told to the driver."""
    wanted = {name: value for name, value in body().items() if name != "rider"}
    made = client.post(f"{ROOT}/bookings", json=wanted, headers={"Idempotency-Key": "k"})
    assert made.status_code == 201
    assert made.json()["rider"] == {"name": "", "phone": ""}
    assert len(made.json()["id"]) == 8


def test_a_fare_is_by_sections_and_people() -> None:
    """One section for each begun eight kilometres, at most two, for each passenger."""
    fare = Fare(12, 8000, 2, "TWD")
    far, near = Stop("far", TOWN[0]), Stop("near", HILLS[0])
    assert fare.amount(Ride(near, far, NOW, 3)) == 72
    assert fare.amount(Ride(near, near, NOW)) == 12


def test_the_citys_rides_have_a_fare_and_stop_in_its_storm(tmp_path: Path) -> None:
    """The dispatcher lives in the world of the demonstration: its clock, its storm, and the fares of its data."""
    app = open_demo_city(CITY, clock=lambda: NOW.replace(hour=8), ledger=tmp_path / "rides.sqlite")
    stops = [{"name": "A", "lat": 23.2469, "lon": 120.7023}, {"name": "B", "lat": 23.24, "lon": 120.70}]
    wanted = {"pickup": stops[0], "drop_off": stops[1], "pickup_from": NOW.replace(hour=14).isoformat()}
    with TestClient(app) as city:
        calm = city.post(f"{ROOT}/quotes", json=wanted).json()
        app.state.world.scenario = "typhoon"
        storm = city.post(f"{ROOT}/quotes", json=wanted).json()
        app.state.world.clock = lambda: NOW.replace(hour=15)
        late = city.post(f"{ROOT}/quotes", json=wanted).json()
    assert (calm["reason"], calm["fare"]) == (None, {"amount": 12.0, "currency": "TWD"})
    assert (storm["reason"], storm["promise"], storm["fare"]) == ("suspended", None, None)
    assert late["reason"] == "too_soon"


def test_delete_cancels_and_what_is_unknown_is_not_found(client: TestClient) -> None:
    """The same key with quotes, as the draft writes it, and without is one key; answers say that they are simulated."""
    made = client.post(f"{ROOT}/bookings", json=body(), headers={"Idempotency-Key": '"k"'})
    again = client.post(f"{ROOT}/bookings", json=body(), headers={"Idempotency-Key": "k"})
    assert (made.status_code, again.status_code, again.json()) == (201, 200, made.json())
    assert client.delete(made.headers["location"]).json()["status"] == "cancelled"
    other = client.post(f"{ROOT}/bookings", json=body(passengers=1), headers={"Idempotency-Key": "k"})
    assert (other.status_code, other.json()["code"]) == (422, "reference_taken")
    missing = [
        client.get(f"{ROOT}/bookings/X"),
        client.delete(f"{ROOT}/bookings/X"),
        client.get("/ondemand/gofs/xx/a.json"),
    ]
    assert [answer.status_code for answer in missing] == [404] * 3
    assert {answer.headers["x-simulated"] for answer in (made, again, other, *missing)} == {"true"}


def test_the_description_names_every_route_and_schema(client: TestClient) -> None:
    """What the OpenAPI document refers to is in it, and its paths are those that are served."""
    described = client.get(f"{ROOT}/openapi.json")
    named = set(re.findall(r"#/components/schemas/(\w+)", described.text))
    assert named == set(described.json()["components"]["schemas"])
    routes = client.app.routes  # type: ignore[attr-defined]
    served = {route.path for route in routes if route.path.startswith(ROOT)} - {f"{ROOT}/openapi.json"}
    assert set(described.json()["paths"]) == served


def test_the_citys_own_data_is_an_operation(tmp_path: Path) -> None:
    """Each zone has its name in both languages and vehicles with their depot in it; it says that it is simulated."""
    dispatcher = open_dispatcher(CITY, tmp_path / "rides.sqlite", Clock())
    for zone in dispatcher.operation.zones:
        assert zone.name["zh-TW"] != zone.name["en"]
        assert zone.vehicles
        assert all(zone.area.contains(vehicle.depot) for vehicle in zone.vehicles)
    assert "模擬" in dispatcher.operation.texts["name"]["zh-TW"]


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('district = "那瑪夏區"', 'district = "無此區"', "無此區"),
        ('reaches = ["jiasian"]', 'reaches = ["nowhere"]', "nowhere"),
        ('opens = "06:30"', 'opens = "early"', "early"),
        ("window_s = 1200", "window_m = 20", "window_m"),
        ("[terms]", "[terms", "cannot be read"),
    ],
)
def test_a_misspelled_operation_is_refused(tmp_path: Path, written: str, instead: str, said: str) -> None:
    """The message names what is wrong."""
    for name in ("city.toml", "gazetteer.jsonl"):
        (tmp_path / name).write_bytes((CITY / name).read_bytes())
    data = (CITY / FILE).read_text(encoding="utf-8")
    assert written in data
    (tmp_path / FILE).write_text(data.replace(written, instead), encoding="utf-8")
    with pytest.raises(CityDataError, match=said):
        load_operation(tmp_path)
