"""Runs the measurements of personal data and writes the tables."""

import argparse
import subprocess
import sys
import time
from typing import Any

from assistant.city import load_city
from assistant.privacy import Purpose, find_personal, known_of
from assistant.privacy.kinds import THRESHOLDS
from assistant.settings import Settings
from eval.privacy.disguises import disguised
from eval.privacy.report import markdown
from eval.privacy.scoring import Score, load_own, score, share
from eval.privacy.sets import alarms, load_presidio, load_synthetic, texts_of
from eval.results import keep_results, percentile

_REPEATS = 3
_START = """
import resource, time
def mib(): return int(open("/proc/self/status").read().split("VmRSS:")[1].split()[0]) / 1024
before, start = mib(), time.perf_counter()
import assistant.privacy
imported = time.perf_counter()
assistant.privacy.find_personal("")
print(imported - start, time.perf_counter() - imported, mib() - before)
"""


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Measure everything, print the tables, and keep them."""
    known = known_of(load_city(settings.city_dir))
    own = load_own()
    figures: dict[str, Any] = {"start": start_cost()}
    items: list[dict[str, Any]] = []
    for purpose in (Purpose.PROMPT, Purpose.STORAGE):
        threshold = THRESHOLDS[purpose]
        by_set = {
            f"own, {split}": score([item for item in own if item.split == split], threshold)
            for split in ("test", "dev")
        }
        by_set["tw_pii_synthetic"] = score(load_synthetic(known), threshold)
        by_set["presidio_generated_small"] = score(load_presidio(), threshold)
        figures[purpose] = {name: one.figures() for name, one in by_set.items() if one.labelled}
        figures[purpose]["texts"] = {
            name: alarms(texts, known, threshold) for name, texts in texts_of(settings).items()
        }
        items += [{"purpose": purpose, "set": n, **one} for n, s in by_set.items() for one in _own_only(n, s)]
    tests = [item for item in own if item.split == "test"]
    figures["disguises"] = {
        name: {"labelled": one.labelled.total(), "recall": share(one.found.total(), one.labelled.total())}
        for name, one in disguised(own, THRESHOLDS[Purpose.PROMPT]).items()
    }
    figures["speed"] = speed([item.text for item in tests])
    path = keep_results(options.out, "privacy", settings, figures, items)
    report = options.out / "privacy.md"
    report.write_text(markdown(figures), encoding="utf-8")
    print(markdown(figures))
    print(f"Kept in {path} and {report}.")


def start_cost() -> dict[str, float]:
    """Seconds to import, seconds of the first call (it reads the words of names), and MiB, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", _START], capture_output=True, text=True, check=True)
    imported, first, memory = map(float, done.stdout.split())
    return {"import_s": round(imported, 3), "first_call_s": round(first, 3), "memory_mib": round(memory, 1)}


def speed(texts: list[str]) -> dict[str, float]:
    """Milliseconds a question, the best of three, and characters a second."""
    best: list[float] = []
    for text in texts:
        runs = []
        for _ in range(_REPEATS):
            start = time.perf_counter()
            find_personal(text)
            runs.append((time.perf_counter() - start) * 1000)
        best.append(min(runs))
    return {
        "median_ms": round(percentile(best, 0.5), 3),
        "p95_ms": round(percentile(best, 0.95), 3),
        "most_ms": round(max(best), 3),
        "characters_a_s": round(sum(map(len, texts)) / sum(best) * 1000),
    }


def _own_only(name: str, one: Score) -> list[dict[str, Any]]:
    """What was missed in the project's own set; of public sets nothing but counts is kept."""
    return one.missed if name.startswith("own") else []
