"""What one exchange looks like on the page: streaming events folded into a frozen view."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.errors import DocumentError
from assistant.people.account import Account
from assistant.schema import (
    Answer,
    Citation,
    Document,
    DoneEvent,
    Event,
    EvidenceEvent,
    Question,
    QueuedEvent,
    Reading,
    Turn,
)

CONTEXT_CHARS = 90
HISTORY_TURNS = 5
_SENTENCE_END = re.compile(r"[。！？!?\n]|\.\s")

Stage = Literal["searching", "queued", "writing", "done", "stopped", "refused"]
ReadDocument = Callable[[str], tuple[Document, str]]


@dataclass(frozen=True, slots=True)
class SourceView:
    """A citation with the text around its quote; `document` is None where it cannot be read any more."""

    citation: Citation
    before: str = ""
    after: str = ""
    document: Document | None = None


@dataclass(frozen=True, slots=True)
class TurnView:
    """One exchange as the page shows it; `number` counts from 1 within a conversation.

    `account_id` is the one that it was asked under; empty where nobody was signed in. `refusal` says why the question
    is not taken now, in the person's language.
    """

    number: int
    question: str
    stage: Stage = "searching"
    sources: tuple[SourceView, ...] = ()
    readings: tuple[Reading, ...] = ()
    sentences: tuple[str, ...] = ()
    place: QueuedEvent | None = None
    refusal: str = ""
    answer: Answer | None = None
    account_id: str = ""


def own_turns(turns: Sequence[TurnView], account: Account | None) -> tuple[TurnView, ...]:
    """The exchanges of whoever is signed in now; what was asked before signing in or out is not shown or sent again."""
    return tuple(turn for turn in turns if turn.account_id == (account.id if account else ""))


def apply_event(turn: TurnView, event: Event, read_document: ReadDocument) -> TurnView:
    """The turn after one streaming event."""
    if isinstance(event, EvidenceEvent):
        sources = view_sources(event.citations, turn.sources, read_document)
        return replace(turn, stage="writing", sources=sources, readings=event.readings)
    if isinstance(event, DoneEvent):
        sources = view_sources(event.answer.citations, turn.sources, read_document)
        return replace(turn, stage="done", sources=sources, readings=event.answer.readings, answer=event.answer)
    if isinstance(event, QueuedEvent):
        return replace(turn, stage="queued" if event.position else "writing", place=event)
    return replace(turn, stage="writing", sentences=(*turn.sentences, event.text))


def refuse_turn(turn: TurnView, refusal: str) -> TurnView:
    """The turn of a question that is not taken now."""
    return replace(turn, stage="refused", refusal=refusal)


def stop_turn(turn: TurnView) -> TurnView:
    """The turn after the person pressed stop; what was already verified stays."""
    return turn if turn.stage in ("done", "refused") else replace(turn, stage="stopped")


def view_sources(
    citations: Sequence[Citation], known: Sequence[SourceView], read_document: ReadDocument
) -> tuple[SourceView, ...]:
    """The citations with their surroundings; those of `known` are not read again."""
    by_citation = {source.citation: source for source in known}
    return tuple(by_citation.get(citation) or view_source(citation, read_document) for citation in citations)


def view_source(citation: Citation, read_document: ReadDocument) -> SourceView:
    """A citation with up to 90 characters of stored text on either side, cut at sentence ends where there are some.

    Where the stored text does not hold the quote at its offsets, the surroundings stay empty.
    """
    try:
        document, text = read_document(citation.document_id)
    except DocumentError:
        return SourceView(citation)
    if text[citation.start : citation.end] != citation.quote:
        return SourceView(citation, document=document)
    return SourceView(citation, _text_before(text, citation.start), _text_after(text, citation.end), document)


def join_sentences(sentences: Sequence[str]) -> str:
    """Verified sentences as running text: a space only where Latin text meets."""
    joined = ""
    for sentence in sentences:
        joined += " " + sentence if joined and joined[-1].isascii() and not joined[-1].isspace() else sentence
    return joined


def ask_question(text: str, turns: Sequence[TurnView]) -> Question:
    """The question with the last five finished exchanges of this browser as its history."""
    finished = [
        Turn(question=turn.question, answer=turn.answer.answer)
        for turn in turns
        if turn.answer is not None and turn.answer.answer
    ]
    return Question(text=text, history=tuple(finished[-HISTORY_TURNS:]))


def conversation_of(turns: Sequence[TurnView]) -> str:
    """The id under which the exchanges are kept; empty where none is."""
    ids = (turn.answer.conversation_id for turn in reversed(turns) if turn.answer is not None)
    return next((one for one in ids if one), "")


def _text_before(text: str, start: int) -> str:
    begin = max(0, start - CONTEXT_CHARS)
    window = text[begin:start]
    if begin == 0:
        return window.lstrip()
    boundary = _SENTENCE_END.search(window)
    if boundary and boundary.end() < len(window):
        return window[boundary.end() :].lstrip()
    return "…" + window


def _text_after(text: str, end: int) -> str:
    window = text[end : end + CONTEXT_CHARS]
    if end + CONTEXT_CHARS >= len(text):
        return window.rstrip()
    boundaries = list(_SENTENCE_END.finditer(window))
    if boundaries:
        return window[: boundaries[-1].end()].rstrip()
    return window + "…"
