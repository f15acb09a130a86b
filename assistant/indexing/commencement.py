"""When a rule comes into force by its own words: 自公布日施行, 自中華民國114年7月1日施行."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

from assistant.indexing.blocks import Block
from assistant.indexing.dates import find_dates

Start = date | Literal["promulgation", "at once", "unknown"]

_KINDS = "自治條例|自治規則|辦法|條例|規則|細則|準則|標準|要點|規程|綱要|規定|規範|原則|須知|注意事項|計畫|方案|法"
OWN_RULE = rf"本[^，。；：本自]{{0,8}}?(?:{_KINDS})"
_CLOSING_BLOCKS = 12
_FURTHEST_SUBJECT = 16  # characters before it: 第一百二十三條之一, 十二、
_PROMULGATED_WITHIN = timedelta(days=90)  # an act names the day of its third reading, weeks before promulgation

# In force on the third day, that of promulgation counted: 中央法規標準法第13條; for a city's rules 地方制度法第32條.
_FROM_PROMULGATION = timedelta(days=2)

_SUBJECT = re.compile(rf"{OWN_RULE}(?=[除自於修施實生之中前第，（(0-9一二三四五六七八九]|$)|但(?=中華民國|第)")
_BEGINS = re.compile(r"施行|實施|生效")
_ON_PROMULGATION = re.compile(
    r"(?:自|於)(?:訂定|修正)?(?:公布|發布|公告|頒布|下達|函頒|令頒)(?:之?日|當日)起?(?:施行|實施|生效)"
)
_AT_ONCE = re.compile(r"自?即日起?(?:施行|實施|生效)")
_AMENDED = re.compile(r"修正|增訂")
_PARTS = re.compile(r"除|但|其餘|第[^，。；]{1,80}[條點項款章]")
_ENGLISH = re.compile(  # the whole of a last article: a sentence beside it may make exceptions
    r"(?:\s*Article\s+\S+)?\s*(?:This|These|The)\s+[\w\s]{3,60}?\s(?:shall|will|comes?|takes?|becomes?|is|are)\b[\w\s]{0,60}?"
    r"\s(?:from|on|upon|as\s+of|since)\s+(?:the\s+)?(?:(?:date|day)\s+of\s+)?(?:its\s+|their\s+|the\s+)?"
    r"(?:promulgation|publication|announcement|issuance)\s*\.?\s*",
    re.IGNORECASE,
)
_ENGLISH_SPAN = re.compile(r"\b(?:after|years?|months?)\b", re.IGNORECASE)


def start_in(clause: str) -> Start:
    """What a clause without white space says of the start: a day, on promulgation, or something less clear."""
    if _PARTS.search(clause):
        return "unknown"
    if _ON_PROMULGATION.search(clause):
        return "promulgation"
    if _AT_ONCE.search(clause):
        return "at once"
    days = [day for day, _, _ in find_dates(clause)]
    return days[0] if len(days) == 1 else "unknown"


def day_of_start(start: Start, promulgated: date | None) -> date | None:
    """The day that a start means, where the rule was promulgated on a day; None where it is unknown."""
    if start == "promulgation":
        return promulgated and promulgated + _FROM_PROMULGATION
    if start == "at once":
        return promulgated
    return start if isinstance(start, date) else None


def speaks_of_start(clause: str) -> bool:
    """Whether a clause says when something comes into force."""
    return _BEGINS.search(clause) is not None


def commencement(
    blocks: Sequence[Block], promulgated: date | None, *, amended: bool, unsaid: date | None = None
) -> date | None:
    """The day on which a rule came into force by its last article or point; None where that is not clear.

    Args:
        blocks: the rule.
        promulgated: the day of its last enactment or amendment.
        amended: whether that may have been an amendment: an earlier day then says when the older text began.
        unsaid: the day where no clause speaks of it.
    """
    basic: list[Start] = []
    amending: list[Start | None] = []
    for clause in _closing_clauses(blocks):
        if _AMENDED.search(clause):
            amending.append(_start_of_amendment(clause, promulgated))
        else:
            basic.append(start_in(clause))
    if not basic and not amending:
        return unsaid
    chosen = {start for start in amending if start} or set(basic)
    start = chosen.pop() if len(chosen) == 1 else "unknown"
    if start in ("promulgation", "at once"):
        return day_of_start(start, promulgated)
    if not isinstance(start, date) or (amended and promulgated and start < promulgated):
        return None
    return start


def _start_of_amendment(clause: str, promulgated: date | None) -> Start | None:
    """What a clause says of the last amendment; None where it speaks of earlier ones only."""
    days = list(find_dates(clause))
    amendments = [found for found in days if re.match(r"修正|增訂|公布|發布", clause[found[2] :])]
    if promulgated and amendments and all(day < promulgated - _PROMULGATED_WITHIN for day, _, _ in amendments):
        return None
    if len(amendments) > 1:
        return "unknown"
    return start_in(clause[amendments[0][2] :] if amendments else clause)


def _closing_clauses(blocks: Sequence[Block]) -> Iterator[str]:
    closing = _closing(blocks)
    whole = "\n".join(block.text for block in closing)
    if _ENGLISH.fullmatch(whole) and not _ENGLISH_SPAN.search(whole):
        yield "自公布日施行"
    for block in closing:
        for sentence in re.split(r"(?<=。)|\n\s*\n", block.text):
            squeezed = "".join(sentence.split())
            own = _SUBJECT.search(squeezed)
            if own and own.start() <= _FURTHEST_SUBJECT:
                start = own.start() if own[0] == "但" else own.end()
                yield from (clause for clause in squeezed[start:].split("；") if speaks_of_start(clause))


def _closing(blocks: Sequence[Block]) -> Sequence[Block]:
    """The blocks of the last article, or the last ones of a rule without articles."""
    articles = [block.locator.article for block in blocks]
    last = next((article for article in reversed(articles) if article), None)
    if last is None:
        return blocks[-_CLOSING_BLOCKS:]
    end = len(articles) - articles[::-1].index(last)
    return blocks[articles.index(last) : end]
