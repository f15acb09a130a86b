"""A system of rides on demand tells where, when, how booked, and how long one waits."""

import json
from datetime import date, datetime
from typing import Any

import pytest

from assistant.errors import FeedMalformed, FeedRefused
from assistant.feeds.base import FeedSource
from assistant.feeds.booking import BookingType
from assistant.feeds.geometry import Point
from assistant.feeds.gofs import parse_discovery, parse_on_demand, parse_waits, read_on_demand, read_waits
from assistant.feeds.on_demand import OnDemand
from tests.feeds.hostile import cuts, noise, read_all, wrong_values
from tests.feeds.pages import ask, real
from tests.indexing.loopback import City, Page

HOME, TOWN, SEA = Point(23.1, 120.65), Point(22.95, 120.65), Point(22.0, 120.0)


def square(zone: str, south: float) -> dict[str, Any]:
    corners = [[120.6, south], [120.7, south], [120.7, south + 0.2], [120.6, south + 0.2], [120.6, south]]
    return {
        "type": "Feature",
        "zone_id": zone,
        "properties": {"name": zone},
        "geometry": {"type": "Polygon", "coordinates": [corners]},
    }


def rule(**changes: object) -> dict[str, object]:
    return {
        "from_zone_id": "hills",
        "to_zone_id": "town",
        "start_pickup_window": "06:00:00",
        "end_pickup_window": "09:00:00",
        "end_dropoff_window": "09:30:00",
        "calendars": ["weekday"],
        "vehicle_type_id": ["van"],
        **changes,
    }


DATA: dict[str, dict[str, Any]] = {
    "system_information": {"language": "zh-TW", "timezone": "Asia/Taipei", "name": "幸福小黃", "phone_number": "07-1"},
    "zones": {"zones": {"type": "FeatureCollection", "features": [square("hills", 23.0), square("town", 22.8)]}},
    "operating_rules": {"operating_rules": [rule()]},
    "calendars": {
        "calendars": [
            {
                "calendar_id": "weekday",
                "days": ["mon", "tue", "wed", "thu", "fri"],
                "start_date": "20260901",
                "end_date": "20261231",
                "excepted_dates": ["20260925"],
            }
        ]
    },
    "service_brands": {"service_brands": [{"brand_id": "van", "brand_name": "小巴"}]},
    "booking_rules": {
        "booking_rules": [
            {"from_zone_ids": ["hills"], "to_zone_ids": None, "booking_type": 1, "prior_notice_duration_min": 30},
            {
                "from_zone_ids": ["hills"],
                "to_zone_ids": ["sea"],
                "booking_type": 2,
                "prior_notice_last_day": 1,
                "prior_notice_last_time": "17:00:00",
            },
        ]
    },
}


def document(data: object, updated: int = 1609866247) -> bytes:
    return json.dumps({"last_updated": updated, "ttl": 0, "version": "1.0", "data": data}).encode()


def on_demand(**changes: object) -> OnDemand:
    data = {name: changes.get(name, value) for name, value in DATA.items()}
    return parse_on_demand({name: document(one) for name, one in data.items()}, {})


def test_rides_are_had_between_zones_in_their_windows() -> None:
    """From the hills to the town, on a weekday, picked up until nine and set down until half past."""
    (ride,) = on_demand().rides(date(2026, 9, 21), HOME, TOWN)
    assert ride.start.isoformat() == "2026-09-21T06:00:00+08:00"
    assert (f"{ride.end:%H:%M}", f"{ride.last_dropoff:%H:%M}") == ("09:00", "09:30")


def test_there_is_no_ride_where_or_when_no_rule_holds() -> None:
    """The other way, outside the zones, on a Sunday, on an excepted day, after the calendar's end."""
    system = on_demand()
    assert system.rides(date(2026, 9, 21), TOWN, HOME) == ()
    assert system.rides(date(2026, 9, 21), SEA) == ()
    assert [system.rides(on, HOME) for on in (date(2026, 9, 20), date(2026, 9, 25), date(2027, 1, 4))] == [()] * 3


