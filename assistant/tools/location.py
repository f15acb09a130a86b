"""Where a person means: one place of the gazetteer, or a question back."""

from collections.abc import Collection

from assistant.places import Place
from assistant.schema import Lang, Status
from assistant.tools.base import Finding, Line, Request
from assistant.tools.texts import COMMON, quoted, say

_SAME_PLACE_M = 1500
_MOST_CHOICES = 4


def located(
    request: Request, argument: str, kinds: Collection[str] = (), within_m: float = _SAME_PLACE_M
) -> Place | Finding:
    """The place of an argument, or a finding that asks which of several, or says that nobody knows it.

    Args:
        kinds: kinds of `assistant.places.KINDS` that are meant where the words can mean others too.
        within_m: how far apart places of one name may be and still get the same answer.
    """
    words = quoted(request.arguments.values.get(argument, ""), 40)
    places = request.arguments.places.get(argument, ())
    places = tuple(place for place in places if place.kind in kinds) or places
    if not places:
        return Finding((Line(say(COMMON, "unknown_place", request.lang, words=words)),), status=Status.CLARIFY)
    first = places[0]
    if all(first.point.distance_m(other.point) <= within_m for other in places[1:]):
        return first
    choices = tuple(dict.fromkeys(place_name(place, request.lang) for place in places))[:_MOST_CHOICES]
    if len(choices) == 1:
        return first
    text = say(COMMON, "which_place", request.lang, words=words)
    return Finding((Line(text),), status=Status.CLARIFY, choices=choices)


def place_name(place: Place, lang: Lang) -> str:
    """The usual name of a place in a language."""
    return place.name.get(lang) or next(iter(place.name.values()))


def how_far(metres: float, lang: Lang) -> str:
    """A distance as people say it: 350 公尺, 1.2 公里, 14 km; a reading holds the same words beside the metres."""
    rounded = max(10, 10 * round(metres / 10))  # nearer than that, points of two publishers agree
    if rounded < 1000:
        return say(COMMON, "metres", lang, number=rounded)
    kilometres = f"{metres / 1000:.1f}" if metres < 9950 else f"{metres / 1000:.0f}"
    return say(COMMON, "kilometres", lang, number=kilometres.removesuffix(".0"))
