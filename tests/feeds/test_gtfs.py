"""A schedule tells what leaves a stop, with the times that a person reads in the tables."""

import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant.errors import FeedMalformed, FeedTooLarge
from assistant.feeds.base import FeedSource
from assistant.feeds.gtfs import Schedule, parse_schedule, parse_shape, read_schedule
from assistant.feeds.gtfs_archive import Archive
from tests.feeds.hostile import cuts, noise, read_all
from tests.feeds.pages import ask, real
from tests.indexing.loopback import City, Page

D1 = "d1_gtfs_static_flex"
TAIPEI = ZoneInfo("Asia/Taipei")
TABLES = {
    "agency.txt": "agency_id,agency_name,agency_timezone,agency_lang\nA,測試客運,Asia/Taipei,zh-TW\n",
    "stops.txt": (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "S,大站,22.6,120.3,1,\nS1,大站月台一,22.6,120.3,,S\nS2,終點,22.7,120.3,,\nS3,中途,0,0,,\n"
    ),
    "routes.txt": "route_id,route_short_name,route_long_name,route_type\nR,紅1,紅線一號,3\n",
    "trips.txt": "route_id,service_id,trip_id,trip_headsign\nR,D,T1,終點\nR,D,T2,終點\nR,N,T3,終點\n",
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type\n"
        "T1,08:00:00,08:01:00,S1,1,0\nT1,,,S3,2,0\nT1,08:30:00,08:30:00,S2,3,0\n"
        "T2,09:00:00,09:00:00,S1,1,1\nT2,09:30:00,09:30:00,S2,2,0\n"
        "T3,24:10:00,25:10:00,S1,1,0\nT3,25:40:00,25:40:00,S2,2,0\nT9,1:00:00,1:00:00,S1,1,0\n"
    ),
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "D,1,1,1,1,1,0,0,20260901,20261231\nN,0,0,0,0,1,0,0,20260901,20261231\n"
    ),
    "calendar_dates.txt": "service_id,date,exception_type\nD,20260925,2\nD,20260926,1\n",
}


def archive(changes: dict[str, str | None] | None = None, folder: str = "") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, table in {**TABLES, **(changes or {})}.items():
            if table is not None:
                file.writestr(folder + name, table)
    return content.getvalue()


def times(schedule: Schedule, stop: str, when: datetime, hours: float = 2) -> list[str]:
    found = schedule.departures(stop, when, within=timedelta(hours=hours))
    return [f"{one.trip.id} {one.time:%m-%d %H:%M}" for one in found]


def test_a_stop_has_the_departures_of_its_table() -> None:
    """Monday at eight: the first trip; the second takes nobody in, and the last stop is no departure."""
    schedule = parse_schedule(archive())
    monday = datetime(2026, 9, 21, 8, 0, tzinfo=TAIPEI)
    assert times(schedule, "S1", monday) == ["T1 09-21 08:01"]
    assert times(schedule, "S2", monday) == []


def test_a_station_has_the_departures_of_its_platforms() -> None:
    """People name the station, the table names its platforms."""
    schedule = parse_schedule(archive())
    assert times(schedule, "S", datetime(2026, 9, 21, 8, 0, tzinfo=TAIPEI)) == ["T1 09-21 08:01"]


def test_times_beyond_midnight_belong_to_the_day_before() -> None:
    """Friday's 25:10 leaves on Saturday at ten past one, and not on Friday."""
    schedule = parse_schedule(archive())
    assert times(schedule, "S1", datetime(2026, 9, 19, 1, 0, tzinfo=TAIPEI)) == ["T3 09-19 01:10"]
    assert times(schedule, "S1", datetime(2026, 9, 18, 1, 0, tzinfo=TAIPEI)) == []


def test_exceptions_take_away_and_add_days() -> None:
    """The twenty-fifth is a Friday off, the Saturday after is worked."""
    schedule = parse_schedule(archive())
    assert times(schedule, "S1", datetime(2026, 9, 25, 7, 0, tzinfo=TAIPEI)) == []
    assert times(schedule, "S1", datetime(2026, 9, 26, 7, 0, tzinfo=TAIPEI)) == ["T1 09-26 08:01"]


def test_the_moment_may_be_in_another_zone() -> None:
    """The same moment in UTC gives the same departures, in the time of the agency."""
    schedule = parse_schedule(archive())
    assert times(schedule, "S1", datetime(2026, 9, 21, 0, 0, tzinfo=UTC)) == ["T1 09-21 08:01"]


def test_an_expired_schedule_says_so() -> None:
    """No departure on a day that the calendar covers is an answer; on another day it is none."""
    calendar = parse_schedule(archive()).calendar
    assert calendar.knows(date(2026, 9, 20))
    assert not calendar.knows(date(2027, 9, 20))


