"""Trains, buses and road events, read by the client of TDX."""

from datetime import datetime

from assistant.feeds.tdx import Tdx
from tests.demo.conftest import MONDAY, ZONE, DemoCity

OPTIONS = {"city": "Kaohsiung", "calls_a_minute": 600}


def test_the_next_train_comes_within_its_headway(demo: DemoCity) -> None:
    """Both systems have a train at each station in each direction, in at most twelve minutes."""
    source = demo.source("tdx", "/tdx", **OPTIONS)
    for system, most_s in (("KRTC", 480), ("KLRT", 720)):
        found = demo.read(lambda fetcher, system=system: Tdx(fetcher, source).metro_arrivals(system)).records
        waits = [one.estimate.wait_s(MONDAY) for one in found]
        assert all(wait is not None and wait <= most_s for wait in waits)
        assert all(one.station_names.keys() == {"zh-TW", "en"} for one in found)


def test_at_night_the_last_train_is_gone_or_the_first_is_awaited(demo: DemoCity) -> None:
    """At half past two no train comes in minutes."""
    source = demo.at(datetime(2026, 11, 23, 2, 30, tzinfo=ZONE)).source("tdx", "/tdx", **OPTIONS)
    found = demo.read(lambda fetcher: Tdx(fetcher, source).metro_arrivals("KRTC")).records
    waits = [one.estimate.wait_s(demo.scene.now) for one in found]
    assert all(wait is None or wait > 3600 for wait in waits)


def test_the_light_rail_stops_in_the_typhoon(demo: DemoCity) -> None:
    """The board says no service, the alert says why; the metro still runs."""
    source = demo.at(MONDAY.replace(hour=12), "typhoon").source("tdx", "/tdx", **OPTIONS)
    trams = demo.read(lambda fetcher: Tdx(fetcher, source).metro_arrivals("KLRT")).records
    assert {one.estimate.status for one in trams} == {"no_service"}
    alerts = demo.read(lambda fetcher: Tdx(fetcher, source).metro_alerts("KLRT")).records
    assert [one.status for one in alerts] == ["stopped"]
    metro = demo.read(lambda fetcher: Tdx(fetcher, source).metro_alerts("KRTC")).records
    assert {one.status for one in metro} == {"normal"}


def test_bus_estimates_are_read(demo: DemoCity) -> None:
    """A line that runs has seconds at most of its stops; asked for one stop, only that stop comes."""
    source = demo.source("tdx", "/tdx", **OPTIONS)
    found = demo.read(lambda fetcher: Tdx(fetcher, source).bus_estimates("88")).records
    waits = [one.estimate.wait_s(MONDAY) for one in found]
    assert sum(wait is not None for wait in waits) > len(waits) / 2
    stop = found[3].stop
    at_stop = demo.read(lambda fetcher: Tdx(fetcher, source).bus_estimates_at([stop])).records
    assert {one.stop for one in at_stop} == {stop}


def test_bus_stops_and_routes_are_those_of_the_estimates(demo: DemoCity) -> None:
    """Every estimate is of a stop with a place and of a route with two ends."""
    source = demo.source("tdx", "/tdx", **OPTIONS)
    stops = demo.read(lambda fetcher: Tdx(fetcher, source).bus_stops()).records
    routes = demo.read(lambda fetcher: Tdx(fetcher, source).bus_routes()).records
    found = demo.read(lambda fetcher: Tdx(fetcher, source).bus_estimates("88")).records
    assert {one.stop for one in found} <= {one.id for one in stops if one.point}
    assert {one.route for one in found} <= {one.id for one in routes if one.departure_names and one.destination_names}


def test_first_and_last_trains_are_read(demo: DemoCity) -> None:
    """Every station has a first train after six and says on which weekdays."""
    source = demo.source("tdx", "/tdx", **OPTIONS)
    found = demo.read(lambda fetcher: Tdx(fetcher, source).first_last("KRTC")).records
    assert all(one.first_s is not None and one.first_s >= 6 * 3600 and one.weekdays for one in found)


def test_the_typhoon_closes_roads(demo: DemoCity) -> None:
    """Closures come with the storm, each with its place and time."""
    source = demo.source("tdx", "/tdx", **OPTIONS)
    before = {one.id for one in demo.read(lambda fetcher: Tdx(fetcher, source).road_events()).records}
    demo.at(MONDAY, "typhoon")
    events = demo.read(lambda fetcher: Tdx(fetcher, source).road_events()).records
    closed = [one for one in events if "封閉" in one.title]
    assert len(closed) >= 4
    assert not {one.id for one in closed} & before
    assert all(one.point and one.start and one.end and one.start <= MONDAY < one.end for one in events)


def test_trains_of_the_evening_run_into_the_night(demo: DemoCity) -> None:
    """A quarter past midnight the last trains are still under way to the ends of the line."""
    source = demo.at(datetime(2026, 11, 24, 0, 15, tzinfo=ZONE)).source("tdx", "/tdx", **OPTIONS)
    found = demo.read(lambda fetcher: Tdx(fetcher, source).metro_arrivals("KRTC")).records
    waits = [one.estimate.wait_s(demo.scene.now) for one in found]
    assert any(wait is not None and wait < 1200 for wait in waits)
    assert {one.estimate.status for one in found} == {"running", "not_departed"}
