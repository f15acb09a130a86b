"""Text of DrawingML, which slides and Word drawings share: text bodies, tables, charts and diagrams."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from assistant.indexing.formats.office import numerals
from assistant.indexing.formats.office.flow import Paragraph, Table, TableCell
from assistant.indexing.formats.office.math_text import M, math_text, raised
from assistant.indexing.formats.office.number_formats import show_number
from assistant.indexing.formats.office.numerals import Numeral
from assistant.indexing.formats.office.ooxml import Links, is_on, link_id
from assistant.indexing.formats.office.package import Package, local_name, whole_number

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_DROPPED_FIELDS = ("slidenum", "datetime", "footer", "header")
_MOST_POINTS = 2000
_WIDEST_SPAN = 60
_NUMERALS: dict[str, Numeral] = {
    "arabic": str,
    "arabicDb": numerals.full_width,
    "alphaLc": numerals.small_letters,
    "alphaUc": numerals.letters,
    "romanLc": numerals.small_roman,
    "romanUc": numerals.roman,
    "ea1Cht": numerals.chinese,
    "ea1Chs": numerals.chinese,
    "ea1JpnChsDb": numerals.chinese,
    "ea1JpnKor": numerals.chinese,
    "circleNumDb": numerals.circled,
    "circleNumWdBlack": numerals.circled,
    "circleNumWdWhite": numerals.circled,
}
_WRAPPINGS = {"Period": "{}.", "ParenR": "{})", "ParenBoth": "({})", "Plain": "{}", "Minus": "{}-"}


def body_paragraphs(body: Element | None, *, bulleted: bool = False) -> Iterator[Paragraph]:
    """The paragraphs of a text body; `bulleted` where its paragraphs are bullets unless they say otherwise."""
    counters: dict[int, tuple[str, int]] = {}
    for node in body.findall(f"{A}p") if body is not None else ():
        properties = node.find(f"{A}pPr")
        text = _inline(node)
        if not text.strip():
            continue
        level = _number(properties, "lvl", 0)
        counters = {deep: counter for deep, counter in counters.items() if deep <= level}
        automatic = properties.find(f"{A}buAutoNum") if properties is not None else None
        if automatic is None:
            counters.pop(level, None)
            yield Paragraph(text, listed=_has_bullet(properties, bulleted=bulleted), strong=_is_bold(node))
            continue
        form = automatic.get("type", "")
        before = counters.get(level)
        number = before[1] + 1 if before and before[0] == form else _number(automatic, "startAt", 1)
        counters[level] = (form, number)
        yield Paragraph(text, marker=_marker(form, number), listed=True, strong=_is_bold(node))


def slide_table(node: Element) -> Table:
    """A table of a slide; its first row names the columns where it is formatted so."""
    properties = node.find(f"{A}tblPr")
    marked = properties is not None and is_on(properties.get("firstRow", "0"))
    rows: list[tuple[TableCell, ...]] = []
    for row in node.findall(f"{A}tr"):
        line: list[TableCell] = []
        for place, cell in enumerate(row.findall(f"{A}tc")):
            if is_on(cell.get("vMerge", "0")) and rows and place < len(rows[-1]):
                line.append(rows[-1][place])
            elif is_on(cell.get("hMerge", "0")) and line:
                line.append(line[-1])
            else:
                flow = tuple(body_paragraphs(cell.find(f"{A}txBody")))
                line.append(TableCell(flow, strong=marked and not rows))
        rows.append(tuple(line))
    return Table(tuple(rows))


def graphic_flow(package: Package, links: Links, node: Element) -> Iterator[Paragraph | Table]:
    """What a graphic shows as text: a table, a chart's figures, or a diagram's words; `links` are those of its part."""
    for inner in node.iter(f"{A}tbl", f"{_CHART}chart", f"{_DIAGRAM}relIds"):  # type: ignore[call-arg]  # as in lxml
        if inner.tag == f"{A}tbl":
            yield slide_table(inner)
            continue
        link = link_id(inner, "dm" if inner.tag == f"{_DIAGRAM}relIds" else "id")
        target = links.get(link)
        if target is None or not package.is_new(target.part):
            continue
        root = package.xml(target.part)
        yield from _diagram(root) if inner.tag == f"{_DIAGRAM}relIds" else _chart(root)


def _inline(node: Element) -> str:
    parts: list[str] = []
    for child in node:
        name = local_name(child)
        if name == "br":
            parts.append("\n")
        elif name == "r" or (name == "fld" and not child.get("type", "").startswith(_DROPPED_FIELDS)):
            text = "".join(part.text or "" for part in child.findall(f"{A}t"))
            parts.append(raised(text) if _number(child.find(f"{A}rPr"), "baseline", 0) > 0 else text)
        elif name in {"AlternateContent", "m"}:
            parts.extend(math_text(equation) for equation in child.iter(f"{M}oMath"))
    return "".join(parts).replace("\x0b", "\n")


def _has_bullet(properties: Element | None, *, bulleted: bool) -> bool:
    if properties is None:
        return bulleted
    if properties.find(f"{A}buNone") is not None:
        return False
    return bulleted or any(properties.find(f"{A}{tag}") is not None for tag in ("buChar", "buBlip"))


def _is_bold(node: Element) -> bool:
    runs = [run for run in node.findall(f"{A}r") if "".join(run.itertext()).strip()]
    return bool(runs) and all(
        (properties := run.find(f"{A}rPr")) is not None and is_on(properties.get("b", "0")) for run in runs
    )


def _marker(form: str, number: int) -> str:
    for ending, wrapping in _WRAPPINGS.items():
        if form.endswith(ending):
            return wrapping.format(_NUMERALS.get(form.removesuffix(ending), str)(number))
    return _NUMERALS.get(form, str)(number)


def _number(node: Element | None, name: str, default: int) -> int:
    return whole_number(node.get(name), default) if node is not None else default


def _chart(root: Element) -> Iterator[Paragraph | Table]:
    """A chart's title, and its figures as a table of categories by series."""
    title = root.find(f"{_CHART}chart/{_CHART}title")
    if title is not None:
        yield Paragraph("".join(node.text or "" for node in title.iter(f"{A}t")))
    categories: dict[int, str] = {}
    columns: list[tuple[str, dict[int, str]]] = []
    for series in root.iter(f"{_CHART}ser"):
        name = next((node.text or "" for node in series.findall(f"{_CHART}tx//{_CHART}v")), "")
        values = _points(series, "val") or _points(series, "yVal")
        categories = categories or _points(series, "cat") or _points(series, "xVal")
        columns.append((name, values))
    places = sorted({place for _, values in columns for place in values})[:_MOST_POINTS]
    if not places:
        return
    head = tuple(_cell(name) for name in ("", *(name for name, _ in columns)))
    rows = (
        tuple(_cell(text) for text in (categories.get(place, ""), *(values.get(place, "") for _, values in columns)))
        for place in places
    )
    yield Table((head, *rows), header_rows=1)


def _cell(text: str) -> TableCell:
    return TableCell((Paragraph(text),) if text else ())


def _points(series: Element, tag: str) -> dict[int, str]:
    """The stored texts or figures of a part of a series, by their place."""
    node = series.find(f"{_CHART}{tag}")
    form = next((found.text or "" for found in node.iter(f"{_CHART}formatCode")), "") if node is not None else ""
    points = node.iter(f"{_CHART}pt") if node is not None else iter(())
    shown: dict[int, str] = {}
    for point in points:
        value = point.find(f"{_CHART}v")
        text = (value.text or "") if value is not None else ""
        shown.setdefault(_number(point, "idx", 0), show_number(text, form) if form else text)
    return shown


def _diagram(root: Element) -> Iterator[Paragraph]:
    for point in root.iter(f"{_DIAGRAM}pt"):
        if point.get("type", "node") in {"node", "asst"}:
            body = point.find(f"{_DIAGRAM}t")
            yield from body_paragraphs(body)