def test_what_is_missing_is_not_guessed() -> None:
    """A call without a time is counted, a stop at 0, 0 has no place, an unknown trip is skipped."""
    schedule = parse_schedule(archive())
    assert (schedule.untimed, schedule.skipped) == (1, 1)
    assert schedule.stops["S3"].point is None
    assert times(schedule, "S3", datetime(2026, 9, 21, 8, 0, tzinfo=TAIPEI)) == []


def test_names_come_in_the_languages_of_translations() -> None:
    """By record, by value, and in the older form; the table's own language keeps its name."""
    adopted = (
        "table_name,field_name,language,translation,record_id,field_value\n"
        "stops,stop_name,en,Main Station,S,\ntrips,trip_headsign,en,Terminus,,終點\nstops,stop_url,en,x,S,\n"
    )
    schedule = parse_schedule(archive({"translations.txt": adopted}))
    assert schedule.stops["S"].names == {"zh-TW": "大站", "en": "Main Station"}
    assert schedule.trips[0].headsigns == {"zh-TW": "終點", "en": "Terminus"}
    older = parse_schedule(archive({"translations.txt": "trans_id,lang,translation\n終點,en,Terminus\n"}))
    assert older.stops["S2"].names == {"zh-TW": "終點", "en": "Terminus"}


@pytest.mark.parametrize("exact", ["", "0", "1"])
def test_a_headway_is_a_timetable_only_where_it_says_so(exact: str) -> None:
    """Every ten minutes without a timetable is one line from begin to end; with one it is each departure."""
    table = f"trip_id,start_time,end_time,headway_secs, exact_times\nT1,08:00:00,10:00:00,600,{exact}\n"
    schedule = parse_schedule(archive({"frequencies.txt": table}))
    found = schedule.departures("S1", datetime(2026, 9, 21, 9, 0, tzinfo=TAIPEI), within=timedelta(minutes=25))
    if exact == "1":
        assert [f"{one.time:%H:%M}" for one in found] == ["09:00", "09:10", "09:20"]
        assert found[0].headway_s is None
    else:
        assert [(f"{one.time:%H:%M}", one.headway_s, f"{one.until:%H:%M}") for one in found] == [
            ("08:00", 600, "10:00")
        ]


def test_a_headway_without_a_first_time_is_not_counted_from_midnight() -> None:
    """Where the first stop has no time, how long after it a vehicle comes is not said."""
    rows = "trip_id,departure_time,stop_id,stop_sequence\nT1,,S3,1\nT1,08:10:00,S1,2\nT1,08:20:00,S2,3\n"
    frequencies = "trip_id,start_time,end_time,headway_secs\nT1,08:00:00,10:00:00,600\n"
    schedule = parse_schedule(archive({"stop_times.txt": rows, "frequencies.txt": frequencies}))
    assert schedule.departures("S1", datetime(2026, 9, 21, 8, 0, tzinfo=TAIPEI)) == ()


def test_a_departure_that_wants_a_call_says_so() -> None:
    """pickup_type 2 is after a call, 3 after a word with the driver; a new type is no promise of a seat."""
    rows = "trip_id,departure_time,stop_id,stop_sequence,pickup_type\n" + "".join(
        f"T1,08:1{i}:00,S1,{i},{kind}\n" for i, kind in enumerate(["", "0", "1", "2", "3", "9"])
    )
    schedule = parse_schedule(archive({"stop_times.txt": rows + "T1,08:30:00,S2,9,0\n"}))
    found = schedule.departures("S1", datetime(2026, 9, 21, 8, 0, tzinfo=TAIPEI))
    assert [one.pickup for one in found] == [0, 0, 2, 3]


def test_service_days_count_through_clock_changes() -> None:
    """GTFS counts from noon less twelve hours: 08:00 is 08:00 on the day the clocks change, too."""
    table = "agency_id,agency_name,agency_timezone\nA,Test,Europe/Berlin\n"
    schedule = parse_schedule(archive({"agency.txt": table}))
    berlin = ZoneInfo("Europe/Berlin")
    assert f"{schedule.calendar.time_of(date(2026, 10, 25), 8 * 3600):%H:%M%z}" == "08:00+0100"
    assert times(schedule, "S1", datetime(2026, 10, 26, 7, 0, tzinfo=berlin)) == ["T1 10-26 08:01"]


def test_a_folder_in_the_archive_is_no_obstacle() -> None:
    """Some publishers pack the folder, and their computers' own files with it."""
    content = archive({"__MACOSX/stops.txt": "x"}, folder="gtfs/")
    assert len(parse_schedule(content).stops) == 4


@pytest.mark.parametrize("table", ["agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt"])
def test_an_archive_without_a_table_it_needs_is_malformed(table: str) -> None:
    """The fault names the table."""
    with pytest.raises(FeedMalformed, match=table):
        parse_schedule(archive({table: None}))


