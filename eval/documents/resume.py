"""Resuming: an indexing process is killed at random points, run again, and its index compared with an undisturbed one."""

import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.models import embedder
from assistant.settings import Settings, load_settings
from eval.datasets import load_items
from eval.documents.homes import fresh_home, warm_embedder
from eval.documents.index_contents import count_chunks, differences, read_contents
from eval.documents.part import Part
from eval.documents.processes import run, start

QUESTIONS = Path(__file__).parent.parent / "datasets" / "kaohsiung-starter.jsonl"
_KILLS, _SEARCHES = 5, 20
_SEED = 20261122
_TASK = "eval.documents.index_task"
_START_LIMIT_S = 300
_LOOK_S = 0.01


def measure(settings: Settings, data: Path, *, quick: bool) -> Part:  # noqa: ARG001  # the corpus needs no shared data
    """Index the shipped corpus once undisturbed, then with a kill in each of several trials."""
    weights = embedder(settings)
    warm_embedder(settings)
    questions = [item.question for item in load_items(QUESTIONS) if item.answerable][:_SEARCHES]
    chance = random.Random(_SEED)
    trials: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="eval-") as name:
        home = fresh_home(Path(name, "undisturbed"), settings)
        whole, _ = run(_TASK, {"home": str(home), "paths": []})
        undisturbed = read_contents(load_settings(home=home).index_dir, weights, questions)
        for number in range(1 if quick else _KILLS):
            after_s = chance.uniform(0.02, 0.98) * whole["seconds"]
            folder = Path(name, f"trial-{number}")
            index = load_settings(home=fresh_home(folder / "home", settings)).index_dir
            killed = _killed_run(folder, after_s)
            kept = count_chunks(index)
            resumed, _ = run(_TASK, {"home": str(folder / "home"), "paths": []})
            contents = read_contents(index, weights, questions)
            trials.append(
                {
                    "killed_after_s": round(after_s, 2),
                    "killed": killed,
                    "chunks_kept": kept,
                    "embedded_after": resumed["embedded"],
                    "seconds_after": resumed["seconds"],
                    **differences(undisturbed, contents),
                }
            )
            shutil.rmtree(folder)
    return Part({"undisturbed": _size(whole, undisturbed.digest), **summary(trials)}, trials)


def _size(whole: dict[str, Any], digest: str) -> dict[str, Any]:
    return {name: whole[name] for name in ("documents", "chunks", "embedded", "seconds")} | {"digest": digest}


def _killed_run(folder: Path, after_s: float) -> bool:
    """Start indexing and kill it so long after it began; whether it was still at work."""
    began = folder / "began"
    child = start(_TASK, {"home": str(folder / "home"), "paths": [], "started": str(began)}, folder)
    try:
        deadline = time.monotonic() + _START_LIMIT_S
        while not began.exists() and child.poll() is None and time.monotonic() < deadline:
            time.sleep(_LOOK_S)
        time.sleep(after_s)
        return child.poll() is None
    finally:
        child.kill()
        child.wait()


def summary(trials: list[dict[str, Any]]) -> dict[str, Any]:
    """How many trials were killed at work, and in how many the index is equal in every part."""
    parts = ("documents_equal", "chunks_equal", "files_equal", "windows_equal")
    return {
        "trials": len(trials),
        "killed_at_work": sum(trial["killed"] for trial in trials),
        "index_equal": sum(all(trial[part] for part in parts) for trial in trials),
        "searches": sum(trial["searches"] for trial in trials),
        "searches_equal": sum(trial["searches_equal"] for trial in trials),
        "searches_with_same_passages": sum(trial["searches_with_same_passages"] for trial in trials),
        "largest_score_difference": max(trial["largest_score_difference"] for trial in trials),
    }


def lines(figures: dict[str, Any]) -> Iterator[str]:
    """The table on the screen."""
    for name, value in figures.items():
        yield f"{name:28} {value}"
