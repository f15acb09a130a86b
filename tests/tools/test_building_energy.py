"""The power and energy of public buildings: a named one, all of them, and one without a meter."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.schema import Lang, Status
from tests.tools.asking import MONDAY, Desk, text_of
from tests.tools.conftest import DemoCity
from tests.tools.loopback import publisher
from tests.tools.things import cannot_be_told, page, thing

HALL = (22.6213, 120.3119)


@pytest.mark.parametrize(("lang", "building"), [("zh-TW", "市立圖書館總館"), ("en", "main library")])
def test_a_named_building_is_told_with_power_and_energy(city: DemoCity, lang: Lang, building: str) -> None:
    """The power now, the energy of today, and what the panels make, with the time, in both languages."""
    found = city.ask("building_energy", {"building": building}, lang=lang)
    values = [one["value"] for one in found.readings[0].data["measured"]]  # type: ignore[attr-defined]
    assert found.status == Status.ANSWERED
    assert len(values) == 4
    assert all(str(value) in text_of(found) for value in values)
    assert "14:30" in text_of(found)
    assert not cannot_be_told(found)


def test_another_name_of_a_building_is_known_by_the_gazetteer(city: DemoCity) -> None:
    """科工館 is a station and a museum; the museum has the meter."""
    found = city.ask("building_energy", {"building": "科工館"})
    assert found.readings[0].place == "國立科學工藝博物館"


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_without_a_name_the_sum_and_the_greatest_are_told(city: DemoCity, lang: Lang) -> None:
    """The sum of all is the first reading, then the five that draw most, in order."""
    found = city.ask("building_energy", lang=lang)
    powers = [reading.data["measured"][0]["value"] for reading in found.readings[1:]]  # type: ignore[index]
    total = found.readings[0].data["total"]
    assert len(powers) == 5
    assert powers == sorted(powers, reverse=True)
    assert total["power"] > sum(powers)  # type: ignore[index]
    assert found.readings[0].data["buildings"] == 12
    assert not cannot_be_told(found)


def test_a_building_without_a_meter_is_no_evidence(city: DemoCity) -> None:
    """It is not answered by another building, but with those that have a meter."""
    found = city.ask("building_energy", {"building": "City Council building"}, lang="en")
    assert found.status == Status.NO_EVIDENCE
    assert "City Council building" in text_of(found)
    assert not cannot_be_told(found)


def test_old_and_impossible_meters_are_left_out_of_the_sum(city: DemoCity) -> None:
    """The sum counts what is current and possible, and says how many it does not."""
    things = [
        thing("甲", *HALL, ("power", "kW", 100.0)),
        thing("乙", *HALL, ("power", "kW", 1e12)),
        thing("丙", *HALL, ("power", "kW", 50.0), at=MONDAY - timedelta(days=2)),
    ]
    with publisher(page(*things)) as url:
        source = replace(city.live._desk.sources["building-energy"], url=f"{url}/v1.1")
        desk = Desk(city.url, {"building-energy": source})
        found = desk.ask("building_energy")
        desk.live.close()
    assert found.status == Status.PARTIAL
    assert found.readings[0].data["total"]["power"] == 100  # type: ignore[index]
    assert "另有 2 棟" in text_of(found)
    assert not cannot_be_told(found)


def test_a_broken_document_is_said_aloud(city: DemoCity) -> None:
    """What is no SensorThings is not used."""
    with publisher({"/v1.1/Things": '{"value": [tru'}) as url:
        source = replace(city.live._desk.sources["building-energy"], url=f"{url}/v1.1")
        desk = Desk(city.url, {"building-energy": source})
        found = desk.ask("building_energy", lang="en")
        desk.live.close()
    assert found.status == Status.FEED_UNAVAILABLE
    assert "malformed" in text_of(found)
