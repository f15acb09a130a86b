"""Asks one tool of the shipped city, as the application does, with the demonstration city behind it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from assistant.city import load_city
from assistant.feeds.base import FeedSource
from assistant.feeds.loading import load_sources
from assistant.moments import named_moment
from assistant.places import Place, load_gazetteer
from assistant.schema import Lang, Role
from assistant.services import Service, load_services
from assistant.settings import PROJECT_ROOT
from assistant.tools import Arguments, Finding, Live, LiveServices, Request

ZONE = ZoneInfo("Asia/Taipei")
MONDAY = datetime(2026, 11, 23, 14, 30, tzinfo=ZONE)
CITY_DIR = PROJECT_ROOT / "corpus" / "kaohsiung"
_FIGURE = re.compile(r"\d+(?:\.\d+)?")


class Desk:
    """The live services of the shipped city; feeds come from the demonstration city, or from `sources` where given."""

    def __init__(self, demo_url: str, sources: Mapping[str, FeedSource] | None = None) -> None:
        self.city = load_city(CITY_DIR)
        self.gazetteer = load_gazetteer(CITY_DIR)
        self.services = {service.name: service for service in load_services(CITY_DIR)}
        found = load_sources(CITY_DIR, lambda _: None, demo_url, publishers="none")
        fresh = {name: replace(source, refresh_s=0.0) for name, source in found.items()}
        self.live = LiveServices(Live(self.city, self.gazetteer, {**fresh, **(sources or {})}))

    def request(
        self,
        service: str | Service,
        values: Mapping[str, str] | None = None,
        *,
        lang: Lang = "zh-TW",
        now: datetime = MONDAY,
        role: Role = "citizen",
        text: str = "",
    ) -> Request:
        """A request; places and the time among the values are found as the router finds them.

        `text` is the whole wording; the values alone where it is not given.
        """
        values = dict(values or {})
        places = {name: self._places(words) for name, words in values.items()}
        moment = named_moment(values["time"], now) if "time" in values else None
        wording = text or " ".join(values.values())
        arguments = Arguments(values, {name: found for name, found in places.items() if found}, moment, wording)
        known = self.services[service] if isinstance(service, str) else service
        return Request(known, arguments, lang, now, role)

    def ask(self, service: str | Service, values: Mapping[str, str] | None = None, **more: object) -> Finding:
        """What the tool finds."""
        return self.live.call([self.request(service, values, **more)])[0]  # type: ignore[arg-type]

    def _places(self, words: str) -> tuple[Place, ...]:
        mentions: Sequence = self.gazetteer.find_places(words)
        return mentions[0].entries if mentions else ()


def text_of(finding: Finding) -> str:
    """The sentences as a person reads them."""
    return "\n".join(line.text for line in finding.lines)


def unfounded_figures(finding: Finding) -> list[str]:
    """Figures of sentences that do not occur in the reading they rest on, nor in any where they name none."""
    everything = " ".join(_data(finding, number) for number in range(len(finding.readings)))
    missing = []
    for line in finding.lines:
        held = _data(finding, line.reading) if line.reading >= 0 else everything
        known = set(_FIGURE.findall(held))
        missing += [figure for figure in _FIGURE.findall(line.text) if figure not in known]
    return missing


def _data(finding: Finding, number: int) -> str:
    reading = finding.readings[number]
    data = json.dumps(dict(reading.data), ensure_ascii=False)
    return f"{data} {reading.place} {reading.source} {reading.observed_at}"
