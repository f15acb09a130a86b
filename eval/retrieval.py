"""Retrieval: recall and rank of the right document or paragraph, hybrid against each leg alone."""

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rich.progress import track

from assistant.models import embedder
from assistant.retrieval import retrieve
from assistant.settings import Settings
from assistant.store import Access, Scored, Store, open_store
from assistant.text import detect_language
from eval.datasets import AS_OF, Item, load_drcd, load_items
from eval.results import keep_results, mean, percentile

DEPTH = 10
DRCD_DEV = Path("../shared/data/a1_drcd/DRCD_dev.json")
Ranker = Callable[[Store, str, Sequence[float], Access], list[str]]


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Measure on the city's questions, and on DRCD dev where it is at hand."""
    weights = embedder(settings)
    items = [item for item in load_items(options.dataset, options.split, options.limit) if item.answerable]
    store = open_store(settings.index_dir, weights.fingerprint)
    figures: dict[str, Any] = {}
    rows: list[Any] = []
    try:
        for name, rank in RANKERS.items():
            scored = [_score(item, rank, store, weights.embed_query(item.question)) for item in items]
            figures[f"city/{name}"] = _summary(scored)
            rows += [{"set": "city", "ranker": name, **row} for row in scored]
        figures["latency_ms"] = _latency(store, weights.embed_query, [item.question for item in items])
    finally:
        store.close()
    drcd = options.drcd or DRCD_DEV
    if drcd.exists():
        figures |= _drcd(settings, drcd, options.limit)
    path = keep_results(options.out, "retrieval", settings, figures, rows)
    _print(figures)
    print(f"Kept in {path}.")


def by_hybrid(store: Store, query: str, vector: Sequence[float], access: Access) -> list[str]:
    """Document ids in the order of the product's own search."""
    passages = retrieve(store, query, vector, access, detect_language(query), DEPTH)
    return [passage.document.id for passage in passages]


def by_keyword(store: Store, query: str, vector: Sequence[float], access: Access) -> list[str]:
    """Document ids by BM25 alone."""
    return _by(lambda scored: scored.keyword, store.search(query, vector, access, DEPTH * 5))


def by_dense(store: Store, query: str, vector: Sequence[float], access: Access) -> list[str]:
    """Document ids by cosine alone."""
    return _by(lambda scored: scored.cosine, store.search(query, vector, access, DEPTH * 5))


RANKERS: dict[str, Ranker] = {"hybrid": by_hybrid, "keyword": by_keyword, "dense": by_dense}


def _by(score: Callable[[Scored], float | None], found: Sequence[Scored]) -> list[str]:
    having = [scored for scored in found if score(scored) is not None]
    return [s.document.id for s in sorted(having, key=lambda s: -(score(s) or 0.0))][:DEPTH]


def _score(item: Item, rank: Ranker, store: Store, vector: Sequence[float]) -> dict[str, Any]:
    access = Access.of("staff" if item.role == "staff" else "citizen", item.as_of or AS_OF, item.bureau)
    ranked = rank(store, item.question, vector, access)
    place = next((i for i, document in enumerate(ranked, start=1) if document in item.documents), 0)
    return {"id": item.id, "lang": item.lang, "rank": place, "top": ranked[:3]}


def _summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    groups: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        groups["all"].append(row["rank"])
        groups[row["lang"]].append(row["rank"])
    return {name: recall_figures(ranks) for name, ranks in groups.items()}


def recall_figures(ranks: Sequence[int]) -> dict[str, float]:
    """Recall at 1, 5 and 10 and the mean reciprocal rank; rank 0 means: not found."""
    return {
        "n": len(ranks),
        "R@1": round(mean([float(rank == 1) for rank in ranks]), 4),
        "R@5": round(mean([float(0 < rank <= 5) for rank in ranks]), 4),
        "R@10": round(mean([float(0 < rank <= 10) for rank in ranks]), 4),
        "MRR@10": round(mean([1 / rank if rank else 0.0 for rank in ranks]), 4),
    }


def _latency(store: Store, embed: Callable[[str], Sequence[float]], questions: Sequence[str]) -> dict[str, float]:
    access = Access.of("citizen", date.today())
    taken = []
    for question in questions:
        started = time.perf_counter()
        retrieve(store, question, embed(question), access, detect_language(question), DEPTH)
        taken.append((time.perf_counter() - started) * 1000)
    return {"p50": round(percentile(taken, 0.5), 1), "p95": round(percentile(taken, 0.95), 1)}


def _drcd(settings: Settings, path: Path, limit: int) -> dict[str, Any]:
    """Index the paragraphs as text files, as a city's documents would be, and ask every question."""
    from assistant.indexing.build import build_index

    weights = embedder(settings)
    paragraphs = load_drcd(path)
    with tempfile.TemporaryDirectory() as folder:
        for paragraph in paragraphs:
            Path(folder, f"{paragraph.id}.txt").write_text(paragraph.text, encoding="utf-8")
        store = open_store(Path(folder) / ".index", weights.fingerprint)
        try:
            report = build_index(settings, store, weights, [Path(folder)])
            questions = [(p.id, question) for p in paragraphs for question, _ in p.questions]
            figures = _ask_drcd(store, weights.embed_query, questions[:limit] if limit else questions)
        finally:
            store.close()
    return {**figures, "drcd/indexing": {"chunks": report.chunks, "seconds": report.seconds}}


def _ask_drcd(
    store: Store, embed: Callable[[str], Sequence[float]], questions: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    access = Access.of("citizen", date.today())
    stems = {document.id: Path(document.source).stem for document in store.documents(access)}
    ranks: dict[str, list[int]] = defaultdict(list)
    for paragraph, question in track(questions, description="DRCD"):
        vector = embed(question)
        for name, rank in RANKERS.items():
            found = list(dict.fromkeys(stems[document] for document in rank(store, question, vector, access)))
            ranks[name].append(found.index(paragraph) + 1 if paragraph in found else 0)
    return {f"drcd/{name}": {"all": recall_figures(values)} for name, values in ranks.items()}


def _print(figures: dict[str, Any]) -> None:
    for name, groups in figures.items():
        if "all" in groups:
            for group, values in groups.items():
                print(f"{name:16} {group:6} " + "  ".join(f"{k} {v}" for k, v in values.items()))
        else:
            print(f"{name:16} {groups}")
