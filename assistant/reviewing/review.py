"""What is decided before any search: closed topics, and approved answers, as they are in the database by now."""

import logging
import time
import tomllib
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.city import City
from assistant.errors import StoreError
from assistant.models import CityEmbeddings
from assistant.people.reviewed_answer import Reviewed, ReviewState
from assistant.people.topic import Topic
from assistant.retrieval.centring import Centring
from assistant.retrieval.lexicon import load_names
from assistant.retrieval.retriever import LONGEST_EMBEDDED
from assistant.reviewing.matching import Embed, TopicMatcher, Vector, WordingIndex
from assistant.reviewing.meaning import Reader
from assistant.reviewing.sources import Fault, citations_of, fault_of
from assistant.schema import Citation, Lang
from assistant.settings import Settings
from assistant.store import Access, Store

if TYPE_CHECKING:
    from assistant.people.people import People

log = logging.getLogger(__name__)
FIRST_WAIT_S = 3.0  # for a database to be opened
WAIT_S = 0.5  # longer no question waits for a database
PAUSE_S = 5.0  # after a fault

Opener = Callable[[], "People | None"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A reviewed answer to a question, as it is shown."""

    id: str
    text: str
    notice: str
    citations: tuple[Citation, ...]
    audience: str


class Review:
    """The reviewed answers and closed topics of a database; asks it at each question whether there are others.

    A database that cannot be reached costs no answer: what was read before goes on to hold; the fault is logged once.

    Args:
        opener: opens the database; None where there is none yet, so that nobody approved anything.
        embed: the embedding of a text, of length 1.
        reader: what tells that two questions mean the same.
    """

    def __init__(self, opener: Opener, city: City, store: Store, embed: Embed, reader: Reader) -> None:
        self._opener, self._city, self._store, self._embed = opener, city, store, embed
        self._people: People | None = None
        self._seen_topics = self._seen_answers = 0
        self._answers: dict[str, Reviewed] = {}
        self._index = WordingIndex(reader, embed)
        self._topics: tuple[tuple[Topic, TopicMatcher], ...] = ()
        self._worker = ThreadPoolExecutor(1, "review")
        self._following: Future[None] | None = None
        self._quiet_until, self._faulty = 0.0, False

    def follow(self) -> bool:
        """See what others have approved, withdrawn, closed and opened; whether anything has to be compared at all."""
        now = time.monotonic()
        if now >= self._quiet_until:
            if self._following is None or self._following.done():
                self._following = self._worker.submit(self._read_changes)
            try:
                is_new = self._people is None and not self._faulty
                self._following.result(FIRST_WAIT_S if is_new else WAIT_S)
            except NotYet:
                self._fault("it does not answer in time")
            except StoreError as error:
                self._fault(str(error))
        return bool(self._topics or len(self._index))

    def closed_topic(self, wordings: Sequence[str], lang: Lang, now: datetime) -> Topic | None:
        """The closed topic that one of the wordings of a question belongs to, if any."""
        closed = [(topic, matcher) for topic, matcher in self._topics if topic.is_closed(now)]
        if not closed:
            return None
        texts = list(dict.fromkeys(wordings))
        for topic, matcher in closed:
            if any(matcher.has_words(text) for text in texts):
                return topic
        vectors = [self._embed(text, lang) for text in texts]
        return next((t for t, matcher in closed if any(matcher.is_like(v, lang) for v in vectors)), None)

    def answer(self, question: str, lang: Lang, access: Access, now: datetime) -> Hit | None:
        """The reviewed answer that this person may see to a question in full, the latest where there are several.

        Args:
            now: the city's time. On another day than today an answer holds from its approval until it expires.
        """
        known = [self._answers[one] for one in self._index.find(question, lang) if one in self._answers]
        visible = [one for one in known if one.audience in access.audiences and lang in one.answers]
        for answer in sorted(visible, key=lambda one: one.approved_at, reverse=True):
            approved = answer.approved_at.astimezone(self._city.timezone).date()
            if access.as_of < approved:
                continue
            fault = fault_of(answer, self._store, access.as_of)
            if fault is None:
                citations = citations_of(answer, self._store, access.as_of)
                notice = reviewed_by(self._city, answer, lang)
                return Hit(answer.id, answer.answers[lang], notice, citations, answer.audience)
            if access.as_of == now.date():
                self._set_aside(answer, fault)
        return None

    def close(self) -> None:
        """Let go of the database."""
        self._worker.shutdown(wait=False, cancel_futures=True)
        if self._people is not None:
            self._people.close()

    def _read_changes(self) -> None:
        """In the worker's thread: read what changed since the last time."""
        if self._people is None:
            self._people = self._opener()
        if self._people is None:
            return
        latest = self._people.changes.latest()
        if latest.topics != self._seen_topics:
            topics = self._people.topics.list()
            self._topics = tuple((topic, TopicMatcher(topic.wordings, self._embed)) for topic in topics)
            self._seen_topics = latest.topics
        if latest.reviewed != self._seen_answers:
            for answer in self._people.reviewed.changed_after(self._seen_answers):
                self._take(answer)
        if self._faulty:
            self._faulty = False
            log.info("The database of people is there again.")

    def _take(self, answer: Reviewed) -> None:
        if answer.state == ReviewState.ACTIVE:
            self._answers[answer.id] = answer
            self._index.put(answer.id, answer.wordings)
        else:
            self._index.remove(answer.id)
            self._answers.pop(answer.id, None)
        self._seen_answers = answer.change

    def _set_aside(self, answer: Reviewed, fault: Fault) -> None:
        """Have it stand in the queue; a document that is gone may be on its way back, which `check` tells later."""
        if fault != Fault.GONE and self._people is not None:
            people = self._people
            self._worker.submit(_quietly, lambda: people.reviewed.set_aside(answer.id, fault.value))

    def _fault(self, what: str) -> None:
        self._quiet_until = time.monotonic() + PAUSE_S
        if not self._faulty:
            self._faulty = True
            log.warning("Reviewed answers and closed topics stay as they were read last: %s", what)


def open_review(settings: Settings, city: City, store: Store, weights: CityEmbeddings) -> Review:
    """The review of a city; the database is opened beside the first question, and only where there is one.

    Raises:
        CityDataError: the city's lexicon is malformed.
    """

    def opener() -> "People | None":
        if not settings.database_url.get_secret_value() and not settings.people_file.exists():
            return None
        from assistant.people.people import open_people  # here, so that none but a database's users wait for libraries

        return open_people(settings)

    return Review(opener, city, store, centred(settings, weights), Reader(load_names(settings.city_dir)))


def centred(settings: Settings, weights: CityEmbeddings) -> Embed:
    """The centred embeddings of questions."""
    centring = Centring(weights, settings.models_dir)

    def embed(text: str, lang: Lang) -> Vector:
        return np.asarray(centring.embed(text[:LONGEST_EMBEDDED], lang)[0], dtype=np.float32)

    return embed


def reviewed_by(city: City, answer: Reviewed, lang: Lang) -> str:
    """Which bureau reviewed an answer, and when."""
    bureau = next((one for one in city.bureaus if one.name == answer.bureau), None)
    name = bureau.en if bureau and lang == "en" else answer.bureau
    day = answer.approved_at.astimezone(city.timezone).date()
    notice: str = _texts()["notice"][lang]
    return notice.format(bureau=name, day=day.isoformat())


def _quietly(act: Callable[[], None]) -> None:
    try:
        act()
    except StoreError as error:
        log.warning("A reviewed answer could not be set aside; it is not given, and is looked at again: %s", error)


@lru_cache(maxsize=1)
def _texts() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("texts.toml").read_text(encoding="utf-8"))
