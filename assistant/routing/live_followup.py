"""Turns that lean on an earlier question to live services: replies to ours, and changes of a place, time or line."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.routing.arguments import Filled, Heard, fill
from assistant.routing.asking import asked_for, reply_to, rest_of
from assistant.routing.speech import grammar_of, size
from assistant.routing.wanted import Wanted, wanted_of
from assistant.schema import Lang
from assistant.services import Service
from assistant.text import detect_language

# Matter beside names and times that a turn may have and still only change what was asked, or that a reply to our
# question may have; and all matter of a turn that may lean: Chinese characters, or words.
_FEW: Mapping[Lang, int] = {"zh-TW": 2, "en": 1}
_SHORT: Mapping[Lang, int] = {"zh-TW": 8, "en": 5}
_LONG: Mapping[Lang, int] = {"zh-TW": 16, "en": 9}
_JOINT: Mapping[Lang, str] = {"zh-TW": "，", "en": ", "}


@dataclass(frozen=True, slots=True)
class Leaning:
    """What a turn makes of the services that were asked for before it.

    Attributes:
        calls: those that it says something of, with it.
        is_reply: whether it says what we had asked for.
        is_bare: whether it says nothing else.
    """

    calls: tuple[Wanted, ...] = ()
    is_reply: bool = False
    is_bare: bool = False


def may_lean(said: Heard, answered: str, services: Sequence[Service]) -> bool:
    """Whether earlier turns are worth a look: the turn is short, or our last answer asked for something."""
    lang = detect_language(said.text)
    if size(said.text, grammar_of(lang)) <= _LONG[lang]:
        return True
    return any(asked_for(one, _required(one), answered) for one in services)


def leaning(said: Heard, earlier: Sequence[Wanted], answered: str, own: Collection[str]) -> Leaning:
    """What a turn makes of the services of the question before it.

    Args:
        own: names of the services that the turn asks for by itself.
    """
    changed = [
        _changed(one, said, asked_for(one.service, one.missing, answered), is_other=not {one.service.name} >= {*own})
        for one in earlier
    ]
    calls = {(one.calls[0].service.name, *one.calls[0].values.items()): one.calls[0] for one in changed if one.calls}
    return Leaning(
        tuple(calls.values()),
        any(one.is_reply for one in changed),
        any(one.is_bare for one in changed if one.calls),
    )


def _changed(earlier: Wanted, said: Heard, asked: Sequence[str], *, is_other: bool) -> Leaning:
    service, lang = earlier.service, detect_language(said.text)
    matter = size(rest_of(said, service), grammar_of(lang))
    is_bare = matter <= _FEW[lang]
    new = _of_turn(fill(service, said), service)
    asks = is_other or bool(grammar_of(lang).asking.search(said.text))
    if asked and matter <= _SHORT[lang] and (is_bare or not asks):
        new = _with_replies(new, service, said, asked, any_words=not asks and not new.values)
    if not new.values:
        return Leaning()
    is_reply = any(name in new.values for name in asked)
    return Leaning((_over(earlier, new, said.text),), is_reply, is_bare)


def _of_turn(filled: Filled, service: Service) -> Filled:
    """What a turn says itself: without the arguments that are its whole wording."""
    own = {name: value for name, value in filled.values.items() if not _is_wording(service, name)}
    return replace(filled, values=own)


def _with_replies(new: Filled, service: Service, said: Heard, asked: Sequence[str], *, any_words: bool) -> Filled:
    """With what the turn says of the arguments that were asked for; each of its words for one of them.

    Args:
        any_words: whether words that nobody knows can be the name of a place.
    """
    types: set[str] = set()
    for name in asked:
        kind = service.arguments[name].type
        if name in new.values or kind in types or _is_wording(service, name):
            continue
        types.add(kind)
        free = tuple(one for one in said.mentions if one.text not in new.values.values())
        if kind == "place" and not free and (said.mentions or not any_words):
            continue
        reply = reply_to(service, name, replace(said, mentions=free))
        places, values = {**new.places, **reply.places}, {**new.values, **reply.values}
        new = Filled(values, places, reply.moment or new.moment)
    return new


def _over(earlier: Wanted, new: Filled, text: str) -> Wanted:
    """The earlier request with the new arguments in place of its own."""
    service = earlier.service
    whole = _reworded(earlier, new, text)
    values = {**earlier.values, **new.values}
    values |= {name: whole for name in values if _is_wording(service, name)}
    places = {name: found for name, found in earlier.places.items() if name not in new.values} | dict(new.places)
    return wanted_of(service, Filled(values, places, new.moment or earlier.moment), whole)


def _reworded(earlier: Wanted, new: Filled, text: str) -> str:
    """The earlier wording with the new words in place of the old; with the whole turn behind it where that fails."""
    wording = earlier.text
    for name, value in new.values.items():
        old = earlier.values.get(name, "")
        if not old or old not in wording or earlier.service.arguments[name].type not in ("place", "route"):
            return f"{earlier.text}{_JOINT[detect_language(earlier.text)]}{text}"
        wording = wording.replace(old, value, 1)
    return wording


def _is_wording(service: Service, name: str) -> bool:
    argument = service.arguments[name]
    return argument.type == "text" and not argument.words


def _required(service: Service) -> tuple[str, ...]:
    return tuple(name for name, argument in service.arguments.items() if argument.required)
