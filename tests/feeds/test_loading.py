"""Feeds as a city names them: the publisher's own, the demonstration city's, or none."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from assistant.errors import CityDataError
from assistant.feeds.loading import load_sources

AIR = """
[[feed]]
name = "air"
standard = "moenv-aqi"
url = "https://data.example.gov/aqi"
publisher = { "zh-TW" = "環境部", en = "Ministry of Environment" }
licence = "OGDL"
refresh_s = 600
stale_s = 7200
key_env = "AIR_KEY"
demo = "/aqi"
options = { field = "x" }
"""
KEYS = {"AIR_KEY": SecretStr("k-1"), "BROKEN_KEY": SecretStr("k\nx")}


def city(folder: Path, text: str) -> Path:
    (folder / "services.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_feed_with_its_key_is_the_publishers(tmp_path: Path) -> None:
    """Address, key, ages and options are those of the data, and nothing is simulated."""
    source = load_sources(city(tmp_path, AIR), KEYS.get, "http://127.0.0.1:9")["air"]
    assert (source.url, source.simulated, source.refresh_s, source.stale_s) == (
        "https://data.example.gov/aqi",
        False,
        600.0,
        7200.0,
    )
    assert source.key is not None
    assert source.key.get_secret_value() == "k-1"
    assert source.options == {"field": "x"}
    assert "k-1" not in repr(source)


def test_without_its_key_the_demonstration_city_answers(tmp_path: Path) -> None:
    """At its own address, marked as simulated, and without any key."""
    source = load_sources(city(tmp_path, AIR), {}.get, "http://127.0.0.1:9/")["air"]
    assert (source.url, source.simulated, source.key) == ("http://127.0.0.1:9/aqi", True, None)


def test_a_demonstration_can_be_whole(tmp_path: Path) -> None:
    """No publisher is asked even where one could be, and what the demonstration needs otherwise is said apart."""
    text = AIR + "demo_options = { calls = 600 }\n"
    source = load_sources(city(tmp_path, text), KEYS.get, "http://127.0.0.1:9", publishers="none")["air"]
    assert source.simulated
    assert source.options == {"field": "x", "calls": 600}


def test_without_either_there_is_no_such_feed(tmp_path: Path) -> None:
    """What cannot be asked is not offered."""
    assert load_sources(city(tmp_path, AIR), {}.get) == {}


def test_a_city_without_services_has_no_feeds(tmp_path: Path) -> None:
    """A new city begins with documents alone."""
    assert load_sources(tmp_path, KEYS.get) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (AIR + AIR, "two feeds are named “air”"),
        (AIR.replace('"moenv-aqi"', '"smoke-signals"'), "unknown standard “smoke-signals”"),
        (AIR.replace("refresh_s", "refersh_s"), "unknown keys: refersh_s"),
        (AIR.replace('standard = "moenv-aqi"', ""), "lacks standard"),
        (AIR.replace("AIR_KEY", "BROKEN_KEY"), "BROKEN_KEY"),
        ("[[feed]\n", "cannot be read"),
    ],
)
def test_a_wrong_table_is_named(tmp_path: Path, text: str, said: str) -> None:
    """The message says which feed, and what is wrong with it, and shows no key."""
    with pytest.raises(CityDataError, match=said) as caught:
        load_sources(city(tmp_path, text), KEYS.get)
    assert "k\nx" not in str(caught.value)
