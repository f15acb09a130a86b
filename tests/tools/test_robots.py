"""Which robots can be sent out: all, the nearest to a place, one type, and those that are silent."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.schema import Lang, Status
from tests.tools.asking import MONDAY, Desk, text_of
from tests.tools.conftest import DemoCity
from tests.tools.loopback import publisher
from tests.tools.things import cannot_be_told, page, thing

FIRE_STATION = (22.5021, 120.3901)


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_the_free_robots_are_counted_and_told_first(city: DemoCity, lang: Lang) -> None:
    """How many of all can go, then each with its state and battery, those that can go before the others."""
    found = city.ask("robots", lang=lang, role="staff")
    free = [bool(reading.data["free"]) for reading in found.readings[1:]]
    assert found.status == Status.ANSWERED
    assert found.readings[0].data["robots"] == 8
    assert free == sorted(free, reverse=True)
    assert str(found.readings[0].data["free"]) in found.lines[0].text
    assert not cannot_be_told(found)


def test_from_a_place_the_nearest_free_robot_comes_first(city: DemoCity) -> None:
    """The free ones are in the order of their distance."""
    found = city.ask("robots", {"place": "林園工業區"}, role="staff")
    far = [reading.data["distance_m"] for reading in found.readings[1:] if reading.data["free"]]
    assert far == sorted(far)  # type: ignore[type-var]
    assert "林園分隊" in found.lines[1].text
    assert not cannot_be_told(found)


def test_a_type_that_is_named_is_told_alone(city: DemoCity) -> None:
    """A question for smoke extraction robots is not answered with others."""
    found = city.ask("robots", role="staff", text="排煙機器人有沒有在維修")
    assert found.readings[0].data["robots"] == 2
    assert all("排煙" in reading.place for reading in found.readings[1:])


def test_on_a_typhoon_day_fewer_robots_are_free(city: DemoCity) -> None:
    """The storm calls them out, and the answer says so."""
    evening = MONDAY.replace(hour=18)
    calm = city.at(evening).ask("robots", role="staff", now=evening)
    storm = city.at(evening, "typhoon").ask("robots", role="staff", now=evening)
    assert storm.readings[0].data["free"] < calm.readings[0].data["free"]  # type: ignore[operator]
    assert "出勤中" in text_of(storm)


def test_a_robot_that_has_not_reported_is_not_called_free(city: DemoCity) -> None:
    """An old word and a strange one make no free robot; the silent one is counted as such."""
    things = [
        thing("甲", *FIRE_STATION, ("state", "", "standby"), ("battery", "%", 80)),
        thing("乙", *FIRE_STATION, ("state", "", "standby"), at=MONDAY - timedelta(hours=5)),
        thing("丙", *FIRE_STATION, ("state", "", "<b>free</b> [now]"), ("battery", "%", 90_000)),
    ]
    with publisher(page(*things)) as url:
        source = replace(city.live._desk.sources["fire-robots"], url=f"{url}/v1.1")
        desk = Desk(city.url, {"fire-robots": source})
        found = desk.ask("robots", role="staff")
        desk.live.close()
    assert found.status == Status.PARTIAL
    assert found.readings[0].data["free"] == 1
    assert "另有 1 台沒有回報" in text_of(found)
    assert "90000" not in text_of(found)
    assert not any(mark in text_of(found) for mark in "<[")
    assert not cannot_be_told(found)


def test_a_feed_that_is_not_set_up_is_said_aloud(city: DemoCity) -> None:
    """Where nobody listens there is no robot, only the publisher's name."""
    source = replace(city.live._desk.sources["fire-robots"], url="http://127.0.0.1:9/v1.1")
    desk = Desk(city.url, {"fire-robots": source})
    found = desk.ask("robots", role="staff")
    desk.live.close()
    assert found.status == Status.FEED_UNAVAILABLE
    assert "消防局" in text_of(found)
