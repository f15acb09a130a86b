"""One changed page: what indexing a long PDF again costs when a page of it has changed."""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.indexing.chunking import chunk_document
from assistant.indexing.parser import Parser
from assistant.models import embedder
from assistant.settings import Settings, load_settings
from eval.datasets import load_drcd
from eval.documents.homes import fresh_home, warm
from eval.documents.long_pdf import chromium, page_texts, print_pdf
from eval.documents.part import Part, no_data
from eval.documents.processes import Usage, run
from eval.documents.reading import plain_side_at_hand

PARAGRAPHS = Path("a1_drcd/DRCD_dev.json")
_PAGES, _QUICK_PAGES = 300, 30
_KEPT = ("added", "changed", "chunks", "embedded", "seconds")


def measure(settings: Settings, data: Path, *, quick: bool) -> Part:
    """Index a long PDF, then again with a sentence of a page in the middle changed, then with all of that page."""
    if not (data / PARAGRAPHS).is_file():
        return Part({"note": no_data(PARAGRAPHS.parent)})
    if chromium() is None:
        return Part({"note": "Not measured: Chromium, which prints the long PDF, is not installed."})
    pages = _QUICK_PAGES if quick else _PAGES
    *texts, other = page_texts(load_drcd(data / PARAGRAPHS), pages + 1)
    changed = len(texts) // 2
    versions = {
        "first": texts,
        "same": texts,
        "sentence": [*texts[:changed], with_other_sentence(texts[changed]), *texts[changed + 1 :]],
        "page": [*texts[:changed], other, *texts[changed + 1 :]],
    }
    warm(embedder(settings))
    runs: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="eval-") as name:
        folder = Path(name)
        home, path = fresh_home(folder / "home", settings), folder / "files" / "long.pdf"
        path.parent.mkdir()
        for version, of_pages in versions.items():
            print_pdf(of_pages, path, folder)
            request = {"home": str(home), "paths": [str(path)], "warm": True}
            runs[version] = _taken(*run("eval.documents.index_task", request))
            runs[version] |= windows_by_page(load_settings(home=home), path, changed + 1)
        if plain_side_at_hand():
            request = {"home": str(fresh_home(folder / "plain", settings)), "path": str(path.parent)}
            runs["plain"] = _taken(*run("eval.documents.plain_index_task", request))
    return Part({"pages": len(texts), "changed_page": changed + 1, "runs": runs, "ratios": ratios(runs)})


def _taken(reply: dict[str, Any], usage: Usage) -> dict[str, Any]:
    return {name: reply[name] for name in _KEPT if name in reply} | asdict(usage)


def with_other_sentence(text: str) -> str:
    """A page's text with its first sentence replaced."""
    _, mark, rest = text.partition("。")
    return f"這一頁的第一句話已經改寫，其餘的文字都和以前一樣{mark}{rest}"


def windows_by_page(settings: Settings, path: Path, page: int) -> dict[str, Any]:
    """How many windows belong to chunks that stand on a page, at least in part, and how long the file takes to read."""
    with Parser(settings) as parser:
        started = time.perf_counter()
        parsed = parser.read(path).documents[0]
        seconds = time.perf_counter() - started
    _, chunks, windows = chunk_document("document", parsed)
    there = {chunk.id for chunk in chunks if page in {locator.page for _, locator in chunk.places}}
    on_page = sum(window.chunk_id in there for window in windows)
    return {"windows": len(windows), "windows_on_page": on_page, "reading_s": round(seconds, 3)}


def ratios(runs: dict[str, dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Each later run beside the first, and beside the plain pipeline's, which knows no later run but a whole one."""
    first, plain = runs["first"], runs.get("plain")
    found = {}
    for version in sorted(runs.keys() - {"first", "plain"}):
        later = runs[version]
        found[version] = {
            "embedded_share": round(later["embedded"] / first["embedded"], 4),
            "embedded_per_window_on_page": round(later["embedded"] / max(1, later["windows_on_page"]), 3),
            "seconds_share": round(later["seconds"] / first["seconds"], 4),
        }
        if plain:
            found[version]["seconds_share_of_plain"] = round(later["seconds"] / plain["seconds"], 4)
    return found


def lines(figures: dict[str, Any]) -> Iterator[str]:
    """The table on the screen."""
    for version, values in figures.get("runs", {}).items():
        yield f"{version:10} " + "  ".join(f"{name} {value}" for name, value in values.items())
    for version, values in figures.get("ratios", {}).items():
        yield f"{version:10} beside the first: " + "  ".join(f"{name} {value}" for name, value in values.items())
