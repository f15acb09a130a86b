"""Birth dates: a day that is said to be one, in either calendar."""

import re
from collections.abc import Iterator

from assistant.privacy.base import LABELLED, LIKELY, Span
from assistant.privacy.folding import Folded
from assistant.privacy.kinds import Kind

_N = r"[\d〇零一二三四五六七八九十百]"
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_ERA = r"(?:(?:民國|西元|民|R\.?O\.?C\.?)\s?)?"
_DATE = (
    rf"{_ERA}{_N}{{1,5}}\s?年\s?{_N}{{1,3}}\s?月\s?{_N}{{1,3}}\s?[日號]?"
    rf"|{_ERA}\d{{2,4}}\s?[./-]\s?\d{{1,2}}\s?[./-]\s?\d{{1,2}}|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH},? \d{{4}}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
)
_LABEL = r"生日|出生(?:年月日|日期|日)?|誕生日|birthday|birth ?date|date of birth|\bD\.?O\.?B\.?|\bborn(?: on)?"
_JOIN = r"(?:\s|[:=(,，]|是|為|在|於|我是|國曆|西元|\bis\b|\bwas\b|\bon\b|\(西元\))*"
_AFTER_LABEL = re.compile(rf"(?:{_LABEL}){_JOIN}(?P<date>{_DATE}|\d{{6,8}})(?!\d)", re.IGNORECASE | re.ASCII)
_BEFORE_BORN = re.compile(
    rf"(?<![\d〇零一二三四五六七八九十百至到~迄-])(?P<date>{_DATE})\s?(?:出生(?![率登數證人地統])|誕生|生(?![效產活育態前後]|日[禮當優卡月]))",
    re.IGNORECASE,
)
_IS_RULE = re.compile(
    r"\s*(?:\(?含\)?)?\s*(?:以後|以前|之後|之前|起|前|後|至|到|or (?:later|after|before)|and (?:later|after))"
)


def find_birth_dates(folded: Folded) -> Iterator[Span]:
    """Days after "born" and its like, or before 出生; the first or last day of a rule is left out."""
    for pattern, score in ((_AFTER_LABEL, LABELLED), (_BEFORE_BORN, LIKELY)):
        for match in pattern.finditer(folded.plain):
            if not _IS_RULE.match(folded.text, match.end("date")):
                yield Span(match.start("date"), match.end("date"), Kind.BIRTH_DATE, score)
