"""The nouns that every room shares: documents, chunks, passages, citations, answers, events."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol

PUBLIC = "public"
STAFF = "staff"

Role = Literal["citizen", "staff"]
Lang = Literal["zh-TW", "en"]
Route = Literal["documents", "live", "both", "emergency", "reply", "none"]


class Status(StrEnum):
    """How an answer ended; expected stops are statuses, never exceptions."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    NO_EVIDENCE = "no_evidence"
    CLARIFY = "clarify"
    OUT_OF_SCOPE = "out_of_scope"
    BLOCKED = "blocked"
    EMERGENCY = "emergency"
    FEED_UNAVAILABLE = "feed_unavailable"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Locator:
    """Where in its document a text stands: page (from 1), heading path, article, item."""

    page: int | None = None
    section: str | None = None
    article: str | None = None
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One published document as the registry keeps it.

    `source` is the path or URL given at indexing, with `#` and the part where a file holds many documents; `audience`
    is `public`, `staff`, or a bureau's name. `supersedes` is the id of the version before this one; `superseded` is the
    first day on which a newer version of this rule is in force.
    """

    id: str
    source: str
    title: str
    bureau: str = ""
    language: str = "zh-TW"
    audience: str = PUBLIC
    type: str = "document"
    topic: str = ""
    licence: str = ""
    url: str = ""
    published: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    repealed: date | None = None
    supersedes: str = ""
    superseded: date | None = None
    unofficial: bool = False

    @property
    def last_day(self) -> date | None:
        """The last day on which the document holds; None where no end is known."""
        ends = [day - timedelta(days=1) for day in (self.repealed, self.superseded) if day]
        return min([*ends, self.effective_to] if self.effective_to else ends, default=None)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A retrievable part of a document: `text == document_text[start:end]`, offsets in characters.

    `places` says where its parts stand: pairs of an offset in the document and the locator from there on, ascending.
    """

    id: str
    document_id: str
    ordinal: int
    text: str
    start: int
    end: int
    locator: Locator = field(default_factory=Locator)
    places: tuple[tuple[int, Locator], ...] = ()

    def locator_at(self, offset: int) -> Locator:
        """Where the text at an offset of the document stands: page and article of a quote, not of the whole chunk."""
        before = [locator for start, locator in self.places if start <= offset]
        return before[-1] if before else self.locator


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that was retrieved for a question, with its document and fused score in 0..1."""

    chunk: Chunk
    document: Document
    score: float
    keyword_score: float = 0.0
    dense_score: float = 0.0


@dataclass(frozen=True, slots=True)
class EvidenceSentence:
    """A sentence of a passage that may hold the answer; offsets are in the document's text.

    `coverage` is how much of the question its own words cover, or across languages its cosine; `score` what it was
    chosen by, higher is better; `pointed` how sure the judge is that the answer stands in it, 0..1.
    """

    passage: Passage
    text: str
    start: int
    end: int
    coverage: float
    score: float = 0.0
    pointed: float = 0.0


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote of a passage; `n` is the mark that the answer's sentences carry."""

    n: int
    document_id: str
    source: str
    title: str
    bureau: str
    locator: Locator
    quote: str
    start: int
    end: int
    url: str = ""
    effective_from: date | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a live service said; `n` is the mark that the answer's sentences carry.

    Attributes:
        tool: the name of the service.
        source: who publishes it, in the answer's language.
        observed_at: ISO 8601 with its offset; empty where the publisher does not say.
        stale: whether that is longer ago than the city allows for this feed.
        simulated: whether a demonstration city answered in the publisher's place.
        data: JSON values; every figure of the sentences is among them.
        place: the station, stop or sensor.
        licence: the line that the publisher's licence asks for.
    """

    tool: str
    source: str
    observed_at: str
    stale: bool
    simulated: bool
    data: Mapping[str, object]
    place: str = ""
    licence: str = ""
    n: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, for rates and turns alone: keys that never leave the process, neither in logs nor in answers.

    An operator asks on the machine itself, and waits for as long as it takes. Of a citizen the address counts too;
    whoever is signed in has none.
    """

    kind: Literal["operator", "citizen", "staff", "evaluator"] = "operator"
    person: str = ""
    address: str = ""


OPERATOR = Asker()


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks; `lang` None means: detect it. `as_of` None means: now in the city.

    `bureau` is the one that a member of staff works for; it opens that bureau's documents. `as_of` is the day on which
    documents have to hold, and from which "tomorrow" counts; a date-time without an offset is the city's.
    """

    text: str
    id: str = ""
    lang: Lang | None = None
    role: Role = "citizen"
    bureau: str = ""
    as_of: date | datetime | None = None
    history: tuple[Turn, ...] = ()
    asker: Asker = field(default=OPERATOR, repr=False)


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model wrote an answer; `name` is `extract-only` where none did, and `reviewed` where an editor did."""

    name: str
    origin: str


EXTRACT_ONLY = ModelInfo(name="extract-only", origin="")
REVIEWED = ModelInfo(name="reviewed", origin="")


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer to one question, as every face returns it. Timings are in milliseconds.

    `choices` are what a clarifying question offers; sending one of them as the next question chooses it.
    `audience` is who may see what the answer rests on. Where the answer is kept, the ids say under what.
    """

    id: str
    status: Status
    lang: Lang
    answer: str
    citations: tuple[Citation, ...] = ()
    readings: tuple[Reading, ...] = ()
    route: Route = "none"
    model: ModelInfo = EXTRACT_ONLY
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    trace_id: str = ""
    notice: str = ""
    choices: tuple[str, ...] = ()
    audience: str = PUBLIC
    conversation_id: str = ""
    turn_id: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceEvent:
    """Citations with their quotes, and what live services said, sent before any model writes."""

    citations: tuple[Citation, ...]
    readings: tuple[Reading, ...] = ()
    kind: Literal["evidence"] = "evidence"


@dataclass(frozen=True, slots=True)
class QueuedEvent:
    """The model is busy with others' answers: a place in the line, and about how many seconds it takes.

    1 is next, 0 is now: the model begins.
    """

    position: int
    wait_s: int
    kind: Literal["queued"] = "queued"


@dataclass(frozen=True, slots=True)
class SentenceEvent:
    """One verified sentence of the answer, with its [n] marks."""

    text: str
    kind: Literal["sentence"] = "sentence"


@dataclass(frozen=True, slots=True)
class DoneEvent:
    """The end of a stream: the whole answer."""

    answer: Answer
    kind: Literal["done"] = "done"


Event = EvidenceEvent | QueuedEvent | SentenceEvent | DoneEvent


class EventStream(Iterator[Event], Protocol):
    """Events up to and including `DoneEvent`; closing it stops the model."""

    def close(self) -> None:
        """End the stream; any thread may do so at any time."""
