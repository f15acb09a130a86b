"""Scanned pages of PDF files."""

import pytest
from PIL.Image import Image

from assistant.errors import DocumentError
from assistant.indexing import ocr
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.pdf.reader import read_pdf
from assistant.settings import Settings
from tests.indexing.formats.pdf.writing import Sheet, write_pdf

SCAN = Sheet().image(0, 0, 595, 842)
TEXT = Sheet().text(50, 800, "The office opens at eight in the morning.")


class FakeOcr:
    """Reads the same lines from every image, and keeps the sizes of the images."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, installed: bool = True, fails: bool = False) -> None:
        self.sizes: list[tuple[int, int]] = []
        self.fails = fails
        self.lines = ["高雄市政府公告", "", "一、申請期間自即日起至十二月底止。"]
        monkeypatch.setattr(ocr, "ocr_installed", lambda settings: installed)
        monkeypatch.setattr(ocr, "recognise_page", self.recognise, raising=False)

    def recognise(self, image: Image, settings: Settings) -> list[str]:
        self.sizes.append(image.size)
        if self.fails:
            raise DocumentError("ocr_failed", "It took too long.")
        return self.lines


def read(*sheets: Sheet, **changes: int) -> ParsedDocument:
    return read_pdf(write_pdf(sheets), "a.pdf", Settings().model_copy(update=changes))


def test_scanned_pages_are_recognised_at_print_resolution(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is an image gives the lines that OCR finds, on its page."""
    fake = FakeOcr(monkeypatch)
    parsed = read(TEXT, SCAN)
    assert [(block.text, block.locator.page) for block in parsed.blocks][1:] == [
        ("高雄市政府公告", 2),
        ("一、申請期間自即日起至十二月底止。", 2),
    ]
    assert fake.sizes == [(2480, 3509)]
    assert parsed.unread == ()


def test_a_huge_page_makes_no_huge_image(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hostile page size cannot exhaust the memory."""
    fake = FakeOcr(monkeypatch)
    read(Sheet(box="0 0 14000 14000").image(0, 0, 14000, 14000))
    assert fake.sizes[0][0] * fake.sizes[0][1] <= 12_100_000


def test_without_ocr_the_other_pages_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scanned page is named, and what could be done about it."""
    FakeOcr(monkeypatch, installed=False)
    parsed = read(TEXT, SCAN)
    assert len(parsed.blocks) == 1
    assert parsed.unread == ("page 2: an image without text, and OCR is not installed",)


def test_a_scan_without_ocr_is_refused_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it can be read, and the message says what to install."""
    FakeOcr(monkeypatch, installed=False)
    with pytest.raises(DocumentError, match="Install OCR") as caught:
        read(SCAN)
    assert caught.value.reason == "no_text"


def test_no_more_pages_are_recognised_than_the_settings_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is named."""
    fake = FakeOcr(monkeypatch)
    parsed = read(SCAN, SCAN, SCAN, max_ocr_pages=2)
    assert len(fake.sizes) == 2
    assert parsed.unread == ("page 3: an image without text, and there are more than max_ocr_pages",)


def test_a_page_that_ocr_cannot_read_costs_itself_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure is named, and the other pages stay."""
    FakeOcr(monkeypatch, fails=True)
    assert read(TEXT, SCAN).unread == ("page 2: an image without text, and OCR failed",)


def test_a_text_layer_over_a_scan_is_read_without_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another program recognised is taken as it is."""
    fake = FakeOcr(monkeypatch)
    layered = Sheet().image(0, 0, 595, 842).text(50, 800, "The office opens at eight in the morning.", mode=3)
    assert [block.text for block in read(layered).blocks] == ["The office opens at eight in the morning."]
    assert fake.sizes == []


def test_a_page_with_text_and_a_picture_is_no_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures beside text are left alone."""
    fake = FakeOcr(monkeypatch)
    read(Sheet().image(0, 0, 595, 600).text(50, 800, "The office opens at eight in the morning."))
    assert fake.sizes == []


def test_recognised_lines_of_one_paragraph_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    """A numbered line that fills the page was wrapped; it is no heading."""
    fake = FakeOcr(monkeypatch)
    fake.lines = [
        "六、稅單遺失，可以到任一稅捐機關、打電話，或用憑證、健保卡在",
        "高雄稅捐處、財政部稅務入口網線上補發。",
    ]
    assert [block.text for block in read(SCAN).blocks] == ["".join(fake.lines)]
