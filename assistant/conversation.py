"""Ask and stream: the one door that the web page, API, command line and evaluation all call."""

import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from queue import SimpleQueue
from threading import Event as Flag
from threading import Thread
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from assistant import wording
from assistant.admission import Gate, Pass, SpareEngine, open_turns
from assistant.answering import load_prompts, warm_up
from assistant.audience import answer_audience
from assistant.city import City, load_city
from assistant.errors import DocumentError, EngineUnavailable, TooManyQuestions
from assistant.graph import Flow, build_graph
from assistant.guardrails import check_question, load_guardrails
from assistant.live import open_live
from assistant.models import AnswerJudge, CityEmbeddings, chat_model, check_encoders, embedder
from assistant.models.engine import Engine
from assistant.models.judge import Read
from assistant.privacy import find_personal, known_of
from assistant.retrieval import Scales, open_retriever
from assistant.reviewing import open_review
from assistant.routing import load_router
from assistant.schema import (
    EXTRACT_ONLY,
    PUBLIC,
    REVIEWED,
    Answer,
    Citation,
    Document,
    DoneEvent,
    Event,
    Lang,
    ModelInfo,
    Passage,
    Question,
    Role,
    Status,
)
from assistant.settings import Settings
from assistant.state import FlowState, Rooms, Run
from assistant.store import Access, Store, open_store
from assistant.text import detect_language, latin_letters, visible
from assistant.verification import Verifier
from assistant.verification.support import SupportScorer

if TYPE_CHECKING:
    from assistant.people.people import People
    from assistant.reviewing.desk import Desk

