"""What a message says of each argument of a service: places, times, lines, numbers and words of a list."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from assistant.moments import Moment, find_moments
from assistant.places import Place
from assistant.places.place import DISTRICT
from assistant.routing.live_words import Clause, clauses_of, live_words
from assistant.routing.mentions import Mention, PlaceFinder
from assistant.routing.values import Span, people_of, reference_of, route_of, words_in
from assistant.schema import Lang
from assistant.services import Argument, Service

_LANGUAGES: tuple[Lang, Lang] = ("zh-TW", "en")
_BEFORE = 40
_APART = " 　"  # what stands between a district and a place in it that are one place


@dataclass(frozen=True, slots=True)
class Heard:
    """A message with what it names."""

    text: str
    clauses: tuple[Clause, ...]
    mentions: tuple[Mention, ...]
    moments: tuple[Moment, ...]
    now: datetime

    @property
    def times(self) -> list[Span]:
        """Where times stand."""
        return [(moment.start, moment.end) for moment in self.moments]


@dataclass(frozen=True, slots=True)
class Filled:
    """What was found of a service's arguments, by name."""

    values: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    moment: Moment | None = None


def heard(text: str, finder: PlaceFinder, now: datetime) -> Heard:
    """What a message names, whatever is asked."""
    return Heard(text, clauses_of(text), finder.find(text), tuple(find_moments(text, now)), now)


def fill(service: Service, said: Heard, own: Clause | None = None) -> Filled:
    """The arguments of a service that a message gives.

    Args:
        own: the part of the message that asks for it, where other parts ask for something else. What the part lacks is
            taken from what stands before it, and what has to be known from anywhere.
    """
    values: dict[str, str] = {}
    places = _places(service.arguments, said, own)
    taken = [(one.start, one.end) for one in said.mentions]
    moment = None
    for name, argument in service.arguments.items():
        if argument.type == "place":
            if name in places:
                values[name] = places[name].text
        elif argument.type == "time":
            moment = _moment(said, own, argument.required)
            values |= {name: moment.iso()} if moment else {}
        elif value := _value(argument, said, own, taken):
            values[name] = value
    return Filled(values, {name: mention.entries for name, mention in places.items()}, moment)


def fill_each(service: Service, said: Heard, own: Clause | None = None) -> tuple[Filled, ...]:
    """The arguments, once for each of two places that are asked about in one breath: 「旗山跟六龜哪裡熱」."""
    filled = fill(service, said, own)
    if service.acts:
        return (filled,)
    for name, argument in service.arguments.items():
        if argument.type == "place" and (other := _beside(said, argument, filled.values.get(name, ""))):
            values, places = {**filled.values, name: other.text}, {**filled.places, name: other.entries}
            return replace(filled, values=values, places=places), filled
    return (filled,)


def _beside(said: Heard, argument: Argument, taken: str) -> Mention | None:
    """The place right before the one that was taken, with nothing but an and or an or between them."""
    for before, after in itertools.pairwise(said.mentions):
        between = said.text[before.end : after.start]
        joined = any(live_words(lang).beside["alternative"].fullmatch(between) for lang in _LANGUAGES)
        if joined and after.text == taken and _fits(before, argument, frozenset()):
            return before
    return None


def _value(argument: Argument, said: Heard, own: Clause | None, taken: Sequence[Span]) -> str:
    text = said.text
    numbered = [span for span in taken if any(character.isdigit() for character in text[slice(*span)])]
    match argument.type:
        case "route" if argument.words:
            found = words_in(text, argument.words)
            return text[slice(*found[0][0])] if found else ""
        case "route":
            return route_of(text, [*said.times, *numbered])
        case "choice":
            return _choice(argument, said, own, taken)
        case "number":
            count = people_of(text)
            return str(count) if count else ""
        case "reference":
            return reference_of(text, said.times)
        case _:
            return _topic(argument, text) if argument.words else text.strip()


