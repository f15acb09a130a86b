"""Reads PPTX files: each slide is a page, its title a section; speaker notes stay out, they are not published."""

from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element

from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.office.drawing import body_paragraphs, graphic_flow
from assistant.indexing.formats.office.flow import Paragraph, Table
from assistant.indexing.formats.office.ooxml import (
    Links,
    alternative,
    declared_title,
    is_on,
    link_id,
    open_office,
    relationships,
)
from assistant.indexing.formats.office.package import Package, local_name
from assistant.indexing.formats.office.slides import TITLE_LEVEL, slide_blocks, title_lines, titled
from assistant.indexing.formats.office.titles import choose_title
from assistant.settings import Settings
from assistant.text import detect_language

P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_TITLES = frozenset({"title", "ctrTitle"})
_FURNITURE = frozenset({"dt", "ftr", "hdr", "sldNum", "sldImg"})
_BULLETED = frozenset({"body", "obj", ""})


def read_pptx(data: bytes, name: str, settings: Settings) -> ParsedDocument:
    """Parse a PowerPoint file of 2007 or later; hidden slides and speaker notes are left out.

    Raises:
        DocumentError: `encrypted`, `legacy_format`, `wrong_format`, `corrupt`, `too_large` or `unsafe`.
    """
    package, part, root = open_office(data, name, "presentation")
    links = relationships(package, part)
    listed = [links.get(link_id(node)) for node in root.iter(f"{P}sldId")]
    if len(listed) > settings.max_pages:
        raise package.too_large(f"{len(listed)} slides")
    found = [(number, link.part) for number, link in enumerate(listed, 1) if link and link.part in package]
    blocks = slide_blocks((number, titled(_slide(package, slide))) for number, slide in found)
    missing = sorted({*range(1, len(listed) + 1)} - {number for number, _ in found})
    return ParsedDocument(
        choose_title([declared_title(package), *title_lines(blocks)], name),
        detect_language("".join(block.text for block in blocks)),
        blocks,
        len(listed),
        unread=tuple(f"slide {number}: missing in the file" for number in missing),
    )


def _slide(package: Package, part: str) -> Iterator[Paragraph | Table]:
    if not package.is_new(part):
        return
    root = package.xml(part)
    links = relationships(package, part)
    tree = root.find(f"{P}cSld/{P}spTree")
    if tree is not None and is_on(root.get("show")):
        yield from _shapes(package, links, tree)


def _shapes(package: Package, links: Links, tree: Element) -> Iterator[Paragraph | Table]:
    for shape in tree:
        name = local_name(shape)
        if _is_hidden(shape):
            continue
        if name == "grpSp":
            yield from _shapes(package, links, shape)
        elif name == "AlternateContent":
            chosen = alternative(shape)
            if chosen is not None:
                yield from _shapes(package, links, chosen)
        elif name == "graphicFrame":
            yield from graphic_flow(package, links, shape)
        elif name == "sp":
            yield from _text(shape)


def _is_hidden(shape: Element) -> bool:
    return any(
        is_on(properties.get("hidden", "0"))
        for holder in shape
        if local_name(holder).startswith("nv")
        for properties in holder.findall(f"{P}cNvPr")
    )


def _text(shape: Element) -> Iterator[Paragraph]:
    place = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
    kind = place.get("type", "") if place is not None else None
    if kind in _FURNITURE:
        return
    for paragraph in body_paragraphs(shape.find(f"{P}txBody"), bulleted=kind in _BULLETED):
        yield replace(paragraph, level=TITLE_LEVEL) if kind in _TITLES else paragraph
