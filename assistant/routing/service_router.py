"""Which live services a message needs, with which of its words, or what has to be asked back first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from assistant.city import load_city
from assistant.models import CityEmbeddings
from assistant.places import Gazetteer
from assistant.routing.arguments import Heard, fill_each, heard
from assistant.routing.asking import question_back, taken_choice
from assistant.routing.live_followup import Leaning, leaning, may_lean
from assistant.routing.live_words import Clause
from assistant.routing.mentions import PlaceFinder
from assistant.routing.service_choice import Choice, Chosen, choose, without
from assistant.routing.service_examples import load_examples
from assistant.routing.service_model import Scores, ServiceModel, open_model
from assistant.routing.wanted import Wanted, wanted_of
from assistant.schema import Lang, Role, Turn
from assistant.services import Service
from assistant.settings import Settings

_MOST_PARTS = 4  # parts of a message that are looked at
_MOST_TURNS = 4  # earlier turns that a reply can lean on
_SURE = 0.5  # score from which on a short turn asks for another service, whatever was asked before


@dataclass(frozen=True, slots=True)
class LiveRoute:
    """What a message needs: live services, the documents, or both.

    Attributes:
        documents: whether the documents are asked, beside the services or, where there are none, alone.
        ask: the question back, where something that has to be known is missing.
        choices: what the question back offers.
    """

    calls: tuple[Wanted, ...] = ()
    documents: bool = True
    ask: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Turn:
    """A turn of the person with the answer of ours that stands before it."""

    text: str
    before: tuple[Turn, ...]

    @property
    def answered(self) -> str:
        return self.before[-1].answer if self.before else ""


class ServiceRouter:
    """Routes messages to the live services of a city; any number of threads may ask it.

    The model is read from the home at the first message, or fitted there, which takes a minute or two: `prepare` does
    that before anyone waits.
    """

    def __init__(
        self, services: Sequence[Service], finder: PlaceFinder, embedder: CityEmbeddings, city_dir: Path, folder: Path
    ) -> None:
        self.services = {service.name: service for service in services}
        self.embedder = embedder
        self._finder = finder
        self._city_dir = city_dir
        self._folder = folder
        self._lock = Lock()
        self._model: ServiceModel | None = None

    def prepare(self) -> ServiceModel:
        """The model of the services: read at its first use, or fitted and kept.

        Raises:
            CityDataError: the examples are malformed.
            ModelError: the embedder cannot be loaded.
            StoreError: the model cannot be kept.
        """
        with self._lock:
            if self._model is None:
                examples = load_examples(self._city_dir, tuple(self.services.values()))
                self._model = open_model(self._folder, examples, self._finder.gazetteer, self.embedder)
            return self._model

    def route(self, text: str, lang: Lang, history: tuple[Turn, ...], now: datetime, role: Role) -> LiveRoute:
        """What a message needs.

        Args:
            lang: of what is asked back.
            history: the earlier turns; a reply to our question, or a change of what was asked, is understood from them.
            now: aware, in the city's zone.
        """
        calls, documents = self._understood(_Turn(text, history[-_MOST_TURNS:]), now, role)
        lacking = next((one for one in calls if one.missing), None)
        if lacking is None:
            return LiveRoute(calls, documents)
        ask, choices = question_back(lacking.service, lacking.missing, lang)
        return LiveRoute(calls, documents, ask, choices)

    def _understood(self, turn: _Turn, now: datetime, role: Role) -> tuple[tuple[Wanted, ...], bool]:
        """The services of a turn, by those before it where it leans on them, and whether the documents are asked."""
        said = heard(taken_choice(turn.text, turn.answered), self._finder, now)
        whole, parts = self._scored(said)
        choice = without(choose(whole, parts, said.text), self._closed(role))
        if turn.before and may_lean(said, turn.answered, tuple(self.services.values())):
            *before, last = turn.before
            earlier, _ = self._understood(_Turn(last.question, tuple(before)), now, role)
            leans = leaning(said, earlier, turn.answered, [one.name for one in choice.services])
            if leans.calls and not _is_new(choice, whole, leans):
                return leans.calls, False
        calls = tuple(wanted for one in choice.services for wanted in self._wanted(one, said))
        here = tuple(one for one in calls if not self._is_elsewhere(one, said))
        return here, choice.documents or not here

    def _scored(self, said: Heard) -> tuple[Scores, list[tuple[Clause, Scores]]]:
        """The scores of a message, and of its parts where it has several."""
        clauses = said.clauses[:_MOST_PARTS] if len(said.clauses) > 1 else ()
        texts = [said.text, *(clause.text for clause in clauses)]
        whole, *parts = self.prepare().score(texts, self._finder.gazetteer, self.embedder)
        return whole, list(zip(clauses, parts, strict=True))

    def _is_elsewhere(self, wanted: Wanted, said: Heard) -> bool:
        """Whether a service of this city is asked about another one."""
        return bool(wanted.service.arguments) and not wanted.places and self._finder.is_elsewhere(said.text)

    def _closed(self, role: Role) -> frozenset[str]:
        """The services that a role may not use."""
        return frozenset(name for name, one in self.services.items() if one.audience == "staff" and role != "staff")

    def _wanted(self, one: Chosen, said: Heard) -> list[Wanted]:
        service = self.services[one.name]
        return [wanted_of(service, filled, said.text) for filled in fill_each(service, said, one.own)]


def _is_new(choice: Choice, whole: Scores, leans: Leaning) -> bool:
    """Whether a turn that could lean on the one before asks for something of its own."""
    names = {one.name for one in choice.services}
    same = {one.service.name for one in leans.calls}
    if names & same:
        return not (leans.is_reply or leans.is_bare)
    if leans.is_reply and leans.is_bare:
        return False
    sure = whole.services[0][1] >= _SURE or whole.documents >= _SURE
    return (
        bool(names and sure)
        or not (leans.is_reply or leans.is_bare)
        or (whole.documents >= _SURE and not leans.is_bare)
    )


def open_service_router(
    settings: Settings, services: Sequence[Service], gazetteer: Gazetteer, weights: CityEmbeddings
) -> ServiceRouter:
    """The router of the city that the settings name; nothing is fitted yet.

    Raises:
        CityDataError: the city's data are malformed.
    """
    city = load_city(settings.city_dir)
    folder = settings.models_dir / "routing" / settings.city
    return ServiceRouter(
        services, PlaceFinder(gazetteer, tuple(city.name.values()), city.elsewhere), weights, settings.city_dir, folder
    )
