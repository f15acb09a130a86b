"""The places that a message names: those of the gazetteer, and others that its grammar shows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.places import Gazetteer, Place, PlaceMention
from assistant.places.place import DISTRICT, ROAD
from assistant.routing.live_words import LiveWords, any_of, live_words
from assistant.text import CJK, detect_language, fold

_BETWEEN_ZH = 4  # characters between a known place and the noun that its longer name ends with
_NAME_ZH = 6  # characters of an unknown name before its noun
_LEAST_ZH = 2
_CAPITALS = re.compile(r"[A-Z][\w'’.-]*(?:(?:\s+(?:of|de|the))?\s+(?:[A-Z][\w'’.-]*|\d+(?:st|nd|rd|th)))*")
_FIRST_WORD = re.compile(r"[\w'’.-]+\s+")
_RIGHT_EN = re.compile(r"(?:\s+[A-Z][\w'’-]*){0,3}")
_BEFORE = 24
_CHINESE_TAIL = re.compile(rf"[{CJK}]+$")


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that name a place: `text == message[start:end]`.

    Attributes:
        entries: what the gazetteer has for them; for a longer name than it knows the districts around it.
        kinds: what the place can be; nothing is known where it is empty.
        listed: whether the gazetteer knows the place itself.
    """

    start: int
    end: int
    text: str
    entries: tuple[Place, ...] = ()
    kinds: frozenset[str] = frozenset()
    listed: bool = False


@dataclass(frozen=True, slots=True)
class PlaceFinder:
    """Finds places in messages.

    Attributes:
        own: names of the city itself, which name no place in it.
        elsewhere: names of other cities.
    """

    gazetteer: Gazetteer
    own: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()

    def is_elsewhere(self, text: str) -> bool:
        """Whether a text names another city, and not its own."""
        folded = fold(text)
        return bool(any_of(self.elsewhere).search(folded)) and not any(fold(own) in folded for own in self.own)

    def find(self, text: str) -> tuple[Mention, ...]:
        """The places that a text names, in its order; two roads that cross are one place."""
        listed = [one for one in self.gazetteer.find_places(text) if not self._is_of_own(text, one.start, one.end)]
        words = live_words(detect_language(text))
        limits = [*(mention.start for mention in listed[1:]), len(text)]
        found = [self._extended(text, mention, limit) for mention, limit in zip(listed, limits, strict=False)]
        for start, end, kind in (*_headed(text), *_roads(text), *_capitalised(text)):
            if self._is_of_own(text, start, end) or not self._is_name(text[start:end]):
                continue
            if all(end <= one.start or one.end <= start for one in found):
                found.append(Mention(start, end, text[start:end], kinds=frozenset({kind} if kind else ())))
        return tuple(_with_crossings(text, sorted(found, key=lambda one: one.start), words))

    def _is_of_own(self, text: str, start: int, end: int) -> bool:
        """Whether words are the city's own name, or a part of it: a district may be called like its city."""
        for own in self.own:
            first = text.find(own)
            if 0 <= first <= start and end <= first + len(own) and own != text[start:end]:
                return True
        return False

    def _is_name(self, name: str) -> bool:
        return fold(name) not in {fold(own) for own in self.own} and not any(
            live_words(lang).names["none"].fullmatch(name) for lang in ("zh-TW", "en")
        )

    @staticmethod
    def _extended(text: str, mention: PlaceMention, limit: int) -> Mention:
        """A known place, or the longer name that goes on behind it: 「鳳山」 in 「鳳山國小」."""
        plain = Mention(
            mention.start, mention.end, mention.text, mention.entries, mention.kinds, listed=bool(mention.entries)
        )
        if mention.is_address:
            return plain
        end, kind = _longer(text[:limit], mention.end)
        if end <= mention.end:
            return plain
        around = tuple(place for place in mention.entries if place.kind == DISTRICT)
        return Mention(mention.start, end, text[mention.start : end], around, frozenset({kind} if kind else ()))


