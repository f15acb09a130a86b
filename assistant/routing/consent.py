"""What a reply to an offer means: a yes to one code, a no, or neither."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from assistant.schema import Turn
from assistant.text import fold

_LONGEST = 60  # a reply is short; anything longer says something of its own
_CODE = re.compile(r"(?<![a-z0-9])(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{6}(?![a-z0-9])")
_SIGNS = re.compile(r"[\s,、。.!~…;:#*`_()「」『』《》“”\"<>\-–—]+")
_TONES = re.compile("[\ufe0f\U0001f3fb-\U0001f3ff]")
_QUOTES = re.compile(r"(?<![a-z])'|'(?![a-z])")
_THANKS = re.compile("(謝謝|感謝|多謝)")
_PICTURES = re.compile("([\u2700-\u27bf\U0001f300-\U0001faff])")

Kind = Literal["yes", "no", "polite"]


@dataclass(frozen=True, slots=True)
class Yes:
    """The person agrees to what was offered under a code."""

    code: str


@dataclass(frozen=True, slots=True)
class No:
    """The person does not want what was offered; `code` is empty where several things were offered at once."""

    code: str = ""


@dataclass(frozen=True, slots=True)
class _Wordings:
    """The patterns of `consent.toml`."""

    offers: tuple[re.Pattern[str], ...]
    questions: re.Pattern[str]
    said: tuple[tuple[Kind, re.Pattern[str]], ...]


def read_reply(text: str, history: Sequence[Turn]) -> Yes | No | None:
    """What a reply means for what is offered; None where it is about something else, or asks something.

    A yes that names a code counts whenever it comes. One that names none counts only where the last answer is an
    offer of one thing, and a no only after an offer. A text with anything else in it is neither.
    """
    if len(text) > _LONGEST:
        return None
    folded = _TONES.sub("", fold(text)).replace("’", "'")
    codes, kinds = set(_CODE.findall(folded)), _kinds(_CODE.sub(" ", folded))
    if kinds is None or len(codes) > 1:
        return None
    offered = offered_codes(history[-1].answer) if history else ()
    named = next(iter(codes), "").upper()
    code = named or (offered[0] if len(offered) == 1 else "")
    answers = [kind for kind in kinds if kind != "polite"]
    if "no" in answers:
        is_no = answers[-1] == "no" and "yes" not in answers[answers.index("no") :]  # 「好，取消」, not 「不，好」
        return No(code) if is_no and (named or offered) else None
    return Yes(code) if code and (answers or named in offered) else None


def offered_codes(answer: str) -> tuple[str, ...]:
    """The codes of what an answer of ours offered, in its order."""
    found = (match for offer in _wordings().offers for match in offer.finditer(answer))
    codes = (match["code"] for match in sorted(found, key=lambda match: match.start()))
    return tuple(dict.fromkeys(code.upper() for code in codes if _CODE.fullmatch(code.lower())))


def _kinds(text: str) -> list[Kind] | None:
    """What the wordings are of which all of a text is made; None where it has anything else, or is a question."""
    wordings = _wordings()
    if wordings.questions.search(text):
        return None
    said = _QUOTES.sub(" ", _THANKS.sub(r" \1", _PICTURES.sub(r" \1 ", text)))
    said = _SIGNS.sub(" ", said).strip()
    kinds: list[Kind] = []
    place = 0
    while place < len(said):
        found = [(match.end(), kind) for kind, one in wordings.said if (match := one.match(said, place))]
        if not found:
            return None
        end, kind = max(found)
        kinds.append(kind)
        place = end + 1
    return kinds


@cache
def _wordings() -> _Wordings:
    data = tomllib.loads(resources.files(__package__).joinpath("consent.toml").read_text(encoding="utf-8"))
    kinds: tuple[Kind, ...] = ("yes", "no", "polite")
    return _Wordings(
        offers=tuple(re.compile(one, re.MULTILINE) for one in data["offers"]),
        questions=re.compile("|".join(f"(?:{one})" for one in data["questions"])),
        said=tuple((kind, re.compile(rf"(?:{one})(?= |$)")) for kind in kinds for one in data[kind]),
    )
