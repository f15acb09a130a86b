"""Which events a person wants: words for the same kind of event in both languages, and where it is."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.feeds.icalendar_feed import Occasion
from assistant.places import Gazetteer, PlaceMention
from assistant.places.place import DISTRICT, ROAD
from assistant.text import CJK, fold, squeeze
from assistant.tools.base import Desk, Request
from assistant.tools.texts import quoted

_DATA = "event_topics.toml"
_NEAR_M = 400
_LEAST_ZH = 2
_WORD = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+(?:[-'][^\W_{CJK}]+)*")
_CHINESE = re.compile(f"[{CJK}]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an event has to be about.

    Attributes:
        label: what was asked for, in the person's words; empty where every event is meant.
        kinds: of each kind of event that is meant, the words of which an event has one.
        words: further words that an event has, all of them.
        places: where it is, in any of them.
    """

    label: str
    kinds: tuple[tuple[str, ...], ...] = ()
    words: tuple[str, ...] = ()
    places: tuple[PlaceMention, ...] = ()

    def fits(self, one: Occasion, gazetteer: Gazetteer) -> bool:
        """Whether an event is all of what is wanted."""
        about, all_said = _about(one), _all_said(one)
        return (
            all(any(says(about, word) for word in kind) for kind in self.kinds)
            and all(says(all_said, word) for word in self.words)
            and (not self.places or any(_is_at(one, place, gazetteer) for place in self.places))
        )


def wanted_of(request: Request, desk: Desk, named: Iterable[str] = ()) -> Wanted:
    """What the topic of a request, and the places of its wording, ask for.

    Args:
        named: words that named a whole calendar, which no event of it has to say again.
    """
    said = request.arguments.values.get("topic", "")
    topic, text = _without(said, named), _without(request.arguments.text, named)
    mentions = {one.text: one for one in (*desk.gazetteer.find_places(topic), *desk.gazetteer.find_places(text))}
    places = tuple(one for one in mentions.values() if one.entries)
    topic = _without(topic, mentions)
    kinds = tuple(words for words in _kinds().values() if any(says(topic, word) for word in words))
    rest = _without(topic, [word for kind in kinds for word in kind])
    words = tuple(one for one in _words(rest) if len(one) >= _LEAST_ZH)
    shown = [quoted(_without(said, named, folded=False), 40)] if kinds or words else []
    label = " ".join([*(one.text for one in places if one.text not in fold(said) or not shown), *shown])
    return Wanted(label, kinds, words, places)


def says(text: str, word: str) -> bool:
    """Whether a text has a word: a Chinese one anywhere, a Latin one as a whole word, plural or not."""
    text, word = fold(text), fold(word)
    if _CHINESE.search(word):
        return squeeze(word) in squeeze(text)
    return _pattern(word).search(text) is not None


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((files("assistant.tools") / _DATA).read_text(encoding="utf-8"))


def _kinds() -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in _data()["kinds"].items()}


def _without(text: str, words: Iterable[str], *, folded: bool = True) -> str:
    """A text, folded or not, without some words, longer ones first."""
    text = fold(text) if folded else text
    for word in sorted(map(fold, words), key=len, reverse=True):
        text = _pattern(word).sub(" ", text)
    return text


def _pattern(word: str) -> re.Pattern[str]:
    """Finds a folded word: a Chinese one anywhere, a Latin one as a whole word, plural or not."""
    if _CHINESE.search(word):
        return re.compile(re.escape(word))
    return re.compile(rf"(?<![a-z0-9]){re.escape(_singular(word))}(?:e?s)?(?![a-z0-9])", re.IGNORECASE)


def _words(text: str) -> list[str]:
    return [_singular(word) for word in _WORD.findall(_without(text, _data()["noise"]))]


def _singular(word: str) -> str:
    return word[:-1] if word.isascii() and len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _about(one: Occasion) -> str:
    return " ".join((one.summary, *one.categories))


def _all_said(one: Occasion) -> str:
    return " ".join((one.summary, one.description, one.location, *one.categories))


def _is_at(one: Occasion, mention: PlaceMention, gazetteer: Gazetteer) -> bool:
    """Whether an event says that it is at a place, is near one, or lies in a district."""
    if says(_all_said(one), mention.text):
        return True
    districts = {place.name["zh-TW"] for place in mention.entries if place.kind == DISTRICT}
    venues = [place for named in gazetteer.find_places(one.location) for place in named.entries]
    if any(venue.lies_in(district) for venue in venues for district in districts):
        return True
    points = [place.point for place in mention.entries if place.kind not in (DISTRICT, ROAD)]
    return one.place is not None and any(one.place.distance_m(point) <= _NEAR_M for point in points)
