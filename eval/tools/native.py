"""Native tool calling for comparison: the model gets the schemas of all services at once and decides by itself."""

import json
import re
import time
from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from assistant.services import Argument, Service
from eval.answers.asked import language
from eval.results import mean, percentile
from eval.tools.answers import MISSING, kind_of
from eval.tools.calls import Row

SAMPLE, QUICK_SAMPLE = 20, 5
CONTEXT_TOKENS = 16_384  # the schemas of all services are longer than what the product gives a model
_SYSTEM = (
    "You are the assistant of a city. Call tools only for questions about how things are right now, or for bookings "
    "and reports that the person asks for. If a required argument is missing, ask for it. "
    "Answer everything else in words."
)
Figures = dict[str, Any]
Schema = dict[str, Any]


def schema_of(service: Service) -> Schema:
    """A service as a tool of the OpenAI protocol."""
    required = [name for name, argument in service.arguments.items() if argument.required]
    parameters = {
        "type": "object",
        "properties": {name: _property(argument) for name, argument in service.arguments.items()},
        "required": required,
    }
    described = {"name": service.name, "description": service.description["en"], "parameters": parameters}
    return {"type": "function", "function": described}


def measure_native(chat: BaseChatModel, services: Sequence[Service], rows: Sequence[Row]) -> Iterator[Row]:
    """Give each question to the model with all schemas; a row as soon as it is known."""
    model = chat.bind(tools=[schema_of(service) for service in services])
    names = frozenset(service.name for service in services)
    for row in rows:
        asked = HumanMessage(f"({row['as_of']}) {row['question']}")  # the moment stands last: the rest stays cached
        started = time.perf_counter()
        message = model.invoke([SystemMessage(_SYSTEM), asked])
        yield {"set": "native", "system": "native", **judged(row, message, names, time.perf_counter() - started)}


def judged(row: Row, message: AIMessage, names: frozenset[str], took_s: float) -> Row:
    """What the model called by the protocol, and what a lenient reader finds in its text."""
    native = sorted({call["name"] for call in message.tool_calls})
    return {
        "id": row["id"],
        "split": row["split"],
        "lang": language(row["lang"]),
        "kind": kind_of(row),
        "tools": row["tools"],
        "native": native,
        "lenient": native or sorted(called_in_text(message.text, names)),
        "s": round(took_s, 2),
        "tokens": message.usage_metadata["input_tokens"] if message.usage_metadata else 0,
        "text": message.text,
    }


def called_in_text(text: str, names: frozenset[str]) -> frozenset[str]:
    """Names of services that a text calls by a JSON object with `name`, in whatever it is wrapped."""
    objects = [_object_at(text, match.start()) for match in re.finditer(r"\{", text)]
    return names & {str(one["name"]) for one in objects if "name" in one}


def native_figures(rows: Sequence[Row]) -> Figures:
    """Right tools, restraint, and missing arguments asked for, by the protocol and with the lenient reader."""
    asking = [row for row in rows if row["tools"] and row["kind"] != MISSING]
    lacking = [row for row in rows if row["kind"] == MISSING]
    none = [row for row in rows if not row["tools"]]
    figures: Figures = {"n": len(rows), "with_tool": len(asking), "without_tool": len(none), "missing": len(lacking)}
    for way in ("native", "lenient"):
        figures[way] = {
            "calls": sum(bool(row[way]) for row in rows),
            "right": _share([set(row[way]) == set(row["tools"]) for row in asking]),
            "restraint": _share([not row[way] for row in none]),
            "asked_for_missing": _share([not row[way] for row in lacking]),
        }
    figures["s_p50"] = percentile([row["s"] for row in rows], 0.5)
    figures["s_p95"] = percentile([row["s"] for row in rows], 0.95)
    figures["tokens"] = max((row["tokens"] for row in rows), default=0)
    return figures


def _property(argument: Argument) -> Schema:
    kind = {"type": "integer"} if argument.type == "number" else {"type": "string"}
    return {**kind, **({"enum": list(argument.words)} if argument.words else {})}


def _object_at(text: str, start: int) -> dict[str, Any]:
    try:
        found, _ = json.JSONDecoder().raw_decode(text, start)
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _share(values: Sequence[bool]) -> float | None:
    return round(mean([float(value) for value in values]), 3) if values else None
