"""Reads CSV and TSV: questions and answers as documents, any other table as one document of rows."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from io import StringIO
from itertools import islice

from assistant.errors import DocumentError
from assistant.indexing.blocks import Block, ParsedDocument
from assistant.indexing.decoding import decode
from assistant.indexing.formats.data.faq import faq_documents, find_roles, is_announced
from assistant.indexing.formats.data.grid_layout import column_names, lay_out
from assistant.indexing.formats.data.records import MOST_ROWS, check_size, table_blocks, table_language
from assistant.indexing.formats.data.values import Table
from assistant.schema import Locator
from assistant.settings import Settings

_DELIMITERS = ",\t;|"
_LONGEST_LINE = 1_000_000  # characters; a longer one is no row of a table
_MOST_COLUMNS = 2_000
_SAMPLE_ROWS = 60
_EXCEL_HINT = re.compile(r"\A\s*sep=(.)[ \t]*\n", re.IGNORECASE)
_LONGEST_TITLE = 80


def read_delimited(data: bytes, name: str, settings: Settings) -> Iterable[ParsedDocument]:
    """The documents of a CSV or TSV file; its delimiter, header and lines around the table are found by their looks.

    Raises:
        DocumentError: `not_text`; `too_large` above 200,000 rows, 2,000 columns or a million characters in a line;
            `corrupt` where quotes do not close.
    """
    text = decode(data, name)
    if max(map(len, text.split("\n"))) > _LONGEST_LINE:
        message = f"{name} has a line of over {_LONGEST_LINE:,} characters."
        raise DocumentError("too_large", message, "Check that it is a table with a record on each line.")
    hint = _EXCEL_HINT.match(text)
    if hint:
        text = text[hint.end() :]
    rows = _rows(text, hint[1] if hint else _delimiter(text, name), name)
    layout = lay_out(rows)
    width = max((len(row) for row in rows), default=0)
    check_size(name, len(layout.body), width)
    names = column_names(layout.header, width)
    table = Table(names, [(*row, *[""] * (width - len(row))) for row in layout.body])
    roles = find_roles(table, is_announced(name, *layout.above)) if layout.header else None
    if roles:
        return faq_documents(table, roles, settings)
    return [_table_document(table, layout.above, layout.below, name, settings)]


def _table_document(
    table: Table, above: Sequence[str], below: Sequence[str], name: str, settings: Settings
) -> ParsedDocument:
    title = above[0] if above and len(above[0]) <= _LONGEST_TITLE else name.rsplit(".", 1)[0]
    blocks = [Block(line, Locator(), "heading" if line == title else "paragraph") for line in above]
    blocks.extend(table_blocks(table, None, settings))
    blocks.extend(Block(line, Locator(), "paragraph") for line in below)
    return ParsedDocument(title, table_language(table), tuple(blocks))


def _rows(text: str, delimiter: str, name: str) -> list[list[str]]:
    """The rows of a text, cells stripped.

    Raises:
        DocumentError: `corrupt` or `too_large`.
    """
    reader = csv.reader(StringIO(text), delimiter=delimiter)
    rows: list[list[str]] = []
    start = end = 0
    try:
        for row in reader:
            if len(row) > _MOST_COLUMNS or len(rows) > MOST_ROWS + _SAMPLE_ROWS:
                message = f"{name}, line {reader.line_num}: more than {MOST_ROWS:,} rows or {_MOST_COLUMNS:,} columns."
                raise DocumentError("too_large", message, "Split it, or leave out what nobody asks for.")
            rows.append([cell.strip() for cell in row])
            start, end = end, reader.line_num
        if end - start > 1:  # the last row holds line ends: its quotes must close, or it has swallowed other rows
            list(csv.reader(islice(StringIO(text), start, None), delimiter=delimiter, strict=True))
    except csv.Error as error:
        message = f"{name}, line {start + 1}: a quoted cell does not end ({error})."
        raise DocumentError("corrupt", message, "Close the quotation mark and save it again.") from error
    return rows


def _delimiter(text: str, name: str) -> str:
    """The mark that splits the first rows into the most columns with the same number in each row."""
    preferred = _DELIMITERS if not name.lower().endswith(".tsv") else "\t" + _DELIMITERS
    lines = list(islice(StringIO(text), _SAMPLE_ROWS * 4))
    scores: dict[str, float] = {}
    for delimiter in dict.fromkeys(preferred):
        try:
            widths = Counter(len(row) for row in islice(csv.reader(lines, delimiter=delimiter), _SAMPLE_ROWS) if row)
        except csv.Error:
            continue
        width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))
        scores[delimiter] = (count / sum(widths.values())) * min(width, 10) if width > 1 else 0.0
    best = max(scores, key=lambda delimiter: scores[delimiter], default=",")
    return best if scores.get(best) else preferred[0]
