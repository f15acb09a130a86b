"""The timetables and the live state of buses, read by the clients of GTFS."""

from datetime import datetime, timedelta

import pytest

from assistant.feeds.gtfs import Schedule, read_schedule
from assistant.feeds.gtfs_realtime import LiveDeparture, live_departures, read_realtime
from assistant.places import load_gazetteer
from tests.demo.conftest import CITY_DIR, MONDAY, ZONE, DemoCity


def schedule_of(demo: DemoCity) -> Schedule:
    return demo.read(lambda fetcher: read_schedule(fetcher, demo.source("gtfs", "/gtfs/schedule.zip")))


def departures(demo: DemoCity, stop_name: str) -> tuple[LiveDeparture, ...]:
    schedule = schedule_of(demo)
    stop = next(one.id for one in schedule.stops.values() if one.names["zh-TW"] == stop_name and one.id[0] == "B")
    realtime = demo.read(lambda fetcher: read_realtime(fetcher, demo.source("gtfs-realtime", "/gtfs/realtime.pb")))
    now = demo.scene.now
    planned = schedule.departures(stop, now - timedelta(minutes=20), within=timedelta(minutes=60))
    return live_departures(planned, realtime)


def test_the_timetable_is_read_whole(demo: DemoCity) -> None:
    """Twelve bus lines and more, two metro lines and the light rail, every stop with a name in both languages."""
    schedule = schedule_of(demo)
    kinds = [route.kind for route in schedule.routes.values()]
    assert (kinds.count(3) >= 12, kinds.count(1), kinds.count(0)) == (True, 2, 1)
    assert (schedule.skipped, schedule.untimed) == (0, 0)
    assert all(stop.names.keys() == {"zh-TW", "en"} and stop.point for stop in schedule.stops.values())


def test_stops_stand_where_the_gazetteer_has_them(demo: DemoCity) -> None:
    """A station of the timetable is a place of the gazetteer, at the same point."""
    known = {place.name["zh-TW"]: place.point for place in load_gazetteer(CITY_DIR).places}
    for stop in schedule_of(demo).stops.values():
        assert stop.point is not None
        assert known[stop.names["zh-TW"]].distance_m(stop.point) < 2_500


def test_live_buses_are_late_by_minutes_not_hours(demo: DemoCity) -> None:
    """On a Monday afternoon every planned bus that still comes is expected within minutes of its time."""
    found = departures(demo, "衛武營")
    expected = [one for one in found if one.expected_at]
    assert len(expected) >= 3
    late = [(one.expected_at - one.planned.time).total_seconds() for one in expected if one.expected_at]
    assert -60 <= min(late) <= max(late) <= 900
    assert len(set(late)) > 1


def test_vehicles_drive_in_the_city(demo: DemoCity) -> None:
    """Buses under way have a place, a plate and a next stop; in the small hours there are none."""
    source = demo.source("gtfs-realtime", "/gtfs/vehicles.pb")
    found = demo.read(lambda fetcher: read_realtime(fetcher, source))
    assert len(found.vehicles) > 30
    assert all(22.4 < one.point.lat < 23.3 and 120.1 < one.point.lon < 121.0 and one.stop for one in found.vehicles)
    demo.at(datetime(2026, 11, 23, 3, 0, tzinfo=ZONE))
    assert demo.read(lambda fetcher: read_realtime(fetcher, source)).vehicles == ()


def test_the_typhoon_stops_and_detours_buses(demo: DemoCity) -> None:
    """A stopped line is cancelled, a detour leaves out its stops, and alerts say both in two languages."""
    demo.at(MONDAY, "typhoon")
    assert {one.expectation for one in departures(demo, "大樹區公所") if one.observed_at} == {"cancelled"}
    assert "skipped" in {one.expectation for one in departures(demo, "澄清湖")}
    source = demo.source("gtfs-realtime", "/gtfs/alerts.pb")
    alerts = demo.read(lambda fetcher: read_realtime(fetcher, source)).alerts
    assert {alert.effect for alert in alerts} == {"no_service", "detour"}
    assert all(alert.headers.keys() == {"zh-TW", "en"} and alert.in_force(MONDAY) for alert in alerts)


@pytest.mark.parametrize("month", [11, 12])
def test_the_timetable_covers_the_days_around(demo: DemoCity, month: int) -> None:
    """Each month has an archive of its own that knows today and the weeks to come."""
    today = datetime(2026, month, 28, 9, 0, tzinfo=ZONE)
    calendar = schedule_of(demo.at(today)).calendar
    assert calendar.runs("weekend", today.date()) == (today.weekday() >= 5)
    assert calendar.knows((today + timedelta(days=30)).date())
