"""Time of the product's search on the city's index, with the embedding of the question and without."""

import time
from collections.abc import Sequence

from assistant.retrieval import Retriever
from assistant.text import detect_language
from eval.datasets import load_items
from eval.results import percentile
from eval.retrieval.bench import PUBLIC, Bench
from eval.retrieval.figures import Measured

_QUESTIONS = 100
_WARM = 5


def measure(bench: Bench) -> Measured:
    """p50 and p95 in milliseconds."""
    questions = [item.question for item in bench.sampled(load_items(bench.dataset))][:_QUESTIONS]
    times(bench.city().retriever, questions)  # from here on every vector that these questions need is known
    figures = {
        "with the embedder": _percentiles(times(bench.city(fresh=True).retriever, questions)),
        "without": _percentiles(times(bench.city().retriever, questions)),
    }
    return Measured({"product": figures})


def times(retriever: Retriever, questions: Sequence[str]) -> list[float]:
    """Milliseconds of each search, after a few that load what the process keeps."""
    for question in questions[:_WARM]:
        find(retriever, question)
    taken = []
    for question in questions:
        started = time.perf_counter()
        find(retriever, question)
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def find(retriever: Retriever, question: str) -> None:
    """Search as the public would."""
    retriever.find(question, PUBLIC, detect_language(question))


def _percentiles(taken: Sequence[float]) -> dict[str, float]:
    return {"n": len(taken), "p50 ms": round(percentile(taken, 0.5), 1), "p95 ms": round(percentile(taken, 0.95), 1)}
