"""Delays, vehicles and alerts are read as the publisher meant them, and joined to the schedule."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from google.protobuf import text_format
from google.transit import gtfs_realtime_pb2 as pb

from assistant.errors import FeedMalformed
from assistant.feeds.base import FeedSource
from assistant.feeds.gtfs import parse_schedule
from assistant.feeds.gtfs_realtime import LiveDeparture, Realtime, live_departures, parse_realtime, read_realtime
from tests.feeds.hostile import cuts, noise, read_all
from tests.feeds.pages import ask, real
from tests.feeds.test_gtfs import TAIPEI, archive
from tests.indexing.loopback import City, Page

D2 = "d2_gtfs_realtime"
MADE = datetime(2026, 9, 21, 8, 0, tzinfo=TAIPEI)


def message(fill: Callable[[pb.FeedMessage], object]) -> bytes:
    made = pb.FeedMessage()
    made.header.gtfs_realtime_version = "2.0"
    made.header.timestamp = int(MADE.timestamp())
    fill(made)
    return made.SerializeToString()


def trip_update(written: str) -> bytes:
    return message(lambda made: text_format.Parse(f'entity {{ id: "1" trip_update {{ {written} }} }}', made))


def live(written: str) -> LiveDeparture:
    """The departure of trip T1 at its first stop, planned at 8:01, sequence 1."""
    schedule = parse_schedule(archive())
    planned = schedule.departures("S1", MADE)
    return live_departures(planned, parse_realtime(trip_update(written)))[0]


def of_text(path: str) -> Realtime:
    return parse_realtime(text_format.Parse(real(path).decode(), pb.FeedMessage()).SerializeToString())


def test_a_delay_moves_the_departure() -> None:
    """Two minutes late is 8:03, known at the time of the message."""
    found = live('trip { trip_id: "T1" } stop_time_update { stop_sequence: 1 departure { delay: 120 } }')
    assert (found.expectation, f"{found.expected_at:%H:%M}", found.observed_at) == ("expected", "08:03", MADE)


def test_a_time_is_taken_before_a_delay() -> None:
    """A publisher that gives the time itself means that time."""
    at = int((MADE + timedelta(minutes=9)).timestamp())
    found = live(f'trip {{ trip_id: "T1" }} stop_time_update {{ stop_id: "S1" departure {{ time: {at} }} }}')
    assert f"{found.expected_at:%H:%M%z}" == "08:09+0800"


def test_a_delay_holds_for_the_stops_that_follow() -> None:
    """A delay at an earlier stop is the delay here; one at a later stop says nothing about here."""
    early = live('trip { trip_id: "T1" } stop_time_update { stop_sequence: 0 arrival { delay: 60 } }')
    late = live('trip { trip_id: "T1" } stop_time_update { stop_sequence: 2 arrival { delay: 60 } }')
    assert f"{early.expected_at:%H:%M}" == "08:02"
    assert (late.expectation, late.expected_at) == ("planned", None)


@pytest.mark.parametrize(
    ("written", "expectation"),
    [
        ('trip { trip_id: "T1" schedule_relationship: CANCELED }', "cancelled"),
        ('trip { trip_id: "T1" schedule_relationship: DELETED }', "cancelled"),
        (
            'trip { trip_id: "T1" } stop_time_update { stop_sequence: 1 schedule_relationship: SKIPPED }',
            "skipped",
        ),
        (
            'trip { trip_id: "T1" } stop_time_update { stop_sequence: 0 arrival { delay: 60 } }'
            " stop_time_update { stop_sequence: 1 schedule_relationship: NO_DATA }",
            "planned",
        ),
        ('trip { trip_id: "T1" start_date: "20260922" } delay: 60', "planned"),
        ('trip { trip_id: "T1" start_date: "20260921" } delay: 60', "expected"),
        ('trip { trip_id: "T2" } delay: 60', "planned"),
        ('trip { trip_id: "T1" } delay: 999999', "planned"),
    ],
)
def test_what_is_said_of_a_trip_decides(written: str, expectation: str) -> None:
    """Cancelled, skipped, unknown again, another day, another trip, and a delay that is no delay."""
    assert live(written).expectation == expectation


def test_an_update_without_times_means_on_time() -> None:
    """The specification's example ends so: the stop is served as planned."""
    found = live('trip { trip_id: "T1" } stop_time_update { stop_sequence: 1 }')
    assert (found.expectation, found.expected_at) == ("expected", found.planned.time)


def test_a_relationship_newer_than_this_reader_is_not_scheduled() -> None:
    """Protobuf would put the default for it; what it means is unknown, so nothing is expected."""
    known = trip_update('trip { trip_id: "T1" schedule_relationship: CANCELED } delay: 60')
    newer = known.replace(b"\x20\x03", b"\x20\x63")
    assert newer != known
    read = parse_realtime(newer)
    assert read.trip_updates[0].trip.relationship == "unknown"
    schedule = parse_schedule(archive())
    assert live_departures(schedule.departures("S1", MADE), read)[0].expectation == "planned"


def test_a_message_without_a_date_is_about_the_trip_that_runs() -> None:
    """Tomorrow's run of the same trip is not late because today's is."""
    read = parse_realtime(trip_update('trip { trip_id: "T1" } delay: 600'))
    schedule = parse_schedule(archive())
    found = live_departures(schedule.departures("S1", MADE, within=timedelta(days=1, hours=1)), read)
    assert [one.expectation for one in found] == ["expected", "planned"]


