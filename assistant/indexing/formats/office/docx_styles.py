"""Styles of a DOCX file: which paragraphs are headings, which text is hidden or bold, and which lists are implied."""

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from assistant.indexing.formats.office.ooxml import is_on
from assistant.indexing.formats.office.package import whole_number

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"(?:heading|標題|标题)\s*([1-9])\Z", re.IGNORECASE)
_TITLES = frozenset({"title", "標題", "标题"})
_CONTENTS = re.compile(r"toc\s*(?:[1-9]|heading)\Z", re.IGNORECASE)
_LONGEST_CHAIN = 20


@dataclass(frozen=True, slots=True)
class NumberingUse:
    """Which list and level a paragraph or style uses; None where it leaves one to its style."""

    number_id: str | None = None
    level: int | None = None


NO_LIST = NumberingUse()


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph or character style with what it inherits filled in."""

    name: str = ""
    outline: int | None = None
    numbering: NumberingUse = NO_LIST
    hidden: bool = False
    bold: bool = False

    @property
    def level(self) -> int | None:
        """The heading level, 0 for the document's title, None for body text."""
        if self.name.lower() in _TITLES:
            return 0
        named = _HEADING.match(self.name)
        if self.outline is None and named:
            return int(named[1])
        return None if self.outline is None or self.outline > 8 else self.outline + 1

    @property
    def is_contents(self) -> bool:
        """Whether the style is that of a table of contents."""
        return _CONTENTS.match(self.name) is not None


class Styles:
    """The styles of a document by their ids; unknown ids stand for their own names."""

    def __init__(self, root: Element | None) -> None:
        self._nodes: dict[str, Element] = {}
        self._resolved: dict[str, Style] = {}
        self._default = ""
        for node in root.iter(f"{W}style") if root is not None else ():
            style_id = node.get(f"{W}styleId", "")
            self._nodes[style_id] = node
            if node.get(f"{W}type") == "paragraph" and node.get(f"{W}default") in {"1", "true", "on"}:
                self._default = style_id

    def __getitem__(self, style_id: str) -> Style:
        style_id = style_id or self._default
        if style_id not in self._resolved:
            self._resolved[style_id] = self._resolve(style_id)
        return self._resolved[style_id]

    def character(self, style_id: str) -> Style:
        """The character style of a run, where the run names one."""
        return self[style_id] if style_id else Style()

    def marks_first_row(self, style_id: str) -> bool:
        """Whether a table style sets the first row off by bold text or a shade."""
        for node in self._chain(style_id):
            for part in node.findall(f"{W}tblStylePr"):
                if part.get(f"{W}type") == "firstRow":
                    return bool(toggle(part.find(f"{W}rPr"), "b")) or part.find(f"{W}tcPr/{W}shd") is not None
        return False

    def _chain(self, style_id: str) -> list[Element]:
        """A style's definition, those that it is based on after it."""
        chain: list[Element] = []
        while style_id in self._nodes and len(chain) < _LONGEST_CHAIN:
            chain.append(self._nodes[style_id])
            style_id = value_of(chain[-1], "basedOn")
        return chain

    def _resolve(self, style_id: str) -> Style:
        chain = self._chain(style_id)
        style = Style(name="" if chain else re.sub(r"(?<=[a-z])(?=\d)", " ", style_id))
        for node in reversed(chain):
            style = _derived(style, node)
        return style


def _derived(parent: Style, node: Element) -> Style:
    outline = node.find(f"{W}pPr/{W}outlineLvl")
    numbering = numbering_use(node.find(f"{W}pPr"))
    run = node.find(f"{W}rPr")
    hidden, bold = toggle(run, "vanish"), toggle(run, "b")
    return Style(
        value_of(node, "name"),
        number_of(outline) if outline is not None else parent.outline,
        NumberingUse(
            parent.numbering.number_id if numbering.number_id is None else numbering.number_id,
            parent.numbering.level if numbering.level is None else numbering.level,
        ),
        parent.hidden if hidden is None else hidden,
        parent.bold if bold is None else bold,
    )


def value_of(node: Element | None, tag: str) -> str:
    """The `w:val` of a child, or nothing."""
    child = node.find(f"{W}{tag}") if node is not None else None
    return child.get(f"{W}val", "") if child is not None else ""


def number_of(node: Element | None, default: int = 0) -> int:
    """The `w:val` of an element as a small number, or the default where it is missing or malformed."""
    return whole_number(node.get(f"{W}val"), default) if node is not None else default


def toggle(run_properties: Element | None, tag: str) -> bool | None:
    """Whether run properties switch something on or off; None where they leave it."""
    node = run_properties.find(f"{W}{tag}") if run_properties is not None else None
    return None if node is None else is_on(node.get(f"{W}val"))


def numbering_use(properties: Element | None) -> NumberingUse:
    """The list that paragraph properties name."""
    node = properties.find(f"{W}numPr") if properties is not None else None
    if node is None:
        return NO_LIST
    level = node.find(f"{W}ilvl")
    return NumberingUse(value_of(node, "numId") or None, None if level is None else number_of(level))
