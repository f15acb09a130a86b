"""Text of page images by Tesseract, in Traditional Chinese and English."""

import csv
import io
import re
import shutil
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby

import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image, ImageOps

from assistant.errors import DocumentError
from assistant.settings import Settings
from assistant.text import CJK

CJK_MARKS = "\u3000-\u303f\uff00-\uffef「」『』、。"
INSTALL = "apt install tesseract-ocr tesseract-ocr-chi-tra"
_TEXT_HEIGHT = 32  # pixels from line to line at which Tesseract reads Chinese best, by measurement; see docs/adr/0003
_LARGEST_PIXELS = 24_000_000
_STEEPEST = 5.0  # degrees that a scanned page may lean
_LEAST_CONFIDENCE = 45.0  # of a line, 0..100: photographs and noise read as letters lie below
_SURE_OF_TURN = 2.0  # Tesseract's own confidence in the orientation of a page
_GAP = re.compile(rf"(?<=[{CJK}{CJK_MARKS},:;?!()]) +(?=[{CJK}{CJK_MARKS}])|(?<=[{CJK}{CJK_MARKS}]) +(?=[,:;?!()])")
_NARROW = re.compile(rf"(?<=[{CJK}{CJK_MARKS}])[,:;?!()]+|[(](?=[{CJK}])")
_WIDE = str.maketrans(",:;?!()", "，：；？！（）")
_Gray = NDArray[np.uint8]


def ocr_installed(settings: Settings) -> bool:
    """Whether Tesseract and the languages of the settings are on this machine."""
    return set(settings.ocr_languages.split("+")) <= _languages()


def recognise_page(image: Image.Image, settings: Settings) -> list[str]:
    """The lines of a page from top to bottom, with an empty string between paragraphs; none where it holds no text.

    Raises:
        DocumentError: `ocr_missing`, or `ocr_failed` where Tesseract failed or took longer than a page may.
    """
    if not ocr_installed(settings):
        raise DocumentError("ocr_missing", "Tesseract or one of its languages is not installed.", f"{INSTALL}.")
    page = _straight(_upright(_bounded(ImageOps.grayscale(image)), settings))
    return _lines(_run(_at_reading_size(page), settings))


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    if shutil.which("tesseract") is None:
        return frozenset()
    try:
        return frozenset(pytesseract.get_languages(config=""))
    except (pytesseract.TesseractError, OSError):
        return frozenset()


def _run(page: Image.Image, settings: Settings) -> str:
    try:
        return str(
            pytesseract.image_to_data(
                page,
                lang=settings.ocr_languages,
                config="--psm 3 -c preserve_interword_spaces=1",
                timeout=settings.ocr_page_timeout_s,
            )
        )
    except (pytesseract.TesseractError, RuntimeError, OSError) as error:
        reason = str(error).partition("\n")[0][:200]
        raise DocumentError("ocr_failed", f"Tesseract could not read a page: {reason}.", "Scan it again.") from error


def _lines(table: str) -> list[str]:
    """Lines of Tesseract's table of words, without those that it is not sure of."""
    words = [row for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE) if _is_word(row)]
    lines: list[str] = []
    last = ""
    for place, group in groupby(words, key=lambda row: (row["block_num"], row["par_num"], row["line_num"])):
        line = list(group)
        weight = sum(len(word["text"]) for word in line)
        confidence = sum(float(word["conf"]) * len(word["text"]) for word in line) / weight
        if confidence < _LEAST_CONFIDENCE:
            continue
        paragraph = "-".join(place[:2])
        if lines and paragraph != last:
            lines.append("")
        last = paragraph
        lines.append(_joined(word["text"] for word in line))
    return lines


def _joined(words: Iterable[str]) -> str:
    """Words as a line: Chinese has no spaces, and Tesseract does not tell the width of its punctuation."""
    line = _GAP.sub("", " ".join(words))
    return _NARROW.sub(lambda match: match[0].translate(_WIDE), line)


def _is_word(row: dict[str, str]) -> bool:
    return row["level"] == "5" and bool((row["text"] or "").strip())


def _bounded(page: Image.Image) -> Image.Image:
    scale = (_LARGEST_PIXELS / (page.width * page.height)) ** 0.5
    return page if scale >= 1 else page.resize((round(page.width * scale), round(page.height * scale)))


def _upright(page: Image.Image, settings: Settings) -> Image.Image:
    """The page turned by 90, 180 or 270 degrees where Tesseract is sure that it lies so."""
    try:
        found = pytesseract.image_to_osd(page, output_type=pytesseract.Output.DICT, timeout=settings.ocr_page_timeout_s)
    except (pytesseract.TesseractError, RuntimeError, OSError):
        return page  # too little text to tell
    if found["orientation_conf"] < _SURE_OF_TURN or not found["rotate"]:
        return page
    return page.rotate(-found["rotate"], expand=True, fillcolor=255)


def _straight(page: Image.Image) -> Image.Image:
    """The page turned by the few degrees that make its lines of text most distinct (Postl 1986)."""
    small = page.copy()
    small.thumbnail((1000, 1000))
    coarse = max(np.arange(-_STEEPEST, _STEEPEST + 0.1, 0.5), key=lambda angle: _distinctness(small, float(angle)))
    angle = max(np.arange(coarse - 0.4, coarse + 0.5, 0.1), key=lambda angle: _distinctness(small, float(angle)))
    if abs(angle) < 0.15:
        return page
    return page.rotate(float(angle), resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def _distinctness(page: Image.Image, angle: float) -> float:
    turned: _Gray = np.asarray(page.rotate(angle, fillcolor=255))
    rows = (turned < 128).sum(axis=1).astype(np.float64)
    return float(np.square(np.diff(rows)).sum())


def _at_reading_size(page: Image.Image) -> Image.Image:
    """The page enlarged where its text is smaller than Tesseract reads well."""
    heights = sorted(_line_heights(page))
    if not heights:
        return page
    scale = min(_TEXT_HEIGHT / heights[len(heights) // 2], 4.0, (_LARGEST_PIXELS / (page.width * page.height)) ** 0.5)
    if scale <= 1.15:
        return page
    return page.resize((round(page.width * scale), round(page.height * scale)), Image.Resampling.LANCZOS)


def _line_heights(page: Image.Image) -> Iterator[int]:
    """Heights in pixels of the bands of rows that hold ink."""
    rows = (np.asarray(page) < 128).mean(axis=1) > 0.005
    edges = np.flatnonzero(np.diff(np.concatenate(([0], rows.astype(np.int8), [0]))))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        if 6 <= last - first <= page.height / 8:
            yield int(last - first)
