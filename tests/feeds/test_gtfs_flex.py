"""Rides on demand: where, when, and until when they must be booked."""

import json
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant.errors import FeedMalformed
from assistant.feeds.base import FeedSource
from assistant.feeds.booking import BookingRule, BookingType, parse_booking_rule
from assistant.feeds.geometry import Point
from assistant.feeds.gtfs_flex import FlexServices, parse_flex_services, read_flex_services
from tests.feeds.hostile import cuts, noise, read_all
from tests.feeds.pages import ask, real
from tests.feeds.test_gtfs import TAIPEI, archive
from tests.indexing.loopback import City, Page

D1 = "d1_gtfs_static_flex"
INSIDE, OUTSIDE = Point(23.1, 120.65), Point(22.6, 120.3)
ZONE = {
    "type": "Feature",
    "id": "hills",
    "properties": {"stop_name": "山區"},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[120.6, 23.0], [120.7, 23.0], [120.7, 23.2], [120.6, 23.2], [120.6, 23.0]]],
    },
}
COLUMNS = "trip_id,location_id,location_group_id,stop_id,stop_sequence,pickup_type,drop_off_type"
WINDOWS = f"{COLUMNS},start_pickup_drop_off_window,end_pickup_drop_off_window,pickup_booking_rule_id\n"
RULES = (
    "booking_rule_id,booking_type,prior_notice_duration_min,prior_notice_last_day,prior_notice_last_time,phone_number\n"
    "SOON,1,45,,,07-1234567\nDAY,2,,1,17:00:00,07-1234567\n"
)


def services(stop_times: str, zones: object = None, changes: dict[str, str | None] | None = None) -> FlexServices:
    collection = {"type": "FeatureCollection", "features": [ZONE] if zones is None else zones}
    tables: dict[str, str | None] = {"locations.geojson": json.dumps(collection), "booking_rules.txt": RULES}
    return parse_flex_services(archive({**tables, "stop_times.txt": WINDOWS + stop_times, **(changes or {})}))


def test_a_ride_is_had_where_and_when_the_table_says() -> None:
    """Inside the zone, on a weekday, from 8:00 to 17:00; set down there, one is not picked up."""
    found = services("T1,hills,,,1,2,1,08:00:00,17:00:00,SOON\nT1,hills,,,2,1,2,08:00:00,17:00:00,\n")
    (ride,) = found.pickups(INSIDE, date(2026, 9, 21))
    assert (f"{ride.start:%H:%M}", f"{ride.end:%H:%M}", ride.window.route) == ("08:00", "17:00", "R")
    assert found.zones_at(INSIDE)[0].name == "山區"
    assert found.pickups(OUTSIDE, date(2026, 9, 21)) == ()
    assert found.pickups(INSIDE, date(2026, 9, 20)) == ()


def test_the_next_rides_are_of_the_next_day_that_has_any() -> None:
    """On Saturday evening they are those of Monday; in the night a window beyond midnight still runs."""
    found = services("T1,hills,,,1,2,1,08:00:00,17:00:00,SOON\n")
    (ride,) = found.pickups_after(INSIDE, datetime(2026, 9, 19, 20, 0, tzinfo=TAIPEI))
    assert f"{ride.start:%m-%d %H:%M}" == "09-21 08:00"
    night = services("T3,hills,,,1,2,1,20:00:00,26:00:00,SOON\n")
    (ride,) = night.pickups_after(INSIDE, datetime(2026, 9, 19, 1, 0, tzinfo=TAIPEI))
    assert f"{ride.end:%m-%d %H:%M}" == "09-19 02:00"


def test_groups_stand_for_their_members() -> None:
    """A window of a group is one of each place in it, in the adopted form and in the draft."""
    adopted = {"location_group_stops.txt": "location_group_id,stop_id\nG,hills\n"}
    draft = {"stop_areas.txt": "area_id,stop_id\nG,hills\n"}
    assert services("T1,,G,,1,2,1,08:00:00,17:00:00,SOON\n", changes=adopted).pickups(INSIDE, date(2026, 9, 21))
    assert services("T1,,,G,1,2,1,08:00:00,17:00:00,SOON\n", changes=draft).pickups(INSIDE, date(2026, 9, 21))


def test_broken_windows_and_zones_are_counted() -> None:
    """An end before the start, an unknown trip, no place, a zone without an area."""
    rows = (
        "T1,hills,,,1,2,1,17:00:00,08:00:00,\nT9,hills,,,1,2,1,08:00:00,17:00:00,\n"
        "T1,,,,1,2,1,08:00:00,17:00:00,\nT1,hills,,,1,2,1,8 am,17:00:00,\n"
    )
    found = services(rows, zones=[ZONE, {"type": "Feature", "id": "x", "geometry": None}, 5])
    assert (len(found.zones), found.windows, found.skipped) == (1, (), 6)


def test_an_archive_without_flex_has_no_services() -> None:
    """A timetable alone is no fault."""
    assert parse_flex_services(archive()).windows == ()


