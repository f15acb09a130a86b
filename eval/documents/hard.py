"""Hard files: what becomes of files that break parsers, against what other readers found in them."""

import json
import logging
import random
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdf
import pypdf.errors

from assistant.settings import Settings
from eval.documents.error_rate import bigrams_found, letters
from eval.documents.part import NO_PLAIN_SIDE, Part, no_data
from eval.documents.raw_text import raw_text
from eval.documents.reading import read_by_product, read_plainly

PDFS, OFFICE = Path("c1_hard_pdf"), Path("c2_office_html_csv")
QUICK_FILES = 40
_SEED = 20261122
_HALF, _MOST = 0.5, 0.9
_NOT_MEASURED = frozenset({"README.md", "inventory.jsonl"})
_SAYS_EMPTY = frozenset({"empty", "no_text"})
_FAULTS = frozenset({"crashed", "timeout"})
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Expected:
    """What others found in a file.

    Attributes:
        characters: of a PDF: as many as MuPDF and poppler both found, white space included, 0 for images of text;
            of other files: letters and digits in them when nothing of their structure is minded.
        locked: whether it needs a password.
        head: how its text begins, as MuPDF read it.
    """

    characters: int
    locked: bool = False
    head: str = ""


def measure(settings: Settings, data: Path, *, quick: bool) -> Part:
    """Read every hard file with the product's parser and its default settings, and PDF files plainly too."""
    folders = [data / folder for folder in (PDFS, OFFICE) if (data / folder).is_dir()]
    paths = [path for folder in folders for path in _files(folder)]
    if not paths:
        return Part({"note": no_data(PDFS)})
    if quick:
        paths = sorted(random.Random(_SEED).sample(paths, min(QUICK_FILES, len(paths))))
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it says of damaged files is no news here
    expected = _expectations(data, paths)
    ours = read_by_product(paths)
    items = [_row(data, path, "product", ours.rows[path], expected.get(path)) for path in paths]
    figures: dict[str, Any] = {"product": summary(items) | _cost(ours.usage.child_peak_mb, ours.usage.wall_s)}
    pdfs = [path for path in paths if _is_pdf(path)]
    figures["product, pdf only"] = summary([row for row in items if row["file"].endswith(".pdf")])
    if plain := read_plainly(settings, pdfs):
        rows = [_row(data, path, "plain", plain.rows[path], expected.get(path)) for path in pdfs]
        peak = max((row["peak_mb"] for row in plain.rows.values()), default=0.0)
        figures["plain, pdf only"] = summary(rows) | _cost(peak, plain.usage.wall_s)
        items += rows
    else:
        figures["note"] = NO_PLAIN_SIDE
    return Part(figures, items)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in _NOT_MEASURED)


def _is_pdf(path: Path) -> bool:
    return path.suffix.lower() == ".pdf"


def _cost(peak_mb: float, wall_s: float) -> dict[str, float]:
    return {"child_peak_mb": round(peak_mb, 1), "wall_s": wall_s}


def _expectations(data: Path, paths: Sequence[Path]) -> dict[Path, Expected]:
    inventory = data / PDFS / "inventory.jsonl"
    lines = inventory.read_text(encoding="utf-8").splitlines() if inventory.is_file() else []
    known = {data / PDFS / entry["file"]: listed(entry) for entry in map(json.loads, lines)}
    for path in paths:
        if path in known and known[path].locked and _only_attachments_are_locked(path):
            known[path] = Expected(0)
        text = None if _is_pdf(path) else raw_text(path)
        if text is not None:
            known[path] = Expected(len(letters(text)))
    return known


def _only_attachments_are_locked(path: Path) -> bool:
    """Whether pages need no password although the inventory's reader asked for one (ISO 32000-2, 7.6.5)."""
    try:
        encryption = pypdf.PdfReader(path).trailer["/Encrypt"].get_object()
    except (pypdf.errors.PyPdfError, KeyError):
        return False
    return isinstance(encryption, dict) and encryption.get("/V", 0) >= 4 and encryption.get("/StmF") == "/Identity"


def listed(entry: dict[str, Any]) -> Expected:
    """What an entry of the inventory lets us expect; nothing where a reader failed or the text is a picture."""
    certain = not entry.get("image_only") and "error" not in entry
    both = min(entry.get("chars", 0), entry.get("poppler_chars", 0)) if certain else 0
    return Expected(both, bool(entry.get("needs_password")), entry.get("head", ""))


