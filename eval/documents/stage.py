"""Runs the parts of the documents stage, keeps each one's figures as soon as they are known, and prints its table."""

import argparse
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

from assistant.indexing.build import INDEXING_VERSION
from assistant.indexing.ocr import ocr_installed
from assistant.settings import PROJECT_ROOT, Settings
from eval.documents import fidelity, hard, page, resume, throughput
from eval.documents.part import Part
from eval.results import circumstances, keep_results

DATA = PROJECT_ROOT.parent / "shared" / "data"
QUICK_PARTS = ("fidelity", "hard", "throughput")
_READING_SETTINGS = (
    "max_file_mb",
    "max_pages",
    "max_ocr_pages",
    "ocr_page_timeout_s",
    "parse_timeout_s",
    "parse_s_per_mb",
    "parse_memory_mb",
)
_LIBRARIES = (
    "pypdf",
    "pypdfium2",
    "selectolax",
    "rapidfuzz",
    "langchain-community",
    "langchain-text-splitters",
    "langchain-chroma",
    "docx2txt",
)
Figures = dict[str, Any]
Items = list[dict[str, Any]]


class Measure(NamedTuple):
    """A part of the stage: what measures it, and the lines of its table."""

    measure: Callable[..., Part]
    lines: Callable[[Figures], Iterator[str]]


PARTS = {
    "fidelity": Measure(fidelity.measure, fidelity.lines),
    "hard": Measure(hard.measure, hard.lines),
    "throughput": Measure(throughput.measure, throughput.lines),
    "page": Measure(page.measure, page.lines),
    "resume": Measure(resume.measure, resume.lines),
}


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Measure the parts that the options name; without names, all of them, or in a quick run the short ones."""
    name = "documents-quick" if options.quick else "documents"
    figures, items = earlier_results(options.out, name)
    figures |= {"reading": _reading(settings)}
    for part in options.part or (QUICK_PARTS if options.quick else PARTS):
        print(f"\n{part}")
        done, around = _measured(part, settings, quick=options.quick)
        figures[part] = {**around, **done.figures}
        items = [item for item in items if item["part"] != part] + [{"part": part, **item} for item in done.items]
        path = keep_results(options.out, name, settings, figures, items)
        if "note" in done.figures:
            print(done.figures["note"])
        for line in PARTS[part].lines(done.figures):
            print(line)
        if "program_changed_meanwhile" in around:
            print("The program was changed while it was measured: measure again.")
        print(f"{around['seconds']} s, load {around['load_before']} before and {around['load_after']} after.")
    print(f"Kept in {path}.")


def earlier_results(folder: Path, name: str) -> tuple[Figures, Items]:
    """What earlier runs kept: a part that is measured alone replaces only its own figures."""
    figures, items = folder / f"{name}.json", folder / f"{name}-items.jsonl"
    if not (figures.is_file() and items.is_file()):
        return {}, []
    lines = items.read_text(encoding="utf-8").splitlines()
    return json.loads(figures.read_text(encoding="utf-8"))["figures"], [json.loads(line) for line in lines]


def _measured(part: str, settings: Settings, *, quick: bool) -> tuple[Part, Figures]:
    """A part's figures, and when, at what revision and under what load they were measured."""
    now, program = circumstances(settings), program_digest()
    before, started = _load(), time.perf_counter()
    done = PARTS[part].measure(settings, DATA, quick=quick)
    seconds = round(time.perf_counter() - started, 1)
    around = {"at": now["at"], "revision": now["revision"], "program": program, "seconds": seconds}
    around |= {"load_before": before, "load_after": _load()}
    return done, around | ({} if program_digest() == program else {"program_changed_meanwhile": True})


def program_digest(folder: Path = PROJECT_ROOT / "assistant") -> str:
    """A word for the program as it is on disk, committed or not."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".toml"):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _load() -> float:
    """How many processes wanted a core in the last minute; the measurement itself is among them."""
    return round(os.getloadavg()[0], 2)


def _reading(settings: Settings) -> Figures:
    return {
        "indexing_version": INDEXING_VERSION,
        "ocr_installed": ocr_installed(settings),
        "settings": {name: getattr(settings, name) for name in _READING_SETTINGS},
        "libraries": {name: found for name in _LIBRARIES if (found := _version(name))},
    }


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