log = logging.getLogger(__name__)
_MOST_TURNS = 5


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the assistant can serve, and with what."""

    index_documents: int
    index_chunks: int
    engine: Literal["starting", "ready", "down", "off"]
    model: ModelInfo
    demo_notice: bool
    ready: bool


class Conversation:
    """Answers questions for any number of people at once; holds no one's history."""

    def __init__(
        self,
        settings: Settings,
        rooms: Rooms,
        *,
        close_engine: bool = True,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.settings = settings
        self._clock = clock
        self.city: City = rooms.city
        self._rooms = rooms
        self._close_engine = close_engine
        self._gate = Gate(settings)
        self._flow: Flow = build_graph()

    def ask(self, question: Question) -> Answer:
        """The whole answer at once."""
        for event in self.stream(question):
            if isinstance(event, DoneEvent):
                return event.answer
        raise AssertionError("a stream ends with its answer")

    def stream(self, question: Question) -> "AnswerStream":
        """Events as they happen: evidence, verified sentences, done. Closing the stream stops the model.

        Raises:
            TooManyQuestions: the person asks more often, or more at once, than one may, and it is no emergency.
        """
        question = _cleaned(question)
        lang = question.lang or _language_of(question)
        entered = self._enter(question, lang)
        clock, turn = _Clock(), self._rooms.turns.of(question.asker)
        run = Run(self._rooms, Flag(), clock.mark, self._moment(None), self._moment(question.as_of), turn)
        state = FlowState(
            question=question,
            lang=lang,
            access=Access.of(question.role, run.asked_at.date(), question.bureau),
        )
        stream = AnswerStream(run.cancelled, turn.abandon)

        def work() -> None:
            try:
                self._work(state, run, clock, stream)
            finally:
                entered.leave()

        Thread(target=work, name="answer", daemon=True).start()
        return stream

    def search(self, query: str, k: int, role: Role, as_of: date | None = None, bureau: str = "") -> list[Passage]:
        """The best passages for a query; empty for a query without any word."""
        text = latin_letters(visible(query))[: self.settings.max_question_chars]
        if not any(character.isalnum() for character in text):
            return []
        access = Access.of(role, self._moment(as_of).date(), bureau)
        return self._rooms.retriever.find(text, access, detect_language(text), k).passages

    def document(self, document_id: str, role: Role, bureau: str = "") -> tuple[Document, str]:
        """A document and its stored text.

        Raises:
            DocumentError: `not_found`, also where this role may not see it.
        """
        found = self._rooms.store.document(document_id, Access.of(role, self._today(), bureau))
        if found is None:
            raise DocumentError("not_found", f"There is no document {document_id!r} here.")
        return found

    def desk(self, people: "People") -> "Desk":
        """What editors do with answers and the queue, on this index."""
        from assistant.reviewing.desk import Desk  # here, so that none but a database's users wait for its libraries

        rooms = self._rooms
        return Desk(self.settings, people, rooms.store, rooms.embedder, lambda: rooms.retriever, self._today)

    def health(self) -> Health:
        """Ready means: the index has documents, and no engine is still being waited for.

        Without an engine, or with one that was given up, cited extracts can be served.
        """
        documents, chunks = self._rooms.store.counts()
        engine = self._rooms.engine
        return Health(
            index_documents=documents,
            index_chunks=chunks,
            engine=engine.state,
            model=engine.info,
            demo_notice=self.settings.deployment == "demo",
            ready=documents > 0 and engine.state != "starting",
        )

    def wait_for_engine(self, timeout_s: float) -> bool:
        """Wait until the model can answer; False where it cannot, or there is none."""
        return self._rooms.engine.wait_ready(timeout_s)

    def warm_up(self) -> None:
        """Prepare in the background what the first question would otherwise wait for."""

        def warm() -> None:
            rooms = self._rooms
            rooms.embedder.embed_query("")
            find_personal("")
            if rooms.review:
                rooms.review.follow()
            rooms.scales.judge("", [Read("", "")])
            if rooms.live:
                rooms.live.router.prepare()
            with suppress(EngineUnavailable):
                warm_up(rooms.engine, rooms.prompts, self.settings.engine_start_timeout_s)

        Thread(target=warm, daemon=True).start()

    def close(self) -> None:
        """Release the index, and end the engine unless another opened it."""
        if self._close_engine:
            self._rooms.engine.close()
        if self._rooms.live:
            self._rooms.live.close()
        if self._rooms.review:
            self._rooms.review.close()
        self._rooms.store.close()

    def _enter(self, question: Question, lang: Lang) -> Pass:
        """Leave to answer a question, which an emergency always has."""
        entered = self._gate.enter(question.asker)
        if isinstance(entered, Pass):
            return entered
        stop = check_question(question.text, lang, self._rooms.guardrails)
        if stop is not None and stop.status == Status.EMERGENCY:
            return Pass()
        text = wording.too_many(entered.reason, entered.wait_s, lang)
        raise TooManyQuestions(entered.reason, entered.wait_s, text)

    def _work(self, state: FlowState, run: Run, clock: "_Clock", stream: "AnswerStream") -> None:
        trace_id = uuid.uuid4().hex
        final: dict[str, Any] = dict(state)
        try:
            for mode, part in self._flow.stream(state, context=run, stream_mode=["custom", "values"]):
                if mode == "custom":
                    stream.put(cast(Event, part))
                else:
                    final = cast(dict[str, Any], part)
            final = {**final, "audience": answer_audience(final, self._rooms)}
        except Exception:  # the one edge where any fault becomes an answer instead of a hanging page
            log.exception("trace %s failed", trace_id)
            final |= {"status": Status.ERROR, "text": wording.failed(self.city, state["lang"]), "citations": []}
        stream.put(DoneEvent(self._answer(final, clock, trace_id)))

    def _answer(self, final: dict[str, Any], clock: "_Clock", trace_id: str) -> Answer:
        wrote = any(verdict.passed for verdict in final.get("verdicts", ()))
        clock.mark("total")
        question: Question = final["question"]
        return Answer(
            id=question.id or trace_id,
            status=final["status"],
            lang=final["lang"],
            answer=final["text"],
            citations=tuple(final.get("citations", ())) if final["status"] != Status.NO_EVIDENCE else (),
            readings=final["report"].readings if "report" in final else (),
            route=final.get("route", "none"),
            model=self._rooms.engine.info if wrote else REVIEWED if "approved_for" in final else EXTRACT_ONLY,
            timings_ms=dict(clock.marks),
            trace_id=trace_id,
            notice=final.get("notice", ""),
            choices=final.get("choices", ()),
            audience=final.get("audience", PUBLIC),
        )

    def _moment(self, as_of: date | datetime | None) -> datetime:
        """The city's time, or the one that a question names; of a day that is named, this hour."""
        now = self._clock().astimezone(self.city.timezone)
        if isinstance(as_of, datetime):
            return as_of.astimezone(self.city.timezone) if as_of.tzinfo else as_of.replace(tzinfo=self.city.timezone)
        return datetime.combine(as_of, now.timetz()) if as_of else now

    def _today(self) -> date:
        return self._moment(None).date()


class AnswerStream(Iterator[Event]):
    """The events of one answer, up to and including `DoneEvent`; any thread may close it at any time."""

    def __init__(self, cancelled: Flag, abandon: Callable[[], None] = lambda: None) -> None:
        self._cancelled = cancelled
        self._abandon = abandon
        self._events: SimpleQueue[Event | None] = SimpleQueue()
        self._ended = False

    def __next__(self) -> Event:
        """The next event; waits for it."""
        event = None if self._ended else self._events.get()
        self._ended = event is None or isinstance(event, DoneEvent)
        if event is None:
            raise StopIteration
        return event

    def put(self, event: Event) -> None:
        """Append an event."""
        self._events.put(event)

    def close(self) -> None:
        """End the stream where it stands; the model stops at its next token, a place in the line is free at once."""
        self._cancelled.set()
        self._abandon()
        self._events.put(None)


def open_conversation(
    settings: Settings,
    *,
    index_dir: Path | None = None,
    engine: Engine | None = None,
    weights: CityEmbeddings | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Conversation:
    """Open the index, start the engine in the background, and return at once.

    Args:
        index_dir: another index than the city's own.
        engine: one that runs already; it is neither started nor closed here.
        weights: an embedder that is open already.
        clock: gives the moment that is now, aware.

    Raises:
        CityDataError: the city's data is missing or malformed.
        StoreError: the index cannot be opened.
        ModelError: the model is unknown, missing, or refused by the city's policy.
    """
    city = load_city(settings.city_dir)
    check_encoders(settings, city.policy.denied_model_origins)
    weights = weights or embedder(settings)
    guardrails = load_guardrails(
        settings.city_dir, settings.max_question_chars, embed=weights.embed_query, fingerprint=weights.fingerprint
    )
    own_engine, turns = engine is None, open_turns(settings)
    engine = engine or chat_model(settings, city.policy.denied_model_origins)
    store = open_store(index_dir or settings.index_dir, weights.fingerprint)
    if own_engine:
        engine.start()
    rooms = Rooms(
        city=city,
        store=store,
        embedder=weights,
        retriever=open_retriever(settings, city, store, weights, SpareEngine(engine, turns)),
        scales=Scales(store, weights.embed_few, AnswerJudge(settings.models_dir).judge, city.boilerplate),
        engine=engine,
        guardrails=guardrails,
        router=load_router(city),
        prompts=load_prompts(city.name),
        verifier=_open_verifier(store, weights),
        live=open_live(settings, city, weights, clock),
        known=known_of(city),
        review=open_review(settings, city, store, weights),
        turns=turns,
    )
    return Conversation(settings, rooms, close_engine=own_engine, clock=clock)


def _open_verifier(store: Store, weights: CityEmbeddings) -> Verifier:
    def cosine(a: str, b: str) -> float:
        first, second = weights.embed_few([a, b])
        return float(np.dot(first, second))

    def context_of(citation: Citation) -> str:
        return "\n".join((citation.title, citation.locator.section or "", citation.quote))

    return Verifier(SupportScorer(store.query_tokens, store.idf, cosine), context_of, store.stored_text)


class _Clock:
    """Milliseconds since the question came, by name; the first mark of a name counts."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self.marks: dict[str, float] = {}

    def mark(self, name: str) -> None:
        self.marks.setdefault(name, (time.perf_counter() - self._start) * 1000)


def _cleaned(question: Question) -> Question:
    history = tuple(
        replace(turn, question=visible(turn.question), answer=visible(turn.answer))
        for turn in question.history[-_MOST_TURNS:]
    )
    return replace(question, text=latin_letters(visible(question.text)).strip(), history=history)


def _language_of(question: Question) -> Lang:
    if any(character.isalpha() for character in question.text):
        return detect_language(question.text)
    return detect_language(question.history[-1].question) if question.history else "zh-TW"
