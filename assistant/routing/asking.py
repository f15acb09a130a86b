"""Asks back for what a service has to know, and reads what a short reply says of it."""

import re
from collections.abc import Mapping, Sequence

from assistant.routing import speech
from assistant.routing.arguments import Filled, Heard
from assistant.routing.choices import MOST_CHOICES, chosen
from assistant.routing.live_words import live_words
from assistant.routing.mentions import Mention
from assistant.routing.speech import grammar_of
from assistant.routing.values import Span, people_of, reference_of, words_in
from assistant.schema import Lang
from assistant.services import Argument, Service
from assistant.text import detect_language, squeeze

_JOINT: Mapping[Lang, str] = {"zh-TW": "", "en": " "}
_ITEM = re.compile(r"^[ \t]*\d\. (.+)$", re.MULTILINE)
_NUMBER = re.compile(r"\d{1,2}|[一二兩三四五六七八九十]{1,2}")


def question_back(service: Service, missing: Sequence[str], lang: Lang) -> tuple[str, tuple[str, ...]]:
    """What is asked for, with up to four choices where it is one of a list."""
    arguments = [service.arguments[name] for name in missing]
    text = _JOINT[lang].join(argument.ask[lang] for argument in arguments)
    choices = labels_of(arguments[0], lang)[:MOST_CHOICES] if arguments[0].type == "choice" else ()
    lines = [f"{place}. {label}" for place, label in enumerate(choices, start=1)]
    return "\n".join([text, *lines]), tuple(choices)


def labels_of(argument: Argument, lang: Lang) -> list[str]:
    """What each value of a list is called in a language: the first of its words in it, else the first of all."""
    return [next((word for word in said if detect_language(word) == lang), said[0]) for said in argument.words.values()]


def asked_for(service: Service, missing: Sequence[str], answer: str) -> tuple[str, ...]:
    """The missing arguments that an answer of ours asked for."""
    said = squeeze(answer)
    return tuple(name for name in missing if any(squeeze(ask) in said for ask in service.arguments[name].ask.values()))


def offered(answer: str) -> list[str]:
    """The numbered choices of an answer of ours."""
    return [label.strip() for label in _ITEM.findall(answer)]


def taken_choice(text: str, answer: str) -> str:
    """The text, or the choice that it takes by its number or its words."""
    labels = offered(answer)
    return (chosen(text, labels) if labels else "") or text


def rest_of(said: Heard, service: Service) -> str:
    """What a turn says beside names, times and values: the words of its own matter."""
    text = said.text
    spans: list[Span] = [(one.start, one.end) for one in said.mentions] + said.times
    for argument in service.arguments.values():
        spans += [span for span, _ in words_in(text, argument.words)]
        if argument.type in ("route", "reference", "number"):
            spans += [match.span() for match in re.finditer(r"#?[A-Za-z]{0,4}-?\d[\w-]*", text)]
    if any(argument.type == "route" for argument in service.arguments.values()):
        values = (live_words(lang).values["route"] for lang in ("zh-TW", "en"))
        spans += [match.span() for pattern in values for match in pattern.finditer(text)]
    left = "".join(" " if any(a <= place < b for a, b in spans) else sign for place, sign in enumerate(text))
    grammar = grammar_of(detect_language(text))
    bare = speech.plain(left)
    for pattern in (grammar.polite, grammar.correction, grammar.leaning, grammar.closing):
        bare = speech.without(pattern, bare)[0]
    return speech.matter(bare, grammar)


def reply_to(service: Service, name: str, said: Heard) -> Filled:
    """What a short reply says of the argument that was asked for, however bare it is."""
    argument, text = service.arguments[name], said.text
    if argument.type == "place":
        mention = next(iter(reversed(said.mentions)), None) or _bare_place(text)
        return Filled({name: mention.text}, {name: mention.entries}) if mention else Filled()
    if argument.type == "time":
        moment = next(iter(reversed(said.moments)), None)
        return Filled({name: moment.iso()}, moment=moment) if moment else Filled()
    if argument.type == "choice":
        found = words_in(text, argument.words)
        return Filled({name: found[0][1]} if found else {})
    if argument.type == "reference":
        number = reference_of(f"# {text}", ()) or (_NUMBER.search(text) or [""])[0]
        return Filled({name: number} if number else {})
    if argument.type == "number":
        count = people_of(text) or next((int(one) for one in re.findall(r"\d{1,2}", text)), 0)
        return Filled({name: str(count)} if count else {})
    bare = _bare(text)
    return Filled({name: bare} if bare else {})


def _bare_place(text: str) -> Mention | None:
    """All that a short reply says, as the name of a place."""
    name = _bare(text)
    start = text.find(name)
    is_none = any(live_words(lang).names["none"].fullmatch(name) for lang in ("zh-TW", "en"))
    return None if not name or is_none or start < 0 else Mention(start, start + len(name), name)


def _bare(text: str) -> str:
    """A reply without what only opens or closes it: 「喔，我在茄苳腳那邊」 is 「茄苳腳」."""
    grammar = grammar_of(detect_language(text))
    bare = speech.plain(text)
    for pattern in (grammar.polite, grammar.correction, grammar.leaning, grammar.closing):
        bare = speech.without(pattern, bare)[0]
    words = live_words(detect_language(text)).names
    return speech.trimmed(words["reply_after"].sub("", words["reply_before"].sub("", bare)))