def _longer(text: str, end: int) -> tuple[int, str]:
    """Where a longer name ends whose beginning is known, and its kind; `end` where there is none."""
    latin = live_words("en")
    capitals = _RIGHT_EN.match(text, end)
    reach = capitals.end() if capitals else end
    head = latin.heads.search(text, end, min(len(text), reach + 24))
    if head and head.start() > end and re.fullmatch(r"\s+(?:[\w'’-]+\s+){0,2}", text[end : head.start()]):
        inner = text[end : head.start()].strip()
        if not inner or inner[0].isupper() or latin.heads.search(f"{inner} {head[0]}"):
            whole = _whole_head(text, end, head, latin)
            if whole:
                return whole
    chinese = live_words("zh-TW")
    for pattern in (chinese.heads, chinese.short):
        match = pattern.search(text, end, end + _BETWEEN_ZH + 4) if pattern else None
        between = text[end : match.start()] if match else ""
        if not match or len(between) > _BETWEEN_ZH or chinese.names["apart"].search(between):
            continue
        if not chinese.names["loose"].match(between) and (between or pattern is chinese.heads):
            return match.end(), chinese.kinds.get(match[0], "")
    return end, ""


def _whole_head(text: str, end: int, head: re.Match[str], latin: LiveWords) -> tuple[int, str] | None:
    """The longest noun right behind a known place: "health center" in "Namasia health center"."""
    best = None
    for match in latin.heads.finditer(text, end):
        if match.start() > head.start() + 16:
            break
        inner = text[end : match.start()].split()
        if all(word[0].isupper() for word in inner):
            best = match.end(), latin.kinds.get(fold(match[0]), "")
    return best


def _headed(text: str) -> Iterator[tuple[int, int, str]]:
    """Unknown Chinese names that end in a noun for a place."""
    chinese = live_words("zh-TW")
    for head in chinese.heads.finditer(text):
        tail = _CHINESE_TAIL.search(text, max(0, head.start() - _NAME_ZH), head.start())
        name = tail[0] if tail else ""
        name = name[max((match.end() for match in chinese.names["apart"].finditer(name)), default=0) :]
        cuts = [match.end() for match in chinese.names["loose"].finditer(name)]
        cut = next((cut for cut in reversed(cuts) if len(name) - cut >= _LEAST_ZH), 0)
        name = name[cut:]
        if len(chinese.names["loose"].sub("", name)) >= _LEAST_ZH:
            yield head.start() - len(name), head.end(), chinese.kinds.get(head[0], "")


def _roads(text: str) -> Iterator[tuple[int, int, str]]:
    """Unknown Chinese roads."""
    names = live_words("zh-TW").names
    for match in names["road"].finditer(text):
        if not names["no_road"].search(match["name"]):
            yield *match.span(), ROAD


def _capitalised(text: str) -> Iterator[tuple[int, int, str]]:
    """Unknown English names: written with capitals, behind a preposition or with a noun for a place."""
    latin = live_words("en")
    for match in _CAPITALS.finditer(text):
        start, end = match.span()
        while (first := _FIRST_WORD.match(text[start:end])) and _opens(first[0].rstrip(" ."), latin):
            start += first.end()
        longer = latin.heads.match(text, end + 1) if text[end : end + 1] == " " else None
        name = text[start:end].rstrip(".'’-")
        while (last := re.search(r"(?:['’]s)?\s+[\w.-]+$", name)) and latin.names["none"].fullmatch(
            last[0].split()[-1]
        ):
            name = name[: last.start()]
        name, longer = re.sub(r"['’]s$", "", name), longer if start + len(name) == end else None
        head = latin.heads.search(name)
        kind = latin.kinds.get(fold((longer or head)[0]), "") if (longer or head) else ""  # type: ignore[index]
        whole = longer.end() if longer else start + len(name)
        behind = latin.names["before"].search(text[max(0, start - _BEFORE) : start])
        only_head = head is not None and head.span() == (0, len(name)) and not longer
        if name and (behind or kind) and not only_head and not latin.names["none"].fullmatch(name):
            yield start, whole, kind


def _opens(word: str, latin: LiveWords) -> bool:
    """Whether a word with a capital only opens a sentence, or stands before a name; an abbreviation may begin one."""
    is_short = len(word) > 1 and word.isupper()
    return not is_short and bool(latin.names["none"].fullmatch(word))


def _with_crossings(text: str, found: Sequence[Mention], words: LiveWords) -> list[Mention]:
    joined: list[Mention] = []
    for mention in found:
        before = joined[-1] if joined else None
        if before and _is_road(before) and _is_road(mention):
            between = text[before.end : mention.start]
            if words.beside["crossing"].fullmatch(between) or (not between and before.text[-1] in "路街道段"):
                closing = words.beside["crossing_end"].match(text, mention.end)
                end = closing.end() if closing else mention.end
                whole = text[before.start : end]
                joined[-1] = replace(before, end=end, text=whole, entries=(*before.entries, *mention.entries))
                continue
        joined.append(mention)
    return joined


def _is_road(mention: Mention) -> bool:
    return ROAD in mention.kinds