def test_a_window_may_go_over_midnight() -> None:
    """22:00 to 02:00 ends in the night after, and so does 22:00 to 26:00."""
    for end in ("02:00:00", "26:00:00"):
        late = rule(start_pickup_window="22:00:00", end_pickup_window=end, end_dropoff_window=None)
        (ride,) = on_demand(operating_rules={"operating_rules": [late]}).rides(date(2026, 9, 21), HOME)
        assert f"{ride.end:%m-%d %H:%M}" == "09-22 02:00"


def test_a_rule_without_a_window_holds_all_day_but_a_broken_window_does_not() -> None:
    """A rule whose window cannot be read would promise rides in the night."""
    whole_day = rule(start_pickup_window=None, end_pickup_window=None, end_dropoff_window=None)
    system = on_demand(operating_rules={"operating_rules": [whole_day, rule(start_pickup_window="six")]})
    (ride,) = system.rides(date(2026, 9, 21), HOME)
    assert (f"{ride.start:%H:%M}", ride.last_dropoff, system.skipped) == ("00:00", None, 1)


def test_booking_rules_are_those_of_the_two_zones() -> None:
    """A rule without destinations is for all of them."""
    system = on_demand()
    assert [one.rule.type for one in system.booking("hills", "town")] == [BookingType.SAME_DAY]
    assert [one.rule.type for one in system.booking("hills", "sea")] == [BookingType.SAME_DAY, BookingType.DAYS_BEFORE]
    assert system.booking("town", "hills") == ()


def test_broken_records_are_counted() -> None:
    """A zone without an area and a calendar without a beginning lose themselves alone."""
    zones = {"zones": {"type": "FeatureCollection", "features": [square("hills", 23.0), {"type": "Feature"}]}}
    calendars = {"calendars": [{"calendar_id": "x"}, DATA["calendars"]["calendars"][0]]}
    system = on_demand(zones=zones, calendars=calendars)
    assert (len(system.zones), len(system.calendars), system.skipped) == (1, 1, 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"system_information": {"timezone": "Nowhere"}},
        {"zones": {"zones": []}},
        {"operating_rules": {}},
        {"calendars": None},
    ],
)
def test_a_file_that_is_no_gofs_is_malformed(changes: dict[str, object]) -> None:
    """Without zones, rules, calendars or a time zone nothing can be said."""
    with pytest.raises(FeedMalformed, match="GOFS-lite"):
        on_demand(**changes)


def test_waits_are_read_in_both_forms() -> None:
    """The specification's examples: five and ten minutes; 30 CAD for five minutes of travel."""
    (first, second) = parse_waits(
        document({"wait_times": [{"brand_id": "a", "wait_time": 300}, {"brand_id": "b", "wait_time": 600}]})
    ).records
    assert (first.wait_s, second.wait_s) == (300, 600)
    booking = {"web_uri": "https://example.com/app", "phone_number": "+18005551234"}
    one = {"brand_id": "a", "wait_time": 450, "travel_time": 300, "travel_cost": 45, "travel_cost_currency": "CAD"}
    (wait,) = parse_waits(document({"realtime_booking": [{**one, "booking_detail": booking}]})).records
    assert (wait.wait_s, wait.travel_s, wait.cost, wait.currency, wait.phone) == (450, 300, 45.0, "CAD", "+18005551234")


@pytest.mark.parametrize("broken", [{"wait_time": -1}, {"wait_time": "soon"}, {"brand_id": "a"}, None])
def test_a_wait_that_is_none_is_skipped(broken: object) -> None:
    """A wait that is not published is no wait of nothing."""
    parsed = parse_waits(document({"wait_times": [broken]}))
    assert (parsed.records, parsed.skipped) == ((), 1)


