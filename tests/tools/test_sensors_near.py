"""A new service over sensors is a table of data: its labels, units and thresholds are said in both languages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.errors import CityDataError
from assistant.feeds.loading import load_sources
from assistant.schema import Lang, Status
from assistant.services import Service, load_services
from assistant.tools import Finding
from tests.tools.asking import MONDAY, Desk, text_of
from tests.tools.conftest import DemoCity
from tests.tools.loopback import publisher
from tests.tools.things import cannot_be_told, page, thing

RIVER_HEIGHTS = """
[[service]]
name = "river_heights"
kind = "sensors_near"
audience = "public"
acts = false
feeds = { gauges = "rivers" }
title = { "zh-TW" = "河川水位", en = "River levels" }
description = { "zh-TW" = "河川現在多高。", en = "How high the rivers are." }
examples = { "zh-TW" = ["後勁溪水位"], en = ["river level"] }

[service.options]
near_m = 4000
most = 2

[[service.options.shows]]
observed = "water_level"
label = { "zh-TW" = "水位", en = "water level" }
unit = { "zh-TW" = "公尺", en = "m" }
digits = 2
least = -20
most = 4000
levels = [
    { from = "alert_m.2", name = "third", words = { "zh-TW" = "三級警戒", en = "third alert level" } },
    { from = "alert_m.0", name = "first", words = { "zh-TW" = "一級警戒", en = "first alert level" } },
]
threshold_source = "https://example.gov.tw/levels"

[[service.options.shows]]
observed = "gate"
label = { "zh-TW" = "閘門", en = "gate" }

[service.options.shows.words]
open = { "zh-TW" = "開啟", en = "open" }

[[feed]]
name = "rivers"
standard = "sensorthings"
demo = "/sensorthings/river_level/v1.1"
stale_s = 1800
publisher = { "zh-TW" = "水利署", en = "Water Agency" }
licence = "測試"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "services.toml").write_text(RIVER_HEIGHTS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def service(folder: Path) -> Service:
    return load_services(folder)[0]


@contextmanager
def gauged(city: DemoCity, folder: Path, *things: object) -> Iterator[Desk]:
    """The city with the new feed: the demonstration's own, or these things alone."""
    source = load_sources(folder, lambda _: None, city.url)["rivers"]
    if not things:
        yield Desk(city.url, {"rivers": source})
        return
    with publisher(page(*things)) as url:
        yield Desk(city.url, {"rivers": replace(source, url=f"{url}/v1.1")})


def asked(city: DemoCity, folder: Path, service: Service, place: str, *things: object, lang: Lang = "zh-TW") -> Finding:
    with gauged(city, folder, *things) as desk:
        found = desk.ask(service, {"place": place} if place else {}, lang=lang)
        desk.live.close()
    return found


@pytest.mark.parametrize(("lang", "words"), [("zh-TW", "水位 "), ("en", "water level ")])
def test_a_service_of_data_alone_answers_in_both_languages(
    city: DemoCity, folder: Path, service: Service, lang: Lang, words: str
) -> None:
    """The nearest gauges are told with label, unit, distance and time that only the table knows."""
    found = asked(city, folder, service, "後勁公園", lang=lang)
    far = [reading.data["distance_m"] for reading in found.readings]
    assert found.status == Status.ANSWERED
    assert words in found.lines[0].text
    assert "14:30" in found.lines[0].text
    assert far == sorted(far)  # type: ignore[type-var]
    assert found.readings[0].data["measured"][0]["threshold_source"].startswith("https://")  # type: ignore[index]
    assert not cannot_be_told(found)


def test_thresholds_may_be_the_sensors_own(city: DemoCity, folder: Path, service: Service) -> None:
    """A level that the sensor's properties hold goes into the words, and a state is told in words of the table."""
    gauge = thing("後勁橋", 22.72, 120.32, ("water_level", "m", 3.3), ("gate", "", "open"), alert_m=[4.2, 3.6, 3.0])
    found = asked(city, folder, service, "後勁公園", gauge)
    assert "水位 3.3 公尺（三級警戒）；閘門：開啟" in text_of(found)
    assert not cannot_be_told(found)


def test_without_a_place_those_of_the_highest_level_are_told(city: DemoCity, folder: Path, service: Service) -> None:
    """The whole city is answered by what stands out, not by what comes first."""
    low = thing("甲", 22.72, 120.32, ("water_level", "m", 3.9), alert_m=[9.0, 8.0, 7.0])
    high = thing("乙", 22.72, 120.32, ("water_level", "m", 1.5), alert_m=[1.4, 1.2, 1.0])
    found = asked(city, folder, service, "", low, high)
    assert found.readings[0].place == "乙"


def test_where_nothing_is_near_the_nearest_is_named(city: DemoCity, folder: Path, service: Service) -> None:
    """No gauge in reach is no evidence, with how far the nearest is."""
    found = asked(city, folder, service, "後勁公園", thing("遠方", 23.2, 120.7, ("water_level", "m", 1.0)))
    assert found.status == Status.NO_EVIDENCE
    assert "遠方" in text_of(found)
    assert not cannot_be_told(found)


def test_old_values_are_marked_and_impossible_ones_left_out(city: DemoCity, folder: Path, service: Service) -> None:
    """What is old makes the answer partial, and what no river has is not said."""
    old = thing("甲", 22.72, 120.32, ("water_level", "m", 3.9), at=MONDAY - timedelta(hours=3))
    wild = thing("乙", 22.72, 120.32, ("water_level", "m", 3.9e6))
    found = asked(city, folder, service, "後勁公園", old, wild)
    assert found.status == Status.PARTIAL
    assert found.readings[0].stale
    assert "另有 1 個感測器" in text_of(found)
    assert not cannot_be_told(found)


def test_a_value_of_the_future_is_not_current(city: DemoCity, folder: Path, service: Service) -> None:
    """A clock that runs ahead does not make an answer of now."""
    ahead = thing("甲", 22.72, 120.32, ("water_level", "m", 3.9), at=MONDAY + timedelta(hours=3))
    assert asked(city, folder, service, "後勁公園", ahead).status == Status.PARTIAL


def test_no_sensor_at_all_is_no_evidence(city: DemoCity, folder: Path, service: Service) -> None:
    """A feed without a usable sensor gives a sentence and no figure."""
    found = asked(city, folder, service, "後勁公園", {"@iot.id": 1, "name": "甲"})
    assert found.status == Status.NO_EVIDENCE
    assert not found.readings


def test_a_table_without_shows_is_refused(city: DemoCity, folder: Path, service: Service) -> None:
    """A mistake in the data names the service."""
    with gauged(city, folder) as desk:
        with pytest.raises(CityDataError, match="river_heights"):
            desk.ask(replace(service, options={}), {"place": "後勁公園"})
        desk.live.close()
