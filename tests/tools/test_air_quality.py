from dataclasses import replace

from assistant.schema import Status
from tests.tools.asking import Desk, text_of, unfounded_figures
from tests.tools.conftest import DemoCity


def test_at_a_place_the_nearest_station_is_said_with_its_index(city: DemoCity) -> None:
    """A place gets the index of the station nearest to it, with the hour and the mark of a simulation."""
    found = city.ask("air_quality", {"place": "衛武營"})
    assert found.status == Status.ANSWERED
    assert len(found.lines) == 1
    reading = found.readings[0]
    assert "衛武營" in text_of(found)
    assert str(reading.data["aqi"]) in text_of(found)
    assert reading.simulated
    assert reading.observed_at.startswith("2026-11-23T14")
    assert not unfounded_figures(found)


def test_without_a_place_all_stations_are_said_worst_first(city: DemoCity) -> None:
    """The whole city is answered by every station, in English too."""
    found = city.ask("air_quality", lang="en")
    indices = [reading.data["aqi"] for reading in found.readings]
    assert len(indices) > 3
    assert indices == sorted(indices, reverse=True)
    assert "air quality index" in text_of(found)
    assert not unfounded_figures(found)


def test_an_unknown_place_is_asked_for_again(city: DemoCity) -> None:
    """Words that the gazetteer does not know lead to a question, not to some station."""
    found = city.ask("air_quality", {"place": "火星基地"})
    assert found.status == Status.CLARIFY
    assert "火星基地" in text_of(found)


def test_a_dead_feed_is_said_aloud_with_no_figure(city: DemoCity) -> None:
    """Where nobody listens, the sentence names the publisher, and there is no reading."""
    source = city.live._desk.sources["air-quality"]
    desk = Desk(city.url, {"air-quality": replace(source, url="http://127.0.0.1:9/aqi.json")})
    found = desk.ask("air_quality", {"place": "左營"})
    desk.live.close()
    assert found.status == Status.FEED_UNAVAILABLE
    assert not found.readings
    assert "環境部" in text_of(found)
    assert not any(character.isdigit() for character in text_of(found))
