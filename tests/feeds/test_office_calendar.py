"""Office days: a day that the calendar does not have is not a working day, it is unknown."""

import asyncio
import json
from dataclasses import replace
from datetime import date

import pytest

from assistant.errors import FeedMalformed, FeedRefused
from assistant.feeds.base import FeedSource, Fetcher
from assistant.feeds.office_calendar import OfficeCalendar, parse_office_calendar, read_office_calendar
from tests.feeds.hostile import SHARED, cuts, noise, read_all, wrong_values
from tests.indexing.loopback import City, Page

REAL = SHARED / "d17_tw_gov_calendar"
HEADER = "西元日期,星期,是否放假,備註\n"

real = pytest.mark.skipif(not REAL.exists(), reason="real calendars are not at hand")


def parse(rows: str) -> OfficeCalendar:
    return parse_office_calendar((HEADER + rows).encode())


@real
@pytest.mark.parametrize(("year", "off"), [(114, 118), (115, 120), (116, 121)])
def test_real_years_are_read_whole(year: int, off: int) -> None:
    """365 days of three years, with as many days off as the file has."""
    calendar = parse_office_calendar((REAL / f"dgpa_{year}.csv").read_bytes())
    assert (len(calendar.days), calendar.skipped) == (365, 0)
    assert sum(not found.works for found in calendar.days.values()) == off


@real
def test_real_days_read_as_a_person_reads_them() -> None:
    """A make-up Saturday works, a bridged Friday does not, and both say why."""
    calendar = parse_office_calendar((REAL / "dgpa_114.csv").read_bytes())
    saturday, friday = calendar.days[date(2025, 2, 8)], calendar.days[date(2025, 5, 30)]
    assert (saturday.works, saturday.name) == (True, "補行上班")
    assert (friday.works, friday.name) == (False, "補假")
    assert calendar.works(date(2025, 2, 9)) is False
    assert calendar.works(date(2025, 2, 10)) is True
    assert calendar.works(date(2026, 1, 2)) is None


@real
def test_both_forms_of_a_real_year_agree_but_for_later_holidays() -> None:
    """CSV and JSON of 2025 differ only by the holidays that a law added in the middle of the year."""
    table = parse_office_calendar((REAL / "dgpa_114.csv").read_bytes())
    other = parse_office_calendar((REAL / "2025.json").read_bytes())
    differ = [on for on in table.days if table.works(on) is not other.works(on)]
    assert differ == [date(2025, 9, 29), date(2025, 10, 24), date(2025, 12, 25)]


@pytest.mark.parametrize(
    "row",
    [
        "20250101,四,2,",
        "20250230,三,2,",
        "20250101,三,1,",
        "20250101,三,,",
        "20250101,三",
        ",三,2,",
        "2025年1月1日,三,2,",
    ],
)
def test_a_row_that_contradicts_itself_is_left_out(row: str) -> None:
    """A wrong weekday, an unknown code or half a row says nothing about its day."""
    calendar = parse(f"{row}\n20250102,四,0,\n")
    assert (list(calendar.days), calendar.skipped) == ([date(2025, 1, 2)], 1)


def test_a_day_with_two_answers_has_none() -> None:
    """The same day as working and as off is unknown; said twice alike it is known."""
    calendar = parse("20250101,三,2,\n20250101,三,0,\n20250102,四,0,\n20250102,四,0,\n")
    assert (calendar.works(date(2025, 1, 1)), calendar.works(date(2025, 1, 2)), calendar.skipped) == (None, True, 1)


def test_big5_is_read() -> None:
    """Older files are in Big5."""
    content = f"{HEADER}20250101,三,2,開國紀念日\n".encode("cp950")
    assert parse_office_calendar(content).days[date(2025, 1, 1)].name == "開國紀念日"


@pytest.mark.parametrize("flag", ["", None, "yes", 2, []])
def test_a_flag_that_is_none_is_unknown(flag: object) -> None:
    """JSON rows without a plain true or false are left out."""
    rows = [{"date": "20250101", "isHoliday": flag}, {"date": "20250102", "isHoliday": False}]
    assert list(parse_office_calendar(json.dumps(rows).encode()).days) == [date(2025, 1, 2)]


@pytest.mark.parametrize(
    "content", [b"", b"<html></html>", b"{}", b"a,b\n1,2\n", b'[{"date": "20250101"}]', b"\xff\xff"]
)
def test_another_document_is_refused(content: bytes) -> None:
    """What has no such columns is a fault, not a year without work."""
    with pytest.raises(FeedMalformed):
        parse_office_calendar(content)


@real
def test_broken_bytes_and_wrong_types_are_survived() -> None:
    """A cut file gives only days that the whole one has, with the same answer."""
    content = (REAL / "dgpa_115.csv").read_bytes()
    whole = parse_office_calendar(content)
    read_all(parse_office_calendar, noise(content))
    days = [day for cut in read_all(parse_office_calendar, cuts(content)) if cut for day in cut.days.values()]
    assert {day.works is whole.works(day.day) for day in days} == {True}
    rows = json.loads((REAL / "2025.json").read_bytes())[:5]
    assert len(read_all(parse_office_calendar, wrong_values(rows, 100))) == 100


def test_years_are_fetched_together(publisher: City, source: FeedSource) -> None:
    """The calendar of the next year stands beside that of this one; a missing one is a fault."""
    publisher.pages["/feed"] = Page(f"{HEADER}20250101,三,2,\n".encode())
    publisher.pages["/next"] = Page(f"{HEADER}20260101,四,2,\n".encode())
    source = replace(source, options={"urls": [f"{publisher.url}/next"]})

    async def run() -> OfficeCalendar:
        async with Fetcher() as fetcher:
            return await read_office_calendar(fetcher, source)

    calendar = asyncio.run(run())
    assert (sorted(calendar.days), calendar.fetched_at is not None) == ([date(2025, 1, 1), date(2026, 1, 1)], True)
    publisher.pages["/next"] = Page(b"", 404)
    with pytest.raises(FeedRefused):
        asyncio.run(run())
