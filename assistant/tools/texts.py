"""The sentences of the tools: templates by language, and what a feed wrote made safe to stand in them."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files

from assistant.errors import FeedError
from assistant.feeds.base import FeedSource
from assistant.schema import Lang, Reading
from assistant.text import visible
from assistant.tools.base import Line, Request, kind_of_fault

COMMON = "common"
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_REFERENCE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_QUOTATION = str.maketrans("", "", "「」『』“”")
_MARKUP = re.compile(r"<[^>]*>|[`*_#<>\[\]{}|\\]")


@cache
def _texts(name: str) -> Mapping[str, Mapping[Lang, str]]:
    path = files("assistant.tools") / "texts" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def say(name: str, key: str, lang: Lang, /, **values: object) -> str:
    """A sentence of `texts/<name>.toml`, filled."""
    return _texts(name)[key][lang].format(**values)


def listed(words: Iterable[str], lang: Lang) -> str:
    """Several words in a row: 左營、楠梓; Zuoying, Nanzih."""
    return ("、" if lang == "zh-TW" else ", ").join(words)


def quoted(text: str, most: int = 120) -> str:
    """What a publisher wrote, as plain words on one line: no markup, no addresses, no control characters."""
    plain = " ".join(_MARKUP.sub(" ", _ADDRESS.sub(" ", visible(text))).split())
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"


def as_written(text: str, lang: Lang, most: int = 120) -> str:
    """What a publisher wrote, made safe and in quotation marks, so that nobody takes it for ours."""
    return say(COMMON, "as_written", lang, text=quoted(text.translate(_QUOTATION), most))


def name_as_written(text: str, lang: Lang, most: int = 40) -> str:
    """A name that a publisher wrote, made safe; one with figures stands in quotation marks."""
    name = quoted(text.translate(_QUOTATION), most)
    return as_written(text, lang, most) if any(character.isdigit() for character in name) else name


def reference_said(reference: str, lang: Lang) -> str:
    """The number of a booking or case as a server gave it; in quotation marks where it is more than a number."""
    return reference if _REFERENCE.fullmatch(reference) else as_written(reference, lang, 60)


def clock(moment: datetime, request: Request) -> str:
    """A time as people say it: 14:05 of today, else with its day."""
    local = moment.astimezone(request.now.tzinfo)
    if local.date() == request.now.date():
        return f"{local:%H:%M}"
    return f"{local.month}/{local.day} {local:%H:%M}"


def trouble(source: FeedSource, fault: FeedError, lang: Lang) -> Line:
    """Say that a feed gave nothing, whose it is and why; never what it might have said."""
    publisher = source.publisher.get(lang) or source.name
    return Line(say(COMMON, kind_of_fault(fault), lang, publisher=publisher))


def attribution(reading: Reading, request: Request) -> str:
    """Where and when a reading was observed, whose it is, and whether it is old or simulated."""
    parts = [say(COMMON, "source", request.lang, publisher=reading.source)]
    if reading.place:
        parts.append(say(COMMON, "place", request.lang, place=quoted(reading.place, 40)))
    if reading.observed_at:
        at = clock(datetime.fromisoformat(reading.observed_at), request)
        parts.append(say(COMMON, "as_of", request.lang, time=at))
    else:
        parts.append(say(COMMON, "no_time", request.lang))
    if reading.stale:
        parts.append(say(COMMON, "stale", request.lang))
    if reading.simulated:
        parts.append(say(COMMON, "simulated", request.lang))
    return say(COMMON, "attribution", request.lang, parts=("，" if request.lang == "zh-TW" else ", ").join(parts))
