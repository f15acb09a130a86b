"""Which ride a person wishes for, from their words: stops, passengers, when, and whom the driver may call."""

import re
from datetime import datetime

from assistant.feeds.ondemand_booking import Rider, Stop
from assistant.numerals import NUMERAL, numeral_value
from assistant.places import KINDS, Place
from assistant.places.place import DISTRICT, ROAD
from assistant.schema import Lang, Status
from assistant.text import fold, squeeze
from assistant.tools.base import Desk, Finding, Line, Request
from assistant.tools.location import located, place_name
from assistant.tools.texts import quoted, say
from assistant.tools.times import asked_span

_TEXTS = "ride_wish"
_LANGUAGES: tuple[Lang, ...] = ("zh-TW", "en")
_MOST_PASSENGERS = 20  # what the booking API takes at all; how many one vehicle takes, the dispatcher says
_NAME = 60  # what the booking API takes
_MOST_CHOICES = 4
_STOP_KINDS = ("office", "health_centre", "bus_station", "village", "school", "attraction")
_PHONE = re.compile(r"(?<![\d/:-])(?:\+\d{1,3}[ -]?|0)\d{1,3}(?:[ -]?\d{2,4}){2,3}(?![\d/:-])")
_PHONE_DIGITS = range(9, 15)  # national numbers with their 0, international ones with their country (ITU-T E.164)


def place_of(request: Request, argument: str) -> Place | Finding:
    """The place of an argument, rather a stop than a district or road of the same name."""
    return located(request, argument, KINDS - {DISTRICT, ROAD})


def stop_at(request: Request, desk: Desk, argument: str, place: Place) -> Stop | Finding:
    """Where someone gets on or off, in their own words where the gazetteer knows only the district or road around it.

    A district alone is no stop: the finding asks where in it.
    """
    words = quoted(request.arguments.values.get(argument, ""), _NAME)
    if place.kind == DISTRICT and squeeze(words) in {squeeze(known) for known in place.names}:
        return _which_stop(request, desk, place, argument)
    is_around = place.kind in {DISTRICT, ROAD}
    return Stop(words if is_around and words else quoted(place_name(place, request.lang), _NAME), place.point)


def passengers_of(request: Request) -> int | Finding:
    """How many people ride; one where nothing is said."""
    words = request.arguments.values.get("passengers", "").strip()
    if not words:
        return 1
    count = _number(words)
    if count is None or not 1 <= count <= _MOST_PASSENGERS:
        text = say(_TEXTS, "how_many", request.lang, words=quoted(words, _NAME), most=_MOST_PASSENGERS)
        return Finding((Line(text),), status=Status.CLARIFY)
    return count


def wheelchairs_of(request: Request) -> int:
    """How many people stay in a wheelchair: one where the wording speaks of it."""
    return int(_speaks_of(request, "wheelchair_words"))


def rider_of(request: Request) -> Rider | None:
    """Whom the driver may call: the argument `phone`, or a number in the wording; None where there is neither."""
    values = request.arguments.values
    for words in (values.get("phone", ""), request.arguments.text):
        for found in _PHONE.finditer(fold(words)):
            if sum(character.isdigit() for character in found[0]) in _PHONE_DIGITS:
                return Rider(quoted(values.get("name", ""), _NAME), found[0])
    return None


def arrival_of(request: Request) -> datetime | None:
    """By when a person wants to be there, where the time that they named is that of the arrival."""
    moment, span = request.arguments.moment, asked_span(request)
    is_arrival = moment and moment.is_instant and _speaks_of(request, "arrival_words")
    return span[0] if span and is_arrival else None


def _speaks_of(request: Request, key: str) -> bool:
    """Whether the wording holds one of the words of a key, in either language."""
    return _holds(fold(" ".join((request.arguments.text, *request.arguments.values.values()))), key)


def _which_stop(request: Request, desk: Desk, district: Place, argument: str) -> Finding:
    """Ask where in a district, with some places in it."""
    inside = [place for place in desk.gazetteer.places if place.lies_in(district.district) and not place.approximate]
    fitting = [place for kind in _STOP_KINDS for place in inside if place.kind == kind]
    choices = tuple(dict.fromkeys(quoted(place_name(place, request.lang), _NAME) for place in fitting))
    key = "which_pickup" if argument == "from" else "which_drop_off"
    text = say(_TEXTS, key, request.lang, district=quoted(place_name(district, request.lang), _NAME))
    return Finding((Line(text),), status=Status.CLARIFY, choices=choices[:_MOST_CHOICES])


def _number(words: str) -> int | None:
    """A number of people: 2, 兩位, three people; several add up, as in 兩大一小."""
    folded = fold(words)
    named = say(_TEXTS, "number_words", "en").split()
    found = [numeral_value(one) for one in re.findall(NUMERAL, folded)]
    found += [float(named.index(word) + 1) for word in re.findall(r"[a-z]+", folded) if word in named]
    numbers = [one for one in found if one is not None]
    if _holds(folded, "some_words"):
        return None
    return int(sum(numbers)) if numbers else 1 if _holds(folded, "alone_words") else None


def _holds(text: str, key: str) -> bool:
    """Whether a folded text holds one of the words of a key, in either language."""
    return any(fold(word) in text for lang in _LANGUAGES for word in say(_TEXTS, key, lang).split("|"))
