"""How loaded emergency rooms are: a named one, those near a place, and the whole city."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from assistant.feeds.nhi_emergency import EmergencyRoom
from assistant.schema import Lang, Status
from assistant.tools.hospitals import asked_hospitals, city_hospitals
from tests.tools.asking import MONDAY, Desk, text_of
from tests.tools.conftest import DemoCity
from tests.tools.loopback import publisher
from tests.tools.things import cannot_be_told

EVENING = MONDAY.replace(hour=20, minute=0)


def row(name: str, see: object, bed: object = 4, full: str = "否", at: datetime = MONDAY) -> dict[str, object]:
    return {
        "醫院簡稱": name,
        "看診等待人數": see,
        "推床等待人數": "0",
        "住院等待人數": bed,
        "加護病房等待人數": "0",
        "滿床通報狀態": full,
        "抓取時間": at.strftime("%Y-%m-%d %H:%M:%S"),
    }


@contextmanager
def published(city: DemoCity, *rows: object) -> Iterator[Desk]:
    """The city where the insurance publishes these rows alone."""
    with publisher({"/rooms.json": list(rows)}) as url:
        source = replace(city.live._desk.sources["emergency-rooms"], url=f"{url}/rooms.json", options={})
        desk = Desk(city.url, {"emergency-rooms": source})
        yield desk
        desk.live.close()


@pytest.mark.parametrize(("lang", "hospital"), [("zh-TW", "高雄榮總"), ("en", "Veterans hospital")])
def test_a_named_hospital_is_told_whole_and_with_the_nearest_less_loaded(
    city: DemoCity, lang: Lang, hospital: str
) -> None:
    """All four queues, then another hospital where fewer people wait, and the number for emergencies."""
    found = city.at(EVENING).ask("emergency_rooms", {"hospital": hospital}, lang=lang, now=EVENING)
    load, other = (reading.data for reading in found.readings)
    queues = [load[f"waiting_{one}"] for one in ("to_be_seen", "for_trolley", "for_bed", "for_intensive_care")]
    assert found.status == Status.ANSWERED
    assert all(str(count) in found.lines[0].text for count in queues)
    assert "20:00" in found.lines[0].text
    assert other["waiting_to_be_seen"] < load["waiting_to_be_seen"]  # type: ignore[operator]
    assert "119" in found.lines[-1].text
    assert not cannot_be_told(found)


@pytest.mark.parametrize(("lang", "place"), [("zh-TW", "鳳山"), ("en", "Fongshan")])
def test_at_a_place_the_nearest_comes_first(city: DemoCity, lang: Lang, place: str) -> None:
    """Then the nearest that is less loaded; distances are said."""
    found = city.at(EVENING).ask("emergency_rooms", {"place": place}, lang=lang, now=EVENING)
    far = [reading.data["distance_m"] for reading in found.readings]
    assert found.status == Status.ANSWERED
    assert far == sorted(far)  # type: ignore[type-var]
    assert str(found.readings[0].data["distance"]) in found.lines[0].text
    assert not cannot_be_told(found)


def test_the_whole_city_is_ordered_by_those_who_wait_to_be_seen(city: DemoCity) -> None:
    """Rooms that have reported full beds are named, and come last."""
    found = city.at(EVENING).ask("emergency_rooms", now=EVENING)
    seen = [reading.data["waiting_to_be_seen"] for reading in found.readings]
    assert seen == sorted(seen)  # type: ignore[type-var]
    assert "已通報滿床的有" in text_of(found)
    assert not cannot_be_told(found)


def test_on_a_typhoon_evening_full_hospitals_are_not_hidden(city: DemoCity) -> None:
    """Where all have reported full beds the answer still says how many wait."""
    found = city.at(EVENING, "typhoon").ask("emergency_rooms", lang="en", now=EVENING)
    assert found.status == Status.ANSWERED
    assert "beds are full" in text_of(found)
    assert not cannot_be_told(found)


def test_words_for_two_hospitals_are_asked_back(city: DemoCity) -> None:
    """Two armed forces hospitals are a choice, not a guess."""
    found = city.ask("emergency_rooms", {"hospital": "armed forces hospital"}, lang="en")
    assert found.status == Status.CLARIFY
    assert len(found.choices) == 2


@pytest.mark.parametrize("hospital", ["林口長庚", "旗津醫院"])
def test_a_hospital_that_is_not_listed_is_no_evidence(city: DemoCity, hospital: str) -> None:
    """A hospital of another city, or one without figures, is not answered by its namesake."""
    found = city.ask("emergency_rooms", {"hospital": hospital})
    assert found.status == Status.NO_EVIDENCE
    assert hospital in found.lines[0].text
    assert not cannot_be_told(found)


def test_no_less_loaded_room_in_reach_is_said(city: DemoCity) -> None:
    """Where the named hospital is the calmest, nobody is sent away from it."""
    with published(city, row("高雄榮總", 1, 1), row("高醫", 9, 30)) as desk:
        found = desk.ask("emergency_rooms", {"hospital": "榮總"})
    assert "沒有比高雄榮民總醫院不擠" in text_of(found)
    assert not cannot_be_told(found)


def test_missing_figures_are_not_zero(city: DemoCity) -> None:
    """A dash is told as not given, and a figure that no emergency room can have as well."""
    with published(city, row("高雄榮總", "-", 10**9), row("高醫", 9, 30)) as desk:
        found = desk.ask("emergency_rooms", {"hospital": "榮總"})
    assert found.readings[0].data["waiting_to_be_seen"] is None
    assert found.readings[0].data["waiting_for_bed"] is None
    assert "等看診 未提供" in found.lines[0].text
    assert not cannot_be_told(found)


def test_a_room_without_any_figure_sends_people_to_the_nearest_with_some(city: DemoCity) -> None:
    """It is said that it gives none; the next one is told."""
    silent = {
        name: value if name in ("醫院簡稱", "滿床通報狀態") else "-" for name, value in row("高雄榮總", 1).items()
    }
    with published(city, silent, row("高醫", 9, 30)) as desk:
        found = desk.ask("emergency_rooms", {"hospital": "榮總"})
        near = desk.ask("emergency_rooms", {"place": "榮總"})
    assert found.status == near.status == Status.PARTIAL
    assert "沒有提供等候人數" in found.lines[0].text
    assert "最近一家有目前資料的是高雄醫學大學" in found.lines[1].text
    assert "沒有提供目前的等候人數" in near.lines[0].text
    assert not cannot_be_told(found)


def test_old_snapshots_are_marked_and_compared_with_nothing(city: DemoCity) -> None:
    """A snapshot of yesterday is told with its day, as out of date."""
    with published(city, row("高雄榮總", 5, at=MONDAY - timedelta(days=1)), row("高醫", 2, 1)) as desk:
        found = desk.ask("emergency_rooms", {"hospital": "榮總"})
    assert found.status == Status.PARTIAL
    assert found.readings[0].stale
    assert "11/22" in found.lines[0].text
    assert "不擠" not in text_of(found)
    assert not cannot_be_told(found)


def test_hospitals_of_other_cities_are_left_out(city: DemoCity) -> None:
    """The list of the whole country answers for this city alone."""
    with published(city, row("臺大", 0, 0), row("林口長庚", 0, 0), row("高雄長庚", 7)) as desk:
        found = desk.ask("emergency_rooms")
    assert [reading.place for reading in found.readings] == ["高雄長庚紀念醫院"]


def test_dead_and_broken_feeds_are_said_aloud(city: DemoCity) -> None:
    """Neither an unreachable service nor HTML gives any figure."""
    with publisher({"/rooms.json": "<html>維護中</html>"}) as url:
        source = replace(city.live._desk.sources["emergency-rooms"], options={})
        for address in (f"{url}/rooms.json", "http://127.0.0.1:9/rooms.json"):
            desk = Desk(city.url, {"emergency-rooms": replace(source, url=address)})
            found = desk.ask("emergency_rooms", {"hospital": "榮總"})
            desk.live.close()
            assert found.status == Status.FEED_UNAVAILABLE
            assert "健康保險署" in text_of(found)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("E-Da", "義大醫院"),
        ("義大急診", "義大醫院"),
        ("Chang Gung", "高雄長庚紀念醫院"),
        ("KMU", "高雄醫學大學附設中和紀念醫院"),
        ("Yuan's General", "阮綜合醫院"),
        ("聖功", "天主教聖功醫院"),
    ],
)
def test_hospitals_are_known_by_what_people_call_them(city: DemoCity, words: str, expected: str) -> None:
    """By alias, by a part of the English name, and by the university beside it."""
    names = [place.name["zh-TW"] for place in city.gazetteer.places if place.kind == "hospital"]
    rooms = [EmergencyRoom(name, 1, 1, 1, 1, full=False, snapshot_at=MONDAY) for name in names]
    mentions = city.gazetteer.find_places(words)
    places = mentions[0].entries if mentions else ()
    found = asked_hospitals(words, places, city_hospitals(rooms, city.gazetteer))
    assert [one.name("zh-TW") for one in found] == [expected]