@pytest.mark.parametrize(
    ("table", "content"),
    [
        ("stops.txt", "stop,name\nS,x\n"),
        ("agency.txt", "agency_name,agency_timezone\nA,Mars/Olympus\n"),
        ("agency.txt", "agency_name,agency_timezone\nA,../../etc/passwd\n"),
        ("stop_times.txt", "trip_id,stop_sequence\n" + '"' + "x" * 200_000),
        ("trips.txt", "route_id,service_id,trip_id\n" + "x" * 2_000_000),
    ],
)
def test_a_table_that_cannot_be_read_is_malformed(table: str, content: str) -> None:
    """A missing column, an unknown zone, and a field or line without end."""
    with pytest.raises(FeedMalformed):
        parse_schedule(archive({table: content}))


def test_a_bomb_is_refused_while_it_unpacks() -> None:
    """What counts is what comes out, whatever the archive claims."""
    content = archive({"stop_times.txt": "trip_id,stop_sequence\n" + "T1,1\n" * 400_000})
    assert len(content) < 20_000
    with pytest.raises(FeedTooLarge):
        list(Archive(content, max_unpacked_bytes=1_000_000).rows("stop_times.txt"))


def test_a_table_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row of most tables is kept, so that their number has a limit."""
    monkeypatch.setattr("assistant.feeds.gtfs_archive._MOST_ROWS", 3)
    with pytest.raises(FeedTooLarge, match=r"stops\.txt"):
        parse_schedule(archive())


def test_hostile_archives_are_malformed_and_nothing_else() -> None:
    """Cut anywhere or bent anywhere, an archive is read or refused."""
    content = archive()
    results = read_all(parse_schedule, iter([*cuts(content), *noise(content, 200)]))
    assert results.count(None) >= 60
    with pytest.raises(FeedMalformed, match="no readable zip"):
        parse_schedule(b"<html>not here</html>")


def test_the_specifications_sample_is_read_as_it_is_written() -> None:
    """STBA leaves Stagecoach from 6:00 to 22:00 every half an hour (frequencies.txt), without a timetable."""
    schedule = parse_schedule(real(f"{D1}/sample-feed-1.zip"))
    found = schedule.departures("STAGECOACH", datetime(2007, 6, 5, 12, 0, tzinfo=schedule.calendar.zone))
    (shuttle,) = [one for one in found if one.trip.id == "STBA"]
    assert (shuttle.headway_s, f"{shuttle.time:%H:%M}-{shuttle.until:%H:%M}") == (1800, "06:00-22:00")
    assert shuttle.route is not None
    assert shuttle.route.long_names == {"und": "Stagecoach - Airport Shuttle"}
    assert schedule.departures("STAGECOACH", datetime(2007, 6, 4, 12, 0, tzinfo=schedule.calendar.zone)) == ()


def test_real_timetables_are_read() -> None:
    """CobbLinc's stop 720: the first trips of a Wednesday leave at 5:34, 6:04 and 6:34."""
    schedule = parse_schedule(real(f"{D1}/cobblinc-bus-30-only.gtfs.zip"))
    found = schedule.departures("720", datetime(2021, 7, 7, 5, 0, tzinfo=schedule.calendar.zone), most=3)
    assert [f"{one.time:%H:%M}" for one in found] == ["05:34", "06:04", "06:34"]
    assert schedule.skipped == 0


def test_a_real_bad_archive_says_what_it_lacks() -> None:
    """The validator's bad feed has no agency.txt."""
    with pytest.raises(FeedMalformed, match=r"agency\.txt"):
        parse_schedule(real(f"{D1}/badgtfs.zip"))


def test_a_shape_is_read_in_its_order() -> None:
    """The rows may come in any order; a shape with a broken point is none, and so is an unknown one."""
    table = "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\nA,22.7,120.3,10\nA,22.6,120.3,9\nB,22.6,,1\n"
    content = archive({"shapes.txt": table})
    assert [point.lat for point in parse_shape(content, "A")] == [22.6, 22.7]
    assert (parse_shape(content, "B"), parse_shape(content, "C")) == ((), ())
    assert len(parse_shape(real(f"{D1}/sample-feed-1.zip"), "A")) == 0


def test_hidden_characters_are_no_part_of_a_name() -> None:
    """A name cannot turn the text around it or hide words from a reader."""
    schedule = parse_schedule(archive({"routes.txt": "route_id,route_short_name\nR,紅\u202e1\u200b\n"}))
    assert schedule.routes["R"].short_names == {"zh-TW": "紅1"}


def test_a_schedule_is_parsed_anew_only_where_it_changed(publisher: City, source: FeedSource) -> None:
    """The same archive gives the schedule that is known."""
    publisher.pages["/feed"] = Page(archive())
    first = ask(lambda fetcher: read_schedule(fetcher, source))
    assert ask(lambda fetcher: read_schedule(fetcher, source, first)) is first
    publisher.pages["/feed"] = Page(archive({"routes.txt": "route_id,route_short_name\nR,藍\n"}))
    assert ask(lambda fetcher: read_schedule(fetcher, source, first)).routes["R"].short_names == {"zh-TW": "藍"}
