"""The specialties that video clinics offer, and which of them a person means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.feeds.base import FeedSource
from assistant.feeds.fhir import search
from assistant.feeds.fhir_records import Coding
from assistant.schema import Lang, Status
from assistant.text import detect_language, squeeze
from assistant.tools.base import Desk, Finding, Line, Request, reading_of
from assistant.tools.dates import had_at
from assistant.tools.texts import listed, name_as_written, quoted, say

_TEXTS = "specialties"
_MOST_PAGES = 4
_MOST_CHOICES = 4
_NAME = 40
_KINDS = re.compile(r"(?:專科|內科|醫學科|科|門診|醫師|醫生|doctor|clinic)+\Z")
_ENDINGS = re.compile(r"(?:ists?|ics|icians?|y)\Z")  # neurologist and neurology are one word
_SHORTEST = {"zh-TW": 2, "en": 4}


@dataclass(frozen=True, slots=True)
class Specialty:
    """A kind of care: its code and its words in any language."""

    code: str
    words: tuple[str, ...]

    def name(self, lang: Lang) -> str:
        """Its words in a language, else any."""
        words = next((word for word in self.words if detect_language(word) == lang), self.words[0])
        return name_as_written(words, lang, _NAME)


@dataclass(frozen=True, slots=True)
class Offered:
    """The specialties of a publisher, in its order, and when they were had."""

    specialties: tuple[Specialty, ...]
    fetched_at: datetime | None


async def read_specialties(desk: Desk, source: FeedSource) -> Offered:
    """What is offered by video now.

    Where the publisher marks services as virtual, only those count; where it marks none, all do.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    found = await search(desk.fetcher, source, "HealthcareService", most_pages=_MOST_PAGES)
    active = [one for one in found.services if one.active is not False]
    virtual = [one for one in active if one.virtual]
    codings = [coding for one in virtual or active for coding in one.services]
    return Offered(specialties_of(codings), found.fetched_at)


def specialties_of(codings: Sequence[Coding]) -> tuple[Specialty, ...]:
    """Codings with one code as one specialty; a coding without a code is told by its words."""
    words: dict[str, dict[str, None]] = {}
    for coding in codings:
        if coding.code or coding.words:
            words.setdefault(coding.code or coding.words, {})[coding.words or coding.code] = None
    return tuple(Specialty(code, tuple(said)) for code, said in words.items())


def meant(request: Request, source: FeedSource, has: Offered) -> Specialty | Finding:
    """The specialty that a person names, or a finding that says that it is not offered, or asks which is meant."""
    asked, offered = request.arguments.values.get("specialty", ""), has.specialties
    names = _names(request, asked)
    exact = [one for one in offered if names & {squeeze(one.code), *map(squeeze, one.words)}]
    stems = {stem for name in names if len(stem := _stem(name)) >= _SHORTEST[detect_language(name)]}
    found = exact or [one for one in offered if _begins(one, stems) or any(_shortens(name, one) for name in names)]
    if len(found) == 1:
        return found[0]
    names_of = [one.name(request.lang) for one in found or offered]
    values = {"asked": quoted(asked, _NAME), "offered": listed(names_of, request.lang)}
    text = say(_TEXTS, "which" if found else "not_offered" if offered else "none", request.lang, **values)
    data = {"asked": values["asked"], "offered": names_of}
    reading = reading_of(request, source, data, observed_at=had_at(request, has.fetched_at))
    choices = tuple(names_of[:_MOST_CHOICES]) if found else ()
    return Finding((Line(text, 0),), (reading,), Status.CLARIFY if found else Status.NO_EVIDENCE, choices)


def _names(request: Request, asked: str) -> set[str]:
    """How else the city's data call what a person named, squeezed."""
    argument = request.service.arguments.get("specialty")
    names = {squeeze(asked)}
    for value, words in (argument.words if argument else {}).items():
        same = {squeeze(value), *map(squeeze, words)}
        if names & same:
            return names | same
    return names


def _begins(specialty: Specialty, stems: set[str]) -> bool:
    return any(_stem(squeeze(word)).startswith(stem) for word in specialty.words for stem in stems)


def _shortens(name: str, specialty: Specialty) -> bool:
    """Whether a Chinese name is short for a longer one, as 家醫科 is for 家庭醫學科."""
    if detect_language(name) != "zh-TW" or len(name) < _SHORTEST["zh-TW"]:
        return False
    pattern = re.compile(".*".join(map(re.escape, name)))
    return any(pattern.match(squeeze(word)) for word in specialty.words)


def _stem(name: str) -> str:
    """What of a name tells the specialty: 心臟內科 and 心臟科 are 心臟, neurologist is neurolog."""
    return _ENDINGS.sub("", _KINDS.sub("", name))
