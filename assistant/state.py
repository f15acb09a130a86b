"""The state that flows through the graph, and the rooms' data that its nodes use."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Event as Flag
from typing import NotRequired, TypedDict

from assistant.answering import Draft, Prompts
from assistant.city import City
from assistant.guardrails import Guardrails
from assistant.models import CityEmbeddings
from assistant.models.engine import Engine
from assistant.retrieval import Found, Retriever, Scales, Weighed
from assistant.routing import Candidate, Resolved, Router
from assistant.schema import Citation, Document, EvidenceSentence, Lang, Passage, Question, Route, Status
from assistant.store import Access, Store
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


@dataclass(frozen=True, slots=True)
class Run:
    """What belongs to one run of the graph: the rooms, and the flag that ends it early."""

    rooms: Rooms
    cancelled: Flag
    mark: Callable[[str], None]


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
    """What is known about one question; each node adds its part."""

    question: Question
    lang: Lang
    access: Access
    status: NotRequired[Status]
    route: NotRequired[Route]
    text: NotRequired[str]
    notice: NotRequired[str]
    choices: NotRequired[tuple[str, ...]]
    resolved: NotRequired[Resolved]
    asked: NotRequired[str]
    passages: NotRequired[list[Passage]]
    citations: NotRequired[list[Citation]]
    current: NotRequired[Mapping[str, Document]]
    weighed: NotRequired[Weighed]
    drafts: NotRequired[Iterator[Draft] | None]
    verdicts: NotRequired[list[Verdict]]
