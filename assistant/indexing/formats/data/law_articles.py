"""The text of an article in its parts: paragraphs (項), subparagraphs (款) and items (目), each with its place."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.indexing.articles import chinese_number
from assistant.indexing.blocks import BlockKind
from assistant.indexing.formats.data.wrapping import unwrap

_NUMERAL = "一二三四五六七八九十百"
_ZH_MARKS = (
    re.compile(rf"([{_NUMERAL}]{{1,6}})(?:之([{_NUMERAL}]{{1,4}}))?\s*[、．]"),
    re.compile(rf"[（(]\s*([{_NUMERAL}]{{1,6}})(?:之([{_NUMERAL}]{{1,4}}))?\s*[）)]"),
    re.compile(r"([0-9０-９]{1,3})()\s*[.．、](?!\d)"),
)
_BRANCH = "之"
_ZH_NAMES = ("第{}款", "第{}目", "之{}")
_WEAK_ZH_MARK = re.compile(rf"([{_NUMERAL}]{{1,3}})[ \u3000]+(?=\S)")  # counts only where it continues the numbering
_EN_MARKS = (
    ("1.", re.compile(r"(\d{1,2})(?:\s?[.、:]|\t)(?!\d)")),
    ("(1)", re.compile(r"[(（](\d{1,2})[)）]\.?")),
    ("1)", re.compile(r"(\d{1,2})[)）]")),
    ("I.", re.compile(r"([IVX]{1,5})\s?[.:、]")),
    ("(i)", re.compile(r"[(（]([ivx]{1,5})[)）]")),
    ("i.", re.compile(r"([ivx]{1,5})[.)](?=\s|\w)")),
    ("A.", re.compile(r"([A-Z])[.:)](?=\s|[A-Z]?[a-z])")),
    ("(A)", re.compile(r"[(（]([A-Z])[)）]")),
    ("(a)", re.compile(r"[(（]([a-z])[)）]")),
    ("a.", re.compile(r"([a-z])[.:)](?=\s|\w)")),
)
_EN_NAMES = ("Subparagraph {}", "Item {}", "Sub-item {}")
_ROMAN = {"i": 1, "v": 5, "x": 10}
_CAPTION = re.compile(r"[（(][^（）()]{2,80}[）)]")
_TABLE_LINE = re.compile(r"\s*[│┌┐└┘├┤┬┴┼─═║╔╗╚╝╠╣╦╩╬]")


@dataclass(frozen=True)
class ArticlePart:
    """A piece of an article; `item` is its place in words, None for an article's only paragraph."""

    text: str
    item: str | None
    kind: BlockKind


def split_article(text: str, width: int | None, chinese: bool) -> list[ArticlePart]:
    """The paragraphs and list items of an article, in order.

    Places read `第2項第3款第1目` or `Paragraph 2, Subparagraph 3, Item 1`, as statutes are cited; the paragraph is
    left out where the article has one only.

    Args:
        text: the article without its number.
        width: the columns at which the law's lines are broken, or None.
        chinese: whether marks and places are Chinese.
    """
    lines = list(_lines(text, width))
    caption = lines.pop(0) if len(lines) > 1 and _CAPTION.fullmatch(lines[0]) else ""
    count = _ChineseCount() if chinese else _EnglishCount()
    counted = [(line, count.place_of(line), count.is_item) for line in lines]
    sole = count.paragraphs <= 1
    parts = [
        ArticlePart(line, place.words(chinese, sole), "item" if item else "paragraph") for line, place, item in counted
    ]
    return [ArticlePart(caption, None, "paragraph"), *parts] if caption else parts


@dataclass(frozen=True)
class _Place:
    """A paragraph's number, and the numbers of the list items inside it, such as `3` or `3之1`."""

    paragraph: int
    items: tuple[str, ...]

    def words(self, chinese: bool, sole: bool) -> str | None:
        names = _ZH_NAMES if chinese else _EN_NAMES
        words = [] if sole else [f"第{self.paragraph}項" if chinese else f"Paragraph {self.paragraph}"]
        for name, printed in zip(names, self.items, strict=False):
            number, mark, branch = printed.partition(_BRANCH)
            words.append(f"{name.format(number)}{mark}{branch}")
        return ("" if chinese else ", ").join(words) or None


