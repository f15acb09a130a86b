"""What a tool of somebody else is given: the arguments of a request by its parameters, as the city's data map them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.feeds.mcp_servers import McpOptions
from assistant.numerals import NUMERAL, numeral_value
from assistant.places import Place
from assistant.schema import Lang, Status
from assistant.services import Argument
from assistant.text import squeeze
from assistant.tools.base import Finding, Line, Request
from assistant.tools.location import located, place_name
from assistant.tools.texts import quoted, say

_TEXTS = "mcp"
_LONGEST = 200
_MOST_CHOICES = 4
_NUMERAL = re.compile(NUMERAL)


@dataclass(frozen=True, slots=True)
class Filled:
    """The parameters of a tool with their JSON values, and which of them come from the person, by argument."""

    values: Mapping[str, Any]
    arguments: Mapping[str, str]


def filled(request: Request, options: McpOptions) -> Filled | Finding:
    """The parameters of a tool for a request, or a finding that asks back; what was not said is left out.

    Nothing is sent but what the data map: not the wording, nor who asks.
    """
    values: dict[str, Any] = dict(options.constants)
    arguments: dict[str, str] = {}
    for parameter, argument in options.input.items():
        name, _, part = argument.partition(".")
        if not request.arguments.values.get(name, "").strip():
            continue
        value = _value(request, options, name, part)
        if isinstance(value, Finding):
            return value
        values[parameter] = value
        arguments[parameter] = name
    return Filled(values, arguments)


def _value(request: Request, options: McpOptions, name: str, part: str) -> str | float | Finding:
    argument, words = request.service.arguments[name], quoted(request.arguments.values[name], _LONGEST)
    if argument.type == "place":
        place = located(request, name, within_m=options.within_m)
        return place if isinstance(place, Finding) else _of_place(place, part, request.lang)
    if argument.type == "time":
        return request.arguments.moment.iso() if request.arguments.moment else words
    if argument.type == "number":
        found = _NUMERAL.search(words)
        number = numeral_value(found[0]) if found else None
        if number is None:
            return _asked_again(argument, words, request.lang)
        return int(number) if number.is_integer() else number
    if argument.type == "choice" and argument.words:
        meant = squeeze(words)
        choices = ((key, (key, *said)) for key, said in argument.words.items())
        key = next((key for key, said in choices if meant in map(squeeze, said)), None)
        return _asked_again(argument, words, request.lang) if key is None else key
    return words


def _of_place(place: Place, part: str, lang: Lang) -> str | float:
    """The part of a place that a tool gets; five decimals of a degree are a metre."""
    parts: dict[str, str | float] = {
        "lat": round(place.point.lat, 5),
        "lon": round(place.point.lon, 5),
        "district": place.district,
        "zh-TW": place_name(place, "zh-TW"),
        "en": place_name(place, "en"),
    }
    return parts.get(part) or place_name(place, lang)


def _asked_again(argument: Argument, words: str, lang: Lang) -> Finding:
    """Ask for an argument whose words mean none of its values, in the words of the city's data where they have some."""
    text = argument.ask.get(lang) or say(_TEXTS, "unclear", lang, words=words)
    return Finding((Line(text),), status=Status.CLARIFY, choices=tuple(argument.words)[:_MOST_CHOICES])
