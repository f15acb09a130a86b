"""Named times: the spans of days that a question names."""

from datetime import date

import pytest

from assistant.retrieval.named_times import named_times, plain

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("113年", "2024-01-01", "2024-12-31"),
        ("民國一百一十三年", "2024-01-01", "2024-12-31"),
        ("一一三年七月", "2024-07-01", "2024-07-31"),
        ("二〇二四年五月二十一日", "2024-05-21", "2024-05-21"),
        ("１１３年７月１日", "2024-07-01", "2024-07-01"),
        ("2025年1到7月", "2025-01-01", "2025-07-31"),
        ("113年上半年", "2024-01-01", "2024-06-30"),
        ("113學年度", "2024-08-01", "2025-07-31"),
        ("2024/6/1", "2024-06-01", "2024-06-01"),
        ("2024-06", "2024-06-01", "2024-06-30"),
        ("113.7.1", "2024-07-01", "2024-07-01"),
        ("去年12月", "2025-12-01", "2025-12-31"),
        ("前年", "2024-01-01", "2024-12-31"),
        ("明年1月", "2027-01-01", "2027-01-31"),
        ("三年前", "2023-01-01", "2023-12-31"),
        ("上個月", "2026-10-01", "2026-10-31"),
        ("下個月", "2026-12-01", "2026-12-31"),
        ("上週", "2026-11-09", "2026-11-15"),
        ("昨天", "2026-11-21", "2026-11-21"),
        ("July 2024", "2024-07-01", "2024-07-31"),
        ("1 July 2024", "2024-07-01", "2024-07-01"),
        ("July 1st, 2024", "2024-07-01", "2024-07-01"),
        ("in 2024", "2024-01-01", "2024-12-31"),
        ("the 2024 rules", "2024-01-01", "2024-12-31"),
        ("March last year", "2025-03-01", "2025-03-31"),
        ("last July", "2026-07-01", "2026-07-31"),
        ("next December", "2026-12-01", "2026-12-31"),
        ("the year before last", "2024-01-01", "2024-12-31"),
        ("two things, 2 years ago", "2024-01-01", "2024-12-31"),
        ("next month", "2026-12-01", "2026-12-31"),
        ("yesterday", "2026-11-21", "2026-11-21"),
        ("năm ngoái", "2025-01-01", "2025-12-31"),
        ("tahun 2024", "2024-01-01", "2024-12-31"),
    ],
)
def test_a_named_time_is_a_span_of_days(text: str, first: str, last: str) -> None:
    """Both calendars, Chinese numerals, English dates and words like last year are read."""
    assert [(f"{time.first}", f"{time.last}") for time in named_times(plain(text), TODAY)] == [(first, last)]


@pytest.mark.parametrize(
    "text",
    [
        "年滿65歲",
        "滿100年的老樹",
        "30年以上的房屋",
        "100年內",
        "一年以內",
        "每年12元",
        "24年",
        "民國",
        "目前年紀",
        "學前年齡",
        "證明年份",
        "以上個月為準",
        "線上週年慶",
        "電話07-2025999",
        "路線2024號",
        "2000元",
        "2024 points",
        "in 2000 dollars",
        "in the last year of high school",
        "over the last month",
        "2024年13月",
        "2026/02/30",
        "7-11",
        "24/7",
    ],
)
def test_spans_amounts_and_numbers_are_no_time(text: str) -> None:
    """Ages, durations, amounts, telephone numbers and impossible dates name no time."""
    assert named_times(plain(text), TODAY) == []


def test_times_come_in_order_and_with_their_place() -> None:
    """Each time says where in the plain text it stands, and no two overlap."""
    text = plain("去年3月和２０２４年５月的票價")
    assert [text[time.start : time.end] for time in named_times(text, TODAY)] == ["去年3月", "2024年5月"]