def test_locations_that_are_no_geojson_are_malformed() -> None:
    """The zones decide who is served; without them nothing can be said."""
    with pytest.raises(FeedMalformed, match="FeatureCollection"):
        parse_flex_services(archive({"locations.geojson": "{}"}))
    with pytest.raises(FeedMalformed, match="no JSON"):
        parse_flex_services(archive({"locations.geojson": "<html>"}))


def test_hostile_archives_are_malformed_and_nothing_else() -> None:
    """Cut anywhere or bent anywhere, an archive is read or refused."""
    content = archive({"locations.geojson": json.dumps({"type": "FeatureCollection", "features": [ZONE]})})
    assert read_all(parse_flex_services, iter([*cuts(content), *noise(content, 100)])).count(None) >= 60


def test_the_same_day_is_booked_so_many_minutes_before() -> None:
    """45 minutes before nine is a quarter past eight."""
    rule = BookingRule("x", BookingType.SAME_DAY, notice_min_s=45 * 60)
    assert rule.book_by(datetime(2026, 9, 21, 9, 0, tzinfo=TAIPEI)) == datetime(2026, 9, 21, 8, 15, tzinfo=TAIPEI)


def test_days_before_are_counted_as_the_rule_counts() -> None:
    """The day before at five; where working days count, Monday's ride is booked on Friday."""
    rule = BookingRule("x", BookingType.DAYS_BEFORE, last_day=1, last_time_s=17 * 3600)
    monday = datetime(2026, 9, 21, 9, 0, tzinfo=TAIPEI)
    assert rule.book_by(monday) == datetime(2026, 9, 20, 17, 0, tzinfo=TAIPEI)
    working = BookingRule("x", BookingType.DAYS_BEFORE, last_day=1, last_time_s=17 * 3600, calendar="D")
    assert working.book_by(monday, lambda on: on.weekday() < 5) == datetime(2026, 9, 18, 17, 0, tzinfo=TAIPEI)
    assert working.book_by(monday, lambda on: False) is None
    assert working.book_by(monday) is None


@pytest.mark.parametrize(
    "row",
    [
        {"booking_type": "2", "prior_notice_last_day": "1"},
        {"booking_type": "1", "prior_notice_duration_min": "-5"},
        {"booking_type": "1"},
        {"booking_type": "7"},
        {},
    ],
)
def test_a_rule_that_leaves_its_limit_open_gives_none(row: dict[str, str]) -> None:
    """No hour is invented for a rule that names a day alone."""
    assert parse_booking_rule(row).book_by(datetime(2026, 9, 21, 9, 0, tzinfo=TAIPEI)) is None


def test_the_specifications_examples_are_read_as_they_are_written() -> None:
    """Aspen: 11:00 to 23:00 in real time; Cripple Creek: 20 minutes before; both in Denver's time."""
    aspen = parse_flex_services(real(f"{D1}/FlexExample--on-demand-service.zip"))
    zone = aspen.zones["area_294"]
    (ride,) = aspen.pickups(zone.geometry.centre, date(2022, 11, 12))
    assert (ride.start.isoformat(), f"{ride.end:%H:%M}") == ("2022-11-12T11:00:00-07:00", "23:00")
    assert ride.window.pickup_rule is not None
    assert (ride.window.pickup_rule.type, ride.window.pickup_rule.phone) == (BookingType.REAL_TIME, "877-230-6045")
    creek = parse_flex_services(real(f"{D1}/FlexExample--same-day-service.zip"))
    rule = creek.rules["booking_route_17101"]
    start = datetime(2022, 11, 12, 9, 0, tzinfo=ZoneInfo("America/Denver"))
    assert rule.book_by(start) == start - timedelta(minutes=20)


def test_the_drafts_area_groups_are_read() -> None:
    """Brockton's services are offered in groups of areas that stop_id names, booked one day before at an open hour."""
    found = parse_flex_services(real(f"{D1}/FlexExample--various.zip"))
    assert (len(found.zones), len(found.windows), found.skipped) == (17, 75, 0)
    in_groups = [window for window in found.windows if len(window.places) > 1]
    assert in_groups[0].pickup_rule is not None
    assert (in_groups[0].pickup_rule.last_day, in_groups[0].pickup_rule.last_time_s) == (1, None)


@pytest.mark.parametrize("name", ["RTDgtfsflexdraft_2017-05-31", "cobblinc-bus-30-only.gtfs", "caltrain_gtfs"])
def test_what_is_not_flex_as_adopted_has_no_windows(name: str) -> None:
    """The draft of 2017 has other tables, and CobbLinc leaves the columns empty."""
    assert parse_flex_services(real(f"{D1}/{name}.zip")).windows == ()


def test_services_are_read_from_their_address(publisher: City, source: FeedSource) -> None:
    """The archive is fetched and read."""
    publisher.pages["/feed"] = Page(archive({"booking_rules.txt": RULES}))
    found = ask(lambda fetcher: read_flex_services(fetcher, source))
    assert set(found.rules) == {"SOON", "DAY"}
