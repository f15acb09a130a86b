"""Live services as a city's data name them."""

from pathlib import Path

import pytest

from assistant.errors import CityDataError
from assistant.feeds.loading import load_sources
from assistant.services import load_services
from assistant.settings import PROJECT_ROOT

CITY = PROJECT_ROOT / "corpus" / "kaohsiung"
BIKES = """
[[service]]
name = "bikes"
audience = "public"
feeds = { bikes = "bike-feed" }
title = { "zh-TW" = "公共腳踏車", en = "Public bikes" }
description = { "zh-TW" = "附近的車。", en = "Bikes nearby." }
examples = { "zh-TW" = ["這附近有車嗎"], en = ["Any bikes near here?"] }
"""
FEED = """
[[feed]]
name = "bike-feed"
standard = "gbfs"
demo = "/gbfs"
"""


def city(folder: Path, text: str) -> Path:
    (folder / "services.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_service_is_read(tmp_path: Path) -> None:
    """What is left out has its default: it does not act."""
    (service,) = load_services(city(tmp_path, BIKES + FEED))
    assert (service.name, service.acts, service.feeds) == ("bikes", False, {"bikes": "bike-feed"})
    assert service.examples["en"] == ("Any bikes near here?",)


def test_a_city_without_the_file_has_none(tmp_path: Path) -> None:
    """A new city begins with documents alone."""
    assert load_services(tmp_path) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BIKES, "bike-feed"),
        (BIKES + BIKES + FEED, "twice"),
        (BIKES.replace('"public"', '"everyone"') + FEED, "public or staff"),
        (BIKES.replace("description", "descripton") + FEED, "description"),
        (BIKES.replace("en =", "fr =") + FEED, "en"),
        ("[[service", "cannot be read"),
    ],
)
def test_a_wrong_table_is_named(tmp_path: Path, text: str, said: str) -> None:
    """The message says which service, and what is wrong with it."""
    with pytest.raises(CityDataError, match=said):
        load_services(city(tmp_path, text))


def test_the_shipped_services_are_whole() -> None:
    """Each has examples in both languages, and in the demonstration every feed that it reads."""
    services = load_services(CITY)
    sources = load_sources(CITY, {}.get, "http://127.0.0.1:9", publishers="none")
    assert len(services) == 24
    assert all(len(examples) >= 20 for service in services for examples in service.examples.values())
    assert {feed for service in services for feed in service.feeds.values()} == set(sources)
    assert all(source.simulated and source.publisher.keys() == {"zh-TW", "en"} for source in sources.values())


def test_no_shipped_feed_needs_a_key_to_start() -> None:
    """Without any key the city's feeds are read, those that are open to everyone from their publishers."""
    sources = load_sources(CITY, {}.get)
    assert all(source.key is None and source.url.startswith("https://") for source in sources.values())
