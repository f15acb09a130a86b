"""Blocks of slides: the page is the slide's number, its title the section."""

from collections.abc import Iterable, Iterator

from assistant.indexing.articles import mark_articles
from assistant.indexing.blocks import Block
from assistant.indexing.formats.office.flow import Flow, Paragraph, Table, body_block, plain_flow, table_blocks
from assistant.indexing.headings import HeadingPath, starts_new_paragraph
from assistant.schema import Locator

TITLE_LEVEL = 1


def slide_blocks(slides: Iterable[tuple[int, Flow]]) -> tuple[Block, ...]:
    """The blocks of slides, each given with its number from 1; a paragraph with a level is the slide's title."""
    return tuple(mark_articles(block for number, flow in slides for block in _blocks(number, flow)))


def title_lines(blocks: Iterable[Block]) -> list[str]:
    """What may be the title of slides: the first slide's title, else its first lines."""
    first = [block for block in blocks if block.locator.page == 1 and block.kind != "row"]
    return [block.text for block in sorted(first, key=lambda block: block.kind != "heading")]


def _blocks(number: int, flow: Flow) -> Iterator[Block]:
    path = HeadingPath()
    for entry in plain_flow(flow):
        if isinstance(entry, Table):
            yield from table_blocks(entry, Locator(page=number, section=path.section))
        elif entry.level is not None:
            path.enter(entry.level, entry.text)
            yield Block(entry.text, Locator(page=number, section=path.section), "heading")
        else:
            locator = Locator(page=number, section=path.section)
            yield body_block(entry, locator, listed=starts_new_paragraph(entry.text))


def titled(flow: Iterable[Paragraph | Table]) -> list[Paragraph | Table]:
    """The flow of a slide with its title first, wherever the file keeps it."""
    return sorted(flow, key=lambda entry: not (isinstance(entry, Paragraph) and entry.level is not None))
