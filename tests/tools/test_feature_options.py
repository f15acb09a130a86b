"""What a city's data say of a service over features."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from assistant.errors import CityDataError
from assistant.services import Service, load_services
from assistant.tools.feature_options import Condition, FeatureOptions, feature_options
from tests.tools.asking import CITY_DIR

SERVICES = {service.name: service for service in load_services(CITY_DIR)}
BOTH = {"zh-TW": "有 {value}", "en": "with {value}"}
VALUES = {"flood": {"zh-TW": "水災", "en": "floods"}, "true": {"zh-TW": "有", "en": "yes"}}


def service(**options: Any) -> Service:
    return replace(SERVICES["toilets_near"], options=options)


def said(properties: Mapping[str, Any], **shown: Any) -> str:
    options = feature_options(service(shown=[{"property": "x", "text": BOTH, **shown}]))
    return options.shown[0].say(properties, "zh-TW")


@pytest.mark.parametrize("name", ["shelters_near", "toilets_near"])
def test_the_shipped_services_are_well_formed(name: str) -> None:
    """Their options name a thing, properties and filters."""
    options = feature_options(SERVICES[name])
    assert options.shown
    assert options.filters
    assert options.thing["en"]


def test_everything_has_a_default() -> None:
    """A service without options is called by its title, and each feature by the property name."""
    options = feature_options(service())
    assert options.thing == SERVICES["toilets_near"].title
    assert options.name_of({"name": "甲"}, "en") == "甲"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (12, "有 12"),
        (3.50, "有 3.5"),
        ("一樓", "有 一樓"),
        ("<b>一樓</b>", "有 一樓"),
        (["a", "b"], "有 a、b"),
        (None, ""),
        (True, ""),
        ({"a": 1}, ""),
    ],
)
def test_a_value_is_said_as_it_is(value: object, words: str) -> None:
    """Numbers, words and lists are shown, markup is not, and what is no plain value says nothing."""
    assert said({"x": value}) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("flood", "有 水災"),
        (["flood", "fire"], "有 水災、fire"),
        (True, "有 有"),
        (False, ""),
        ("flood;fire", "有 水災、fire"),
    ],
)
def test_values_have_names(value: object, words: str) -> None:
    """A value that the city names is said by its name, one by one where there are several."""
    assert said({"x": value}, values=VALUES) == words


def test_a_text_without_a_value_is_said_where_it_is_true() -> None:
    """Such a text is a mark that a feature has or has not."""
    mark = {"zh-TW": "有電梯", "en": "lift"}
    assert said({"x": True}, text=mark) == "有電梯"
    assert said({"x": False}, text=mark) == said({"x": "yes"}, text=mark) == ""


def test_a_property_can_depend_on_another() -> None:
    """Free places are said of an open shelter alone."""
    only = {"status": "open"}
    assert said({"x": 5, "status": "open"}, only=only) == "有 5"
    assert said({"x": 5, "status": "standby"}, only=only) == ""


@pytest.mark.parametrize(
    ("properties", "holds"),
    [
        ({"a": True, "b": ["x", "y"]}, True),
        ({"a": True, "b": "x、z"}, True),
        ({"a": "true", "b": "x"}, True),
        ({"a": True, "b": "z"}, False),
        ({"a": True}, False),
    ],
)
def test_a_condition_needs_all_its_properties(properties: Mapping[str, Any], holds: bool) -> None:
    """A value counts where it is one of several, in a list or in a text."""
    assert Condition({"a": True, "b": "x"}).holds(properties) is holds


@pytest.mark.parametrize(
    ("wording", "wished"),
    [
        ("輪椅可以進去的", True),
        ("any CAT friendly", True),
        ("two cats", True),
        ("an evacuation center", False),
        ("", False),
    ],
)
def test_wishes_are_heard_as_words(wording: str, wished: bool) -> None:
    """Latin words are words of their own; Chinese ones stand anywhere."""
    one = {"words": ["輪椅", "cat"], "only": {"a": True}, "title": {"zh-TW": "甲", "en": "a"}}
    assert feature_options(service(filters=[one])).filters[0].is_wished(wording) is wished


@pytest.mark.parametrize(
    "options",
    [
        {"shwon": []},
        {"shown": [{"property": "x"}]},
        {"shown": [{"property": "x", "text": {"en": "x"}}]},
        {"shown": "capacity"},
        {"filters": [{"words": ["x"]}]},
        {"thing": "toilets"},
        {"within_m": "near"},
        {"kinds": ["planet"]},
        {"first": "open"},
    ],
)
def test_a_mistake_is_named(options: dict[str, Any]) -> None:
    """A wrong or misspelled key is said with the service's name, instead of being left out."""
    with pytest.raises(CityDataError, match="toilets_near"):
        feature_options(service(**options))


def test_options_are_what_docs_adding_lists() -> None:
    """Each key is described on the page."""
    page = (CITY_DIR.parents[1] / "docs" / "adding.md").read_text(encoding="utf-8")
    assert [key for key in FeatureOptions.__slots__ if f"`{key}`" not in page] == []
