"""Figures of judged rows: shares by set, system and split, speed, and paired differences with their intervals."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from scipy import stats  # type: ignore[import-untyped]

from eval.answers.systems import BASELINE, PRODUCT
from eval.results import mean, percentile

RESAMPLES = 5_000
_SEED = 20261123
_TOKENS = ("read", "written", "prompt", "answer")
_TIMES = ("first_evidence", "first_sentence", "total")
ALL_SETS = "all sets"
Row = dict[str, Any]
Figures = dict[str, Any]


def summarize(rows: Sequence[Row]) -> Figures:
    """For each set, and for all together: the measures of each system by group, and the product beside the baseline."""
    by_set: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_set[row["set"]].append(row)
    return {name: _set_figures(part) for name, part in [*by_set.items(), (ALL_SETS, list(rows))]}


def _set_figures(rows: Sequence[Row]) -> Figures:
    groups: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    whole = len({row["set"] for row in rows}) > 1
    for row in rows:
        split = row["split"]
        inner = () if whole else tuple(f"{split}/{name}" for name in (row["lang"], row["group"]) if name)
        for group in ("all", split, *inner):
            groups[row["system"]][group].append(row)
    systems = {
        system: {name: measures(part) for name, part in parts.items() if name != "all" or len(_splits(parts)) > 1}
        for system, parts in groups.items()
    }
    product, baseline = groups.get(PRODUCT, {}), groups.get(BASELINE, {})
    beside = {name: compared(product[name], baseline[name]) for name in product if name in baseline}
    revisions = sorted({str(row["revision"]) for row in rows})
    return {"revisions": revisions, "systems": systems, "product_beside_baseline": beside}


def _splits(parts: Iterable[str]) -> set[str]:
    return {name for name in parts if name in ("dev", "test")}


def measures(rows: Sequence[Row]) -> Figures:
    """What a group of rows of one system comes to; shares of nothing are left out."""
    yes, no = [r for r in rows if r["want"] == "answer"], [r for r in rows if r["want"] == "abstain"]
    back = [r for r in rows if r["want"] == "ask"]
    answered = [r for r in yes if r["gave_answer"]]
    with_facts = [r for r in yes if r["facts"]]
    figures = {
        "n": len(rows),
        "statuses": dict(Counter(str(r["status"]) for r in rows)),
        "answerable": len(yes),
        "unanswerable": len(no),
        "ask_back": len(back),
        "errors": sum(r["outcome"] == "error" for r in rows),
        "facts": sum(r["facts"] for r in with_facts),
        "fact_recall": _ratio(with_facts, "facts_found", "facts"),
        "facts_in_sources": _ratio(with_facts, "facts_in_sources", "facts"),
        "fact_counts": {
            "right": sum(r["facts_found"] for r in with_facts),
            "missing": sum(r["facts"] - r["facts_found"] for r in with_facts),
            "wrong": sum(r["wrong_facts_said"] + r["invented_figures"] for r in rows),
        },
        "all_facts_right": _share(with_facts, lambda r: r["facts_found"] == r["facts"]),
        "wrong_facts_said": _share([r for r in rows if r["wrong_facts"]], lambda r: r["wrong_facts_said"] > 0),
        "refused_wrongly": _share(yes, lambda r: not r["gave_answer"]),
        "abstained": _share(no, lambda r: not r["gave_answer"]),
        "gold_said_when_unanswerable": _share([r for r in no if r["facts"]], lambda r: r["facts_found"] == r["facts"]),
        "asked_back": _share(back, lambda r: r["outcome"] == "ask"),
        "decided_right": _share(rows, lambda r: r["outcome"] == r["want"]),
        "right_document": _share([r for r in answered if r["has_documents"]], lambda r: r["right_document"]),
        "written_by_model": _share(answered, lambda r: r["model"] not in ("", "extract-only")),
        "figures": sum(r["figures"] for r in rows),
        "invented_figures": sum(r["invented_figures"] for r in rows),
        "invented_share": _ratio(rows, "invented_figures", "figures"),
        "foreign_share": _ratio([r for r in answered if r["has_documents"]], "foreign_figures", "figures"),
        "quotes": sum(r["quotes"] for r in rows),
        "bad_quotes": sum(r["bad_quotes"] for r in rows),
        "zh_answers": sum(r["lang"] == "zh-TW" for r in rows),
        "simplified": sum(r["simplified"] for r in rows),
        "wrong_language": sum(not r["right_language"] for r in rows),
        "ms": {name: times for name in _TIMES if (times := _times(rows, name))},
        "tokens": {name: _median_tokens(rows, name) for name in _TOKENS if _median_tokens(rows, name)},
    }
    return {name: value for name, value in figures.items() if value is not None}


def compared(product: Sequence[Row], baseline: Sequence[Row]) -> Figures:
    """The product against the baseline on the questions that both were asked."""
    others = {(row["set"], row["id"]): row for row in baseline}
    pairs = [(row, others[key]) for row in product if (key := (row["set"], row["id"])) in others]
    recalls = [(_recall(a), _recall(b)) for a, b in pairs if a["want"] == "answer" and a["facts"]]
    decisions = [(float(a["outcome"] == a["want"]), float(b["outcome"] == b["want"])) for a, b in pairs]
    both = [(a, b) for a, b in pairs if a["gave_answer"] and b["gave_answer"]]
    return {
        "n": len(pairs),
        "fact_recall_difference": difference(recalls),
        "decided_right_difference": difference(decisions),
        "both_answered": len(both),
        "faster_p50_both_answered": _speed(both),
        "faster_p50": _speed(pairs),
    }


def difference(pairs: Sequence[tuple[float, float]]) -> Figures:
    """The mean of a - b over pairs, with its 95 % interval by paired bootstrap (Efron and Tibshirani 1993)."""
    if not pairs:
        return {"n": 0}
    gains = np.array([a - b for a, b in pairs])
    found: Figures = {"n": len(pairs), "mean": round(float(gains.mean()), 4)}
    if len(pairs) > 1 and np.ptp(gains) > 0:
        interval = stats.bootstrap(
            (gains,), np.mean, n_resamples=RESAMPLES, method="percentile", rng=np.random.default_rng(_SEED)
        ).confidence_interval
        found["interval"] = [round(float(interval.low), 4), round(float(interval.high), 4)]
    return found


def _recall(row: Row) -> float:
    return float(row["facts_found"] / row["facts"])


def _speed(pairs: Sequence[tuple[Row, Row]]) -> float | None:
    """How many times faster the product's median whole answer is."""
    timed = [
        (a["timings_ms"]["total"], b["timings_ms"]["total"])
        for a, b in pairs
        if "total" in a["timings_ms"] and "total" in b["timings_ms"]
    ]
    if not timed:
        return None
    own, other = (percentile([pair[side] for pair in timed], 0.5) for side in (0, 1))
    return round(other / own, 2) if own else None


def _times(rows: Sequence[Row], name: str) -> Figures | None:
    """Percentiles over the answers that were given; a question that is refused at once would flatter them."""
    taken = [row["timings_ms"][name] for row in rows if row["gave_answer"] and name in row["timings_ms"]]
    if not taken:
        return None
    return {"n": len(taken), "p50": round(percentile(taken, 0.5)), "p95": round(percentile(taken, 0.95))}


def _median_tokens(rows: Sequence[Row], name: str) -> int | None:
    counted = [row["tokens"][name] for row in rows if row["tokens"].get(name)]
    return round(percentile(counted, 0.5)) if counted else None


def _share(rows: Sequence[Row], holds: Callable[[Row], bool]) -> float | None:
    return round(mean([float(holds(row)) for row in rows]), 4) if rows else None


def _ratio(rows: Sequence[Row], part: str, whole: str) -> float | None:
    total = sum(row[whole] for row in rows)
    return round(sum(row[part] for row in rows) / total, 4) if total else None
