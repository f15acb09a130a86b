"""Images of pages: frames as pages, paragraphs from lines, and limits before anything is unpacked."""

import io
import struct
import zlib

import pytest
from PIL import Image

from assistant.errors import DocumentError
from assistant.indexing.formats import image
from assistant.indexing.formats.image import read_image
from assistant.settings import Settings

SETTINGS = Settings()
PAGE = ["停車費率公告", "", "一、小型車每小時三十元，月租", "每月二千四百元。", "二、機車免費。"]


@pytest.fixture(autouse=True)
def read_frames(monkeypatch: pytest.MonkeyPatch) -> list[Image.Image]:
    """Replaces OCR, which has tests of its own; gives the frames that it was asked to read."""
    seen: list[Image.Image] = []

    def recognise(frame: Image.Image, settings: Settings) -> list[str]:
        seen.append(frame)
        return PAGE if frame.width == 20 else []

    monkeypatch.setattr(image, "recognise_page", recognise)
    return seen


def encoded(kind: str, *frames: Image.Image, **options: object) -> bytes:
    data = io.BytesIO()
    frames[0].save(data, kind, save_all=len(frames) > 1, append_images=frames[1:], **options)
    return data.getvalue()


def test_lines_become_paragraphs_and_items() -> None:
    """Wrapped lines are joined, items stand alone, and the first line is the title."""
    document = read_image(encoded("PNG", Image.new("L", (20, 30))), "notice.png", SETTINGS)
    assert [block.text for block in document.blocks] == [
        "停車費率公告",
        "一、小型車每小時三十元，月租每月二千四百元。",
        "二、機車免費。",
    ]
    assert (document.title, document.language, document.pages) == ("停車費率公告", "zh-TW", 1)


def test_each_frame_is_a_page() -> None:
    """Locators of a TIFF of several pages carry the page."""
    document = read_image(encoded("TIFF", *[Image.new("L", (20, 30))] * 3), "fax.tif", SETTINGS)
    assert [block.locator.page for block in document.blocks] == [1, 1, 1, 2, 2, 2, 3, 3, 3]


def test_a_transparent_page_is_read_on_white(read_frames: list[Image.Image]) -> None:
    """Black letters on nothing are letters on paper."""
    read_image(encoded("PNG", Image.new("RGBA", (20, 30), (0, 0, 0, 0))), "logo.png", SETTINGS)
    assert read_frames[0].getpixel((0, 0)) == (255, 255, 255)


def bomb(width: int, height: int) -> bytes:
    """A PNG of few bytes that claims a size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (b"IHDR" + header, b"IDAT" + zlib.compress(bytes(100)), b"IEND")
    chunks = (struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no image at all", "wrong_format"),
        (encoded("PNG", Image.effect_noise((300, 300), 50))[:4000], "corrupt"),
        (bomb(60_000, 60_000), "too_large"),
        (bomb(9_000, 9_000), "too_large"),
        (encoded("PNG", Image.new("L", (21, 30))), "no_text"),
    ],
    ids=["other", "truncated", "bomb", "large", "blank"],
)
def test_unusable_images_have_a_reason(data: bytes, reason: str) -> None:
    """Each is refused in words, before it can take the memory of the machine."""
    with pytest.raises(DocumentError) as caught:
        read_image(data, "scan.png", SETTINGS)
    assert caught.value.reason == reason
    assert caught.value.cure