def _choice(argument: Argument, said: Heard, own: Clause | None, taken: Sequence[Span]) -> str:
    """The value whose words are said: of several the longest words, then those that stand first."""
    found = [one for one in words_in(said.text, argument.words, taken) if not _is_refused(said.text, one[0][0])]
    inside = [one for one in found if own is None or own.start <= one[0][0] < own.end]
    return (inside or found)[0][1] if found else ""


def _topic(argument: Argument, text: str) -> str:
    """The words of a text argument as they are said; several that stand together are one."""
    found = sorted(span for span, _ in words_in(text, argument.words))
    if not found:
        return ""
    start, end = found[0]
    for first, last in found[1:]:
        if text[end:first].strip(_APART + "的") == "":
            end = last
    return text[start:end]


def _moment(said: Heard, own: Clause | None, required: bool) -> Moment | None:
    """The time that is meant, the last of several: people correct themselves."""
    inside = _joined([one for one in said.moments if own is None or own.start <= one.start < own.end], said)
    before = [one for one in said.moments if own is not None and one.start < own.start]
    return next(iter([*reversed(inside), *reversed(before), *(said.moments if required else ())]), None)


def _joined(moments: Sequence[Moment], said: Heard) -> Sequence[Moment]:
    """The moments, with a day and a clock time that stand apart as one: "the 3 pm slot today"."""
    days = [one for one in moments if one.begins is None and one.first == one.last]
    hours = [one for one in moments if one.begins is not None]
    if len(moments) != 2 or not days or not hours:
        return moments
    wording = " ".join(said.text[one.start : one.end] for one in (days[0], hours[0]))
    whole = find_moments(wording, said.now)
    return whole if len(whole) == 1 else moments


def _places(arguments: Mapping[str, Argument], said: Heard, own: Clause | None) -> dict[str, Mention]:
    """Which mention each place argument takes; each mention goes to one of them."""
    wanted = {name: argument for name, argument in arguments.items() if argument.type == "place"}
    if not wanted:
        return {}
    mentions = [one for one in said.mentions if not _is_refused(said.text, one.start)]
    if any(argument.part in ("from", "to") for argument in wanted.values()):
        return _way(wanted, said.text, _grown(mentions, said.text))
    found: dict[str, Mention] = {}
    for name, argument in sorted(wanted.items(), key=lambda one: not one[1].kinds):
        named = _named(argument, said.text)
        others = frozenset(kind for other in wanted.values() if other is not argument for kind in other.kinds)
        fitting = named or [
            one for one in mentions if _fits(one, argument, others) and _is_there(one, argument, said.text)
        ]
        if not argument.kinds or len(wanted) == 1:
            fitting = _grown(fitting, said.text)
        best = _best(fitting, said, own, argument)
        if best:
            found[name] = best
            mentions = [one for one in mentions if one.end <= best.start or best.end <= one.start]
    return found


def _fits(mention: Mention, argument: Argument, others: frozenset[str]) -> bool:
    """Whether a mention can be of the kinds that an argument takes, or is not of those that only others take."""
    if not argument.kinds:
        return not mention.kinds or not mention.kinds <= others
    return bool(mention.kinds & {*argument.kinds}) or (not mention.kinds and not mention.listed)


def _is_there(mention: Mention, argument: Argument, text: str) -> bool:
    """Whether it is where something comes by, and not only where it goes to."""
    if argument.part != "at":
        return True
    return not (_behind(text, mention, "direction_before") or _follows(text, mention, "direction_after"))


def _named(argument: Argument, text: str) -> list[Mention]:
    """Names of the argument's own list, which no gazetteer has."""
    return [Mention(*span, text[slice(*span)]) for span, _ in words_in(text, argument.words)]


def _best(fitting: Sequence[Mention], said: Heard, own: Clause | None, argument: Argument) -> Mention | None:
    """The last in the part that asks; else the last before it; else, if it has to be known, any."""
    asking = own or _asking(said, fitting)
    inside = [one for one in fitting if asking is None or asking.start <= one.start < asking.end]
    before = [one for one in fitting if asking is not None and one.start < asking.start]
    rest = fitting if argument.required or own is None else ()
    return next(iter([*reversed(inside), *reversed(before), *rest]), None)


