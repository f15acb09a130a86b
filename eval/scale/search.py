"""Measures the search of a made-up city's index: time of the whole and of each leg, recall, memory."""

import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from assistant.store import Access, Store, open_store
from assistant.store.keywords import KeywordIndex
from eval.results import mean, percentile
from eval.scale.build import FINGERPRINT
from eval.scale.city import BUREAU, CHUNKS_A_BATCH, PAST, TODAY, MadeUpCity, Matrix, Question

CANDIDATES = 50  # as the product searches
DEPTH = 10
_QUESTIONS, _WARM_UP, _SLOW_QUESTIONS = 300, 20, 30
_KB_PER_MB = 1000
CITIZEN = Access.of("citizen", TODAY)
STAFF = Access.of("staff", TODAY, BUREAU)
LONG_AGO = Access.of("citizen", PAST)  # also what a filter beside the query costs
Ask = Callable[[Question], object]


def measure_search(city: MadeUpCity, chunks: int, folder: Path) -> dict[str, Any]:
    """The figures of one index, opened anew: milliseconds as p50 and p95, shares in 0..1."""
    questions = city.questions(_QUESTIONS, chunks)
    started = time.perf_counter()
    store = open_store(folder, FINGERPRINT)
    every_posting = KeywordIndex(folder / "keywords", most_postings=sys.maxsize)
    try:
        _whole(store, CITIZEN)(questions[0])
        opening_s = time.perf_counter() - started
        figures = {
            "opening_s": round(opening_s, 2),
            **_times(store, every_posting, questions),
            "hostile_ms": {name: _took_ms(_whole(store, CITIZEN), q) for name, q in _hostile(city, questions).items()},
            "recall@10": _recalls(store, city, chunks, questions[:_SLOW_QUESTIONS]),
            "keywords_agree@10": _agreement(store, every_posting, questions[:_SLOW_QUESTIONS]),
            "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KB_PER_MB),
        }
    finally:
        every_posting.close()
        store.close()
    return figures


def _times(store: Store, every_posting: KeywordIndex, questions: Sequence[Question]) -> dict[str, Any]:
    few = questions[:_SLOW_QUESTIONS]
    whole = _spread(_whole(store, CITIZEN), questions)
    filtered = _spread(_whole(store, LONG_AGO), few)
    return {
        "search_ms": whole,
        "search_as_staff_ms": _spread(_whole(store, STAFF), questions),
        "search_in_the_past_ms": filtered,
        "keywords_ms": _spread(lambda q: _keywords(store, store._keywords, q, CITIZEN), questions),
        "keywords_reading_all_ms": _spread(lambda q: _keywords(store, every_posting, q, CITIZEN), few),
        "vectors_ms": _spread(lambda q: _vectors(store, q, CITIZEN), questions),
        "times_faster_than_filtered": round(filtered["p50"] / whole["p50"], 1),
    }


def _whole(store: Store, access: Access) -> Ask:
    return lambda question: store.search(store.terms(question.text), _floats(question), access, CANDIDATES)


def _floats(question: Question) -> Sequence[float]:
    return cast(Sequence[float], question.vector)


def _keywords(store: Store, index: KeywordIndex, question: Question, access: Access) -> list[str]:
    found = index.search(store.terms(question.text), CANDIDATES, access.audiences, access.day)
    return [chunk_id for chunk_id, _ in found]


def _vectors(store: Store, question: Question, access: Access) -> list[str]:
    found = store._vectors.search(_floats(question), CANDIDATES, access.audiences, access.day)
    return [chunk_id for chunk_id, _ in found]


def _spread(ask: Ask, questions: Sequence[Question]) -> dict[str, float]:
    for question in questions[:_WARM_UP]:
        ask(question)
    taken = [_took_ms(ask, question) for question in questions]
    return {"p50": percentile(taken, 0.5), "p95": percentile(taken, 0.95)}


def _took_ms(ask: Ask, question: Question) -> float:
    started = time.perf_counter()
    ask(question)
    return round((time.perf_counter() - started) * 1000, 1)


def _hostile(city: MadeUpCity, questions: Sequence[Question]) -> dict[str, Question]:
    """Common words alone, a thousand characters, and punctuation alone."""
    vector, random = questions[0].vector, np.random.default_rng(1)
    return {
        "common words": Question(city.common_words(20), vector),
        "1,000 characters": Question(city.text(random, 1000), vector),
        "punctuation": Question("？！。，" * 50, vector),
    }


def _recalls(store: Store, city: MadeUpCity, chunks: int, questions: Sequence[Question]) -> dict[str, float]:
    """How many of the ten nearest windows, by exact search, the vector leg brings among its own first ten."""
    people = {"citizen": CITIZEN, "staff": STAFF, "citizen, of the past": LONG_AGO}
    exact = {who: nearest(city, chunks, access, questions) for who, access in people.items()}
    return {who: _shared(exact[who], [_vectors(store, q, access) for q in questions]) for who, access in people.items()}


def _agreement(store: Store, every_posting: KeywordIndex, questions: Sequence[Question]) -> float:
    """How many of the ten best chunks by all postings the keyword leg brings among its own first ten."""
    wanted = [_keywords(store, every_posting, question, CITIZEN) for question in questions]
    return _shared(wanted, [_keywords(store, store._keywords, question, CITIZEN) for question in questions])


def _shared(wanted: Sequence[Sequence[str]], found: Sequence[Sequence[str]]) -> float:
    shares = [len({*a[:DEPTH]} & {*b[:DEPTH]}) / DEPTH for a, b in zip(wanted, found, strict=True)]
    return round(mean(shares), 4)


def nearest(city: MadeUpCity, chunks: int, access: Access, questions: Sequence[Question]) -> list[list[str]]:
    """The ids of the ten nearest chunks that a person may see, by comparing with each one."""
    asked: Matrix = np.stack([question.vector for question in questions])
    allowed = city.may_see(chunks, access)
    best: list[list[tuple[float, int]]] = [[] for _ in questions]
    for batch, first in enumerate(range(0, chunks, CHUNKS_A_BATCH)):
        here = allowed[first : first + CHUNKS_A_BATCH]
        cosines = np.where(here, asked @ city.vectors(batch)[: len(here)].T, -1.0)
        for question, row in enumerate(cosines):
            top = np.argsort(-row)[:DEPTH]
            best[question] = sorted([*best[question], *((float(row[i]), first + int(i)) for i in top)])[-DEPTH:]
    return [[city.chunk_id(number) for _, number in reversed(of_question)] for of_question in best]
