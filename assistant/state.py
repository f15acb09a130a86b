"""The state that flows through the graph, and the rooms' data that its nodes use."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event as Flag
from typing import NotRequired, TypedDict

from assistant.admission import Turn, Turns
from assistant.answering import Draft, Prompts
from assistant.city import City
from assistant.guardrails import Guardrails
from assistant.live import LiveRoom
from assistant.models import CityEmbeddings
from assistant.models.engine import Engine
from assistant.privacy import NOTHING_KNOWN, Known
from assistant.retrieval import Found, Retriever, Scales, Weighed
from assistant.reviewing import Review
from assistant.routing import Candidate, No, Resolved, Router, Wanted, Yes
from assistant.schema import Citation, Document, EvidenceSentence, Lang, Passage, Question, Route, Status
from assistant.store import Access, Store
from assistant.tools import LiveReport
from assistant.verification import Verdict, Verifier


@dataclass(frozen=True, slots=True)
class Rooms:
    """Everything that lives as long as the application; the nodes read it and never change it."""

    city: City
    store: Store
    embedder: CityEmbeddings
    retriever: Retriever
    scales: Scales
    engine: Engine
    guardrails: Guardrails
    router: Router
    prompts: Mapping[Lang, Prompts]
    verifier: Verifier
    turns: Turns
    live: LiveRoom | None = None
    review: Review | None = None
    known: Known = NOTHING_KNOWN


@dataclass(frozen=True, slots=True)
class Run:
    """What belongs to one run of the graph.

    Attributes:
        cancelled: ends it early.
        now: the city's time, which what is live is told by.
        asked_at: the moment from which the question's "tomorrow" counts; now, unless the question names another.
        turn: at the language model.
    """

    rooms: Rooms
    cancelled: Flag
    mark: Callable[[str], None]
    now: datetime
    asked_at: datetime
    turn: Turn


@dataclass(frozen=True, slots=True)
class Searched:
    """What the documents hold on one wording of a question."""

    candidate: Candidate
    found: Found
    weighed: Weighed


@dataclass(slots=True)
class Told:
    """What became of a draft so far.

    Attributes:
        ruled: the yes or no that the evidence gives by rule, before any model.
        verdicts: on each sentence of the model.
        pointed: the evidence that it pointed to.
        refused: whether it said that it found no answer.
    """

    ruled: Verdict | None = None
    verdicts: list[Verdict] = field(default_factory=list)
    pointed: list[EvidenceSentence] = field(default_factory=list)
    refused: bool = False


class FlowState(TypedDict):
    """What is known about one question; each node adds its part.

    `asked` is the standalone wording without personal data, `prompted` the one with placeholders in their place, and
    `own` what those stand for. `approved_for` is the audience of a reviewed answer.
    """

    question: Question
    lang: Lang
    access: Access
    status: NotRequired[Status]
    route: NotRequired[Route]
    text: NotRequired[str]
    notice: NotRequired[str]
    approved_for: NotRequired[str]
    choices: NotRequired[tuple[str, ...]]
    resolved: NotRequired[Resolved]
    reply: NotRequired[Yes | No]
    calls: NotRequired[tuple[Wanted, ...]]
    report: NotRequired[LiveReport]
    own: NotRequired[Mapping[str, str]]
    asked: NotRequired[str]
    prompted: NotRequired[str]
    passages: NotRequired[list[Passage]]
    citations: NotRequired[list[Citation]]
    current: NotRequired[Mapping[str, Document]]
    weighed: NotRequired[Weighed]
    drafts: NotRequired[Iterator[Draft] | None]
    verdicts: NotRequired[list[Verdict]]
