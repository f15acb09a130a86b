"""Reads ODT files: headings, numbered items, tables, notes and text boxes, as LibreOffice shows them."""

from assistant.indexing.articles import mark_articles
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.office.flow import flow_blocks, flow_titles, plain_flow
from assistant.indexing.formats.office.odf import OdfFile
from assistant.indexing.formats.office.odf_text import OdfReader
from assistant.indexing.formats.office.titles import choose_title
from assistant.settings import Settings
from assistant.text import detect_language


def read_odt(data: bytes, name: str, settings: Settings) -> ParsedDocument:
    """Parse an OpenDocument text; it has no pages until it is printed.

    Raises:
        DocumentError: `encrypted`, `legacy_format`, `wrong_format`, `corrupt`, `too_large` or `unsafe`.
    """
    file = OdfFile(data, name, "text")
    entries = list(plain_flow(OdfReader(file).flow(file.body)))
    title = choose_title(flow_titles(entries, file.title), name)
    blocks = tuple(mark_articles(flow_blocks(entries, title)))
    return ParsedDocument(title, detect_language("".join(block.text for block in blocks)), blocks)
