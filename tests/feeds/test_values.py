"""Published values are read as what they are, and never guessed."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import FeedMalformed
from assistant.feeds import values

TAIPEI = ZoneInfo("Asia/Taipei")


@pytest.mark.parametrize(
    ("written", "read"),
    [("3.5", 3.5), (3, 3.0), (" 7 ", 7.0), ("", None), ("-", None), ("nan", None), ("1e999", None), (True, None)],
)
def test_a_number_is_a_number_or_nothing(written: object, read: float | None) -> None:
    """What is no finite number is None, never 0."""
    assert values.number(written) == read


@pytest.mark.parametrize("written", ["1_000", "١٢", [1], None, {}, 10**400, "9" * 30])
def test_what_python_would_take_for_a_number_is_refused(written: object) -> None:
    """Underscores, other scripts' digits and numbers beyond reason are no published numbers."""
    assert values.number(written) is None


def test_a_whole_number_has_no_fraction() -> None:
    """3.0 is three and 3.5 is nothing."""
    assert [values.whole(one) for one in ("3.0", 3.5, "x", -1)] == [3, None, None, -1]


def test_a_time_keeps_its_offset_or_gets_the_publishers_zone() -> None:
    """A time without an offset is in the zone that is passed in."""
    assert values.moment("2026-09-12T00:45:45+08:00") == datetime(2026, 9, 11, 16, 45, 45, tzinfo=UTC)
    assert values.moment("2026-09-12 00:45", TAIPEI) == datetime(2026, 9, 12, 0, 45, tzinfo=TAIPEI)
    assert values.moment("2026-09-12T00:45:45") is None


@pytest.mark.parametrize(
    "written",
    [
        "2026-09-12",
        "2026-13-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
        "9999-12-31T23:59:59",
        "0001-01-01T00:00:00Z",
        "soon",
        5,
        None,
        "2026-09-12T",
    ],
)
def test_what_is_no_time_is_none(written: object) -> None:
    """A bare date, a wrong month and a time beyond the calendar say no moment."""
    assert values.moment(written, TAIPEI) is None


def test_fractions_of_any_length_are_read() -> None:
    """Publishers write one to nine digits of a second."""
    long = values.moment("2026-07-17T00:05:25.867123456+08:00")
    assert long is not None
    assert long.microsecond == 867123


def test_posix_zero_and_milliseconds_say_nothing() -> None:
    """A missing time is 0 in protobuf, and milliseconds would be in a far year."""
    assert [values.posix_moment(one) for one in (0, -5, 1284457468000, "x")] == [None] * 4
    assert values.posix_moment(1284457468) == datetime(2010, 9, 14, 9, 44, 28, tzinfo=UTC)


def test_times_of_a_service_day_go_beyond_midnight() -> None:
    """25:10:00 is ten past one in the night after."""
    assert [values.clock_s(one) for one in ("6:00:00", "25:10:00", "06:05", "6", "24:60:00")] == [
        21600,
        90600,
        21900,
        None,
        None,
    ]


def test_days_are_read_in_both_forms() -> None:
    """GTFS writes 20260228, others 2026-02-28; the thirtieth of February is nothing."""
    assert [values.day(one) for one in ("20260228", "2026-02-28", "20260230", "2026/02/28")] == [
        date(2026, 2, 28),
        date(2026, 2, 28),
        None,
        None,
    ]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe{}", b"[NaN]", b"[" * 100_000, b"[1" + b"0" * 5000 + b"]", b"<html>"]
)
def test_what_is_no_json_is_malformed(content: bytes) -> None:
    """Cut, badly encoded, absurd and nested documents are refused by one kind of fault."""
    with pytest.raises(FeedMalformed, match="no Test document"):
        values.json_document(content, "Test")


def test_a_byte_order_mark_is_passed_over() -> None:
    """Some publishers save their JSON with one."""
    assert values.json_object(b'\xef\xbb\xbf{"a": 1}', "Test") == {"a": 1}


def test_one_broken_record_does_not_lose_the_others() -> None:
    """What is no object, or makes no record, is counted."""
    parsed = values.parse_each([{"n": 1}, 5, {"n": None}, {"n": 2}], lambda one: values.whole(one.get("n")))
    assert (parsed.records, parsed.skipped) == ((1, 2), 2)


@given(st.text(max_size=40) | st.integers() | st.floats() | st.none() | st.lists(st.integers()) | st.binary())
def test_no_value_breaks_a_reader(value: object) -> None:
    """Whatever a publisher writes, each reader gives a value of its type or None."""
    found = [values.number(value), values.moment(value, TAIPEI), values.day(value), values.clock_s(value)]
    assert isinstance(values.text(value), str)
    assert all(one is None or isinstance(one, float | int | date) for one in found)
