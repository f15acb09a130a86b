"""Language: Taiwan's Traditional Chinese for Chinese questions, English for English ones."""

import re
import tomllib
from functools import lru_cache
from importlib import resources

from opencc import OpenCC

from assistant.schema import Lang
from assistant.text import cjk_share, is_common
from assistant.verification.claim import Claim

_QUOTED = re.compile(r"「[^「」]*」|『[^『』]*』")
_LINK = re.compile(r"(?:https?://|www\.)[!-~]+")
_GUARD = re.compile(r"\(\?[^)]*\)")  # what must not stand beside a term
_MOST_CHINESE_IN_ENGLISH = 0.5
_LEAST_CHINESE_IN_CHINESE = 0.25
_USED_IN_TAIWAN = frozenset("涂庄昵栖洒洼炖熏瓮羡蝎蚝淀凄厘膻沄跖虮蒏蔂泞")  # surnames, place names, variants
_COMMON_BUT_SIMPLIFIED = frozenset("听")  # in Big5's first level for a word that nobody uses


def check_language(claim: Claim) -> str:
    """Drop a sentence in another language than the answer's, or a Chinese one in Simplified characters."""
    simplified = claim.lang == "zh-TW" and has_simplified(_QUOTED.sub("", claim.sentence))
    return "language" if simplified or wrong_language(claim.sentence, claim.lang) else ""


def wrong_language(sentence: str, lang: Lang) -> bool:
    """Whether a sentence is written in another language than the answer's."""
    if not any(character.isalpha() for character in sentence):
        return False
    share = cjk_share(_LINK.sub(" ", sentence))
    return share > _MOST_CHINESE_IN_ENGLISH if lang == "en" else share < _LEAST_CHINESE_IN_CHINESE


def to_taiwan_usage(sentence: str) -> str:
    """The sentence in Taiwan's characters and terms; what stands in 「」 is a quote and stays as it is.

    Characters are changed only where Simplified-only ones stand: converting text that is Traditional already damages
    verbatim copies (measured: exact answers .825 -> .808). Terms are those of `mainland_terms.toml` alone.
    """
    parts = _QUOTED.split(sentence)
    quotes = _QUOTED.findall(sentence)
    repaired = [_repaired(part) for part in parts]
    return "".join(part + quote for part, quote in zip(repaired, [*quotes, ""], strict=True))


def _repaired(text: str) -> str:
    text = _converter().convert(text) if has_simplified(text) else text
    for letters, pattern, ours in _mainland_terms():
        if letters in text:
            text = pattern.sub(ours, text)
    return text


@lru_cache(maxsize=1)
def _mainland_terms() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """Each term's letters, its pattern, and Taiwan's term; the longest first."""
    text = resources.files(__package__).joinpath("mainland_terms.toml").read_text(encoding="utf-8")
    terms = [
        (_GUARD.sub("", wording), re.compile(wording), ours) for wording, ours in tomllib.loads(text)["terms"].items()
    ]
    return tuple(sorted(terms, key=lambda term: -len(term[0])))


def has_simplified(text: str) -> bool:
    """Whether a text has Simplified characters: with a Traditional form, and not in common use in Taiwan."""
    return any(_is_simplified(character) for character in text)


@lru_cache(maxsize=20_000)
def _is_simplified(character: str) -> bool:
    if not "\u4e00" <= character <= "\u9fff" or character in _USED_IN_TAIWAN:
        return False
    if is_common(character) and character not in _COMMON_BUT_SIMPLIFIED:
        return False
    return bool(_to_traditional().convert(character) != character)


@lru_cache(maxsize=1)
def _to_traditional() -> OpenCC:
    return OpenCC("s2t")


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("s2twp")
