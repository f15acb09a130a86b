"""Reads ODP files: each slide is a page, its title a section; speaker notes stay out, they are not published."""

from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element

from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.office.flow import Paragraph, Table
from assistant.indexing.formats.office.odf import DRAW, PRESENTATION, OdfFile
from assistant.indexing.formats.office.odf_text import OdfReader
from assistant.indexing.formats.office.slides import TITLE_LEVEL, slide_blocks, title_lines, titled
from assistant.indexing.formats.office.titles import choose_title
from assistant.settings import Settings
from assistant.text import detect_language

_FURNITURE = frozenset({"header", "footer", "date-time", "page-number", "notes"})


def read_odp(data: bytes, name: str, settings: Settings) -> ParsedDocument:
    """Parse an OpenDocument presentation; hidden slides and speaker notes are left out.

    Raises:
        DocumentError: `encrypted`, `legacy_format`, `wrong_format`, `corrupt`, `too_large` or `unsafe`.
    """
    file = OdfFile(data, name, "presentation")
    reader = OdfReader(file, slides=True)
    slides = list(enumerate(file.body.findall(f"{DRAW}page"), 1))
    if len(slides) > settings.max_pages:
        raise file.package.too_large(f"{len(slides)} slides")
    blocks = slide_blocks(
        (number, titled(_slide(reader, slide)))
        for number, slide in slides
        if file.style("drawing-page", slide.get(f"{DRAW}style-name", "")).shown
    )
    return ParsedDocument(
        choose_title([file.title, *title_lines(blocks)], name),
        detect_language("".join(block.text for block in blocks)),
        blocks,
        len(slides),
    )


def _slide(reader: OdfReader, slide: Element) -> Iterator[Paragraph | Table]:
    for shape in slide:
        kind = shape.get(f"{PRESENTATION}class", "")
        if kind in _FURNITURE or shape.tag == f"{PRESENTATION}notes":
            continue
        for entry in reader.flow([shape]):
            is_title = kind == "title"
            yield replace(entry, level=TITLE_LEVEL) if is_title and isinstance(entry, Paragraph) else entry
