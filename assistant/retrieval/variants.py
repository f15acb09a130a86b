"""Variants: the other spellings of a question's own words, in simplified characters and in numerals."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from opencc import OpenCC

from assistant.numerals import ZH_DIGITS, chinese_numeral, numeral_value, scaled_number
from assistant.store import Term
from assistant.text import CJK, fold, keyword_tokens

_HAN = re.compile(f"[{CJK}]+")
_COUNTED = "歲年月日天元人個次期樓號週周時分秒公坪戶件張度"
_ONES = "〇零一二三四五六七八九十兩"
_NUMBER = re.compile(
    rf"\d[\d,]*(?:\.\d+)?(?:[千萬億](?![{ZH_DIGITS}]))?|[{_ONES}][{ZH_DIGITS}]+|[{_ONES}](?=[{_COUNTED}])"
)
_MOST = 10**8
_TEN_THOUSAND = 10_000
_SINGLE = 10  # up to here a Chinese numeral has one character
_ROC = range(60, 150)
_ROC_OFFSET = 1911


def spelled(tokens: Sequence[str]) -> list[Term]:
    """The terms of a question's tokens, each also in simplified and in Traditional characters."""
    return [Term(tuple(dict.fromkeys((form,) for form in (token, *_other_script(token))))) for token in tokens]


def numbers(question: str) -> Iterator[Term]:
    """For each number of a question its other spellings: 20歲 and 二十歲, 1000 and 1,000, 2萬 and 20000."""
    text = fold(question)
    for match in _NUMBER.finditer(text):
        value = _value(match[0])
        if value is None or not value.is_integer() or not 0 < value < _MOST or match[0] == "一":
            continue
        after = text[match.end() : match.end() + 1]
        written = {_wording(match[0]), _wording(match[0] + after)}
        others = [w for w in dict.fromkeys(map(_wording, _spellings(int(value), after))) if w not in written]
        if others:
            yield Term(tuple(others))


def _value(text: str) -> float | None:
    return scaled_number(text) if text[0].isascii() and not text[-1].isascii() else numeral_value(text)


def _spellings(value: int, after: str) -> Iterator[str]:
    """The spellings of a number, a Chinese one with what is counted: alone, 五 is too common to say anything."""
    yield str(value)
    yield f"{value:,}"
    if value % _TEN_THOUSAND == 0:
        yield f"{value // _TEN_THOUSAND}萬"
    counted = after if _HAN.fullmatch(after) else ""
    if counted or value > _SINGLE:
        yield chinese_numeral(value) + counted
    if after == "年" and value in _ROC:
        yield str(value + _ROC_OFFSET)
    if after == "年" and value - _ROC_OFFSET in _ROC:
        yield str(value - _ROC_OFFSET)


def _wording(text: str) -> tuple[str, ...]:
    return tuple(_pairs(keyword_tokens(text)))


def _pairs(tokens: Sequence[str]) -> Sequence[str]:
    """Without the single characters that a pair of characters holds already."""
    pairs = [token for token in tokens if len(token) > 1 or not _HAN.match(token)]
    single = [token for token in tokens if _HAN.match(token) and len(token) == 1]
    return pairs if any(_HAN.match(token) for token in pairs) or not single else tokens


@lru_cache(maxsize=50_000)
def _other_script(token: str) -> tuple[str, ...]:
    """A Chinese token in the characters of the other script, where they differ."""
    if not _HAN.fullmatch(token):
        return ()
    return tuple(fold(converter.convert(token)) for converter in _converters())


@lru_cache(maxsize=1)
def _converters() -> tuple[OpenCC, OpenCC]:
    return OpenCC("s2t"), OpenCC("t2s")
