"""What one exchange looks like on the page: streaming events folded into a frozen view."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.errors import DocumentError
from assistant.schema import Answer, Citation, Document, DoneEvent, Event, EvidenceEvent, Question, Reading, Turn

CONTEXT_CHARS = 90
HISTORY_TURNS = 5
_SENTENCE_END = re.compile(r"[。！？!?\n]|\.\s")

Stage = Literal["searching", "writing", "done", "stopped"]
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
    """One exchange as the page shows it; `number` counts from 1 within a conversation."""

    number: int
    question: str
    stage: Stage = "searching"
    sources: tuple[SourceView, ...] = ()
    readings: tuple[Reading, ...] = ()
    sentences: tuple[str, ...] = ()
    answer: Answer | None = None


def apply_event(turn: TurnView, event: Event, read_document: ReadDocument) -> TurnView:
    """The turn after one streaming event."""
    if isinstance(event, EvidenceEvent):
        sources = view_sources(event.citations, turn.sources, read_document)
        return replace(turn, stage="writing", sources=sources, readings=event.readings)
    if isinstance(event, DoneEvent):
        sources = view_sources(event.answer.citations, turn.sources, read_document)
        return replace(turn, stage="done", sources=sources, readings=event.answer.readings, answer=event.answer)
    return replace(turn, stage="writing", sentences=(*turn.sentences, event.text))


def stop_turn(turn: TurnView) -> TurnView:
    """The turn after the person pressed stop; what was already verified stays."""
    return turn if turn.stage == "done" else replace(turn, stage="stopped")


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
