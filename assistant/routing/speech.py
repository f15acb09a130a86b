"""What a turn of a conversation says by itself: its openers, pointers, slots, and what it asks."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from assistant.schema import Lang
from assistant.text import CJK

_EDGES = re.compile(r"^[\s,，、。:：;；!！?？.…~～]+|[\s,，、。:：;；!！?？.…~～]+$")
_CLAUSES = re.compile(r"\s*[,，;；。?？!！]+\s*")
_LEAST_ZH, _THING_ZH = 2, 3  # characters of a topic, and of a thing that is named after the question word
_PARTS_ZH = 3
_FIRST_EN, _LAST_EN, _LONGEST_EN = 6, 4, 10  # words
_WORDS = re.compile(rf"[{CJK}]|[^\W{CJK}](?:[\w'’-]*[^\W{CJK}])?")
_LATIN = re.compile(rf"[^\W{CJK}]+")
_NAMES = re.compile(rf"(?:(?<=^)|(?<=[的用在和與跟,，：:]))[{CJK}]+?(?=[的用在和與跟,，：:]|$)")
_THINGS = (
    "vehicle",
)  # kinds that often stand beside each other: one in place of another only where it is all that is said
_LATIN_WEIGHT = 2  # a Latin word in a Chinese sentence says about as much as a word of two characters


@dataclass(frozen=True, slots=True)
class Grammar:
    """The patterns of one language, from `turns.toml`."""

    lang: Lang
    polite: re.Pattern[str]
    leaning: re.Pattern[str]
    closing: re.Pattern[str]
    echo: re.Pattern[str]
    pronoun: re.Pattern[str]
    back: re.Pattern[str]
    correction: re.Pattern[str]
    instead: re.Pattern[str]
    simpler: re.Pattern[str]
    again: re.Pattern[str]
    asking: re.Pattern[str]
    predicate: re.Pattern[str]
    function: re.Pattern[str]
    slots: Mapping[str, re.Pattern[str]]


@lru_cache(maxsize=2)
def grammar_of(lang: Lang) -> Grammar:
    """Read the patterns of a language."""
    data = tomllib.loads(resources.files(__package__).joinpath("turns.toml").read_text(encoding="utf-8"))[lang]
    start, end = ("", "") if lang == "zh-TW" else (r"(?<![\w-])", r"(?![\w-])")

    def any_of(name: str, before: str = "", after: str = "") -> re.Pattern[str]:
        return re.compile(f"{before}(?:{data[name]}){after}", re.IGNORECASE)

    return Grammar(
        lang=lang,
        polite=any_of("polite", "^", rf"{end}[\s,，、。.!！:：]*"),
        leaning=any_of("leaning", "^", rf"{end}[\s,，、]*"),
        closing=any_of("closing", rf"[\s,，]*{start}", "$"),
        echo=any_of("echo"),
        pronoun=any_of("pronoun"),
        back=any_of("back"),
        correction=any_of("correction", "^"),
        instead=any_of("instead"),
        simpler=any_of("simpler"),
        again=any_of("again"),
        asking=any_of("asking", start, end),
        predicate=any_of("predicate"),
        function=any_of("function", start, end),
        slots={name: re.compile(f"{start}(?:{p}){end}", re.IGNORECASE) for name, p in data["slots"].items()},
    )


def trimmed(text: str) -> str:
    """A text without the punctuation around it."""
    return _EDGES.sub("", text)


def without(pattern: re.Pattern[str], text: str) -> tuple[str, bool]:
    """A text after what a pattern takes from it, however often, and whether it took anything."""
    taken, left = False, trimmed(text)
    while match := pattern.search(left):
        if not match.group():
            break
        taken, left = True, trimmed(left[: match.start()] + left[match.end() :])
    return left, taken


def matter(text: str, grammar: Grammar) -> str:
    """The words of a text that name its matter, without those that only ask, join or point."""
    return re.sub(r"[\s,，、。:：;；!！?？.]+", " ", grammar.function.sub(" ", grammar.pronoun.sub(" ", text))).strip()


def size(text: str, grammar: Grammar) -> int:
    """How much matter a text has: Chinese characters, or words."""
    words = _WORDS.findall(matter(text, grammar))
    if grammar.lang == "en":
        return len(words)
    return sum(_LATIN_WEIGHT if _LATIN.match(word) else 1 for word in words)


def topic(text: str, grammar: Grammar) -> str:
    """What a question is about, to be asked something else of: without what it asks.

    Chinese names the matter first and asks then, unless the thing stands after the question word (哪裡可以打疫苗);
    English asks first, so there the words of matter are kept. Of a topic that has grown over several turns, its
    beginning and its end stay.
    """
    text = without(grammar.polite, text)[0]
    if grammar.lang == "en":
        words = matter(text, grammar).split()
        return " ".join(words if len(words) <= _LONGEST_EN else [*words[:-_LAST_EN][:_FIRST_EN], *words[-_LAST_EN:]])
    asks = grammar.predicate.search(text)
    before = trimmed(text[: asks.start()]) if asks else without(grammar.closing, text)[0]
    after = matter(text[asks.end() :], grammar) if asks else ""
    if size(before, grammar) < _LEAST_ZH:
        return matter(text, grammar)
    parts = [*_CLAUSES.split(before), *([after] if size(after, grammar) >= _THING_ZH else [])]
    return ",".join(parts if len(parts) <= _PARTS_ZH else [*parts[: _PARTS_ZH - 1], parts[-1]])


def predicate(text: str, grammar: Grammar) -> str:
    """What a question asks of its matter, in Chinese; the whole text in English, which does not part them."""
    if grammar.lang == "en":
        return text
    asks = grammar.predicate.search(text)
    return text[asks.start() :] if asks else ""


def swapped(text: str, said: str, grammar: Grammar) -> tuple[str, str]:
    """A question with each slot that the new words fill otherwise, and what is left of the new words.

    A slot is filled by words of one kind: a weekday takes the place of a weekday.
    """
    left, names = said, not grammar.asking.search(said)
    for kind, pattern in grammar.slots.items():
        new, old = pattern.search(left), pattern.search(text)
        if new and old and (names or kind not in _THINGS):
            text = text[: old.start()] + new.group() + text[old.end() :]
            left = left[: new.start()] + " " + left[new.end() :]
    return text, trimmed(left)


def renamed(text: str, name: str) -> str:
    """A Chinese question with a name in the place of one that has the same head and about the same length.

    Heads stand last: 地價稅 takes the place of 房屋稅. The text as it is where there is none.
    """
    for part in _NAMES.findall(text) if len(name) > 1 else ():
        for old in (part, part[: len(name)]):
            if old != name and old[-1] == name[-1] and len(old) > 1 and abs(len(old) - len(name)) <= 1:
                return text.replace(old, name, 1)
    return text


def plain(text: str) -> str:
    """The form that the patterns are written for: half width, without punctuation around it."""
    return trimmed(unicodedata.normalize("NFKC", text))
