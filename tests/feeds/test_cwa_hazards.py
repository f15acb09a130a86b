"""Warnings and earthquakes: an area without a warning is not an area of which nothing is known."""

import asyncio
import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant.errors import FeedMalformed
from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.cwa import (
    AreaHazard,
    Earthquake,
    WarningBulletin,
    parse_cwa_earthquakes,
    parse_cwa_warnings,
    read_cwa_earthquakes,
    read_cwa_warnings,
)
from tests.feeds.hostile import SHARED, cuts, noise, read_all, wrong_values
from tests.indexing.loopback import City, Page

ZONE = ZoneInfo("Asia/Taipei")
REAL = SHARED / "d12_tw_cwa"
HAZARD = {
    "info": {"language": "zh-TW", "phenomena": "豪雨", "significance": "特報"},
    "validTime": {"startTime": "2024-07-24 08:30:00", "endTime": "2024-07-24 23:00:00"},
}
WARNED = {"locationName": "某市", "geocode": 64, "hazardConditions": {"hazards": [HAZARD]}}
CALM = {"locationName": "某縣", "geocode": 10013, "hazardConditions": {"hazards": []}}
WARNINGS = {"success": "true", "records": {"location": [WARNED, CALM]}}
QUAKE = {
    "EarthquakeNo": 114137,
    "ReportContent": "某地發生規模4.5有感地震。",
    "EarthquakeInfo": {
        "OriginTime": "2025-11-13 09:22:39",
        "FocalDepth": 50.1,
        "Epicenter": {"Location": "某處", "EpicenterLatitude": 24.72, "EpicenterLongitude": 121.66},
        "EarthquakeMagnitude": {"MagnitudeType": "芮氏規模", "MagnitudeValue": 4.5},
    },
    "Intensity": {
        "ShakingArea": [
            {"AreaDesc": "最大震度3級地區", "CountyName": "甲縣、乙市", "AreaIntensity": "3級"},
            {"AreaDesc": "丙縣地區", "CountyName": "丙縣", "AreaIntensity": "1級", "InfoStatus": "observe"},
        ]
    },
}

real = pytest.mark.skipif(not REAL.exists(), reason="real payloads are not at hand")


def warnings(document: object) -> WarningBulletin:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return parse_cwa_warnings(content, ZONE)


def quakes(document: object) -> Parsed[Earthquake]:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return parse_cwa_earthquakes(content, ZONE)


@real
def test_the_real_warnings_read_as_a_person_reads_them() -> None:
    """Thirteen of 22 counties are warned of heavy rain until 23:00; the nine others are named as well."""
    bulletin = warnings((REAL / "W-C0033-001.json").read_bytes())
    found = {warning.area: warning for warning in bulletin.warnings}
    kaohsiung, chiayi = found["高雄市"], found["嘉義縣"]
    assert (len(bulletin.areas), len(found), bulletin.skipped, bulletin.actual) == (22, 13, 0, True)
    assert (kaohsiung.geocode, kaohsiung.phenomenon, kaohsiung.significance) == ("64", "豪雨", "特報")
    assert kaohsiung.details == (AreaHazard("大雨", ("平地", "山區")),)
    assert chiayi.details == (AreaHazard("大雨", ("平地",)), AreaHazard("豪雨", ("山區",)))
    assert kaohsiung.ends is not None
    assert kaohsiung.ends.isoformat() == "2023-06-05T23:00:00+08:00"
    assert "臺北市" in bulletin.areas
    assert "臺北市" not in found


def test_the_service_and_both_files_mean_the_same() -> None:
    """A list, a single object or null in the place of the hazards is read alike."""
    service = warnings(WARNINGS)
    single = {**WARNED, "hazardConditions": {"hazards": HAZARD}}
    locations = {"dataset": {"location": [single, {**CALM, "hazardConditions": None}]}}
    assert service.warnings == warnings({"cwbopendata": locations}).warnings
    assert service.areas == ("某市", "某縣")
    assert [warning.area for warning in service.warnings] == ["某市"]


def test_a_warning_holds_from_its_start_to_its_end() -> None:
    """The end is no longer warned; without a readable end the warning is kept."""
    (warning,) = warnings(WARNINGS).warnings
    start, end = datetime(2024, 7, 24, 8, 30, tzinfo=ZONE), datetime(2024, 7, 24, 23, tzinfo=ZONE)
    second = timedelta(seconds=1)
    assert [warning.holds(at) for at in (start - second, start, end - second, end)] == [False, True, True, False]
    endless = {**HAZARD, "validTime": {"startTime": "2024-07-24 08:30:00", "endTime": "soon"}}
    document = {"records": {"location": [{**WARNED, "hazardConditions": {"hazards": [endless]}}]}}
    assert warnings(document).warnings[0].holds(end)


def test_an_unreadable_warning_is_counted() -> None:
    """The reader of a bulletin can say that there may be more warnings than it lists."""
    document = {"records": {"location": [{**WARNED, "hazardConditions": {"hazards": [HAZARD, {}, "x"]}}]}}
    bulletin = warnings(document)
    assert (len(bulletin.warnings), bulletin.skipped) == (1, 2)


@pytest.mark.parametrize(
    ("head", "actual", "count"),
    [({"status": "Actual"}, True, 1), ({"status": "Exercise"}, False, 1), ({"msgType": "Cancel"}, True, 0)],
)
def test_tests_and_cancellations_are_told_apart(head: dict[str, str], actual: bool, count: int) -> None:
    """An exercise is marked as one, and a cancelled bulletin warns of nothing."""
    bulletin = warnings({"cwbopendata": {**head, "dataset": WARNINGS["records"]}})
    assert (bulletin.actual, len(bulletin.warnings)) == (actual, count)


