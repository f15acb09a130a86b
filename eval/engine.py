"""Engine: the compiled llama.cpp against the wheel's, side by side on the prompts that the product writes."""

import argparse
import re
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import httpx

from assistant.conversation import open_conversation
from assistant.errors import EngineUnavailable
from assistant.models.backend import State
from assistant.models.chat_client import Messages
from assistant.models.engine import NoEngine
from assistant.models.llamacpp import open_native, open_wheel
from assistant.models.native import choose_server
from assistant.models.served import ServedEngine
from assistant.models.supervisor import Supervisor
from assistant.schema import Question
from assistant.settings import Settings
from eval.datasets import AS_OF, Item, load_items
from eval.results import keep_results, mean, percentile

MOST_QUESTIONS = 12
QUICK_QUESTIONS = 4
_RESIDENT = re.compile(r"VmRSS:\s+(\d+) kB")


@dataclass(frozen=True, slots=True)
class Request:
    """What the product would send to the engine for a question."""

    item: Item
    body: dict[str, Any]


class Scribe(NoEngine):
    """An engine that only writes down what it is asked."""

    state: State = "ready"

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    def wait_ready(self, timeout_s: float) -> bool:
        """It is always ready."""
        return True

    def stream(
        self,
        messages: Messages,
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        temperature: float = 0.0,
        extra: Mapping[str, object] | None = None,
    ) -> Generator[str]:
        """Write the request down, then fail as an engine that cannot answer."""
        body = {"messages": [{"role": role, "content": text} for role, text in messages], "max_tokens": max_tokens}
        self.bodies.append({**body, "stop": list(stop), "temperature": temperature, **(extra or {})})
        yield from super().stream(messages, max_tokens=max_tokens)


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Send each prompt to both servers, one after the other, and print how fast they are.

    Raises:
        EngineUnavailable: nothing is compiled, or a server does not start.
    """
    native = choose_server(settings).native
    if native is None:
        raise EngineUnavailable("Nothing is compiled to compare with.", "Run: city-assistant engine build")
    limit = options.limit or (QUICK_QUESTIONS if options.quick else MOST_QUESTIONS)
    requests = write_requests(settings, alternating(load_items(options.dataset, options.split)), limit)
    engines = {"wheel": open_wheel(settings, []), "native": open_native(settings, [], native)}
    try:
        for engine in engines.values():
            engine.start()
        for name, engine in engines.items():
            if not engine.wait_ready(settings.engine_start_timeout_s):
                raise EngineUnavailable(f"The {name} does not start: {engine.backend.failure}")
        rows = measure(engines, requests, settings)
        memory = {name: _resident_mb(engine) for name, engine in engines.items()}
    finally:
        for engine in engines.values():
            engine.close()
    figures = summarize(rows, memory)
    path = keep_results(options.out, "engine", settings, figures, rows)
    for name, value in figures.items():
        print(f"{name:10} {value}")
    print(f"Kept in {path}.")


def alternating(items: Sequence[Item]) -> list[Item]:
    """The answerable questions, a language at a time in turn, so that both static prefixes are needed all the time."""
    chinese = [item for item in items if item.answerable and item.lang != "en"]
    english = [item for item in items if item.answerable and item.lang == "en"]
    return [item for item in chain.from_iterable(zip_longest(chinese, english)) if item]


def write_requests(settings: Settings, items: Sequence[Item], limit: int) -> list[Request]:
    """The first request that the product makes for each question, up to so many; some questions make none."""
    requests: list[Request] = []
    scribe = Scribe()
    conversation = open_conversation(settings, engine=scribe)
    try:
        for item in items:
            scribe.bodies.clear()
            conversation.ask(Question(text=item.question, id=item.id, as_of=item.as_of or AS_OF))
            if scribe.bodies:
                requests.append(Request(item, scribe.bodies[0]))
            if len(requests) == limit:
                break
    finally:
        conversation.close()
    return requests


def measure(
    engines: Mapping[str, ServedEngine], requests: Sequence[Request], settings: Settings
) -> list[dict[str, Any]]:
    """One row for each request and engine; the first request in each language is asked once more, for the cache."""
    first = {request.item.lang: request for request in reversed(requests)}
    rows = []
    with httpx.Client(timeout=settings.answer_timeout_s * 10, trust_env=False) as client:
        for request in first.values():
            for engine in engines.values():
                _ask(client, engine, request)
        for number, request in enumerate(requests):
            names = sorted(engines, reverse=bool(number % 2))  # neither always comes first
            for name in names:
                figures = _ask(client, engines[name], request)
                rows.append({"id": request.item.id, "lang": request.item.lang, "engine": name, **figures})
    return rows


def summarize(rows: Sequence[Mapping[str, Any]], memory_mb: Mapping[str, int]) -> dict[str, Any]:
    """Figures of each engine, and the native ones over the wheel's."""
    figures = {name: _speed([row for row in rows if row["engine"] == name]) for name in memory_mb}
    texts: dict[str, set[str]] = {}
    for row in rows:
        texts.setdefault(row["id"], set()).add(row["answer"])
    wheel, native = figures["wheel"], figures["native"]
    ratio = {name: round(native[name] / wheel[name], 2) for name in wheel if wheel[name]}
    same = round(mean([float(len(answers) == 1) for answers in texts.values()]), 2)
    for name, size in memory_mb.items():
        figures[name]["memory_mb"] = size
    return {**figures, "ratio": ratio, "questions": len(texts), "same_answer": same}


def _speed(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    def rate(tokens: str, seconds: str) -> float:
        read, taken_s = (sum(float(row[name]) for row in rows) for name in (tokens, seconds))
        return round(read / max(1e-9, taken_s), 1)

    whole = [row["whole_s"] for row in rows]
    return {
        "prompt_tokens_per_s": rate("prompt_tokens", "prompt_s"),
        "generated_tokens_per_s": rate("generated_tokens", "generated_s"),
        "whole_answer_s_p50": round(percentile(whole, 0.5), 2),
        "whole_answer_s_mean": round(mean(whole), 2),
        "cached_tokens": round(mean([row["cached_tokens"] for row in rows]), 1),
    }


def _ask(client: httpx.Client, engine: ServedEngine, request: Request) -> dict[str, Any]:
    started = time.perf_counter()
    response = client.post(f"{engine.backend.api_url}/chat/completions", json=request.body).raise_for_status().json()
    whole_s = time.perf_counter() - started
    timings = response["timings"]
    return {
        "prompt_tokens": timings["prompt_n"],
        "prompt_s": timings["prompt_ms"] / 1000,
        "cached_tokens": timings["cache_n"],
        "generated_tokens": timings["predicted_n"],
        "generated_s": timings["predicted_ms"] / 1000,
        "whole_s": whole_s,
        "answer": response["choices"][0]["message"]["content"],
    }


def _resident_mb(engine: ServedEngine) -> int:
    assert isinstance(engine.backend, Supervisor)
    status = Path(f"/proc/{engine.backend.pid}/status").read_text(encoding="utf-8")
    match = _RESIDENT.search(status)
    return int(match[1]) // 1024 if match else 0
