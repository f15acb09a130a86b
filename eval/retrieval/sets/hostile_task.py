"""Asks hostile questions in a process of its own; prints the milliseconds of an ordinary question, then of each."""

import json
import sys
import time

from assistant.lifeline import die_with_parent
from assistant.quiet import silence_libraries
from assistant.settings import load_settings
from eval.datasets import CITY_QUESTIONS, load_items
from eval.results import percentile

_ORDINARY = 20


def main() -> None:
    """Ask the questions that the command line names."""
    silence_libraries()
    from assistant.models import embedder
    from assistant.store import open_store
    from eval.retrieval.rankers import open_engine, open_retriever
    from eval.retrieval.sets.hostile import HOSTILE
    from eval.retrieval.sets.latency import find, times

    settings = load_settings()
    weights = embedder(settings)
    store = open_store(settings.index_dir, weights.fingerprint)
    retriever = open_retriever(settings, store, weights, open_engine(settings))
    ordinary = times(retriever, [item.question for item in load_items(CITY_QUESTIONS)[:_ORDINARY]])
    print(json.dumps(percentile(ordinary, 0.5)), flush=True)
    for name in sys.argv[1:]:
        started = time.perf_counter()
        find(retriever, HOSTILE[name])
        print(json.dumps((time.perf_counter() - started) * 1000), flush=True)


if __name__ == "__main__":
    die_with_parent()
    main()