def _asking(said: Heard, fitting: Sequence[Mention]) -> Clause | None:
    """Of several parts that name a place, the last one: people tell where they are, and then ask."""
    return next((c for c in reversed(said.clauses) if any(c.start <= one.start < c.end for one in fitting)), None)


def _way(wanted: Mapping[str, Argument], text: str, mentions: Sequence[Mention]) -> dict[str, Mention]:
    """Where a way begins and where it ends, by the words beside the places and by their order."""
    name_of = {argument.part: name for name, argument in wanted.items()}
    ends: dict[str, Mention] = {}
    for mention in mentions:
        if _behind(text, mention, "to_before") or _follows(text, mention, "to_after"):
            ends["to"] = mention
        elif _behind(text, mention, "from_before") or _follows(text, mention, "from_after"):
            ends.setdefault("from", mention)
    free = [one for one in mentions if one not in ends.values()]
    if len(mentions) > 1:
        for part, other in (("from", "to"), ("to", "from")):
            if part not in ends and free and (other in ends or len(free) > 1):
                ends[part] = free.pop(0)
    for part in ("from", "to"):
        if part not in ends and (unlisted := _end_of_way(text, part, mentions)):
            ends[part] = unlisted
    return {name_of[part]: mention for part, mention in ends.items() if part in name_of}


def _end_of_way(text: str, part: str, mentions: Sequence[Mention]) -> Mention | None:
    """A place that no list knows where the sentence names an end of a way: 「從大田出發」."""
    for lang in _LANGUAGES:
        words = live_words(lang)
        for match in words.beside[f"way_{part}"].finditer(text):
            start, end = match.span("name" if match["name"] else "at")
            free = all(end <= one.start or one.end <= start for one in mentions)
            refused = ("nowhere", "none") if match["name"] else ("nowhere", "none", "loose")
            odd = any(words.names[name].search(text[start:end]) for name in refused if name in words.names)
            if free and not odd:
                return Mention(start, end, text[start:end])
    return None


def _grown(mentions: Iterable[Mention], text: str) -> list[Mention]:
    """The mentions, with a district and a place right behind it as one, or a place and the district that it is in."""
    grown: list[Mention] = []
    for mention in mentions:
        before = grown[-1] if grown else None
        if before and text[before.end : mention.start].strip(_APART) == "" and _holds(before, mention):
            entries = mention.entries or tuple(one for one in before.entries if one.kind == DISTRICT)
            whole = text[before.start : mention.end]
            grown[-1] = replace(mention, start=before.start, text=whole, entries=entries)
        elif before and _is_within(text[before.end : mention.start]) and _holds(mention, before):
            names = [place.name["zh-TW"] for place in mention.entries if place.kind == DISTRICT]
            inside = tuple(place for place in before.entries if any(map(place.lies_in, names)))
            grown[-1] = replace(before, end=mention.end, entries=inside)
        else:
            grown.append(mention)
    return grown


def _is_within(between: str) -> bool:
    return any(live_words(lang).beside["within"].fullmatch(between) for lang in _LANGUAGES)


def _holds(district: Mention, mention: Mention) -> bool:
    """Whether a place lies in the district that stands beside it; of an unknown one nothing speaks against it."""
    names = [place.name["zh-TW"] for place in district.entries if place.kind == DISTRICT]
    inside = [place for place in mention.entries if place.kind != DISTRICT and any(map(place.lies_in, names))]
    return bool(names) and (bool(inside) or not mention.listed)


def _is_refused(text: str, start: int) -> bool:
    before = text[max(0, start - _BEFORE) : start]
    return any(live_words(lang).beside["not"].search(before) for lang in _LANGUAGES)


def _behind(text: str, mention: Mention, name: str) -> bool:
    before = text[max(0, mention.start - _BEFORE) : mention.start]
    return any(live_words(lang).beside[name].search(before) for lang in _LANGUAGES)


def _follows(text: str, mention: Mention, name: str) -> bool:
    return any(live_words(lang).beside[name].match(text[mention.end :]) for lang in _LANGUAGES)
