"""Events: each on its own day and hour, moved and cancelled ones included, whatever rules a calendar holds."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant.errors import FeedMalformed
from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.icalendar_feed import Occasion, parse_icalendar, read_icalendar
from tests.feeds.hostile import SHARED, cuts, noise, read_all
from tests.indexing.loopback import City, Page

ZONE = ZoneInfo("Asia/Taipei")
BERLIN = ZoneInfo("Europe/Berlin")
REAL = SHARED / "d10_icalendar"
START, END = datetime(2026, 11, 1, tzinfo=ZONE), datetime(2026, 12, 1, tzinfo=ZONE)
DAY = timedelta(days=1)

real = pytest.mark.skipif(not REAL.exists(), reason="real files are not at hand")


def calendar(*events: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//"]
    for event in events:
        lines += ["BEGIN:VEVENT", *event.strip().splitlines(), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def parse(content: bytes, start: datetime = START, end: datetime = END) -> Parsed[Occasion]:
    return parse_icalendar(content, ZONE, start, end)


def starts(*events: str, start: datetime = START, end: datetime = END) -> list[str]:
    return [occasion.starts.isoformat() for occasion in parse(calendar(*events), start, end).records]


def days(*events: str) -> list[int]:
    return [occasion.starts.day for occasion in parse(calendar(*events)).records]


def test_an_event_reads_as_a_person_reads_it() -> None:
    """Texts are unescaped and unfolded, the place is a point, the times are those of the city."""
    event = """UID:1
SUMMARY:博覽會\\, 第一天
DESCRIPTION:Line one\\nline
  two
LOCATION:展覽館
GEO:22.5987;120.3020
URL:https://expo.example/
CATEGORIES:EXPO,FREE
STATUS:confirmed
DTSTART:20261123T090000
DTEND:20261123T170000"""
    (found,) = parse(calendar(event)).records
    assert (found.summary, found.description, found.location) == ("博覽會, 第一天", "Line one\nline two", "展覽館")
    assert (found.status, found.categories, found.url) == ("CONFIRMED", ("EXPO", "FREE"), "https://expo.example/")
    assert (found.starts, found.ends) == (
        datetime(2026, 11, 23, 9, tzinfo=ZONE),
        datetime(2026, 11, 23, 17, tzinfo=ZONE),
    )
    assert found.place is not None
    assert (found.place.lat, found.place.lon) == (22.5987, 120.302)


@pytest.mark.parametrize(
    ("times", "lasts"),
    [
        ("DTSTART;VALUE=DATE:20261123", DAY),
        ("DTSTART;VALUE=DATE:20261123\nDTEND;VALUE=DATE:20261126", 3 * DAY),
        ("DTSTART;VALUE=DATE:20261123\nDTEND;VALUE=DATE:20261123", DAY),
        ("DTSTART;VALUE=DATE:20261123\nDURATION:P2D", 2 * DAY),
    ],
)
def test_an_event_without_hours_lasts_whole_days(times: str, lasts: timedelta) -> None:
    """Its end is the midnight after its last day in the city."""
    (found,) = parse(calendar(f"UID:1\n{times}")).records
    assert (found.all_day, found.starts, found.ends - found.starts) == (
        True,
        datetime(2026, 11, 23, tzinfo=ZONE),
        lasts,
    )


def test_only_what_touches_the_window_is_given() -> None:
    """An event that ends as the window begins is over; one that began before and lasts is not."""
    events = [
        f"UID:{n}\nDTSTART:{begin}\nDTEND:{end}"
        for n, (begin, end) in enumerate(
            [
                ("20261031T100000", "20261101T000000"),
                ("20261031T100000", "20261101T000001"),
                ("20261130T235959", "20261202T000000"),
                ("20261201T000000", "20261202T000000"),
            ]
        )
    ]
    assert [found.uid for found in parse(calendar(*events)).records] == ["1", "2"]


def test_a_rule_is_expanded_with_its_exceptions() -> None:
    """Weekly on Mondays, one left out, one added."""
    event = """UID:1
