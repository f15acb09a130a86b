"""Runs the sets of the retrieval stage, keeps each one's figures as soon as they are known, and prints its table."""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from assistant.models import embedder
from assistant.settings import Settings
from eval.datasets import SHARED
from eval.results import circumstances, keep_results
from eval.retrieval.bench import Bench
from eval.retrieval.figures import Measured
from eval.retrieval.indexes import IndexNotBuiltError
from eval.retrieval.kept_vectors import KeptVectors
from eval.retrieval.plot import write_plot
from eval.retrieval.rankers import RANKERS
from eval.retrieval.report import lines, write_report
from eval.retrieval.sets import (
    canaries,
    city,
    distractor,
    faq,
    hostile,
    latency,
    laws,
    lookalikes,
    paragraphs,
    versions,
)

DRCD = SHARED / "a1_drcd" / "DRCD_dev.json"
XQUAD = SHARED / "a4_xquad_zh_en"
FAQ = SHARED / "b1_kcg_faq" / "kcg_faq_dev.jsonl"
OTHER_FAQ = SHARED / "b2_taipei_faq" / "市政網站整合平台之常見問答.xml"
LAWS = SHARED / "b3_tw_laws_zh_en"
QUICK_SAMPLE = 40  # questions of each set in a quick run
_WHOLE_ITEMS = 500  # rows; of a set with more, only what the product does not rank first is listed
Figures = dict[str, Any]
Items = list[dict[str, Any]]


class RetrievalSet(NamedTuple):
    """What measures a set, and the shared data that it cannot be measured without."""

    measure: Callable[[Bench], Measured]
    needs: tuple[Path, ...] = ()


SETS = {
    "city": RetrievalSet(city.measure),
    "drcd": RetrievalSet(partial(paragraphs.drcd, file=DRCD), (DRCD,)),
    "faq-reworded": RetrievalSet(partial(faq.reworded, file=FAQ), (FAQ,)),
    "faq-published": RetrievalSet(partial(paragraphs.published_faq, file=FAQ), (FAQ,)),
    "laws-zh": RetrievalSet(partial(laws.everyday, folder=LAWS), (LAWS,)),
    "laws-alias": RetrievalSet(partial(laws.aliases, folder=LAWS), (LAWS,)),
    "distractor": RetrievalSet(partial(distractor.measure, own=FAQ, other=OTHER_FAQ), (FAQ, OTHER_FAQ)),
    "laws-en-zh": RetrievalSet(partial(laws.english_articles, folder=LAWS), (LAWS,)),
    "xquad": RetrievalSet(partial(paragraphs.xquad, folder=XQUAD), (XQUAD,)),
    "versions": RetrievalSet(partial(versions.measure, laws=LAWS)),
    "lookalikes": RetrievalSet(lookalikes.measure),
    "canaries": RetrievalSet(canaries.measure),
    "hostile": RetrievalSet(hostile.measure),
    "latency": RetrievalSet(latency.measure),
}


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Measure the sets that the options name; without names, all of them, or in a quick run small samples of them."""
    stage = "retrieval-quick" if options.quick else "retrieval"
    figures, items = earlier_results(options.out, stage)
    sample = options.limit or (QUICK_SAMPLE if options.quick else 0)
    with KeptVectors(embedder(settings), settings.home / "eval") as weights:
        bench = Bench(settings, weights, options.ranker or installed_rankers(), sample, options.dataset, options.quick)
        try:
            for name in options.set or SETS:
                figures[name], rows = _measured(name, bench, settings)
                items = [item for item in items if item["set"] != name] + [{"set": name, **row} for row in rows]
                path = keep_results(options.out, stage, settings, in_order(figures), items)
                print(*lines(name, figures[name]), sep="\n", flush=True)
        finally:
            bench.close()
    report, plot = (write(options.out, stage, in_order(figures)) for write in (write_report, write_plot))
    print(f"Kept in {path} and {report}; " + (f"drawn in {plot}." if plot else "not drawn: matplotlib is missing."))


def installed_rankers() -> list[str]:
    """All rankers, but LangChain's ensemble only where the libraries of the extra `baseline` are there."""
    missing = any(find_spec(name) is None for name in ("langchain_classic", "langchain_community", "rank_bm25"))
    return [ranker for ranker in RANKERS if not (missing and ranker == "ensemble")]


def in_order(figures: Figures) -> Figures:
    """The figures in the order of the sets, whichever were measured last."""
    return {name: figures[name] for name in SETS if name in figures}


def earlier_results(folder: Path, stage: str) -> tuple[Figures, Items]:
    """What earlier runs kept: a set that is measured alone replaces only its own figures."""
    figures, items = folder / f"{stage}.json", folder / f"{stage}-items.jsonl"
    if not (figures.is_file() and items.is_file()):
        return {}, []
    known = json.loads(figures.read_text(encoding="utf-8"))["figures"]
    rows = [json.loads(line) for line in items.read_text(encoding="utf-8").split("\n") if line]
    return in_order(known), rows


def _measured(name: str, bench: Bench, settings: Settings) -> tuple[Figures, Items]:
    """A set's figures, and when and at what revision they were measured; or why it was skipped."""
    absent = [path.name for path in SETS[name].needs if not path.exists()]
    if absent:
        return {"skipped": f"{', '.join(absent)} of the shared data is absent."}, []
    now, started = circumstances(settings), time.perf_counter()
    try:
        done = SETS[name].measure(bench)
    except IndexNotBuiltError as error:
        return {"skipped": str(error)}, []
    around = {"at": now["at"], "revision": now["revision"], "seconds": round(time.perf_counter() - started, 1)}
    targets = [*_judged(done)]
    return {**around, "note": done.note, "targets": targets, "rankers": done.figures}, [*_listed(done.items)]


def _judged(done: Measured) -> Iterator[Figures]:
    """The targets whose measure was taken, with the product's value."""
    product = done.figures.get("product", {})
    for target in done.targets:
        value = product.get(target.group, {}).get(target.measure)
        if value is not None:
            yield {**asdict(target), "value": value, "holds": target.holds(value)}


def _listed(rows: Items) -> Iterator[dict[str, Any]]:
    """The rows to keep, without the groups that the set already tells; of a large set, the product's misses alone."""
    whole = len(rows) <= _WHOLE_ITEMS
    for row in rows:
        if whole or (row["ranker"] == "product" and row["rank"] != 1):
            yield {key: value for key, value in row.items() if key != "groups"}
