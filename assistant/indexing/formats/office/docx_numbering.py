"""Automatic numbering of DOCX paragraphs, counted as Word counts it and printed as Word prints it."""

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from assistant.indexing.formats.office import numerals
from assistant.indexing.formats.office.docx_styles import NumberingUse, W, number_of, value_of
from assistant.indexing.formats.office.numerals import Numeral
from assistant.indexing.formats.office.ooxml import is_on

_LEVELS = 9
_NUMERALS: dict[str, Numeral] = {
    "decimalZero": numerals.zero_padded,
    "upperRoman": numerals.roman,
    "lowerRoman": numerals.small_roman,
    "upperLetter": numerals.letters,
    "lowerLetter": numerals.small_letters,
    "none": numerals.nothing,
    "ordinal": numerals.ordinal,
    "decimalFullWidth": numerals.full_width,
    "decimalFullWidth2": numerals.full_width,
    "decimalEnclosedCircle": numerals.circled,
    "decimalEnclosedCircleChinese": numerals.circled,
    "decimalEnclosedParen": numerals.parenthesized,
    "decimalEnclosedFullstop": numerals.dotted,
    "chineseCounting": numerals.chinese,
    "chineseCountingThousand": numerals.chinese,
    "taiwaneseCounting": numerals.chinese,
    "taiwaneseCountingThousand": numerals.chinese,
    "japaneseCounting": numerals.chinese,
    "ideographDigital": numerals.chinese_digits,
    "taiwaneseDigital": numerals.chinese_digits,
    "japaneseDigitalTenThousand": numerals.chinese_digits,
    "ideographLegalTraditional": numerals.formal,
    "ideographTraditional": numerals.stems,
    "ideographZodiac": numerals.branches,
}
_BULLET = "bullet"
_PLACE = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class Marker:
    """What is printed before a list item; empty for bullets. `close`: nothing stands between it and the text."""

    text: str = ""
    close: bool = False


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    numeral: Numeral = str
    text: str = ""
    restart: int | None = None
    arabic: bool = False
    close: bool = False
    silent: bool = False


@dataclass(slots=True)
class _List:
    """A list as a paragraph names it: its levels, and the counters that all lists of its definition share."""

    levels: list[_Level]
    starts: dict[int, int]
    counters: list[int | None]
    begun: set[int] = field(default_factory=set)


class Numbering:
    """Counts the paragraphs of a document; each is to be asked for once, in order."""

    def __init__(self, root: Element | None) -> None:
        nodes = list(root) if root is not None else []
        self._definitions = {node.get(f"{W}abstractNumId", ""): node for node in nodes if node.tag == f"{W}abstractNum"}
        self._uses = {node.get(f"{W}numId", ""): node for node in nodes if node.tag == f"{W}num"}
        self._styled = {value_of(node, "styleLink"): key for key, node in self._definitions.items()}
        self._counters: dict[str, list[int | None]] = {}
        self._lists: dict[str, _List | None] = {}

    def next_marker(self, use: NumberingUse) -> Marker | None:
        """The marker of the next paragraph of a list; None where the paragraph is in no list."""
        found = self._list(use.number_id or "")
        if found is None:
            return None
        level = min(use.level or 0, _LEVELS - 1)
        self._count(found, level)
        shape = found.levels[level]
        if shape.silent:
            return Marker()

        def printed(match: re.Match[str]) -> str:
            place = int(match[1]) - 1
            number = found.counters[place]
            if number is None:
                return ""
            return str(number) if shape.arabic else found.levels[place].numeral(number)

        return Marker(_PLACE.sub(printed, shape.text).strip(), shape.close)

    def level_of_style(self, number_id: str, style_id: str) -> int | None:
        """The level of a list that a paragraph style is tied to."""
        node = self._definition(number_id)
        for level in node.iter(f"{W}lvl") if node is not None else ():
            if value_of(level, "pStyle") == style_id:
                return _index(level)
        return None

    def _count(self, found: _List, level: int) -> None:
        value = found.counters[level]
        restarted = level in found.starts and level not in found.begun
        if value is None or restarted:
            found.counters[level] = found.starts.get(level, found.levels[level].start)
        else:
            found.counters[level] = value + 1
        found.begun.add(level)
        for above in range(level):
            if found.counters[above] is None:  # a level that was skipped counts as begun
                found.counters[above] = found.starts.get(above, found.levels[above].start)
        for deeper in range(level + 1, _LEVELS):
            restart = found.levels[deeper].restart
            if restart is None or level < restart:
                found.counters[deeper] = None

    def _list(self, number_id: str) -> _List | None:
        if number_id not in self._lists:
            self._lists[number_id] = self._read(number_id)
        return self._lists[number_id]

    def _definition(self, number_id: str) -> Element | None:
        """The definition of a list, through the list style that it may point to."""
        use = self._uses.get(number_id)
        node = self._definitions.get(value_of(use, "abstractNumId")) if use is not None else None
        style = value_of(node, "numStyleLink")
        return self._definitions.get(self._styled.get(style, ""), node) if style else node

    def _read(self, number_id: str) -> _List | None:
        node = self._definition(number_id)
        if node is None:
            return None
        levels = [_Level(silent=True)] * _LEVELS
        for level in node.findall(f"{W}lvl"):
            levels[_index(level)] = _level(level)
        starts: dict[int, int] = {}
        for override in self._uses[number_id].findall(f"{W}lvlOverride"):
            replaced = override.find(f"{W}lvl")
            if replaced is not None:
                levels[_index(override)] = _level(replaced)
            start = override.find(f"{W}startOverride")
            if start is not None:
                starts[_index(override)] = number_of(start, 1)
        counters = self._counters.setdefault(node.get(f"{W}abstractNumId", ""), [None] * _LEVELS)
        return _List(levels, starts, counters)


def _index(level: Element) -> int:
    value = level.get(f"{W}ilvl", "0")
    return int(value) if value in set("012345678") else 0


def _level(node: Element) -> _Level:
    form = value_of(node, "numFmt")
    restart = node.find(f"{W}lvlRestart")
    legal = node.find(f"{W}isLgl")
    return _Level(
        start=number_of(node.find(f"{W}start"), 1),
        numeral=_NUMERALS.get(form, str),
        text=value_of(node, "lvlText"),
        restart=None if restart is None else number_of(restart),
        arabic=legal is not None and is_on(legal.get(f"{W}val")),
        close=value_of(node, "suff") == "nothing",
        silent=form == _BULLET,
    )
