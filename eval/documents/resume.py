"""Resuming: an indexing process is killed at random points and run again; its index is compared with a whole one."""

import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.models import embedder
from assistant.settings import Settings
from eval.datasets import load_items
from eval.documents.homes import fresh_home, warm
from eval.documents.index_contents import count_chunks, differences, read_contents
from eval.documents.part import Part
from eval.documents.processes import run, start

QUESTIONS = Path(__file__).parent.parent / "datasets" / "kaohsiung-starter.jsonl"
_KILLS, _SEARCHES = 5, 20
_ATTEMPTS = 3
_SEED = 20261122
_TASK = "eval.documents.index_task"
_START_LIMIT_S = 300
_LOOK_S = 0.01


def measure(settings: Settings, data: Path, *, quick: bool) -> Part:
    """Index the shipped corpus once undisturbed, then with a kill in each of several trials; needs no shared data."""
    weights = embedder(settings)
    warm(weights)
    questions = [item.question for item in load_items(QUESTIONS) if item.answerable][:_SEARCHES]
    chance = random.Random(_SEED)
    trials: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="eval-") as name:
        corpus = Path(name, "corpus")
        shutil.copytree(settings.city_dir, corpus / settings.city)
        usual = settings.model_copy(update={"corpus": corpus})
        undisturbed = _Home(Path(name, "undisturbed"), usual)
        whole = undisturbed.index()
        contents = read_contents(undisturbed.index_dir, weights, questions)
        for number in range(1 if quick else _KILLS):
            home, trial = _killed(Path(name, f"trial-{number}"), usual, chance, whole["seconds"])
            trial |= {"chunks_kept": count_chunks(home.index_dir)}
            resumed = home.index()
            trial |= {"embedded_after": resumed["embedded"], "seconds_after": resumed["seconds"]}
            trials.append(trial | differences(contents, read_contents(home.index_dir, weights, questions)))
    return Part({"undisturbed": _size(whole, contents.digest), **summary(trials)}, trials)


class _Home:
    """A home in which the corpus is indexed, with a kill or without."""

    def __init__(self, folder: Path, usual: Settings) -> None:
        home = fresh_home(folder / "home", usual)
        self.index_dir = usual.model_copy(update={"home": home}).index_dir
        self._folder = folder
        self._request = {"home": str(home), "paths": [], "settings": {"corpus": str(usual.corpus)}, "warm": True}

    def index(self) -> dict[str, Any]:
        """Index to the end."""
        return run(_TASK, self._request)[0]

    def index_and_kill(self, after_s: float) -> bool:
        """Start to index and kill the process so long after it began; whether it was still at work."""
        began = self._folder / "began"
        child = start(_TASK, {**self._request, "started": str(began)}, self._folder)
        try:
            deadline = time.monotonic() + _START_LIMIT_S
            while not began.exists() and child.poll() is None and time.monotonic() < deadline:
                time.sleep(_LOOK_S)
            time.sleep(after_s)
            return child.poll() is None
        finally:
            child.kill()
            child.wait()


def _killed(folder: Path, usual: Settings, chance: random.Random, seconds: float) -> tuple[_Home, dict[str, Any]]:
    """A home whose first run was killed at a random time; where the run was over by then, it is tried again sooner."""
    for attempt in range(1, _ATTEMPTS + 1):
        home, after_s = _Home(folder / str(attempt), usual), chance.uniform(0.02, 0.95) * seconds / attempt
        killed = home.index_and_kill(after_s)
        if killed:
            break
    return home, {"killed_after_s": round(after_s, 2), "killed": killed}


def _size(whole: dict[str, Any], digest: str) -> dict[str, Any]:
    return {name: whole[name] for name in ("documents", "chunks", "embedded", "seconds")} | {"digest": digest}


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
