"""Whether a text names a road, in the spellings in which people and publishers write it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.numerals import canonical, chinese_number
from assistant.places import Gazetteer
from assistant.places.place import ROAD
from assistant.text import fold

_NUMERAL = re.compile(r"[一二三四五六七八九十]+")
_WORDS = {"road": "rd", "street": "st", "avenue": "ave", "boulevard": "blvd", "highway": "hwy", "number": "", "no": ""}
_LATIN = re.compile(r"[a-z]+")
_SECTIONLESS = re.compile(r"(.*\D)(路|街|rd|st|ave)")
_SECTION = r"\d?"
_ORDINAL = r"(?:\d+(?:st|nd|rd|th))?"
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class RoadNames:
    """The names of one road, or of all sections of one that was named without a section.

    Attributes:
        patterns: what each name looks like in a text's form.
        is_known: whether the city's data know the road, and not only the person.
    """

    patterns: tuple[re.Pattern[str], ...]
    is_known: bool = False

    def named_in(self, *texts: str) -> bool:
        """Whether one of the texts holds one of the names."""
        forms = [_form(text) for text in texts]
        return any(pattern.search(form) for pattern in self.patterns for form in forms)

    def is_whole(self, text: str) -> bool:
        """Whether a text is one of the names and nothing else."""
        return any(pattern.fullmatch(_form(text)) for pattern in self.patterns)


def road_names(words: Iterable[str], groups: Sequence[Sequence[str]], gazetteer: Gazetteer) -> RoadNames:
    """The names of the road that some words mean.

    Args:
        words: how it was written, and other names of it that are known already.
        groups: names of one road each, such as 國道一號, 國一 and Freeway 1; where the words hold one, all count.
    """
    names = {word for word in words if len(_form(word)) >= _SHORTEST}
    said = len(names)
    for group in groups:
        if any(_pattern(alias).search(_form(name)) for alias in group for name in names):
            names |= set(group)
    written = RoadNames(tuple(_pattern(name) for name in names))
    for place in gazetteer.places:
        if place.kind == ROAD and any(written.is_whole(name) for name in place.names):
            names |= set(place.names)
    return RoadNames(tuple(_pattern(name) for name in sorted(names)), len(names) > said)


def _form(text: str) -> str:
    """A text for comparison: 民族一路 as 民族1路, Minzu 1st Road as minzu1strd."""
    latin = _LATIN.sub(lambda found: _WORDS.get(found[0], found[0]), fold(text))
    return re.sub(r"[\W_]+", "", _NUMERAL.sub(lambda found: _digits(found[0]), latin))


def _digits(numeral: str) -> str:
    number = chinese_number(numeral)
    return numeral if number is None else canonical(number)


def _pattern(name: str) -> re.Pattern[str]:
    """A name, with any section where it names none; Freeway 1 is not in Freeway 10, nor 國一 in 建國一路."""
    form = _form(name)
    before, after = r"(?<!\d)" if form[0].isdigit() else "", r"(?![\d路街])" if form[-1].isdigit() else ""
    found = _SECTIONLESS.fullmatch(form)
    if found:
        section = _SECTION if found[2] in "路街" else _ORDINAL
        return re.compile(f"{before}{re.escape(found[1])}{section}{found[2]}")
    return re.compile(f"{before}{re.escape(form)}{after}")
