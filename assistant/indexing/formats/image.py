"""Reads images of pages by OCR: one page a frame, paragraphs from its lines."""

import io
import warnings
from collections.abc import Iterator, Sequence

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from assistant.errors import DocumentError
from assistant.indexing.articles import mark_articles
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.headings import guess_blocks, heading_rank, starts_new_paragraph
from assistant.indexing.lines import display_width, join_lines
from assistant.indexing.ocr import recognise_page
from assistant.settings import Settings
from assistant.text import detect_language

_MOST_PIXELS = 60_000_000  # a page of A3 at 400 dots an inch has 31 million
_LONGEST_TITLE = 60
_SHORT_LINE = 0.66  # of the widest line: a line that ends earlier was not wrapped
_SENTENCE_ENDS = tuple("。！？；.!?;：:")


def read_image(data: bytes, name: str, settings: Settings) -> ParsedDocument:
    """Parse an image file; each frame of a TIFF is a page.

    Raises:
        DocumentError: `wrong_format`, `corrupt`, `too_large`, `no_text`, or one of OCR's.
    """
    pages = [recognise_page(frame, settings) for frame in _frames(data, name, settings.max_ocr_pages)]
    paragraphs = [(text, number) for number, page in enumerate(pages, start=1) for text in _paragraphs(page)]
    if not paragraphs:
        raise DocumentError("no_text", f"{name} shows no text that OCR can read.", "Scan it at 300 dots an inch.")
    blocks = tuple(mark_articles(guess_blocks(paragraphs)))
    first = paragraphs[0][0]
    title = first if len(first) <= _LONGEST_TITLE else name.rsplit(".", 1)[0]
    return ParsedDocument(title, detect_language(" ".join(text for text, _ in paragraphs)), blocks, len(pages))


def _frames(data: bytes, name: str, most: int) -> Iterator[Image.Image]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limit is the lower one
            image = Image.open(io.BytesIO(data))
        frames = getattr(image, "n_frames", 1)
        if image.width * image.height > _MOST_PIXELS or frames > most:
            message = f"{name} has {frames} pages of {image.width} × {image.height} pixels."
            raise DocumentError("too_large", message, "Split it, or scan it at 300 dots an inch.")
        for frame in ImageSequence.Iterator(image):
            yield _on_white(ImageOps.exif_transpose(frame))
    except UnidentifiedImageError as error:
        raise DocumentError("wrong_format", f"{name} is no image.", "Check its suffix.") from error
    except Image.DecompressionBombError as error:
        raise DocumentError("too_large", f"{name}: {error}.", "Scan it at 300 dots an inch.") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise DocumentError("corrupt", f"{name} is damaged: {error}.", "Scan or save it again.") from error


def _on_white(frame: Image.Image) -> Image.Image:
    """A frame without transparency, behind which a page is white."""
    if "A" not in frame.getbands() and "transparency" not in frame.info:
        return frame.convert("RGB")
    page = Image.new("RGBA", frame.size, "white")
    page.alpha_composite(frame.convert("RGBA"))
    return page.convert("RGB")


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Paragraphs of a page: a line that opens a heading, item or article, or follows a sentence's end, opens one."""
    full = max((display_width(line) for line in lines), default=0)
    part: list[str] = []
    for line in (*lines, ""):
        if part and (not line or _opens(line, part[-1], full)):
            yield join_lines(part)
            part = []
        if line:
            part.append(line)


def _opens(line: str, before: str, full: int) -> bool:
    heading = heading_rank(before) is not None and display_width(before) < _SHORT_LINE * full
    return heading or starts_new_paragraph(line) or before.endswith(_SENTENCE_ENDS)
