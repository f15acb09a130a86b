"""Road works: the city's data names the columns, and a day is a day of the right era."""

import asyncio
import json
from dataclasses import replace
from datetime import date

import pytest

from assistant.errors import CityDataError, FeedMalformed
from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.roadworks import RoadWork, parse_day, parse_days, parse_roadworks, read_roadworks
from tests.feeds.hostile import SHARED, cuts, noise, read_all, wrong_values
from tests.indexing.loopback import City, Page

REAL = SHARED / "d16_kcg_opendata" / "khh_roadworks_2026-08.json"
FIELDS = {"id": "no", "road": "where", "dates": "when", "lat": "lat", "lon": "lng"}
ROW = {"no": "A1", "where": "某路1號", "when": "115/08/10~115/09/07", "lat": 22.6, "lng": 120.3}

real = pytest.mark.skipif(not REAL.exists(), reason="real payloads are not at hand")


def parse(content: bytes) -> Parsed[RoadWork]:
    return parse_roadworks(content, FIELDS)


@real
def test_the_real_list_reads_as_a_person_reads_it() -> None:
    """Forty works with their days, of which four have a single day of the common era."""
    fields = {
        "id": "pmtNo",
        "road": "cnstRoad",
        "dates": "cnstDate",
        "contractor": "contractor",
        "lat": "lat",
        "lon": "lng",
    }
    parsed = parse_roadworks(REAL.read_bytes(), fields, "Data")
    first = parsed.records[0]
    assert (len(parsed.records), parsed.skipped) == (40, 0)
    assert (first.id, first.contractor) == ("K11500027", "東孟國際工程股份有限公司")
    assert (first.starts, first.ends) == (date(2026, 8, 10), date(2026, 9, 7))
    assert first.place is not None
    assert first.phone == ""
    assert all(work.starts and work.ends for work in parsed.records)
    assert sum(work.starts == work.ends == date(2026, 8, 11) for work in parsed.records) == 4


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("115/08/10", date(2026, 8, 10)),
        ("115/8/1", date(2026, 8, 1)),
        ("1150810", date(2026, 8, 10)),
        ("20260810", date(2026, 8, 10)),
        ("2026-08-10", date(2026, 8, 10)),
        ("民國115年8月10日", date(2026, 8, 10)),
        ("99.12.31", date(2010, 12, 31)),
        ("115/02/29", None),
        ("115/13/01", None),
        ("0/1/1", None),
        ("115/08", None),
        ("soon", None),
        ("", None),
        (None, None),
        (1150810, date(2026, 8, 10)),
        ("１１５/08/10", None),
    ],
)
def test_days_of_both_eras_are_told_apart(written: object, meant: date | None) -> None:
    """Years before 1911 are years of the Republic; what is no day is None."""
    assert parse_day(written) == meant


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("115/08/10~115/09/07", (10, 7)),
        ("115/08/10 ～ 115/09/07", (10, 7)),
        ("115/08/10至115/09/07", (10, 7)),
        ("115/08/10 - 115/09/07", (10, 7)),
        ("2026-08-10~2026-09-07", (10, 7)),
        ("115/08/10", (10, 10)),
        ("115/09/07~115/08/10", None),
        ("115/08/10~", None),
        ("115/08/10~soon", None),
        ("115/08/10~115/08/11~115/08/12", None),
    ],
)
def test_spans_have_both_days_or_none(written: str, days: tuple[int, int] | None) -> None:
    """A span whose end is broken or lies before its beginning is unknown."""
    first, last = parse_days(written)
    assert (first and last and (first.day, last.day)) == days


def test_a_work_holds_on_its_first_and_last_day() -> None:
    """Both days are included; without days it is unknown."""
    work = parse(json.dumps([ROW]).encode()).records[0]
    held = [work.holds(date(2026, 8, day)) for day in (9, 10)] + [work.holds(date(2026, 9, day)) for day in (7, 8)]
    assert held == [False, True, True, False]
    assert replace(work, ends=None).holds(date(2026, 8, 10)) is None


def test_first_and_last_day_may_be_columns_of_their_own() -> None:
    """Tables differ; CSV is read as well as JSON."""
    fields = {"road": "路名", "starts": "起", "ends": "迄", "phone": "電話"}
    table = "路名,起,迄,電話\n某路,115/08/10,115/09/07,07-1234567\n某街,115/08/10,115/08/01,\n"
    first, second = parse_roadworks(table.encode(), fields).records
    assert (first.starts, first.ends, first.phone) == (date(2026, 8, 10), date(2026, 9, 7), "07-1234567")
    assert (second.starts, second.ends) == (None, None)


@pytest.mark.parametrize("fields", [{}, {"id": "no"}, {"road": "where", "colour": "x"}])
def test_a_wrong_mapping_is_the_citys_fault(fields: dict[str, str]) -> None:
    """The city's data must name the column of the road, and nothing that road works do not have."""
    with pytest.raises(CityDataError):
        parse_roadworks(json.dumps([ROW]).encode(), fields)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html></html>",
        b"{}",
        b'[{"road": "x"}]',
        b'{"Success": false, "Message": "down", "Data": []}',
        b'{"Data": {"where": "x"}, "Success": true}',
    ],
)
def test_another_document_is_refused(content: bytes) -> None:
    """A failed request or renamed columns are a fault, not a city without road works."""
    with pytest.raises(FeedMalformed):
        parse(content)


def test_a_work_without_a_place_is_kept() -> None:
    """Its road says where it is; 0, 0 is no place."""
    rows = [{**ROW, "lat": 0, "lng": 0}, {**ROW, "where": " "}]
    parsed = parse(json.dumps({"Data": rows}).encode())
    assert (parsed.records[0].place, len(parsed.records), parsed.skipped) == (None, 1, 1)


def test_broken_bytes_and_wrong_types_are_survived() -> None:
    """Whatever comes, the parser answers or refuses."""
    content = json.dumps({"Data": [ROW, ROW], "Success": True}, ensure_ascii=False).encode()
    read_all(parse, noise(content))
    assert set(read_all(parse, cuts(content))) == {None}
    assert len(read_all(parse, wrong_values(json.loads(content)))) == 400


def test_the_options_of_the_source_say_how_to_read(publisher: City, source: FeedSource) -> None:
    """Envelope and columns are data."""
    publisher.pages["/feed"] = Page(json.dumps({"a": {"b": [ROW]}}).encode())
    source = replace(source, options={"fields": FIELDS, "envelope": "a.b"})

    async def run() -> Parsed[RoadWork]:
        async with Fetcher() as fetcher:
            return await read_roadworks(fetcher, source)

    parsed = asyncio.run(run())
    assert (parsed.records[0].id, parsed.fetched_at is not None) == ("A1", True)
