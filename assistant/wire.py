"""The JSON that every face returns: answers, events and search results as plain dictionaries."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date
from typing import Any

from assistant.schema import Answer, Citation, DoneEvent, Event, EvidenceEvent, Locator, Passage, QueuedEvent

_UNSEEN = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")  # what a terminal would obey


def json_line(value: object) -> str:
    """JSON on one line for a terminal or a pipe: Chinese as it is; control characters, marks of direction escaped."""
    return _UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


def answer_json(answer: Answer) -> dict[str, Any]:
    """The answer as `ask --json` and `POST /api/v1/ask` give it; with the ids under which it is kept, where it is."""
    kept = {"conversation_id": answer.conversation_id, "turn_id": answer.turn_id} if answer.turn_id else {}
    return {
        "id": answer.id,
        "status": str(answer.status),
        "lang": answer.lang,
        "answer": answer.answer,
        "citations": [citation_json(citation) for citation in answer.citations],
        "readings": [_plain(reading) for reading in answer.readings],
        "route": answer.route,
        "model": _plain(answer.model),
        "timings_ms": {name: round(value, 1) for name, value in answer.timings_ms.items()},
        "notice": answer.notice,
        "choices": list(answer.choices),
        "trace_id": answer.trace_id,
        **kept,
    }


def citation_json(citation: Citation) -> dict[str, Any]:
    """A citation; `start` and `end` are character offsets of the quote in the document's stored text."""
    data = {name: _plain(getattr(citation, name)) for name in citation.__dataclass_fields__}
    data["locator"] = locator_json(citation.locator)
    return data


def locator_json(locator: Locator) -> dict[str, Any]:
    """Only the parts of the locator that the document has."""
    return {name: value for name, value in asdict(locator).items() if value is not None}


def event_json(event: Event) -> dict[str, Any]:
    """The data of one streaming event; its name is `event.kind`."""
    if isinstance(event, EvidenceEvent):
        return {
            "citations": [citation_json(citation) for citation in event.citations],
            "readings": [_plain(reading) for reading in event.readings],
        }
    if isinstance(event, DoneEvent):
        return answer_json(event.answer)
    if isinstance(event, QueuedEvent):
        return {"position": event.position, "wait_s": event.wait_s}
    return {"text": event.text}


def search_json(query_id: str, passages: Sequence[Passage]) -> dict[str, Any]:
    """One line of `search --json` or `search --batch`."""
    return {
        "id": query_id,
        "results": [
            {
                "document_id": passage.document.id,
                "source": passage.document.source,
                "chunk_id": passage.chunk.id,
                "title": passage.document.title,
                "locator": locator_json(passage.chunk.locator),
                "score": round(passage.score, 6),
                "text": passage.chunk.text,
            }
            for passage in passages
        ],
    }


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value
