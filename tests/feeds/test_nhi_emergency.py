"""Emergency rooms: figures are of a moment, and what a hospital does not say is unknown."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant.errors import FeedMalformed
from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.nhi_emergency import EmergencyRoom, parse_nhi_emergency, read_nhi_emergency
from tests.feeds.hostile import SHARED, cuts, noise, read_all, wrong_values
from tests.indexing.loopback import City, Page

ZONE = ZoneInfo("Asia/Taipei")
REAL = SHARED / "d15_tw_nhi_er"
ROW = {
    "醫院簡稱": "某醫",
    "住院等待人數": "17",
    "看診等待人數": "5",
    "推床等待人數": "27",
    "加護病房等待人數": "0",
    "滿床通報狀態": "是",
    "抓取時間": "2026-02-16 16:49:40",
}

real = pytest.mark.skipif(not REAL.exists(), reason="real payloads are not at hand")


def parse(content: bytes) -> Parsed[EmergencyRoom]:
    return parse_nhi_emergency(content, ZONE)


def one(**changes: object) -> EmergencyRoom:
    return parse(json.dumps([{**ROW, **changes}]).encode()).records[0]


@real
@pytest.mark.parametrize("suffix", ["json", "csv"])
def test_a_real_snapshot_reads_as_a_person_reads_it(suffix: str) -> None:
    """Each column goes to its own field, from both formats, with the snapshot's time."""
    content = (REAL / f"medical_centers_20260216_164941.{suffix}").read_bytes()
    found = {record.hospital: record for record in parse(content).records}
    taken = datetime(2026, 2, 16, 16, 49, 40, tzinfo=ZONE)
    assert len(found) == 28
    assert found["亞東"] == EmergencyRoom("亞東", 5, 27, 17, 0, True, taken)
    assert found["臺大"] == EmergencyRoom("臺大", 1, 0, 59, 0, False, taken)


@real
def test_a_hospital_that_does_not_report_is_not_empty() -> None:
    """Dashes mean that nothing is known: such a hospital is never the least crowded one."""
    records = parse((REAL / "medical_centers_20260216_164941.json").read_bytes()).records
    silent = [record for record in records if not record.reports]
    assert [record.hospital for record in silent] == ["馬偕兒醫", "彰基兒醫", "中國兒醫"]
    assert {record.waiting_to_be_seen for record in silent} == {None}


@real
def test_all_real_snapshots_are_read_whole() -> None:
    """Nineteen snapshots of three months: no row is lost, each has its time and says whether the beds are full."""
    read = [parse(path.read_bytes()) for path in sorted(REAL.glob("*.json"))]
    records = [record for parsed in read for record in parsed.records]
    assert [parsed.skipped for parsed in read] == [0] * 19
    assert sum(record.full is True for record in records) == 43
    assert sum(record.waiting_for_bed is None for record in records) == 57
    assert all(record.snapshot_at is not None for record in records)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("5", 5),
        (5, 5),
        (" 12 ", 12),
        ("0", 0),
        ("007", 7),
        ("-", None),
        ("－", None),
        ("", None),
        (None, None),
        ("5.5", None),
        ("-3", None),
        ("約5", None),
        ("1,024", None),
        ("５", None),
        (True, None),
        ("5人", None),
        ("1_0", None),
        ("0x10", None),
        ("nan", None),
        ([5], None),
    ],
)
def test_numbers_in_texts_are_read_or_unknown(written: object, meant: int | None) -> None:
    """A count is what is plainly written as one; anything else is unknown, not 0 and not nearly."""
    assert one(看診等待人數=written).waiting_to_be_seen == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [("是", True), ("否", False), ("Y?", None), ("", None), (None, None), ("true", True), (0, False), ("未知", None)],
)
def test_full_is_said_or_unknown(written: object, meant: bool | None) -> None:
    """Whether a hospital is full is never assumed."""
    assert one(滿床通報狀態=written).full is meant


