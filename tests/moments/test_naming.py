"""The times that people name, on a Wednesday in November."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.moments import find_moments, named_moment

ZONE = ZoneInfo("Asia/Taipei")
NOW = datetime(2026, 11, 18, 14, 20, tzinfo=ZONE)  # a Wednesday


def iso(text: str, now: datetime = NOW) -> str:
    moment = named_moment(text, now)
    return moment.iso().replace("+08:00", "") if moment else ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("明天會下雨嗎", "2026-11-19"),
        ("大後天的活動", "2026-11-21"),
        ("明仔載敢會落雨", "2026-11-19"),
        ("Is it going to rain tomorrow?", "2026-11-19"),
        ("the day after tomorrow", "2026-11-20"),
        ("這週四有看診嗎", "2026-11-19"),
        ("下星期二", "2026-11-24"),
        ("下下禮拜天", "2026-12-06"),
        ("週一", "2026-11-23"),
        ("禮拜三", "2026-11-18"),
        ("this Friday", "2026-11-20"),
        ("next Friday", "2026-11-27"),
        ("on Monday", "2026-11-23"),
        ("這個週末", "2026-11-21/2026-11-22"),
        ("next weekend", "2026-11-28/2026-11-29"),
        ("下禮拜有哪些時段", "2026-11-23/2026-11-29"),
        ("下個月有什麼展覽", "2026-12-01/2026-12-31"),
        ("下個月5號", "2026-12-05"),
        ("115年12月1日", "2026-12-01"),
        ("民國115年十二月三日", "2026-12-03"),
        ("2026-12-01", "2026-12-01"),
        ("12/24", "2026-12-24"),
        ("1月5日", "2027-01-05"),
        ("十一月二十七日", "2026-11-27"),
        ("November 27th", "2026-11-27"),
        ("27 Nov 2026", "2026-11-27"),
        ("十二月有什麼音樂會", "2026-12-01/2026-12-31"),
        ("3月的馬拉松", "2027-03-01/2027-03-31"),
        ("concerts in December", "2026-12-01/2026-12-31"),
        ("跨年夜去哪裡", "2026-12-31"),
        ("元旦", "2027-01-01"),
    ],
)
def test_days(text: str, said: str) -> None:
    """Dates in both calendars, weekdays counted from Monday, weeks, months and feasts."""
    assert iso(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("明天早上", "2026-11-19T06:00/2026-11-19T12:00"),
        ("明早", "2026-11-19T06:00/2026-11-19T12:00"),
        ("下週一早上", "2026-11-23T06:00/2026-11-23T12:00"),
        ("11 點", "2026-11-19T11:00"),
        ("from here at seven", "2026-11-19T07:00"),
        ("half past five tomorrow", "2026-11-19T17:30"),
        ("tomorrow noon", "2026-11-19T11:00/2026-11-19T14:00"),
        ("今晚", "2026-11-18T18:00/2026-11-19T00:00"),
        ("tonight", "2026-11-18T18:00/2026-11-19T00:00"),
        ("下午", "2026-11-18T12:00/2026-11-18T18:00"),
        ("早上有車嗎", "2026-11-19T06:00/2026-11-19T12:00"),
        ("tomorrow afternoon", "2026-11-19T12:00/2026-11-19T18:00"),
        ("明天早上八點半", "2026-11-19T08:30"),
        ("下午三點", "2026-11-18T15:00"),
        ("明天三點", "2026-11-19T15:00"),
        ("晚上9點", "2026-11-18T21:00"),
        ("早上7:15", "2026-11-19T07:15"),
        ("3pm", "2026-11-18T15:00"),
        ("12 am", "2026-11-19T00:00"),
        ("tomorrow at 9", "2026-11-19T09:00"),
        ("half past 4 in the afternoon", "2026-11-18T16:30"),
        ("15:30", "2026-11-18T15:30"),
        ("13點到15點", "2026-11-18T13:00/2026-11-18T15:00"),
        ("明天下午2點到4點", "2026-11-19T14:00/2026-11-19T16:00"),
        ("未來三小時", "2026-11-18T14:20/2026-11-18T17:20"),
        ("兩個半小時內", "2026-11-18T14:20/2026-11-18T16:50"),
        ("半小時後", "2026-11-18T14:50"),
        ("in an hour and a half", "2026-11-18T15:50"),
        ("within 30 minutes", "2026-11-18T14:20/2026-11-18T14:50"),
    ],
)
def test_hours(text: str, said: str) -> None:
    """Parts of the day, clocks and spans from now; what is over today is meant tomorrow."""
    assert iso(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "中正路12號",
        "紅30公車",
        "三民區",
        "24小時服務專線",
        "時間表",
        "一天要多少錢",
        "半價",
        "1999",
        "Why 5 percent?",
        "60歲以上",
        "",
    ],
)
def test_what_is_no_time(text: str) -> None:
    """House numbers, routes, districts, lengths and amounts name no time."""
    assert find_moments(text, NOW) == []


def test_a_correction_counts() -> None:
    """Of two times the later one is meant."""
    assert iso("不是星期四，是星期五早上") == "2026-11-20T06:00/2026-11-20T12:00"


def test_several_times_are_found_in_order() -> None:
    """Each with its place in the text."""
    text = "今天跟明天有活動嗎"
    found = find_moments(text, NOW)
    assert [text[one.start : one.end] for one in found] == ["今天", "明天"]


def test_whole_days_span_from_midnight_to_midnight() -> None:
    """In the city's zone, whatever the machine's."""
    moment = named_moment("週末", NOW.astimezone(ZONE))
    assert moment is not None
    begins, ends = moment.span(ZONE)
    assert (begins.isoformat(), ends - begins) == ("2026-11-21T00:00:00+08:00", timedelta(days=2))


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    """Nothing that people type is a fault, and what is found lies within it in order."""
    found = find_moments(text, NOW)
    assert all(one.start < one.end for one in found)
    assert [one.start for one in found] == sorted(one.start for one in found)


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_a_date_in_full_is_that_date(day: date) -> None:
    """Whatever the day of asking."""
    assert iso(f"{day.year - 1911}年{day.month}月{day.day}日") == day.isoformat()
    assert iso(f"{day:%B} {day.day}, {day.year}") == day.isoformat()


@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)))
def test_a_weekday_of_next_week_lies_in_next_week(moment: datetime) -> None:
    """One to thirteen days ahead, and on that weekday."""
    now = moment.replace(tzinfo=UTC).astimezone(ZONE)
    named = named_moment("下週五", now)
    assert named is not None
    assert named.first.weekday() == 4
    assert 1 <= (named.first - now.date()).days + now.weekday() - 3 <= 13
    assert (named.first - timedelta(days=now.date().weekday() - now.weekday())).isocalendar()[1] == (
        now.date() + timedelta(days=7)
    ).isocalendar()[1]