def _row(data: Path, path: Path, side: str, reading: Row, expected: Expected | None) -> Row:
    text, known = reading["text"], expected or Expected(0)
    size = len(text) if _is_pdf(path) else len(letters(text))
    judged: Row = {"recovered": None, "head_found": None}
    if known.characters and not known.locked:
        judged["recovered"] = round(size / known.characters, 3)
        judged["head_found"] = round(bigrams_found(known.head, text), 3) if known.head else None
    row = {"side": side, "file": path.relative_to(data).as_posix(), "reason": reading["reason"], "characters": size}
    row |= {"unread": reading.get("unread", []), "seconds": reading["seconds"], "expected": known.characters}
    fault = wrong(reading["reason"], judged["recovered"], locked=known.locked)
    return {**row, **judged, "wrong" if _is_pdf(path) else "doubtful": fault}


def wrong(reason: str, recovered: float | None, *, locked: bool) -> str:
    """What is wrong with a reading, in words; empty where nothing is.

    Args:
        reason: of the refusal; empty where the file was read.
        recovered: the share of the expected characters, where some are expected.
    """
    if locked:
        return "" if reason else "needs a password, was read without"
    if recovered is None:
        return ""
    if reason in _SAYS_EMPTY:
        return "holds text, was refused as empty"
    return "less than half of its text was read" if not reason and recovered < _HALF else ""


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """Outcomes, faults, what was recovered, the slowest files and the wrong ones.

    Only PDF files are called wrong, because the inventory knows them; what lies in other files is known roughly, and
    may rightly be left out (changes that were struck, contents), so they are called doubtful. The wrong ones are to be
    looked at too: what both readers count may be text that no reader of the page sees, or codes without a meaning.
    """
    read = [row for row in rows if not row["reason"]]
    refused = Counter(row["reason"] for row in rows if row["reason"])
    recovered = [row["recovered"] for row in rows if row["recovered"] is not None and _is_pdf(Path(row["file"]))]
    heads = [row["head_found"] for row in rows if row["head_found"] is not None]
    slowest = sorted(rows, key=lambda row: -row["seconds"])[:5]
    return {
        "files": len(rows),
        "read": sum(not row["unread"] for row in read),
        "read_in_part": sum(bool(row["unread"]) for row in read),
        "refused": dict(refused.most_common()),
        **{name: refused.get(name, 0) for name in sorted(_FAULTS)},
        "pdf_with_text": _shares(recovered),
        "pdf_beginning_found": _shares(heads),
        "slowest": [[row["file"], row["seconds"]] for row in slowest],
        "wrong": [[row["file"], row["wrong"], row["recovered"]] for row in rows if row.get("wrong")],
        "doubtful": [[row["file"], row["doubtful"], row["recovered"]] for row in rows if row.get("doubtful")],
        "with_text_refused": [
            [row["file"], row["reason"]] for row in rows if row["reason"] and row["recovered"] is not None
        ],
    }


def _shares(values: Sequence[float]) -> dict[str, Any]:
    if not values:
        return {"files": 0}
    low = sum(value < _MOST for value in values) / len(values)
    return {"files": len(values), "median": round(statistics.median(values), 3), "share_below_0.9": round(low, 3)}


def lines(figures: dict[str, Any]) -> Iterator[str]:
    """The table on the screen."""
    for name, side in figures.items():
        if name == "note":
            continue
        refused = ", ".join(f"{count} {reason}" for reason, count in side["refused"].items())
        yield f"{name}: {side['files']} files, {side['read']} read, {side['read_in_part']} in part, refused: {refused}"
        yield f"  characters recovered {side['pdf_with_text']}  beginnings found {side['pdf_beginning_found']}"
        if "wall_s" in side:
            yield f"  {side['wall_s']} s, peak of the reading process {side['child_peak_mb']} MB"
        yield f"  slowest {side['slowest']}"
        for kind in ("wrong", "doubtful"):
            named = "; ".join(f"{file} ({why}, {share})" for file, why, share in side[kind])
            yield f"  {kind} {len(side[kind])}: {named}"