@pytest.mark.parametrize("written", ["", "昨天", "2026-02-30 10:00:00", "2026-02-16", None, 20260216])
def test_a_time_that_cannot_be_read_is_unknown(written: object) -> None:
    """Without its time a snapshot cannot be dated by anything else."""
    assert one(抓取時間=written).snapshot_at is None


def test_a_snapshot_keeps_its_own_time(publisher: City, source: FeedSource) -> None:
    """Figures that are hours old stay so, however fresh the download is."""
    taken = datetime.now(ZONE).replace(microsecond=0) - timedelta(hours=5)
    row = {**ROW, "抓取時間": f"{taken:%Y-%m-%d %H:%M:%S}"}
    publisher.pages["/feed"] = Page(json.dumps([row]).encode())

    async def run() -> Parsed[EmergencyRoom]:
        async with Fetcher() as fetcher:
            return await read_nhi_emergency(fetcher, source, ZONE)

    parsed = asyncio.run(run())
    assert parsed.records[0].snapshot_at == taken
    assert parsed.fetched_at is not None
    assert parsed.fetched_at.astimezone(UTC) - taken >= timedelta(hours=5)


SERVICE = {
    "hosP_ID": "0400000000",
    "hosP_NAME": "某醫",
    "areA_NO_N": "07",
    "conT_TYPE": "1",
    "inform": "Y",
    "waiT_SEE_CNT": "5",
    "waiT_BED_CNT": "27",
    "waiT_GENERAL_CNT": "17",
    "waiT_ICU_CNT": None,
    "url": None,
    "txT_DATE": "2026-02-16T16:49:40",
}


def test_the_insurances_own_service_is_asked_and_read(publisher: City, source: FeedSource) -> None:
    """It is read by POST, kept like any other answer, and says the same under other names."""
    publisher.pages["/feed"] = Page(json.dumps({"sysdate": "2026/02/16 17:00", "data": [SERVICE]}).encode())
    source = replace(source, options={"query": {"AREA_NO": "", "CONT_TYPE": ""}})

    async def run() -> list[Parsed[EmergencyRoom]]:
        async with Fetcher() as fetcher:
            return [await read_nhi_emergency(fetcher, source, ZONE) for _ in range(2)]

    (room,) = asyncio.run(run())[1].records
    assert (room.hospital_id, room.area_code, room.level) == ("0400000000", "07", "1")
    assert replace(room, hospital_id="", area_code="", level="") == one(加護病房等待人數="-")
    assert [sent["body"] for sent in publisher.asked("/feed")] == ['{"AREA_NO":"","CONT_TYPE":""}']


@pytest.mark.parametrize(
    "content", [b"", b"<html></html>", b"{}", '[{"醫院簡稱": "某醫"}]'.encode(), '[{"醫院": "某"}]'.encode(), b"5"]
)
def test_another_document_is_refused(content: bytes) -> None:
    """A page without the columns of this feed is a fault, not a country without patients."""
    with pytest.raises(FeedMalformed):
        parse(content)


@real
@pytest.mark.parametrize("suffix", ["json", "csv"])
def test_broken_bytes_are_refused_or_read_in_part(suffix: str) -> None:
    """A cut snapshot is refused, or gives only figures that the whole one has."""
    content = (REAL / f"medical_centers_20260216_164941.{suffix}").read_bytes()
    whole = {record.hospital: record for record in parse(content).records}
    read_all(parse, noise(content))
    results = [result for result in read_all(parse, cuts(content)) if result]
    figures = [
        (record.waiting_to_be_seen, whole[record.hospital].waiting_to_be_seen)
        for result in results
        for record in result.records
    ]
    assert all(cut == full for cut, full in figures)
    assert suffix == "csv" or not results


def test_wrong_types_are_survived() -> None:
    """Whatever stands in a field, the parser answers or refuses."""
    assert len(read_all(parse, wrong_values([ROW, ROW]))) == 400