DTSTART:20261102T090000
RRULE:FREQ=WEEKLY;BYDAY=MO
EXDATE:20261109T090000
RDATE:20261111T090000"""
    assert days(event) == [2, 11, 16, 23, 30]


def test_a_moved_occurrence_takes_the_place_of_its_own() -> None:
    """One Monday is moved to Tuesday, another is cancelled and marked as such."""
    rule = "UID:1\nDTSTART:20261102T090000\nRRULE:FREQ=WEEKLY;COUNT=4"
    moved = "UID:1\nRECURRENCE-ID:20261109T010000Z\nDTSTART:20261110T140000"
    cancelled = "UID:1\nRECURRENCE-ID:20261116T090000\nDTSTART:20261116T090000\nSTATUS:CANCELLED"
    found = parse(calendar(rule, moved, cancelled)).records
    assert [(one.starts.day, one.starts.hour, one.status) for one in found] == [
        (2, 9, ""),
        (10, 14, ""),
        (16, 9, "CANCELLED"),
        (23, 9, ""),
    ]


def test_a_recurring_event_keeps_its_hour_when_clocks_change() -> None:
    """Nine o'clock in Berlin is nine o'clock before and after the end of summer time."""
    event = "UID:1\nDTSTART;TZID=Europe/Berlin:20261023T090000\nRRULE:FREQ=DAILY;COUNT=4"
    expected = ["2026-10-23T09:00:00+02:00", "2026-10-24T09:00:00+02:00"]
    expected += ["2026-10-25T09:00:00+01:00", "2026-10-26T09:00:00+01:00"]
    assert starts(event, start=START - 20 * DAY) == expected


@pytest.mark.parametrize(
    ("until", "last"), [("20261104T010000Z", 4), ("20261104T005959Z", 3), ("20261104", 4), ("20261104T090000", 4)]
)
def test_a_rule_ends_with_its_last_time(until: str, last: int) -> None:
    """UNTIL is included, in UTC as the standard asks for, or in the ways that calendars write it too."""
    assert days(f"UID:1\nDTSTART:20261102T090000\nRRULE:FREQ=DAILY;UNTIL={until}")[-1] == last


def test_a_rule_of_whole_days_is_expanded() -> None:
    """Days without hours recur too, and single ones are left out."""
    event = "UID:1\nDTSTART;VALUE=DATE:20261101\nRRULE:FREQ=DAILY;COUNT=4\nEXDATE;VALUE=DATE:20261103"
    assert days(event) == [1, 2, 4]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=NEVER",
        "COUNT=3",
        "FREQ=DAILY;INTERVAL=0;UNTIL=nonsense",
        "FREQ=DAILY;COUNT=99999;UNTIL=20301231",
    ],
)
def test_a_rule_that_costs_too_much_is_skipped(rule: str) -> None:
    """An event that recurs each second, or never, is counted and holds up nobody."""
    parsed = parse(calendar(f"UID:1\nDTSTART:19700101T000000\nRRULE:{rule}", "UID:2\nDTSTART:20261102T090000"))
    assert ([one.uid for one in parsed.records], parsed.skipped) == (["2"], 1)


def test_a_rule_with_a_huge_count_ends_with_the_window() -> None:
    """What lies behind the window is not counted through."""
    assert days("UNTIL:x\nUID:1\nDTSTART:20261129T090000\nRRULE:FREQ=DAILY;COUNT=999999999") == [29, 30]


def test_deep_nesting_is_survived() -> None:
    """Components inside components hold no event, and break nothing."""
    content = b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X\r\n" * 5000 + b"END:X\r\n" * 5000 + b"END:VCALENDAR\r\n"
    assert read_all(parse, iter([content]))[0] in (None, Parsed((), 0))


def test_all_rules_together_have_a_second() -> None:
    """A thousand rules that find nothing do not add up."""
    rule = "UID:{}\nDTSTART:19000101T000000\nRRULE:FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30"
    parsed = parse(calendar(*(rule.format(n) for n in range(1000)), "UID:x\nDTSTART:20261102T090000"))
    assert [one.uid for one in parsed.records] == ["x"]
    assert parsed.skipped > 900


@pytest.mark.parametrize(
    "event",
    [
        "UID:1\nSUMMARY:no time",
        "UID:1\nDTSTART:tomorrow",
        "UID:1\nDTSTART;TZID=Nowhere/Land:20261102T090000",
        "UID:1\nDTSTART:20261102T090000\nDTEND:later",
        "UID:1\nDTSTART:20261102T090000\nDTEND;VALUE=DATE:20261103",
        "UID:1\nDTSTART:20261102T090000\nDTEND:20261101T090000",
        "UID:1\nDTSTART:20261102T090000\nDURATION:P9999999999W",
        "UID:1\nDTSTART:20261102T090000\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:never",
        "UID:1\nRECURRENCE-ID:never\nDTSTART:20261102T090000",
    ],
)
def test_an_event_whose_time_is_not_known_is_counted(event: str) -> None:
    """No time is made up; the other events are read."""
    parsed = parse(calendar(event, "UID:2\nDTSTART:20261102T090000"))
    assert ([one.uid for one in parsed.records], parsed.skipped) == (["2"], 1)


@real
def test_real_files_are_read_or_refused() -> None:
    """Of 152 files, many of them broken on purpose, whole calendars are read and the rest is refused."""
    window = (datetime(1990, 1, 1, tzinfo=ZONE), datetime(2030, 1, 1, tzinfo=ZONE))
    paths = sorted(REAL.glob("*.ics"))
    results = read_all(lambda content: parse(content, *window), (path.read_bytes() for path in paths))
    read = {path.name: result for path, result in zip(paths, results, strict=True) if result}
    assert (len(paths), len(read)) == (152, 103)
    assert len(read["issue_1081_event_with_rrule.ics"].records) == 10
    assert read["broken_dtstart.ics"].skipped == 1
    assert [str(one.starts) for one in read["timezoned.ics"].records] == ["2012-02-13 10:00:00+01:00"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"<html></html>",
        b"BEGIN:VEVENT\r\nEND:VEVENT",
        calendar("UID:1\nDTSTART:20261102T090000")[:-10],
        calendar() + b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n",
        calendar("UID:1\nSUMMARY:" + "é").replace("é".encode(), b"\xe9"),
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 10_001 + b"END:VCALENDAR\r\n",
    ],
)
def test_another_or_half_a_document_is_refused(content: bytes) -> None:
    """A file that was cut might lack the exception that cancels an event."""
    with pytest.raises(FeedMalformed):
        parse(content)


def test_broken_bytes_are_survived() -> None:
    """Wherever a file is cut or garbled, nothing but `FeedMalformed` comes out."""
    event = "UID:1\nSUMMARY:博覽會\nDTSTART;TZID=Europe/Berlin:20261102T090000\nRRULE:FREQ=WEEKLY;COUNT=3"
    content = calendar(event, "UID:1\nRECURRENCE-ID:20261109T080000Z\nDTSTART:20261110T140000").rstrip()
    read_all(parse, noise(content, 200))
    assert set(read_all(parse, cuts(content, 200))) == {None}


def test_a_calendar_is_fetched(publisher: City, source: FeedSource) -> None:
    """Events come with the time at which the file was had."""
    content = calendar("UID:1\nDTSTART:20261102T090000")
    publisher.pages["/feed"] = Page(content)

    async def run() -> Parsed[Occasion]:
        async with Fetcher() as fetcher:
            return await read_icalendar(fetcher, source, ZONE, START, END)

    parsed = asyncio.run(run())
    assert (parsed.records, parsed.fetched_at is not None) == (parse(content).records, True)