@real
def test_the_real_earthquakes_read_as_a_person_reads_them() -> None:
    """Sixteen reports, the newest first, with magnitude, depth, epicentre and intensities by county."""
    parsed = quakes((REAL / "E-A0015-001.json").read_bytes())
    newest = parsed.records[0]
    assert (len(parsed.records), parsed.skipped) == (16, 0)
    assert (newest.number, newest.magnitude, newest.depth_km, newest.magnitude_kind) == (114137, 4.5, 50.1, "芮氏規模")
    assert newest.origin_at == datetime(2025, 11, 13, 9, 22, 39, tzinfo=ZONE)
    assert newest.where.endswith("(位於宜蘭縣員山鄉)")
    assert newest.epicentre is not None
    assert (newest.epicentre.lat, newest.epicentre.lon) == (24.72, 121.66)
    assert (newest.intensities["宜蘭縣"], newest.intensities["臺北市"], len(newest.intensities)) == ("3級", "2級", 10)


@real
def test_real_intensities_agree_with_their_summaries() -> None:
    """What single rows and summed-up rows say of a county is the same, so either may be read."""
    document = json.loads((REAL / "E-A0015-001.json").read_bytes())
    full = quakes(document).records
    for quake in document["records"]["Earthquake"]:
        areas = quake["Intensity"]["ShakingArea"]
        quake["Intensity"]["ShakingArea"] = [area for area in areas if "InfoStatus" not in area]
    assert [quake.intensities for quake in quakes(document).records] == [quake.intensities for quake in full]


def test_the_older_report_means_the_same() -> None:
    """Values that are wrapped with their units are unwrapped."""
    older = {
        "earthquakeNo": 114137,
        "reportContent": QUAKE["ReportContent"],
        "earthquakeInfo": {
            "originTime": "2025-11-13 09:22:39",
            "depth": {"value": 50.1, "unit": "公里"},
            "epiCenter": {
                "location": "某處",
                "epiCenterLat": {"value": 24.72, "unit": "度"},
                "epiCenterLon": {"value": 121.66, "unit": "度"},
            },
            "magnitude": {"magnitudeType": "芮氏規模", "magnitudeValue": 4.5},
        },
        "intensity": {
            "shakingArea": [
                {"areaName": "甲縣、乙市", "areaIntensity": {"value": 3.0, "unit": "級"}},
                {"areaName": "丙縣", "areaIntensity": {"value": 1, "unit": "級"}},
            ]
        },
    }
    assert quakes({"records": {"earthquake": [older]}}) == quakes({"records": {"Earthquake": [QUAKE]}})


def test_no_earthquake_is_no_fault() -> None:
    """A quiet month is an empty list; a report without a time is skipped and counted."""
    assert quakes({"records": {"Earthquake": []}}) == Parsed((), 0)
    assert quakes({"records": {"Earthquake": [QUAKE, {"EarthquakeInfo": {}}]}}).skipped == 1


@pytest.mark.parametrize(
    ("magnitude", "depth", "meant"),
    [
        ("4.5", 10, (4.5, 10)),
        ("-99", -1, (None, None)),
        ("", "", (None, None)),
        (None, [], (None, None)),
        (0, 0, (0, 0)),
    ],
)
def test_what_was_not_measured_is_unknown(magnitude: object, depth: object, meant: object) -> None:
    """A missing magnitude or depth is never 0."""
    info = {
        "OriginTime": "2025-11-13 09:22:39",
        "FocalDepth": depth,
        "EarthquakeMagnitude": {"MagnitudeValue": magnitude},
    }
    quake = quakes({"records": {"Earthquake": [{"EarthquakeInfo": info}]}}).records[0]
    assert (quake.magnitude, quake.depth_km) == meant
    assert (quake.epicentre, quake.number) == (None, None)


@pytest.mark.parametrize("document", [{}, {"records": {}}, {"records": {"location": [{"locationName": "x"}]}}, []])
def test_another_document_is_refused(document: object) -> None:
    """A document without hazards is no fair weather, and one without reports no quiet earth."""
    with pytest.raises(FeedMalformed):
        warnings(document)
    with pytest.raises(FeedMalformed):
        quakes(document)


@real
def test_broken_bytes_are_refused() -> None:
    """A cut document never gives a part of the warnings."""
    content = (REAL / "W-C0033-001.json").read_bytes()
    read_all(warnings, noise(content))
    assert set(read_all(warnings, cuts(content))) == {None}


def test_wrong_types_are_survived() -> None:
    """Whatever stands in a field, the parsers answer or refuse."""
    assert len(read_all(warnings, wrong_values(WARNINGS))) == 400
    assert len(read_all(quakes, wrong_values({"records": {"Earthquake": [QUAKE, QUAKE]}}))) == 400


def test_the_service_is_asked(publisher: City, source: FeedSource) -> None:
    """Both come with the time at which they were had."""
    document = {"success": "true", "records": {**WARNINGS["records"], "Earthquake": [QUAKE]}}  # type: ignore[dict-item]
    publisher.pages["/feed?Authorization=s3cr3t%2F%2Bkey"] = Page(json.dumps(document).encode())

    async def run() -> tuple[WarningBulletin, Parsed[Earthquake]]:
        async with Fetcher() as fetcher:
            return await read_cwa_warnings(fetcher, source, ZONE), await read_cwa_earthquakes(fetcher, source, ZONE)

    bulletin, parsed = asyncio.run(run())
    assert (bulletin.warnings, parsed.records) == (warnings(WARNINGS).warnings, quakes(document).records)
    assert bulletin.fetched_at == parsed.fetched_at is not None