class _ChineseCount:
    """Counts 項 by lines without a mark, and reads 款, 目 and their parts from the marks 一、 （一） 1."""

    def __init__(self) -> None:
        self.paragraphs = 0
        self.is_item = False
        self._open: list[tuple[int, int, str]] = []  # kind of mark, its number, and the number with its branch

    def place_of(self, line: str) -> _Place:
        """The place of the next line."""
        mark = None if _TABLE_LINE.match(line) else self._mark(line)
        self.is_item = mark is not None
        if mark:
            self._open = [*(outer for outer in self._open if outer[0] < mark[0]), mark]
        elif not _TABLE_LINE.match(line):
            self.paragraphs += 1
            self._open = []
        self.paragraphs = max(self.paragraphs, 1)
        return _Place(self.paragraphs, tuple(number for _, _, number in self._open))

    def _mark(self, line: str) -> tuple[int, int, str] | None:
        last = next((number for kind, number, _ in self._open if kind == 0), 0)
        for kind, pattern in enumerate(_ZH_MARKS):
            match = pattern.match(line)
            if match:
                number = chinese_number(match[1])
                branch = f"{_BRANCH}{chinese_number(match[2])}" if match[2] else ""
                begins = last or number == 1  # a paragraph may open with 二、三級防制區
                return (kind, number, f"{number}{branch}") if kind or begins else None
        weak = _WEAK_ZH_MARK.match(line)
        continues = weak is not None and chinese_number(weak[1]) == last + 1
        return (0, last + 1, str(last + 1)) if continues else None


class _EnglishCount:
    """Counts paragraphs by lines without a mark; the first kind of mark is subparagraphs, one inside it items."""

    def __init__(self) -> None:
        self.paragraphs = 0
        self.is_item = False
        self._open: list[tuple[str, int, str]] = []

    def place_of(self, line: str) -> _Place:
        """The place of the next line."""
        drawn = _TABLE_LINE.match(line) is not None
        marks = [] if drawn else list(_english_marks(line))
        self.is_item = bool(marks)
        if marks:
            self._enter(marks)
        elif not drawn:
            self.paragraphs += 1
            self._open = []
        self.paragraphs = max(self.paragraphs, 1)
        return _Place(self.paragraphs, tuple(printed for _, _, printed in self._open))

    def _enter(self, marks: Sequence[tuple[str, int, str]]) -> None:
        """Take the reading of a mark that continues an open list, innermost first; else the one that begins a list."""
        for depth in range(len(self._open) - 1, -1, -1):
            style, number, _ = self._open[depth]
            for mark in marks:
                if mark[0] == style and mark[1] == number + 1:
                    self._open[depth:] = [mark]
                    return
        beginning = next((mark for mark in marks if mark[1] == 1), marks[0])
        styles = [style for style, _, _ in self._open]
        depth = styles.index(beginning[0]) if beginning[0] in styles else len(self._open)
        self._open[depth:] = [beginning]


def _english_marks(line: str) -> Iterator[tuple[str, int, str]]:
    """The readings of the mark that a line begins with: its style, its number in the list, and as printed."""
    for style, pattern in _EN_MARKS:
        match = pattern.match(line)
        if match:
            printed = match[1]
            if "i" in style.lower():
                yield style, _roman(printed.lower()), printed
            else:
                yield style, int(printed) if printed.isdecimal() else ord(printed.lower()) - ord("a") + 1, printed


def _roman(numeral: str) -> int:
    values = [_ROMAN[character] for character in numeral]
    return sum(-value if value < max(values[index:]) else value for index, value in enumerate(values))


def _lines(text: str, width: int | None) -> Iterator[str]:
    """The paragraphs of a text; the lines of a drawn table stay together as they are."""
    for drawn, group in groupby(text.split("\n"), key=lambda line: bool(_TABLE_LINE.match(line))):
        if drawn:
            yield "\n".join(line.rstrip() for line in group)
        else:
            yield from unwrap(list(group), width)