def test_hostile_documents_are_malformed_and_nothing_else() -> None:
    """Cut, bent, or with values of wrong types, a file is read or refused."""
    whole = {name: document(one) for name, one in DATA.items()}
    for name in whole:

        def parse(content: bytes, name: str = name) -> OnDemand:
            system = parse_on_demand({**whole, name: content}, {})
            system.rides(date(2026, 9, 21), HOME, TOWN)
            return system

        bent = [*cuts(whole[name], 30), *noise(whole[name], 30), *wrong_values(json.loads(whole[name]), 100)]
        assert read_all(parse, iter(bent)).count(None) >= 30
    waits = document({"wait_times": [{"brand_id": "a", "wait_time": 300}]})
    assert None in read_all(parse_waits, iter([*cuts(waits), *wrong_values(json.loads(waits))]))
    feeds = document({"en": {"feeds": [{"name": "zones", "url": "http://x/"}]}})
    assert None in read_all(parse_discovery, iter([*cuts(feeds), *wrong_values(json.loads(feeds))]))


def test_our_test_data_is_what_the_standards_schemas_allow() -> None:
    """The documents of this test fit the published JSON schemas, so that what is tested is the standard."""
    jsonschema = pytest.importorskip("jsonschema")
    for name in ("system_information", "operating_rules", "calendars"):
        schema = json.loads(real(f"d3_gofs_lite/{name}.json"))
        jsonschema.validate(json.loads(document(DATA[name])), schema)
    assert jsonschema.Draft7Validator


def serve(publisher: City) -> None:
    names = [*DATA, "wait_time"]
    feeds = {"zh-TW": {"feeds": [{"name": name, "url": f"{publisher.url}/{name}"} for name in names]}}
    publisher.pages["/feed"] = Page(document(feeds))
    for name, one in DATA.items():
        publisher.pages[f"/{name}"] = Page(document(one, 1609866000 if name == "zones" else 1609866247))


def test_a_system_is_read_from_its_discovery(publisher: City, source: FeedSource) -> None:
    """gofs.json leads to the files; what is told is as old as the oldest of them."""
    serve(publisher)
    system = ask(lambda fetcher: read_on_demand(fetcher, source, "en"))
    assert system.system.name == "幸福小黃"
    assert system.updated_at == datetime.fromisoformat("2021-01-05T17:00:00+00:00")
    assert set(system.queries) == {"wait_time"}


def test_waits_are_asked_for_a_place(publisher: City, source: FeedSource) -> None:
    """The place goes into the question; an error stays an error."""
    serve(publisher)
    system = ask(lambda fetcher: read_on_demand(fetcher, source))
    path = "/wait_time?pickup_lat=23.1&pickup_lon=120.65"
    publisher.pages[path] = Page(document({"wait_times": [{"brand_id": "van", "wait_time": 420}]}))
    assert ask(lambda fetcher: read_waits(fetcher, source, system, HOME))[0].wait_s == 420
    publisher.pages[path] = Page(b"broken", 500)
    with pytest.raises(FeedRefused):
        ask(lambda fetcher: read_waits(fetcher, source, system, HOME))


def test_a_discovery_without_zones_is_malformed(publisher: City, source: FeedSource) -> None:
    """The fault names the file that is missing."""
    publisher.pages["/feed"] = Page(document({"en": {"feeds": [{"name": "calendars", "url": publisher.url}]}}))
    with pytest.raises(FeedMalformed, match="system_information"):
        ask(lambda fetcher: read_on_demand(fetcher, source))


def test_a_file_on_another_host_is_not_asked_for(publisher: City, source: FeedSource) -> None:
    """A discovery cannot send the assistant elsewhere."""
    serve(publisher)
    feeds = [{"name": name, "url": "http://169.254.169.254/secret"} for name in DATA]
    publisher.pages["/feed"] = Page(document({"en": {"feeds": feeds}}))
    with pytest.raises(FeedRefused, match="not on the host"):
        ask(lambda fetcher: read_on_demand(fetcher, source))
