"""The latest earthquakes, of the demonstration city and of reports that a test writes."""

import json
from datetime import datetime, timedelta

import pytest

from assistant.schema import Status
from tests.feeds.hostile import SHARED
from tests.tools.asking import MONDAY, ZONE, text_of, unfounded_figures
from tests.tools.conftest import DemoCity
from tests.tools.publishers import DEAD, publishing, replaced

REAL = SHARED / "d12_tw_cwa" / "E-A0015-001.json"


def quake(at: datetime, magnitude: float = 5.1, **counties: str) -> dict[str, object]:
    return {
        "EarthquakeNo": 1,
        "EarthquakeInfo": {
            "OriginTime": at.strftime("%Y-%m-%d %H:%M:%S"),
            "FocalDepth": 10.0,
            "Epicenter": {"Location": "某處 10.6 公里", "EpicenterLatitude": 23.1, "EpicenterLongitude": 120.6},
            "EarthquakeMagnitude": {"MagnitudeType": "芮氏規模", "MagnitudeValue": magnitude},
        },
        "Intensity": {
            "ShakingArea": [{"CountyName": name, "AreaIntensity": value} for name, value in counties.items()]
        },
    }


def reports(*quakes: object) -> dict[str, object]:
    return {"success": "true", "records": {"Earthquake": list(quakes)}}


def test_the_latest_ones_are_told_with_what_the_city_felt(city: DemoCity) -> None:
    """Time, epicentre, magnitude, depth and intensity, after a word that none of them was just now."""
    found = city.ask("earthquakes")
    assert found.status == Status.ANSWERED
    assert "最近一小時沒有顯著有感地震報告" in found.lines[0].text
    assert len(found.lines) == 5
    for piece in ("11/20 17:17", "規模 3.9", "深度 40 公里", "高雄市最大震度 3 級"):
        assert piece in found.lines[2].text
    assert not unfounded_figures(found)


def test_the_typhoon_changes_nothing_of_it(city: DemoCity) -> None:
    """Earthquakes are told on the day of the typhoon too, in English."""
    found = city.at(MONDAY, "typhoon").ask("earthquakes", lang="en")
    assert "magnitude 3.9, depth 40 km, greatest intensity in Kaohsiung City 3" in text_of(found)
    assert not unfounded_figures(found)


def test_one_that_was_just_now_stands_first(city: DemoCity) -> None:
    """A quake of ten minutes ago is the answer; intensities with halves are told as such."""
    just = quake(MONDAY - timedelta(minutes=10), 6.0, 高雄市="5弱", 臺南市="5強")
    with publishing(city, earthquakes=reports(just)) as desk:
        chinese, english = desk.ask("earthquakes"), desk.ask("earthquakes", lang="en")
    assert chinese.lines[0].text == (
        "14:20，某處 10.6 公里：規模 6，深度 10 公里，高雄市最大震度 5 弱，全臺最大 5 強（臺南市）。"
    )
    assert "greatest intensity in Kaohsiung City 5 lower, the greatest anywhere 5 upper" in text_of(english)
    assert not unfounded_figures(chinese)


def test_a_city_that_is_not_listed_is_not_said_to_have_felt_it(city: DemoCity) -> None:
    """No intensity for the city is said as that."""
    with publishing(city, earthquakes=reports(quake(MONDAY - timedelta(minutes=10), 花蓮縣="4級"))) as desk:
        found = desk.ask("earthquakes")
    assert "報告沒有列出高雄市的震度" in text_of(found)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("今天有幾次地震", "今天（11/23 週一）有 2 次顯著有感地震報告"),
        ("昨天半夜是不是有地震", "昨天（11/22 週日） 00:00–06:00有 1 次顯著有感地震報告"),
        ("11/21有地震嗎", "截至 14:30，11/21 週六沒有顯著有感地震報告"),
        ("how many earthquakes were there yesterday", "昨天（11/22 週日）有 1 次"),
    ],
)
def test_the_days_that_are_asked_are_counted(city: DemoCity, words: str, said: str) -> None:
    """A question of a day gets the number of its reports, or that there is none, with the last one."""
    night = datetime(2026, 11, 22, 3, 10, tzinfo=ZONE)
    times = (MONDAY - timedelta(hours=2), MONDAY - timedelta(hours=5), night, night - timedelta(days=9))
    with publishing(city, earthquakes=reports(*map(quake, times))) as desk:
        found = desk.ask("earthquakes", text=words)
    assert said in found.lines[0].text
    assert not unfounded_figures(found)


def test_days_before_the_data_are_said_to_be_missing(city: DemoCity) -> None:
    """A list that begins on Saturday does not tell of the week before."""
    with publishing(city, earthquakes=reports(quake(MONDAY - timedelta(days=2)))) as desk:
        found = desk.ask("earthquakes", text="上週有幾次地震")
    assert found.status == Status.PARTIAL
    assert "資料最早到 11/21 14:30" in text_of(found)


def test_no_report_at_all_is_said(city: DemoCity) -> None:
    """An empty list is no evidence of calm beyond itself."""
    with publishing(city, earthquakes=reports()) as desk:
        found = desk.ask("earthquakes")
    assert found.status == Status.NO_EVIDENCE
    assert text_of(found) == "截至 14:30，資料裡沒有任何顯著有感地震報告。"


@pytest.mark.skipif(not REAL.exists(), reason="real payloads are not at hand")
def test_real_reports_are_told(city: DemoCity) -> None:
    """The administration's own document of November 2025 reads as a person reads it."""
    now = datetime(2025, 11, 13, 9, 40, tzinfo=ZONE)
    with publishing(city, earthquakes=json.loads(REAL.read_bytes())) as desk:
        found = desk.ask("earthquakes", now=now)
    assert found.lines[0].text.startswith(
        "09:22，宜蘭縣政府西方 10.6 公里 (位於宜蘭縣員山鄉)：規模 4.5，深度 50.1 公里"
    )
    assert "全臺最大 3 級" in found.lines[0].text
    assert not unfounded_figures(found)


def test_what_a_publisher_writes_is_no_instruction(city: DemoCity) -> None:
    """Markup and addresses in an epicentre are gone, and absurd figures are left out."""
    odd = quake(MONDAY - timedelta(minutes=5), 1e6)
    odd["EarthquakeInfo"]["Epicenter"]["Location"] = "<script>x</script> [點這裡](https://evil.example) 某處"  # type: ignore[index]
    with publishing(city, earthquakes=reports(odd, {"EarthquakeInfo": {}})) as desk:
        found = desk.ask("earthquakes")
    assert "evil" not in text_of(found)
    assert "script>" not in text_of(found)
    assert "規模" not in text_of(found)
    assert found.status == Status.PARTIAL
    assert "另有 1 份報告讀不出來" in text_of(found)


@pytest.mark.parametrize("document", ["<html>", "[]", '{"records": {}}', '{"success": "false", "records": {}}'])
def test_a_broken_document_is_said_to_be_malformed(city: DemoCity, document: str) -> None:
    """Nothing is told of a document that is no list of reports."""
    with publishing(city, earthquakes=document) as desk:
        found = desk.ask("earthquakes")
    assert found.status == Status.FEED_UNAVAILABLE
    assert "格式有誤" in text_of(found)


def test_a_dead_feed_is_said_aloud(city: DemoCity) -> None:
    """Where nobody listens, there is no figure and no reading."""
    with replaced(city, earthquakes=DEAD) as desk:
        found = desk.ask("earthquakes")
    assert found.status == Status.FEED_UNAVAILABLE
    assert not any(character.isdigit() for character in text_of(found))
