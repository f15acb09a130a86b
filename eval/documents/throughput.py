"""Throughput: indexing text documents with the product and with a plain pipeline, in turns, and then once more."""

import json
import random
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.models import embedder
from assistant.settings import Settings
from eval.documents.gold import RENDERED
from eval.documents.hard import PDFS, listed
from eval.documents.homes import copied, fresh_home, warm
from eval.documents.part import NO_PLAIN_SIDE, Part
from eval.documents.processes import run
from eval.documents.reading import plain_side_at_hand

QUICK_FILES = 10
_ROUNDS = 2
_SEED = 20261122
_READ_BY_BOTH = frozenset({".pdf", ".docx", ".md"})
_MOST_PAGES = 10
_CHARACTERS_A_PAGE = 300  # a page with less is rather a picture or a slide
_WITHOUT_OCR = {"max_ocr_pages": 0}
Run = dict[str, Any]


def measure(settings: Settings, data: Path, *, quick: bool) -> Part:
    """Index the same files by both sides, alternating; the product's last index is then brought up to date again."""
    paths = text_documents(settings.city_dir, data)
    if quick:
        paths = sorted(random.Random(_SEED).sample(paths, min(QUICK_FILES, len(paths))))
    warm(embedder(settings))
    runs: dict[str, list[Run]] = {"product": [], "plain": []}
    with tempfile.TemporaryDirectory(prefix="eval-") as name:
        files, home = copied(paths, Path(name, "files")), Path(name)
        for number in range(1 if quick else _ROUNDS):
            home = fresh_home(Path(name, f"product-{number}"), settings)
            runs["product"].append(_index(home, files, loaded=True))
            if plain_side_at_hand():
                plain = fresh_home(Path(name, f"plain-{number}"), settings)
                reply, usage = run("eval.documents.plain_index_task", {"home": str(plain), "path": str(files)})
                runs["plain"].append({**reply, **asdict(usage)})
        again = _index(home, files, loaded=False)
    figures = {
        "files": len(paths),
        "megabytes": round(sum(path.stat().st_size for path in paths) / 1e6, 2),
        **summary(runs),
        "second_run": second_run(runs["product"][-1], again),
    }
    items = [
        {"side": side, "round": number, **values} for side, done in runs.items() for number, values in enumerate(done)
    ]
    return Part(figures, [*items, {"side": "product", "round": "again", **again}])


def text_documents(city: Path, data: Path) -> list[Path]:
    """Files that both sides can read and whose text is no picture: the corpus, the embedded renderings, PDF files."""
    corpus = sorted(path for path in (city / "documents").rglob("*") if path.suffix.lower() in _READ_BY_BOTH)
    rendered = sorted((data / RENDERED).glob("*_embedded.pdf"))
    inventory = data / PDFS / "inventory.jsonl"
    lines = inventory.read_text(encoding="utf-8").splitlines() if inventory.is_file() else []
    hard = [data / PDFS / entry["file"] for entry in map(json.loads, lines) if is_text_pdf(entry)]
    return [*corpus, *rendered, *(path for path in hard if path.is_file())]


def is_text_pdf(entry: dict[str, Any]) -> bool:
    """Whether a PDF of the inventory is a sound document of some pages of text."""
    expected, pages = listed(entry), entry.get("pages", 0)
    sound = not expected.locked and not entry.get("repaired")
    return sound and 0 < pages <= _MOST_PAGES and expected.characters >= _CHARACTERS_A_PAGE * pages


def _index(home: Path, files: Path, *, loaded: bool) -> Run:
    request = {"home": str(home), "paths": [str(files)], "settings": _WITHOUT_OCR, "warm": loaded}
    reply, usage = run("eval.documents.index_task", request)
    kept = ("added", "unchanged", "documents", "chunks", "embedded", "seconds", "characters")
    return {name: reply[name] for name in kept} | {"refused": len(reply["refused"])} | asdict(usage)


def summary(runs: dict[str, list[Run]]) -> dict[str, Any]:
    """The medians of each side, and the product's as ratios to the plain side's."""
    sides = {side: _medians(done) for side, done in runs.items() if done}
    if "plain" not in sides:
        return {**sides, "note": NO_PLAIN_SIDE}
    ours, plain = sides["product"], sides["plain"]
    ratios = {name: round(ours[name] / plain[name], 3) for name in plain if plain[name]}
    return {**sides, "ratios": ratios}


def _medians(done: Sequence[Run]) -> dict[str, float]:
    taken = [
        {
            "chunks": values["chunks"],
            "vectors": values.get("embedded", values["chunks"]),
            "characters": values["characters"],
            "seconds": values["seconds"],
            "wall_s": values["wall_s"],
            "cpu_s": values["cpu_s"],
            "peak_mb": values["peak_mb"],
            "chunks_per_s": values["chunks"] / values["seconds"],
            "s_per_1000_characters": 1000 * values["seconds"] / values["characters"],
            "cpu_s_per_1000_characters": 1000 * values["cpu_s"] / values["characters"],
        }
        for values in done
    ]
    return {name: round(statistics.median(row[name] for row in taken), 4) for name in taken[0]}


def second_run(first: Run, again: Run) -> dict[str, Any]:
    """What a run over unchanged files takes; the first one's seconds do not hold the loading of the model."""
    return {
        "first_s": first["seconds"],
        "second_s": again["seconds"],
        "share": round(again["seconds"] / first["seconds"], 4),
        "share_with_start": round(again["wall_s"] / first["wall_s"], 4),
        "unchanged": again["unchanged"],
        "embedded": again["embedded"],
    }


def lines(figures: dict[str, Any]) -> Iterator[str]:
    """The table on the screen."""
    yield f"{figures['files']} files, {figures['megabytes']} MB"
    sides = [side for side in ("product", "plain", "ratios") if side in figures]
    yield f"{'':28}" + "".join(f"{side:>12}" for side in sides)
    for name in figures["product"]:
        yield f"{name:28}" + "".join(f"{figures[side].get(name, ''):>12}" for side in sides)
    yield f"second run: {figures['second_run']}"
