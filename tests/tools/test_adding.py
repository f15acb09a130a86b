"""A new service by data alone, as docs/adding.md tells: the tables of that page, asked over a loopback publisher."""

import dataclasses
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.city import load_city
from assistant.errors import CityDataError
from assistant.feeds import STANDARDS
from assistant.feeds.loading import load_sources
from assistant.feeds.source import FeedSource
from assistant.places import load_gazetteer
from assistant.schema import Lang, Status
from assistant.services import TYPES, Argument, Service, load_services
from assistant.settings import PROJECT_ROOT
from assistant.tools import Arguments, Finding, Live, LiveServices, Request, tool_of
from assistant.tools.calling import KINDS
from tests.tools.asking import MONDAY, text_of, unfounded_figures
from tests.tools.loopback import publisher

PAGE = (PROJECT_ROOT / "docs" / "adding.md").read_text(encoding="utf-8")
SECTION = PAGE.split("\n## A live service\n")[1].split("\n## ")[0]
URL = "https://maps.city.example/ogcapi"
CITY = """
id = "riverton"
timezone = "Asia/Taipei"
elsewhere = []
bureau = []
[name]
"zh-TW" = "河口市"
en = "Riverton"
[notice]
"zh-TW" = "試辦"
en = "Trial"
[help]
"zh-TW" = "請洽服務臺。"
en = "Ask at the desk."
phone = "1999"
[policy]
denied_model_origins = []
[examples]
"zh-TW" = []
en = []
"""
PLACES = [
    {"zh": "河口區", "en": "Riverton District", "kind": "district", "lon": 120.5, "lat": 23.5},
    {"zh": "河口車站", "en": "Riverton Station", "kind": "railway_station", "lon": 120.5, "lat": 23.5},
    {"zh": "山頂", "en": "Hilltop", "kind": "village", "lon": 120.7, "lat": 23.7},
]


def fountain(name: str, english: str, lat: float, **properties: object) -> dict[str, object]:
    point = {"type": "Point", "coordinates": [120.5, lat]}
    named = {"title": name, "title_en": english, "checked_at": MONDAY.isoformat(), "opening_hours": "24/7"}
    return {"type": "Feature", "id": english, "geometry": point, "properties": {**named, **properties}}


def gazetteer() -> str:
    head = {"sources": {"own": {"publisher": "河口市", "licence": "CC0"}}, "decoys": []}
    lines = [head, *({**place, "district": "河口區", "source": "own"} for place in PLACES)]
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)


FOUNTAINS = [
    fountain("一月臺", "Platform 1", 23.5002, state="broken", taps=2),
    fountain("大廳", "Main hall", 23.5011, state="working", taps=4),
    fountain("河濱公園", "River park", 23.5102, state="working", taps=1, hot=True),
]


@dataclasses.dataclass
class Town:
    """The city folder of the page, opened."""

    folder: Path
    services: dict[str, Service]
    live: LiveServices

    def ask(self, place: str, text: str = "", lang: Lang = "en") -> Finding:
        mentions = load_gazetteer(self.folder).find_places(place)
        places = {"place": mentions[0].entries} if mentions else {}
        arguments = Arguments({"place": place}, places, None, text)
        return self.live.call([Request(self.services["water_near"], arguments, lang, MONDAY)])[0]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A city with three files, two of them of a few lines, and the page's tables as its services."""
    features = {"type": "FeatureCollection", "features": FOUNTAINS}
    with publisher({"/ogcapi/collections/drinking-water/items": features}) as url:
        tables = "\n".join(re.findall(r"```toml\n(.*?)```", SECTION, re.DOTALL))
        (tmp_path / "city.toml").write_text(CITY, encoding="utf-8")
        (tmp_path / "gazetteer.jsonl").write_text(gazetteer(), encoding="utf-8")
        (tmp_path / "services.toml").write_text(tables.replace(URL, f"{url}/ogcapi"), encoding="utf-8")
        services = {service.name: service for service in load_services(tmp_path)}
        sources = load_sources(tmp_path, lambda _: None)
        live = LiveServices(Live(load_city(tmp_path), load_gazetteer(tmp_path), sources))
        yield Town(tmp_path, services, live)
        live.close()


def test_the_new_service_answers(town: Town) -> None:
    """What works comes before what is nearer, with what the tables show of it, whose it is, and when it was checked."""
    found = town.ask("Riverton Station")
    assert found.status == Status.ANSWERED
    assert [line.text for line in found.lines] == [
        "Main hall (120 m): working, taps: 4, open 24 hours.",
        "River park (1.1 km): working, taps: 1, open 24 hours.",
        "Platform 1 (20 m): out of order, taps: 2, open 24 hours.",
    ]
    assert (found.readings[0].source, found.readings[0].simulated) == ("Water Company", False)
    assert found.readings[0].observed_at == MONDAY.isoformat(timespec="seconds")
    assert not unfounded_figures(found)


def test_it_answers_in_chinese_and_hears_wishes(town: Town) -> None:
    """The filter of the tables is heard in the wording."""
    found = town.ask("河口車站", "車站附近有溫水嗎", lang="zh-TW")
    assert (
        text_of(found) == "離河口車站最近、有溫水的飲水機：\n河濱公園（1.1 公里）：正常供水，1 個出水口，24 小時開放。"
    )


def test_far_away_the_nearest_is_said_as_far(town: Town) -> None:
    """The sentence of a place without any is that of all such services, with this one's words."""
    found = town.ask("Hilltop")
    assert found.lines[0].text == "No drinking fountains within 3 km of Hilltop; the nearest:"
    assert found.status == Status.ANSWERED


def test_the_service_asks_for_what_it_lacks(town: Town) -> None:
    """Its question for the place is there for the router, in both languages."""
    place = town.services["water_near"].arguments["place"]
    assert place.required
    assert set(place.ask) == {"zh-TW", "en"}


def test_a_mistyped_kind_or_option_is_said_by_name(town: Town) -> None:
    """Whoever adds a service learns what is wrong with its table."""
    service = town.services["water_near"]
    with pytest.raises(CityDataError, match="water_near"):
        tool_of(dataclasses.replace(service, kind="features_nearby"))
    broken = dataclasses.replace(service, options={"show": []})
    request = Request(broken, Arguments(), "en", MONDAY)
    with pytest.raises(CityDataError, match="show"):
        town.live.call([request])


@pytest.mark.parametrize("kind", [FeedSource, Service, Argument])
def test_the_page_describes_every_key(kind: type) -> None:
    """A key that the page leaves out is one that nobody finds."""
    ours = {"key", "simulated"}  # the loader's own: from key_env, and from who answers
    keys = [field.name for field in dataclasses.fields(kind) if field.name not in ours]
    assert [key for key in keys if f"`{key}`" not in SECTION] == []


def test_the_page_names_what_can_be_named() -> None:
    """The demonstration's keys, the types of arguments, and where standards and kinds are listed."""
    assert all(f"`{word}`" in SECTION for word in (*TYPES, "key_env", "demo", "demo_options", "STANDARDS", "KINDS"))
    tables = tomllib.loads("\n".join(re.findall(r"```toml\n(.*?)```", SECTION, re.DOTALL)))
    assert {feed["standard"] for feed in tables["feed"]} <= set(STANDARDS)
    assert {service["kind"] for service in tables["service"]} <= KINDS
