"""What the cells of an XLSX file show: shared texts, number formats and the weight of their styles."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from assistant.indexing.formats.office.grids import Cell
from assistant.indexing.formats.office.number_formats import GENERAL, built_in_format, show_number
from assistant.indexing.formats.office.ooxml import is_on, related_part
from assistant.indexing.formats.office.package import Package, local_name, whole_number
from assistant.indexing.formats.office.sheets import sheet_cell

_MOST_STRINGS = 2_000_000
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MIDNIGHT = "T00:00:00"


@dataclass(frozen=True, slots=True)
class _Style:
    number_format: str = GENERAL
    strong: bool = False


_PLAIN = _Style()


class CellReader:
    """Reads the cells of a workbook; `unsaved` counts the formulas whose results the file does not hold."""

    def __init__(self, package: Package, part: str, *, from_1904: bool) -> None:
        self.unsaved = 0
        self._from_1904 = from_1904
        styles = related_part(package, part, "styles")
        self._styles = _styles(package.xml(styles)) if styles else []
        strings = related_part(package, part, "sharedStrings")
        self._strings: list[str] = []
        for node in package.stream(strings, ["si"]) if strings else ():
            self._strings.append(_rich_text(node))
            if len(self._strings) > _MOST_STRINGS:
                raise package.too_large(f"more than {_MOST_STRINGS:,} texts")

    def read(self, node: Element) -> Cell | None:
        """What a cell shows, None where that is nothing or an error."""
        kind = node.get("t", "n")
        value = inline = formula = None
        for child in node:
            name = local_name(child)
            if name == "v":
                value = child.text
            elif name == "is":
                inline = child
            elif name == "f":
                formula = child
        style = self._style(node.get("s", "0"))
        if kind == "inlineStr":
            text = _rich_text(inline) if inline is not None else ""
        elif value is None:
            self.unsaved += formula is not None and kind != "str"
            return None
        else:
            text = self._shown(kind, value, style.number_format)
        return sheet_cell(text, numeric=kind in {"n", "d"}, strong=style.strong) if text else None

    def _shown(self, kind: str, value: str, number_format: str) -> str:
        if kind == "s":
            index = whole_number(value, len(self._strings))
            return self._strings[index] if index < len(self._strings) else ""
        if kind == "b":
            return "TRUE" if is_on(value) else "FALSE"
        if kind == "e":
            return ""
        if kind == "d":
            return value.removesuffix(_MIDNIGHT)
        if kind == "str":
            return _unescaped(value)
        return show_number(value, number_format, from_1904=self._from_1904)

    def _style(self, index: str) -> _Style:
        number = whole_number(index)
        return self._styles[number] if number < len(self._styles) else _PLAIN


def _styles(root: Element) -> list[_Style]:
    """The cell styles of a workbook by their index."""
    parts = {local_name(node): node for node in root}
    own = {node.get("numFmtId", ""): node.get("formatCode", GENERAL) for node in parts.get("numFmts", ())}
    bold = [_has_bold(node) for node in parts.get("fonts", ())]
    filled = [_is_filled(node) for node in parts.get("fills", ())]
    styles: list[_Style] = []
    for node in parts.get("cellXfs", ()):
        code = node.get("numFmtId", "0")
        number_format = own.get(code) or built_in_format(whole_number(code))
        strong = _at(bold, node.get("fontId", "0")) or _at(filled, node.get("fillId", "0"))
        styles.append(_Style(number_format, strong))
    return styles


def _has_bold(font: Element) -> bool:
    return any(local_name(node) == "b" and is_on(node.get("val")) for node in font)


def _is_filled(fill: Element) -> bool:
    return any(node.get("patternType", "none") not in {"none", "gray125"} for node in fill)


def _at(values: list[bool], index: str) -> bool:
    return values[whole_number(index)] if whole_number(index) < len(values) else False


def _rich_text(node: Element) -> str:
    """The text of a string item, of its runs, without the readings of ideographs."""
    return _unescaped("".join(_texts(node)))


def _texts(node: Element) -> Iterable[str]:
    for child in node:
        name = local_name(child)
        if name == "t":
            yield child.text or ""
        elif name == "r":
            yield from _texts(child)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
