"""Automatic numbering of OpenDocument lists and headings, counted and printed as LibreOffice does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from assistant.indexing.formats.office import numerals
from assistant.indexing.formats.office.numerals import Numeral
from assistant.indexing.formats.office.odf import STYLE, TEXT, OdfFile
from assistant.indexing.formats.office.package import local_name, whole_number

_NUMERALS: dict[str, Numeral] = {
    "i": numerals.small_roman,
    "I": numerals.roman,
    "a": numerals.small_letters,
    "A": numerals.letters,
    "01": numerals.zero_padded,
    "１": numerals.full_width,
    "①": numerals.circled,
    "一": numerals.chinese,
    "壹": numerals.formal,
    "壱": numerals.formal,
    "甲": numerals.stems,
    "子": numerals.branches,
    "1st": numerals.ordinal,
}
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_EXTENDED_FORMAT = "num-list-format"
_PLACE = re.compile(r"%(\d{1,2})%")
_MOST_LEVELS = 10


@dataclass(frozen=True, slots=True)
class _Level:
    numeral: Numeral | None = None  # None: no number is shown
    prefix: str = ""
    suffix: str = ""
    start: int = 1
    shown_levels: int = 1
    pattern: str = ""


_SILENT = _Level()
Levels = dict[int, _Level]
Counters = dict[int, int]


@dataclass(slots=True)
class OpenList:
    """A list that the reader stands in, with the number of its current item."""

    style: str
    depth: int
    counters: Counters
    pending: bool = False
    start: int | None = None


@dataclass(slots=True)
class ListNumbering:
    """Counts items and headings of a document in order.

    Args:
        runs_on: whether lists that follow each other count on while they number alike, as slides do.
    """

    file: OdfFile
    runs_on: bool = False
    _styles: dict[str, Levels] = field(default_factory=dict)
    _outline: Levels = field(default_factory=dict)
    _by_id: dict[str, Counters] = field(default_factory=dict)
    _last: dict[str, Counters] = field(default_factory=dict)
    _headings: Counters = field(default_factory=dict)
    _run: Counters = field(default_factory=dict)
    _run_shapes: Levels = field(default_factory=dict)
    _open: list[OpenList] = field(default_factory=list)

    def __post_init__(self) -> None:
        for root in reversed(self.file.roots):
            for node in root.iter(f"{TEXT}list-style", f"{TEXT}outline-style"):  # type: ignore[call-arg]  # as in lxml
                levels = dict(_levels(node))
                if local_name(node) == "outline-style":
                    self._outline = levels
                self._styles[node.get(f"{STYLE}name", "")] = levels

    @property
    def is_inside(self) -> bool:
        """Whether the reader stands in a list."""
        return bool(self._open)

    def enter(self, node: Element) -> None:
        """Step into a list."""
        above = self._open[-1] if self._open else None
        style = node.get(f"{TEXT}style-name") or (above.style if above else "")
        counters = above.counters if above else self._continued(node, style)
        depth = above.depth + 1 if above else 1
        if (name := node.get(_ID)) is not None:
            self._by_id[name] = counters
        self._open.append(OpenList(style, depth, counters))

    def leave(self) -> None:
        """Step out of a list."""
        left = self._open.pop()
        if not self._open:
            self._last[left.style] = left.counters

    def end_run(self) -> None:
        """Take note of text outside of lists, after which slides count anew."""
        self._run.clear()

    def step_out(self) -> list[OpenList]:
        """Leave all lists for what stands beside the text: a note or a box; `step_in` takes up the lists again."""
        held, self._open = self._open, []
        return held

    def step_in(self, held: list[OpenList]) -> None:
        """Return into the lists that were left."""
        self._open = held

    def begin_item(self, node: Element) -> None:
        """Take note of an item; it is counted with its first paragraph."""
        self._open[-1].pending = local_name(node) == "list-item"
        start = whole_number(node.get(f"{TEXT}start-value"), -1)
        self._open[-1].start = start if start >= 0 else None

    def end_item(self) -> None:
        """Forget an item that held no paragraph."""
        self._open[-1].pending = False

    def marker(self, paragraph_style: str) -> str:
        """The number of the current item at its first paragraph; empty at later ones and for bullets."""
        current = self._open[-1]
        if not current.pending:
            return ""
        current.pending = False
        style = current.style or self.file.style("paragraph", paragraph_style).list_style
        levels = self._styles.get(style, {})
        shape = levels.get(current.depth, _SILENT)
        if self.runs_on and self._run_shapes.get(current.depth) != shape:
            self._run_shapes[current.depth] = shape
            current.counters.pop(current.depth, None)
        return _count(current.counters, levels, current.depth, current.start)

    def heading_marker(self, node: Element, level: int) -> str:
        """The number of a heading: that of the list it stands in, else that of the document's outline."""
        if self._open and self._styles.get(self._open[-1].style) is not self._outline:
            return self.marker(node.get(f"{TEXT}style-name", ""))
        if node.get(f"{TEXT}is-list-header") == "true":
            return ""
        if node.get(f"{TEXT}restart-numbering") == "true":
            self._headings.pop(level, None)
        start = whole_number(node.get(f"{TEXT}start-value"), -1)
        return _count(self._headings, self._outline, level, start if start >= 0 else None)

    def _continued(self, node: Element, style: str) -> Counters:
        if self.runs_on:
            return self._run
        named = self._by_id.get(node.get(f"{TEXT}continue-list", ""))
        if named is not None:
            return named
        return self._last.get(style, {}) if node.get(f"{TEXT}continue-numbering") == "true" else {}


def _count(counters: Counters, levels: Levels, depth: int, start: int | None) -> str:
    shape = levels.get(depth, _SILENT)
    if start is not None:
        counters[depth] = start
    else:
        counters[depth] = counters.get(depth, shape.start - 1) + 1
    for above in range(1, depth):  # a level that was skipped counts as begun
        counters.setdefault(above, levels.get(above, _SILENT).start)
    for deeper in [level for level in counters if level > depth]:
        del counters[deeper]
    return _printed(counters, levels, depth)


def _printed(counters: Counters, levels: Levels, depth: int) -> str:
    shape = levels.get(depth, _SILENT)
    if shape.numeral is None:
        return ""

    def number(level: int) -> str:
        inner = levels.get(level, _SILENT)
        return inner.numeral(counters.get(level, inner.start)) if inner.numeral else ""

    if shape.pattern:
        return _PLACE.sub(lambda match: number(int(match[1])), shape.pattern).strip()
    first = max(depth - shape.shown_levels + 1, 1)
    numbers = [text for level in range(first, depth + 1) if (text := number(level))]
    return f"{shape.prefix}{'.'.join(numbers)}{shape.suffix}".strip()


def _levels(style: Element) -> Iterator[tuple[int, _Level]]:
    for node in style:
        depth = whole_number(node.get(f"{TEXT}level"))
        form = node.get(f"{STYLE}num-format", "")
        if not 1 <= depth <= _MOST_LEVELS or "bullet" in local_name(node) or "image" in local_name(node):
            continue
        pattern = next((value for key, value in node.items() if key.endswith(f"}}{_EXTENDED_FORMAT}")), "")
        yield (
            depth,
            _Level(
                _numeral(form) if form else None,
                node.get(f"{STYLE}num-prefix", ""),
                node.get(f"{STYLE}num-suffix", ""),
                whole_number(node.get(f"{TEXT}start-value"), 1),
                whole_number(node.get(f"{TEXT}display-levels"), 1),
                pattern,
            ),
        )


def _numeral(form: str) -> Numeral:
    first = form.split(",")[0].strip()
    return _NUMERALS.get(first, str)