def test_deletions_and_differences_are_told() -> None:
    """An entity that is taken back is no news of its own, and a difference is not the whole state."""

    def fill(made: pb.FeedMessage) -> None:
        made.header.incrementality = pb.FeedHeader.DIFFERENTIAL
        made.entity.add(id="gone", is_deleted=True)
        made.entity.add(id="silent")

    read = parse_realtime(message(fill))
    assert (read.deleted, read.differential, read.skipped, read.alerts) == ({"gone"}, True, 1, ())


def test_a_vehicle_without_a_place_is_skipped() -> None:
    """0, 0 is where publishers put a bus whose place they do not know."""
    fixes = (
        'entity { id: "1" vehicle { position { latitude: 0 longitude: 0 } } }'
        'entity { id: "2" vehicle { position { latitude: 22.6 longitude: 120.3 speed: 5 bearing: 90 } timestamp: 0 } }'
    )
    read = parse_realtime(message(lambda made: text_format.Parse(fixes, made)))
    assert (len(read.vehicles), read.skipped) == (1, 1)
    assert (read.vehicles[0].speed, read.vehicles[0].bearing, read.vehicles[0].observed_at) == (5.0, 90.0, None)


def test_alerts_speak_the_languages_they_have() -> None:
    """A text without a language is kept as undetermined; an empty one is none."""
    written = (
        'entity { id: "1" alert { header_text { translation { text: "改道" language: "zh-Hant" }'
        ' translation { text: "Detour" } translation { text: "" language: "ja" } } } }'
    )
    (alert,) = parse_realtime(message(lambda made: text_format.Parse(written, made))).alerts
    assert alert.headers == {"zh-Hant": "改道", "und": "Detour"}
    assert alert.in_force(MADE)
    assert (alert.cause, alert.effect, alert.severity) == ("", "", "")


def test_unknown_extensions_are_passed_over() -> None:
    """Agencies add fields of their own above 1000 (NYCT, OVapi)."""
    extended = trip_update('trip { trip_id: "T1" } delay: 60') + b"\xca\x3e\x02\x08\x01"
    assert parse_realtime(extended).trip_updates[0].delay_s == 60


@pytest.mark.parametrize("content", [b"", b"<html></html>", b'{"header": {}}', b"\x00" * 9, b"\x0a\x00"])
def test_what_is_no_message_is_malformed(content: bytes) -> None:
    """An error page, JSON and empty bytes are refused."""
    with pytest.raises(FeedMalformed, match="GTFS-Realtime"):
        parse_realtime(content)


def test_hostile_messages_are_malformed_and_nothing_else() -> None:
    """Cut anywhere or bent anywhere, a message is read or refused."""
    content = trip_update('trip { trip_id: "T1" } stop_time_update { stop_sequence: 1 departure { delay: 120 } }') * 3
    results = read_all(parse_realtime, iter([*cuts(content, 200), *noise(content, 300)]))
    assert 0 < results.count(None) < len(results)


def test_the_specifications_examples_are_read_as_they_are_written() -> None:
    """The detour of route 219 and stop 16230, and trip-1 five seconds late from its third stop on."""
    (alert,) = of_text(f"{D2}/alerts.asciipb").alerts
    assert alert.headers == {"en": "Stop at Elm street is closed, temporary stop at Oak street"}
    assert [(one.route, one.stop) for one in alert.affected] == [("219", ""), ("", "16230"), ("100", "16299")]
    assert (alert.cause, alert.effect) == ("construction", "detour")
    assert alert.in_force(datetime(2010, 9, 14, 10, 0, tzinfo=UTC))
    assert not alert.in_force(datetime(2010, 9, 14, 13, 0, tzinfo=UTC))
    read = of_text(f"{D2}/trip-updates-full.asciipb")
    assert [(one.sequence, one.arrival_delay_s) for one in read.trip_updates[0].stops] == [(3, 5), (8, 1), (10, None)]
    assert read.trip_updates[1].trip.start_s == 11 * 3600 + 15 * 60 + 35


def test_real_messages_are_read() -> None:
    """OpenTripPlanner's samples: ten minutes late, a cancelled trip, a vehicle with and without occupancy."""
    late = parse_realtime(real(f"{D2}/otp_mmri_3b.pb"))
    assert late.trip_updates[0].stops[0].departure_delay_s == 600
    assert late.trip_updates[0].trip.start_date == date(2014, 1, 1)
    assert late.published_at == datetime(2013, 12, 31, 23, 0, tzinfo=UTC)
    assert parse_realtime(real(f"{D2}/otp_mmri_3e.pb")).trip_updates[0].trip.relationship == "canceled"
    name = "vehicle-position-pre-occupancy-defaults"
    seats = [
        parse_realtime(real(f"{D2}/{name}-{which}.pb")).vehicles[0].occupancy
        for which in ("no-occupancy", "with-occupancy-status")
    ]
    assert seats == ["", "few_seats_available"]


def test_a_message_is_read_from_its_address(publisher: City, source: FeedSource) -> None:
    """Vehicles often have an address of their own, beside the trip updates."""
    publisher.pages["/vehicles"] = Page(trip_update('trip { trip_id: "T1" } delay: 60'))
    found = ask(lambda fetcher: read_realtime(fetcher, source, f"{publisher.url}/vehicles"))
    assert found.published_at == MADE
