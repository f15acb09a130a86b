"""Follow-ups: the rank of the right document for a turn alone, joined to the turn before, and as the product does."""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.progress import track

from assistant.city import load_city
from assistant.models import AnswerJudge, CityEmbeddings, embedder
from assistant.retrieval import Found, Retriever, Scales, Weighed
from assistant.routing import Candidate, clarifying_text, decided, resolve
from assistant.schema import Lang, Turn
from assistant.settings import Settings
from assistant.store import Access, Store, open_store
from eval.datasets import AS_OF, HERE, load_rows
from eval.results import keep_results, mean, percentile
from eval.retrieval.rankers import open_retriever

CHAINS = HERE / "followups.jsonl"
WAYS = ("alone", "joined", "resolved", "in full")
_ACCESS = Access.of("citizen", AS_OF)
_ANSWER_SENTENCES = 3  # of the evidence, as the answer that the next turn leans on


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found for one wording of a turn."""

    candidate: Candidate
    found: Found
    weighed: Weighed


class Reader:
    """An index that is only read, and the search of the product over it."""

    def __init__(self, settings: Settings) -> None:
        self._weights: CityEmbeddings = embedder(settings)
        self._store: Store = open_store(settings.index_dir, self._weights.fingerprint)
        self._retriever: Retriever = open_retriever(settings, self._store, self._weights)
        judge, boilerplate = AnswerJudge(settings.models_dir).judge, load_city(settings.city_dir).boilerplate
        self._scales = Scales(self._store, self._weights.embed_few, judge, boilerplate)
        self.searches = 0

    def look(self, candidate: Candidate, lang: Lang) -> Looked:
        """Passages, evidence and confidence for a wording, as the product would."""
        self.searches += 1
        found = self.find(candidate.search, lang)
        return Looked(candidate, found, self._scales.weigh(found))

    def find(self, text: str, lang: Lang) -> Found:
        """Passages for a text."""
        return self._retriever.find(text, _ACCESS, lang)

    def close(self) -> None:
        """Release the index."""
        self._store.close()


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Ask every turn of the chains in each way, and keep the shares of right documents by kind of turn."""
    chains = load_chains(CHAINS, options.split)
    reader = Reader(settings)
    try:
        rows = [row for chain in track(chains[: options.limit or None]) for row in ask_chain(chain, reader)]
        searches = reader.searches
    finally:
        reader.close()
    figures = shares(rows) | {"searches a turn": round(searches / max(1, len(rows)), 2)}
    for kind, measured in figures.items():
        print(kind, json.dumps(measured, ensure_ascii=False))
    print(f"Kept in {keep_results(options.out, 'followups', settings, figures, rows)}.")


def load_chains(path: Path, split: str = "all") -> list[dict[str, Any]]:
    """The conversations of a split: dev, test or all."""
    return [chain for chain in load_rows(path) if split in ("all", chain["split"])]


def ask_chain(chain: Mapping[str, Any], reader: Reader) -> list[dict[str, Any]]:
    """One row a turn, with the rank of the right document in each way; 0 where it was not found.

    The history holds what the product would have shown: its first evidence, or its clarifying question.
    """
    history: tuple[Turn, ...] = ()
    rows = []
    for turn in chain["turns"]:
        lang, text, right = chain["lang"], turn["question"], frozenset(turn["documents"])
        started = time.perf_counter()
        resolved = resolve(text, lang, history)
        resolve_ms = (time.perf_counter() - started) * 1000
        best = decided(resolved.candidates, lambda each: reader.look(each, lang), lambda each: each.weighed.confidence)  # noqa: B023  # called at once
        joined = f"{history[-1].question} {text}" if history else text
        ranks = {
            way: rank_of(right, reader.find(asked, lang))
            for way, asked in zip(("alone", "joined", "in full"), (text, joined, turn["standalone"]), strict=True)
        }
        rows.append({
            "id": chain["id"], "split": chain["split"], "lang": lang, "kind": turn["kind"], "question": text,
            "searched": best.candidate.search, "dragged": best.candidate.joined, "resolve_ms": round(resolve_ms, 2),
            **ranks, "resolved": rank_of(right, best.found),
        })  # fmt: skip
        shown = " ".join(sentence.text for sentence in best.weighed.evidence[:_ANSWER_SENTENCES])
        answer = clarifying_text(turn["choices"], lang) if "choices" in turn else shown
        history = (*history, Turn(text, answer))
    return rows


def rank_of(right: frozenset[str], found: Found) -> int:
    """The place, from 1, of the first passage of a right document; 0 where there is none."""
    return next((place for place, p in enumerate(found.passages, start=1) if p.document.id in right), 0)


def shares(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """R@1 and R@5 in each way, by kind of turn, by split, by language, and of all turns after the first."""
    groups: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        names = (
            (row["kind"],) if row["kind"] == "first" else (row["kind"], "after the first", row["split"], row["lang"])
        )
        for name in names:
            groups[name].append(row)
    return {name: _measured(group) for name, group in groups.items()}


def _measured(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    at = {way: {k: round(mean([0 < row[way] <= k for row in rows]), 3) for k in (1, 5)} for way in WAYS}
    return {
        "n": len(rows),
        **{f"R@{k} {way}": at[way][k] for way in WAYS for k in (1, 5)},
        "earlier topic kept": round(mean([row["dragged"] for row in rows]), 3),
        "resolve p95 ms": percentile([row["resolve_ms"] for row in rows], 0.95),
    }
