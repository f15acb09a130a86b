"""Tables of HTML pages as rows of text, with spanned cells spread over the grid."""

from selectolax.lexbor import LexborNode

from assistant.indexing.formats.html_nodes import inline_text, number_of
from assistant.indexing.tables import guess_header_rows, row_texts

_WIDEST_SPAN = 60
_MOST_COLUMNS = 200


def is_data_table(table: LexborNode) -> bool:
    """Whether a table holds data; one that holds tables, headings or single cells only lays out the page."""
    if (table.attributes.get("role") or "") in {"presentation", "none"}:
        return False
    inside = [node for node in table.css("table, h1, h2, h3, h4, h5, h6") if node.mem_id != table.mem_id]
    return not inside and any(len(_cells(row)) > 1 for row in table.css("tr"))


def table_rows(table: LexborNode) -> list[str]:
    """One text a body row, each cell under its column's or row's name where the table gives one."""
    rows = [row for row in table.css("tr") if _cells(row)]
    grid = _grid(rows)
    header_rows = 0
    while header_rows < len(rows) and _is_header(rows[header_rows]):
        header_rows += 1
    if header_rows == len(rows):
        header_rows = 0
    row_headers = not header_rows and all(_cells(row)[0].tag == "th" for row in rows)
    if not header_rows and not row_headers:
        header_rows = guess_header_rows(grid)
    return row_texts(grid, header_rows, row_headers=row_headers)


def _cells(row: LexborNode) -> list[LexborNode]:
    return [node for node in row.iter() if node.tag in {"th", "td"}]


def _is_header(row: LexborNode) -> bool:
    inside_head = row.parent is not None and row.parent.tag == "thead"
    return inside_head or all(cell.tag == "th" for cell in _cells(row))


def _grid(rows: list[LexborNode]) -> list[list[str]]:
    """The cells' texts by row and column; a cell that spans several repeats in each."""
    grid: list[list[str]] = []
    open_spans: dict[int, tuple[int, str]] = {}
    for row in rows:
        line: list[str] = []
        below: dict[int, tuple[int, str]] = {}
        cells = iter(_cells(row))
        cell = next(cells, None)
        while len(line) < _MOST_COLUMNS and (cell is not None or len(line) in open_spans):
            column = len(line)
            if column in open_spans:
                left, text = open_spans[column]
                line.append(text)
                if left > 1:
                    below[column] = (left - 1, text)
                continue
            if cell is None:
                break
            text = inline_text(cell)
            down = min(number_of(cell, "rowspan", 1), _WIDEST_SPAN)
            for offset in range(max(1, min(number_of(cell, "colspan", 1), _WIDEST_SPAN))):
                line.append(text)
                if down > 1:
                    below[column + offset] = (down - 1, text)
            cell = next(cells, None)
        open_spans = below
        grid.append(line)
    return grid
