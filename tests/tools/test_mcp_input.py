"""What a tool of somebody else is given of what a person said."""

from dataclasses import replace

import pytest

from assistant.feeds.geometry import Point
from assistant.feeds.mcp_servers import McpOptions
from assistant.moments import named_moment
from assistant.places import Place
from assistant.schema import Status
from assistant.services import Argument, Service
from assistant.tools import Arguments, Finding, Request
from assistant.tools.mcp_input import Filled, filled
from tests.tools.asking import MONDAY

PIER = Place(
    {"zh-TW": "鼓山渡輪站", "en": "Gushan Ferry Pier"}, "pier", "鼓山區", Point(22.6198765, 120.2693456), "own"
)
FAR = replace(PIER, name={"zh-TW": "旗津渡輪站", "en": "Cijin Ferry Pier"}, point=Point(22.61, 120.30))
ASK = {"zh-TW": "請問幾個人？", "en": "How many?"}
ARGUMENTS = {
    "place": Argument("place"),
    "time": Argument("time"),
    "people": Argument("number", True, ASK),
    "ship": Argument("choice", words={"ferry": ("渡輪", "Ferry"), "yacht": ("遊艇",)}),
    "note": Argument("text"),
}
SERVICE = Service("x", "public", False, {}, {}, {}, {}, "mcp", ARGUMENTS)


def given(values: dict[str, str], mapped: dict[str, str], **constants: object) -> Filled | Finding:
    moment = named_moment(values["time"], MONDAY) if "time" in values else None
    places = {"place": (PIER, FAR) if values["place"] == "渡輪站" else (PIER,)} if "place" in values else {}
    request = Request(SERVICE, Arguments(values, places, moment, "全部的話"), "zh-TW", MONDAY)
    return filled(request, McpOptions("s", "t", mapped, constants))


def values_of(values: dict[str, str], mapped: dict[str, str], **constants: object) -> dict[str, object]:
    found = given(values, mapped, **constants)
    assert isinstance(found, Filled)
    return dict(found.values)


def test_a_place_comes_as_its_name_or_a_part_of_it() -> None:
    """One place fills several parameters."""
    parts = {"": "place", "lat": "place.lat", "lon": "place.lon", "en": "place.en", "d": "place.district"}
    assert values_of({"place": "鼓山渡輪"}, parts) == {
        "": "鼓山渡輪站",
        "lat": 22.61988,
        "lon": 120.26935,
        "en": "Gushan Ferry Pier",
        "d": "鼓山區",
    }


def test_a_name_of_several_places_is_asked_back() -> None:
    """Which one is meant is the person's to say."""
    found = given({"place": "渡輪站"}, {"p": "place"})
    assert isinstance(found, Finding)
    assert found.choices == ("鼓山渡輪站", "旗津渡輪站")


@pytest.mark.parametrize(
    ("argument", "words", "value"),
    [
        ("time", "明天下午三點", "2026-11-24T15:00+08:00"),
        ("people", "四個人", 4),
        ("people", "2.5", 2.5),
        ("ship", "渡輪", "ferry"),
        ("ship", "FERRY", "ferry"),
        ("note", "門口\n\u200b有 <b>洞</b>", "門口 有 洞"),
        ("note", "字" * 300, "字" * 199 + "…"),
    ],
)
def test_words_become_values(argument: str, words: str, value: object) -> None:
    """A time is ISO 8601, a number a number, a choice its key, and a text plain words."""
    assert values_of({argument: words}, {"p": argument}) == {"p": value}


def test_what_was_not_said_is_left_out_and_nothing_else_is_sent() -> None:
    """Constants stand beside what is mapped; the wording itself goes nowhere."""
    assert values_of({"note": "", "people": "3"}, {"n": "note", "t": "time"}, unit="metric") == {"unit": "metric"}


@pytest.mark.parametrize(
    ("values", "mapped", "said", "choices"),
    [
        ({"people": "很多人"}, {"p": "people"}, "請問幾個人？", ()),
        ({"ship": "潛艇"}, {"p": "ship"}, "我不確定「潛艇」的意思，請換個說法。", ("ferry", "yacht")),
    ],
)
def test_words_that_mean_no_value_are_asked_back(
    values: dict[str, str], mapped: dict[str, str], said: str, choices: tuple[str, ...]
) -> None:
    """A guess is not sent."""
    found = given(values, mapped)
    assert isinstance(found, Finding)
    assert (found.status, found.lines[0].text, found.choices) == (Status.CLARIFY, said, choices)
