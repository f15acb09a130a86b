"""Where a problem is that somebody reports: the address as it was said, and a point only where one is known."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.feeds.geometry import Point
from assistant.places import Place, PlaceMention
from assistant.places.place import DISTRICT, ROAD
from assistant.schema import Status
from assistant.tools.base import Desk, Finding, Line, Request
from assistant.tools.location import located, place_name
from assistant.tools.texts import quoted, say
from assistant.tools.whereabouts import district_name

_TEXTS = "report_place"
_LONGEST = 120
_MOST_CHOICES = 4
_SIGNS = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d|[一二三四五六七八九十]+(?:巷|弄|號|段)")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a problem is.

    Attributes:
        words: the address, as the person said it.
        point: where that is; None where only its road or district is known.
        name: the known place whose point it is.
        is_rough: whether the point is only the middle of a road or district.
        is_long: whether the address is a road without a number or a crossing.
    """

    words: str
    point: Point | None = None
    name: str = ""
    is_rough: bool = False
    is_long: bool = False


def spot_of(request: Request, desk: Desk, *, needs_point: bool) -> Spot | Finding:
    """The spot of the argument "place", or a question back for one that a crew can find.

    An address, or a place of which the gazetteer knows only a part (a school that is named after its district), is
    sent as it was said and without a point: the middle of its road or district would lead a crew astray.

    Args:
        needs_point: whether the publisher takes no report without a point; then that of the road or district is sent.
    """
    words = quoted(request.arguments.values.get("place", ""), _LONGEST)
    mentions = desk.gazetteer.find_places(words)
    if not mentions:
        return _one_place(request, words, request.arguments.places.get("place", ()))
    own = [one for one in mentions if not _is_district(one)]
    rest = _beyond(words, mentions)
    if not own and not rest:
        return _question(request, "too_wide", words)
    if len(own) == 1 and not rest and own[0].entries and not own[0].is_address and ROAD not in own[0].kinds:
        return _one_place(request, words, _in_districts(own[0].entries, mentions))
    roads = _in_districts(own[0].entries, mentions) if len(own) == 1 else ()
    if len({place.district for place in roads}) > 1:
        return _which_district(request, words, roads, desk)
    near = next((one.entries[0] for one in [*own, *mentions] if one.entries), None)
    if needs_point and near is None:
        return _question(request, "unknown", words)
    is_long = len(own) == 1 and ROAD in own[0].kinds and not rest and not _NUMBER.search(words)
    if not needs_point or near is None:
        return Spot(words, is_long=is_long)
    return Spot(words, near.point, place_name(near, request.lang), is_rough=True, is_long=is_long)


def _one_place(request: Request, words: str, entries: tuple[Place, ...]) -> Spot | Finding:
    arguments = replace(request.arguments, places={"place": entries})
    found = located(replace(request, arguments=arguments), "place")
    return found if isinstance(found, Finding) else _known(found, words, request)


def _known(place: Place, words: str, request: Request) -> Spot:
    rough = place.kind in (DISTRICT, ROAD)
    return Spot(words, place.point, place_name(place, request.lang), is_rough=rough, is_long=rough)


def _is_district(mention: PlaceMention) -> bool:
    return DISTRICT in mention.kinds and not mention.is_address


def _in_districts(entries: tuple[Place, ...], mentions: Sequence[PlaceMention]) -> tuple[Place, ...]:
    """The places that lie in a district named beside them; all of them where none does."""
    named = [place.name["zh-TW"] for one in mentions if _is_district(one) for place in one.entries]
    return tuple(place for place in entries if any(place.lies_in(district) for district in named)) or entries


def _beyond(words: str, mentions: Sequence[PlaceMention]) -> str:
    """What words say beyond the places in them, without what only says beside, before or behind."""
    for one in reversed(mentions):
        words = f"{words[: one.start]} {words[one.end :]}"
    for lang in ("zh-TW", "en"):
        words = re.sub(say(_TEXTS, "beside", lang), " ", words, flags=re.IGNORECASE)
    return _SIGNS.sub("", words)


def _which_district(request: Request, words: str, roads: Sequence[Place], desk: Desk) -> Finding:
    """Ask in which of several districts a road is meant that has the same name in each."""
    longest_first = sorted(roads, key=lambda road: -len(road.also_in))
    districts = dict.fromkeys(road.district for road in longest_first)
    names = [district_name(one, desk.gazetteer, request.lang) for one in districts]
    choices = tuple(say(_TEXTS, "in_district", request.lang, district=name, words=words) for name in names)
    found = _question(request, "which_district", words)
    return replace(found, choices=choices[:_MOST_CHOICES])


def _question(request: Request, key: str, words: str) -> Finding:
    return Finding((Line(say(_TEXTS, key, request.lang, words=words)),), status=Status.CLARIFY)
