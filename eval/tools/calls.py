"""What the fault table asks: requests as the router makes them, from the words of `requests.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assistant.city import City, load_city
from assistant.feeds.base import FeedSource
from assistant.feeds.loading import load_sources
from assistant.moments import named_moment
from assistant.places import Gazetteer, Place, load_gazetteer
from assistant.schema import Lang
from assistant.services import Service, load_services
from assistant.tools import Arguments, Request
from eval.tools.checks import Broken

WORDS = Path(__file__).with_name("requests.toml")
Row = dict[str, Any]
LANGUAGES: tuple[Lang, Lang] = ("zh-TW", "en")


@dataclass(frozen=True)
class Calls:
    """A city's live services, and what is asked of them.

    Attributes:
        words: by service and language, the arguments of each request.
        now: the moment of all requests.
    """

    city_dir: Path
    words: Mapping[str, Mapping[Lang, tuple[Mapping[str, str], ...]]]
    now: datetime

    @cached_property
    def city(self) -> City:
        """The city itself."""
        return load_city(self.city_dir)

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """Its places."""
        return load_gazetteer(self.city_dir)

    @cached_property
    def services(self) -> Mapping[str, Service]:
        """Its live services by name."""
        return {service.name: service for service in load_services(self.city_dir)}

    @property
    def known(self) -> tuple[str, ...]:
        """Texts of the city whose figures need no reading: whom to call."""
        return tuple(self.city.help.values())

    def sources(self, url: str) -> dict[str, FeedSource]:
        """The feeds of a demonstration city, asked anew each time; each publisher is told apart by its feed's name."""
        found = load_sources(self.city_dir, lambda _: None, url, publishers="none")
        return {
            name: replace(source, refresh_s=0.0, publisher=_marked(source.publisher, name))
            for name, source in found.items()
        }

    def broken(self, source: FeedSource, lang: Lang) -> Broken:
        """One of these feeds as the checks have to know it, if it is broken."""
        marked = source.publisher[lang]
        return Broken(marked, marked.removesuffix(_mark(source.name, lang)), known=self.known)

    def requests(self, service: str, lang: Lang) -> list[Request]:
        """What is asked of a service in a language."""
        return [self.request(service, values, lang) for values in self.words.get(service, {}).get(lang, ())]

    def request(self, service: str, values: Mapping[str, str], lang: Lang) -> Request:
        """A request with the places and the time among its values; the time stands there in ISO 8601."""
        asked = self.services[service]
        places = {name: found for name, words in values.items() if (found := self._places(words))}
        moment = named_moment(values["time"], self.now) if "time" in values else None
        given = {**values, "time": moment.iso()} if moment else values
        arguments = Arguments(given, places, moment, " ".join(values.values()))
        return Request(asked, arguments, lang, self.now, "staff" if asked.audience == "staff" else "citizen")

    def _places(self, words: str) -> tuple[Place, ...]:
        mentions = self.gazetteer.find_places(words)
        return tuple(mentions[0].entries) if mentions else ()


def load_calls(city_dir: Path, now: datetime, path: Path = WORDS) -> Calls:
    """The calls of a city, at a moment that is aware."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    words = {
        service: {lang: tuple(row[lang] for row in rows) for lang in LANGUAGES} for service, rows in tables.items()
    }
    return Calls(city_dir, words, now)


def has_tool(service: Service) -> bool:
    """Whether the program has a tool of the service's kind."""
    return find_spec(f"assistant.tools.{service.kind or service.name}") is not None


def _marked(publisher: Mapping[str, str], feed: str) -> dict[str, str]:
    return {lang: f"{name}{_mark(feed, lang)}" for lang, name in publisher.items()}


def _mark(feed: str, lang: str) -> str:
    return f"（{feed}）" if lang == "zh-TW" else f" ({feed})"
