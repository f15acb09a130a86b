"""The state that flows through the graph, and the rooms' data that its nodes use."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from threading import Event as Flag
from typing import NotRequired, TypedDict

from assistant.answering import Prompts
from assistant.city import City
from assistant.guardrails import Guardrails
from assistant.models import CityEmbeddings
from assistant.models.engine import Engine
from assistant.retrieval import Retriever
from assistant.retrieval.confidence import Answerability
from assistant.routing import Router
from assistant.schema import Citation, Document, Lang, Passage, Question, Route, Status
from assistant.store import Access, Store
from assistant.verification import Verdict, Verifier


@dataclass(frozen=True, slots=True)
class Rooms:
    """Everything that lives as long as the application; the nodes read it and never change it."""

    city: City
    store: Store
    embedder: CityEmbeddings
    retriever: Retriever
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


class FlowState(TypedDict):
    """What is known about one question; each node adds its part."""

    question: Question
    lang: Lang
    access: Access
    status: NotRequired[Status]
    route: NotRequired[Route]
    text: NotRequired[str]
    notice: NotRequired[str]
    standalone: NotRequired[str]
    passages: NotRequired[list[Passage]]
    citations: NotRequired[list[Citation]]
    current: NotRequired[Mapping[str, Document]]
    confidence: NotRequired[Answerability]
    draft: NotRequired[Iterator[str] | None]
    verdicts: NotRequired[list[Verdict]]
