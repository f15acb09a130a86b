"""Bus routes by the names that people call them: 紅30, red 30, R30, 88 路, E32 哈佛快線."""

import re
from collections.abc import Collection, Iterable, Mapping

from assistant.text import squeeze

_COLOURS = {
    "red": "紅",
    "orange": "橘",
    "yellow": "黃",
    "green": "綠",
    "blue": "藍",
    "brown": "棕",
    "grey": "灰",
    "gray": "灰",
}
_INITIALS = {"r": "紅", "o": "橘", "y": "黃", "g": "綠", "b": "藍", "br": "棕"}
_COLOUR_OF_SIGN = "紅橘黃綠藍棕灰"
_MARKS = re.compile(r"[\s.,'’\-‐‑–—_()]+")
_WORDS = re.compile(r"公車|客運|巴士|路線|bus(?:es)?|route|number|no(?=\d)|line(?=\d)|[號路](?!口)")
_LINE_AFTER = re.compile(r"(\d[a-z]?)線")
_ENDING = r"(?![a-z]{2})[a-z](?!\w)|[甲乙丙東西南北]|環[東西南北]"
_CODE = re.compile(rf"([{_COLOUR_OF_SIGN}]|[a-z]{{1,6}})?(\d{{1,4}})({_ENDING})?")
_SHORTEST = 2


def route_key(names: Mapping[str, str]) -> str:
    """What a route is known by, the same in every feed: its code (88 of 88 建國幹線), else its whole name."""
    texts = sorted(names.items(), key=lambda one: not one[0].startswith("zh"))
    for _, text in texts:
        found = _CODE.match(_form(text))
        if found:
            colour, number, ending = found.groups(default="")
            return f"{_COLOURS.get(colour, colour)}{number}{ending}"
    return _form(texts[0][1]) if texts else ""


def routes_meant(words: str, routes: Iterable[Mapping[str, str]]) -> frozenset[str]:
    """The keys of the routes that some words mean, of those whose names are given; none where nothing fits.

    A code counts before a name; R30 is 紅30 unless a route is called R30. Without a code the words have to be in the
    route's name. Several keys mean that the words do not tell routes apart, such as 168 of 168環東 and 168環西.
    """
    names = [(route_key(one), tuple(_form(text) for text in one.values())) for one in routes]
    form = _form(words)
    whole = frozenset(key for key, forms in names if form in forms)
    if whole:
        return whole
    known = {key for key, _ in names}
    found = _CODE.search(_bare(words))
    if found:
        return _by_code(found, known)
    bare = _bare(words)
    return frozenset(key for key, forms in names if len(bare) >= _SHORTEST and any(bare in one for one in forms))


def _by_code(found: re.Match[str], known: Collection[str]) -> frozenset[str]:
    letters, number, ending = found.groups(default="")
    heads = [letters, _COLOURS.get(letters, letters), _INITIALS.get(letters, letters)]
    for head in dict.fromkeys(heads):
        if f"{head}{number}{ending}" in known:
            return frozenset({f"{head}{number}{ending}"})
    for head in dict.fromkeys(heads):
        stem = f"{head}{number}"
        variants = {key for key in known if key.startswith(stem) and not key[len(stem) :][:1].isdigit()}
        if variants:
            return frozenset(variants)
    return frozenset()


def _form(text: str) -> str:
    return _MARKS.sub("", squeeze(text))


def _bare(words: str) -> str:
    """The words without those that every bus has: 88路公車 as 88."""
    return _LINE_AFTER.sub(r"\1", _WORDS.sub("", _form(words)))
