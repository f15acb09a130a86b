"""Dates in Republic of China and western years, alone and in running text."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.indexing.dates import find_dates, parse_date

FIRST_OF_JULY = date(2025, 7, 1)


@pytest.mark.parametrize(
    "text",
    [
        "2025-07-01",
        "2025/7/1",
        "2025.07.01",
        "2025. 7. 1.",
        "20250701",
        "114/07/01",
        "114.7.1",
        "114-07-01",
        "1140701",
        "民國114年7月1日",
        "民國一一四年七月一日",
        "中華民國一百十四年七月一日",
        "中華民國一百一十四年七月一日",
        "中 華 民 國 114 年 7 月 1 日",
        "二〇二五年七月一日",
        "西元2025年7月1日",
        "2025年7月1日",
        "114年7月1日",
        "114 年 07 月 01 日",
        "１１４年７月１日",
        "１１４／０７／０１",
        "1 July 2025",
        "1st of July, 2025",
        "01-Jul-2025",
        "July 1, 2025",
        "Jul. 1, 2025",
        "JULY 1st 2025",
    ],
)
def test_every_spelling_of_a_date_is_the_same_day(text: str) -> None:
    """Sources write one day in many ways, in Republic of China and western years."""
    assert parse_date(text) == FIRST_OF_JULY


@pytest.mark.parametrize(
    "text",
    [
        "2025-07-01T10:30:00+08:00",
        "2025-07-01 00:00:00.0",
        "114/07/01 上午10:30",
        "114年7月1日（星期二）",
        "114年7月1日(二)下午3時",
        "Tuesday, July 1, 2025 at 10:30",
        "Tue, 01 Jul 2025 10:00:00 GMT",
    ],
)
def test_times_and_weekdays_beside_a_date_are_ignored(text: str) -> None:
    """A time stamp says its day."""
    assert parse_date(text) == FIRST_OF_JULY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("民國元年1月1日", date(1912, 1, 1)),
        ("民國3年7月1日", date(1914, 7, 1)),
        ("0990701", date(2010, 7, 1)),
        ("99/7/1", date(2010, 7, 1)),
        ("一百零三年十二月三十一日", date(2014, 12, 31)),
        ("一○三年廿三月一日", None),
        ("中華民國一○三年十月廿三日", date(2014, 10, 23)),
        ("113年2月29日", date(2024, 2, 29)),
        ("114年2月29日", None),
        ("2100-12-31", date(2100, 12, 31)),
    ],
)
def test_years_and_days_are_counted_rightly(text: str, day: date | None) -> None:
    """The first Republic year is 1912, and a day that the calendar lacks is no date."""
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "114年度",
        "114年7月",
        "114年7月1日起",
        "114/13/01",
        "民國2025年7月1日",
        "西元114年7月1日",
        "201年1月1日",
        "1899-12-31",
        "2101-01-01",
        "202507",
        "990701",
        "3年7月1日",
        "3.2.1",
        "07/01/2025",
        "12345678",
        "192.168.1.1",
        "農曆114年7月1日",
        "114年○月○日",
        "民國前1年1月1日",
        "七十十年一百月一日",
        "the 1st of July",
    ],
)
def test_what_is_no_whole_date_is_none(text: str) -> None:
    """Years, versions, addresses, blanks of a form and orders that are ambiguous say no day."""
    assert parse_date(text) is None


@given(st.text(max_size=100))
def test_any_text_is_a_date_or_none(text: str) -> None:
    """No input is a fault, and whatever is found stands where it is said to stand."""
    assert isinstance(parse_date(text), date | None)
    assert all(0 <= start < end <= len(text) for _, start, end in find_dates(text))


@given(st.dates(min_value=date(1961, 1, 1), max_value=date(2100, 12, 31)))
def test_a_date_survives_being_written(day: date) -> None:
    """What is written in the calendar of the Republic is read as the day that was meant."""
    roc = f"{day.year - 1911}年{day.month}月{day.day}日"
    assert parse_date(roc) == parse_date(day.isoformat()) == parse_date(f"{day:%d %B %Y}") == day
    assert [found for found, _, _ in find_dates(f"自{roc}起施行")] == [day]


def test_running_text_gives_each_date_with_its_place() -> None:
    """Offsets hold in the text as written, full-width digits included."""
    text = "自１１４年７月１日至114/12/31，依九十六年一月一日公告，on 3 May 2024 or May 4, 2024"
    found = list(find_dates(text))
    assert [text[start:end] for _, start, end in found] == [
        "１１４年７月１日",
        "114/12/31",
        "九十六年一月一日",
        "3 May 2024",
        "May 4, 2024",
    ]
    assert found[0][0] == FIRST_OF_JULY
    assert found[4][0] - found[3][0] == timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2025/07/01-2025/07/31", ["2025/07/01", "2025/07/31"]),
        ("2025-07-01/2025-07-31", ["2025-07-01", "2025-07-31"]),
        ("期間114.07.01~114.07.31。", ["114.07.01", "114.07.31"]),
        ("於2025-07-01T10:00更新", ["2025-07-01"]),
        ("中華民國114年7月1日高市府社字第1140701號", ["中華民國114年7月1日"]),
    ],
)
def test_intervals_and_letters_hold_their_dates(text: str, written: list[str]) -> None:
    """Both ends of an interval are dates, and so is the date before a letter's number."""
    assert [text[start:end] for _, start, end in find_dates(text)] == written


@pytest.mark.parametrize(
    "text",
    [
        "114年度預算",
        "第11.2.3節",
        "版本1.114.7.1",
        "192.168.1.1",
        "https://example.org/2025/07/01/fees",
        "字號1140701",
        "電話07-336-8333",
        "任期三年七月一日",
        "農曆114年7月1日",
        "民國前10年1月1日",
        "S2021-06-03",
        "114年○月○日",
    ],
)
def test_numbers_in_running_text_are_no_dates(text: str) -> None:
    """Sections, versions, addresses, letters and telephones look like dates and are none."""
    assert list(find_dates(text)) == []
