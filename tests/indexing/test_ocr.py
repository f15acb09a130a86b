"""OCR: drawn and scanned pages come back as the text that they show, in either language, however they lie."""

import json
import re
import unicodedata
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from assistant.errors import DocumentError
from assistant.indexing import ocr
from assistant.indexing.ocr import ocr_installed, recognise_page
from assistant.settings import PROJECT_ROOT, Settings

SCANS = PROJECT_ROOT.parent / "shared" / "data" / "c3_rendered_zh"
FONTS = sorted(Path("/usr/share/fonts").rglob("NotoSansCJK-Regular.ttc"))
SETTINGS = Settings()
LINES = ("停車費率公告", "小型車每小時三十元，", "月租每月二千四百元。", "Office hours: 08:00 to 17:30")
needs_tesseract = pytest.mark.skipif(not ocr_installed(SETTINGS), reason="Tesseract is not installed")
needs_font = pytest.mark.skipif(not FONTS, reason="no Chinese font is installed")


def draw(lines: tuple[str, ...] = LINES, size: int = 44) -> Image.Image:
    """A page of A4's form with a few lines in a Traditional Chinese face."""
    page = Image.new("L", (1240, 1754), 255)
    font = ImageFont.truetype(str(FONTS[0]), size, index=3)
    for number, line in enumerate(lines):
        ImageDraw.Draw(page).text((120, 200 + number * 2 * size), line, font=font, fill=0)
    return page


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def errors(image: Image.Image, truth: str) -> float:
    """Character error rate of a page, white space and width of characters aside."""
    read, wanted = squeezed("".join(recognise_page(image, SETTINGS))), squeezed(truth)
    return Levenshtein.distance(wanted, read) / len(wanted)


@needs_tesseract
@needs_font
@pytest.mark.parametrize("turn", [0, 2.5, 90, 180])
def test_a_page_is_read_however_it_lies(turn: float) -> None:
    """Both languages of a page are read, straight, askew, on its side or upside down."""
    page = draw(LINES * 4).rotate(turn, expand=True, fillcolor=255)
    assert errors(page, "".join(LINES * 4)) < 0.06


@needs_tesseract
@needs_font
def test_chinese_lines_have_no_gaps_and_wide_punctuation() -> None:
    """Lines read as they were printed, so that they can be searched and quoted."""
    assert recognise_page(draw(), SETTINGS)[:2] == ["停車費率公告", "小型車每小時三十元，"] or (
        "小型車每小時三十元，" in recognise_page(draw(), SETTINGS)
    )


@needs_tesseract
def test_a_picture_without_text_gives_no_text() -> None:
    """Noise is not read as letters."""
    noise = Image.effect_noise((800, 800), 120)
    assert recognise_page(noise, SETTINGS) == []
    assert recognise_page(Image.new("L", (600, 800), 255), SETTINGS) == []


@needs_tesseract
@pytest.mark.skipif(not SCANS.is_dir(), reason="the shared scans are not here")
@pytest.mark.parametrize(("grade", "least"), [("scan_clean200", 97), ("scan_skew130", 95)])
def test_scans_of_published_answers_are_read(grade: str, least: float) -> None:
    """The answer's own characters stand in what was read of a page."""
    path = sorted(SCANS.glob(f"*_{grade}.pdf"))[0]
    records = map(json.loads, (SCANS / "gold.jsonl").read_text(encoding="utf-8").splitlines())
    truth = squeezed(next(record["answer"] for record in records if path.name.startswith(record["id"])))
    with pypdfium2.PdfDocument(path) as document:
        images = [page.render(scale=300 / 72, grayscale=True).to_pil() for page in document]
    read = squeezed("".join(line for image in images for line in recognise_page(image, SETTINGS)))
    assert fuzz.partial_ratio(truth, read) > least  # a heading stands before the answer


def test_without_tesseract_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal says what to install."""
    monkeypatch.setattr(ocr, "_languages", frozenset)
    with pytest.raises(DocumentError) as caught:
        recognise_page(Image.new("L", (10, 10)), SETTINGS)
    assert (caught.value.reason, "apt install tesseract-ocr" in caught.value.cure) == ("ocr_missing", True)


@needs_tesseract
@needs_font
def test_a_page_has_a_time_limit() -> None:
    """A page that takes too long is refused, and its process ended."""
    with pytest.raises(DocumentError) as caught:
        recognise_page(draw(), Settings(ocr_page_timeout_s=0.01))
    assert caught.value.reason == "ocr_failed"
