"""Emergencies: danger to life is answered with the right numbers before any search or language model."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import CityDataError
from assistant.guardrails.classifier import BARE_CHARS, EmergencyClassifier
from assistant.guardrails.wordings import Reader, compile_wordings, read_lists
from assistant.schema import Lang

_READ_CHARS = 3_000  # of a longer text only both ends are read: this bounds the time on huge input
_SHORT_TEXT_CHARS = 200  # up to here the whole text says what it is about, beyond it the sentence does
_MOST_REPLIES = 2
_KIND_LISTS = ("always", "happening", "topic", "signs", "of_whom")
_NUMBER = re.compile(r"(?<!\d)\d{3,4}(?!\d)")
_SENTENCE_END = re.compile("[!?。！？\n]|\\.\\s")
_CLAUSE_END = re.compile("[,;:!?。！？，、；：\n]|\\.\\s")


@dataclass(frozen=True, slots=True)
class EmergencyKind:
    """One kind of danger and its wordings, by how sure they are (see `emergency.toml`)."""

    name: str
    always: re.Pattern[str]
    happening: re.Pattern[str]
    topic: re.Pattern[str]
    signs: re.Pattern[str]
    of_whom: re.Pattern[str]
    reply: dict[Lang, str]


@dataclass(frozen=True, slots=True)
class Context:
    """What makes a word of danger harmless (past, supposed, asks, question) or urgent (now, here, pleas)."""

    now: re.Pattern[str]
    here: re.Pattern[str]
    pleas: re.Pattern[str]
    question: re.Pattern[str]
    past: re.Pattern[str]
    supposed: re.Pattern[str]
    asks: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class EmergencyPlan:
    """The kinds in the order of their urgency, the context, and the idioms and names that are not dangers."""

    kinds: tuple[EmergencyKind, ...]
    context: Context
    harmless: re.Pattern[str]
    reader: Reader


def load_emergency_plan(city_dir: Path) -> EmergencyPlan:
    """Read `emergency.toml` of a city.

    Raises:
        CityDataError: the file is missing, or a wording, list or text in it is malformed.
    """
    path = city_dir / "emergency.toml"
    try:
        return _read_plan(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise CityDataError(
            f"{path} cannot be used: {error!r}.", "A city needs emergency.toml; see docs/adding.md."
        ) from error


def find_emergency(
    text: str, lang: Lang, plan: EmergencyPlan, classifier: EmergencyClassifier | None = None
) -> str | None:
    """What to say to the danger that the text speaks of, or None.

    The most urgent kind comes first; a second one follows where it adds a number to call. A classifier that is sure
    hears what the lists miss, and takes back their alarm, unless a bare word or a wording of `always` raised it.
    """
    replies: list[str] = []
    for kind in find_kinds(text, plan, classifier):
        reply = kind.reply[lang]
        if not set(_NUMBER.findall(reply)) <= set(_NUMBER.findall(" ".join(replies))):
            replies.append(reply)
    return "\n\n".join(replies[:_MOST_REPLIES]) or None


def find_kinds(
    text: str, plan: EmergencyPlan, classifier: EmergencyClassifier | None = None
) -> Sequence[EmergencyKind]:
    """The kinds of danger that the text speaks of: by the lists in the order of urgency, else by the classifier."""
    read = plan.reader.read(_ends(text))
    masked = plan.harmless.sub(lambda found: "□" * len(found[0]), read)
    listed = [kind for kind in plan.kinds if _is_listed(masked, read, kind, plan.context)]
    judged = classifier.judge(read) if classifier else None
    if classifier is None or judged is None:
        return listed
    if listed:
        sure = len(read) < BARE_CHARS or any(kind.always.search(masked) for kind in listed)
        return listed if sure or judged.danger > classifier.deny else ()
    named = {kind.name: kind for kind in plan.kinds}
    return [named[name] for name in judged.kinds] if judged.danger >= classifier.alarm else ()


def _is_listed(masked: str, text: str, kind: EmergencyKind, context: Context) -> bool:
    return (
        kind.always.search(masked) is not None
        or _happens(masked, text, kind, context)
        or _shows(masked, text, kind, context)
    )


def _happens(masked: str, text: str, kind: EmergencyKind, context: Context) -> bool:
    """Whether a word of danger stands in the text without idioms, and nothing in the whole text makes it harmless."""
    return any(_counts(text, found, context, bare=False) for found in kind.happening.finditer(masked)) or any(
        _counts(text, found, context, bare=True) for found in kind.topic.finditer(masked)
    )


def _shows(masked: str, text: str, kind: EmergencyKind, context: Context) -> bool:
    """Whether two signs, or a sign and a person, stand in a statement: one in need tells, others ask."""
    signs: dict[str, set[str]] = {}
    for found in kind.signs.finditer(masked):
        signs.setdefault(_about(text, found), set()).add(found[0])
    told = [about for about, words in signs.items() if len(words) > 1 or kind.of_whom.search(about)]
    silent = (context.question, context.asks, context.supposed, context.past)
    return any(not any(words.search(context.pleas.sub("", part)) for words in silent) for part in told)


def _about(text: str, found: re.Match[str]) -> str:
    """What a find is about: the text where it is short, else the sentence."""
    return text if len(text) <= _SHORT_TEXT_CHARS else _around(text, found, _SENTENCE_END)


def _counts(text: str, found: re.Match[str], context: Context, *, bare: bool) -> bool:
    if context.past.search(_around(text, found, _CLAUSE_END)):
        return False
    about = _about(text, found)
    if context.now.search(about):
        return True
    if context.supposed.search(about):
        return False
    return not context.asks.search(about) or (not bare and context.here.search(about) is not None)


def _around(text: str, found: re.Match[str], end: re.Pattern[str]) -> str:
    """The part of the text between two ends (of clauses, of sentences) that holds what was found."""
    first = max(0, found.start() - _SHORT_TEXT_CHARS)
    starts = [match.end() for match in end.finditer(text, first, found.start())]
    stop = end.search(text, found.end(), found.end() + _SHORT_TEXT_CHARS)
    return text[starts[-1] if starts else first : stop.start() if stop else found.end() + _SHORT_TEXT_CHARS]


def _ends(text: str) -> str:
    if len(text) <= _READ_CHARS:
        return text
    half = _READ_CHARS // 2
    return f"{text[:half]}\n{text[-half:]}"


def _read_plan(data: Mapping[str, Any]) -> EmergencyPlan:
    reader = Reader(data["read_as"])
    words = read_lists(data["words"], reader)
    harmless = words | read_lists(data["harmless"].get("words", {}), reader)
    return EmergencyPlan(
        kinds=tuple(_read_kind(kind, words, reader) for kind in data["kind"]),
        context=Context(**{name: compile_wordings(data["context"][name], words, reader) for name in data["context"]}),
        harmless=compile_wordings(data["harmless"]["wordings"], harmless, reader),
        reader=reader,
    )


def _read_kind(kind: Mapping[str, Any], words: Mapping[str, list[str]], reader: Reader) -> EmergencyKind:
    wordings = {name: compile_wordings(kind.get(name, ""), words, reader) for name in _KIND_LISTS}
    reply: dict[Lang, str] = {"zh-TW": kind["reply"]["zh-TW"], "en": kind["reply"]["en"]}
    return EmergencyKind(name=kind["name"], reply=reply, **wordings)
