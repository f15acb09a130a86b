"""Findings of drone inspections: by place, kind, severity and time."""

from dataclasses import replace

import pytest

from assistant.errors import CityDataError
from assistant.schema import Status
from assistant.tools import Finding
from assistant.tools.inspections import inspection_options
from tests.tools.asking import MONDAY, Desk, text_of, unfounded_figures
from tests.tools.conftest import DemoCity
from tests.tools.loopback import publisher

STORM = MONDAY.replace(hour=16)
ITEMS = "/collections/drone-findings/items"
RANK = {"high": 0, "medium": 1, "low": 2}


def found_of(finding: Finding) -> list[dict]:
    return finding.readings[0].data["findings"]


def ask(city: DemoCity, values: dict[str, str] | None = None, **more: object) -> Finding:
    return city.ask("drone_findings", values, role="staff", **more)


def test_the_most_severe_and_newest_come_first(city: DemoCity) -> None:
    """How many there are of which severity, and the five that matter most."""
    found = ask(city)
    shown = [(RANK[one["severity"]], one["at"]) for one in found_of(found)]
    assert [rank for rank, _ in shown] == sorted(rank for rank, _ in shown)
    high = [at for rank, at in shown if rank == 0]
    assert high == sorted(high, reverse=True)
    assert found.lines[0].text == "全市的無人機巡檢發現共 14 件（嚴重 3 件，中等 7 件，輕微 4 件）："
    assert found.lines[-1].text == "另有 9 件。"
    assert not unfounded_figures(found)


def test_after_the_storm_a_district_has_new_findings(city: DemoCity) -> None:
    """A slope failure of today is told with its hour, before what was there already."""
    found = city.at(STORM, "typhoon").ask("drone_findings", {"place": "甲仙"}, now=STORM, role="staff")
    assert "坍方" in found.lines[1].text
    assert "15:00 拍攝" in found.lines[1].text
    assert all("甲仙" in one["place"] for one in found_of(found))
    assert not unfounded_figures(found)


@pytest.mark.parametrize(
    ("kind", "value"), [("裂縫", "crack"), ("crack", "crack"), ("exposed rebar", "rebar"), ("違章建築", "illegal")]
)
def test_a_kind_is_known_by_its_words(city: DemoCity, kind: str, value: str) -> None:
    """The router's value, the label and other words all choose the kind."""
    found = ask(city, {"kind": kind}, lang="en")
    assert {one["kind"] for one in found_of(found)} == {value}


def test_words_that_are_no_kind_are_looked_for_in_the_findings(city: DemoCity) -> None:
    """A railing is no kind, but a finding tells of one."""
    found = ask(city, {"kind": "欄杆"})
    assert [one["name"] for one in found_of(found)] == ["愛河橋欄杆鏽蝕"]


def test_an_unknown_kind_is_asked_back_with_those_there_are(city: DemoCity) -> None:
    """Nothing is chosen for words that mean nothing here."""
    found = ask(city, {"kind": "外星人"})
    assert found.status == Status.CLARIFY
    assert 0 < len(found.choices) <= 4


def test_a_severity_in_the_wording_chooses(city: DemoCity) -> None:
    """Who asks for high risk gets nothing milder."""
    found = ask(city, text="high severity drone findings", lang="en")
    assert {one["severity"] for one in found_of(found)} == {"high"}


def test_no_finding_of_a_kind_at_a_place_is_said(city: DemoCity) -> None:
    """The place and the kind that were understood are in the sentence."""
    found = ask(city, {"place": "柴山", "kind": "落石"})
    assert found.status == Status.NO_EVIDENCE
    assert "邊坡" in text_of(found)
    assert "壽山" in text_of(found)


def test_a_structure_is_found_by_its_own_name(city: DemoCity) -> None:
    """A bridge that no gazetteer has is found in what the findings say."""
    found = ask(city, {"place": "六龜大橋"})
    assert [one["severity"] for one in found_of(found)] == ["high"]
    assert found.lines[0].text.startswith("六龜大橋的")


def test_near_a_place_distances_are_said(city: DemoCity) -> None:
    """A venue gets what lies within three kilometres of it."""
    found = ask(city, {"place": "美麗島站"}, lang="en")
    assert found.status == Status.ANSWERED
    assert found_of(found)[0]["distance"] in found.lines[1].text
    assert "km away" in found.lines[1].text
    assert not unfounded_figures(found)


def test_a_time_that_was_named_chooses(city: DemoCity) -> None:
    """Of a day only what was seen on it is told."""
    found = ask(city, {"time": "11月20日"})
    assert found_of(found)
    assert {one["at"][:10] for one in found_of(found)} == {"2026-11-20"}


def test_hostile_and_broken_findings_are_plain_or_counted(city: DemoCity) -> None:
    """Text of a finding stays words, unknown kinds are called as published, and what is broken is said."""
    bad = {"name": "<b>裂縫</b> http://evil.example", "kind": "odd`kind", "severity": "high", "datetime": "yesterday"}
    point = {"type": "Point", "coordinates": [120.3, 22.6]}
    features = [{"type": "Feature", "geometry": point, "properties": bad}, {"type": "Nothing"}]
    with publisher({ITEMS: {"type": "FeatureCollection", "features": features}}) as url:
        desk = Desk(city.url, {"drone-findings": replace(city.live._desk.sources["drone-findings"], url=url)})
        found = desk.ask("drone_findings", role="staff")
        desk.live.close()
    assert found.status == Status.PARTIAL
    assert "evil" not in text_of(found)
    assert not set("<>`") & set(text_of(found))
    assert "有 1 筆資料無法判讀" in text_of(found)


def test_a_dead_feed_is_said_aloud(city: DemoCity) -> None:
    """Where nobody listens there is a sentence and no finding."""
    dead = replace(city.live._desk.sources["drone-findings"], url="http://127.0.0.1:9")
    desk = Desk(city.url, {"drone-findings": dead})
    found = desk.ask("drone_findings", role="staff")
    desk.live.close()
    assert found.status == Status.FEED_UNAVAILABLE
    assert "工務局" in text_of(found)


@pytest.mark.parametrize("change", [{"kind": {}}, {"found": None}, {"colour": "red"}])
def test_a_mistake_in_the_options_is_named(city: DemoCity, change: dict[str, object]) -> None:
    """A missing or misspelled key is said with the service's name."""
    service = city.services["drone_findings"]
    options = {key: value for key, value in {**service.options, **change}.items() if value is not None}
    with pytest.raises(CityDataError, match="drone_findings"):
        inspection_options(replace(service, options=options))
