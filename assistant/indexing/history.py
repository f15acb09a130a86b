"""The history of a rule: when it was enacted, amended and repealed, and by which letter."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Literal

from assistant.indexing.blocks import Block
from assistant.indexing.commencement import OWN_RULE, Start, day_of_start, speaks_of_start, start_in
from assistant.indexing.dates import find_dates, only

_ZONE_BLOCKS = 12
_LONGEST_START = 60  # characters of a line in which its date stands
_LONGEST_WITHOUT_LETTER = 30

_MARKER = re.compile(r"\s*(?:\d{1,3}\s*[.、．]|[（(]\s*\d{1,3}\s*[）)]|[一二三四五六七八九十]{1,3}\s*、)\s*")
_MAY_BEGIN_DATED = re.compile(r"\s*[（(]?\s*[0-9０-９〇○零一二三四五六七八九十百元中民西公]")
_CONTINUED = tuple("自至於及、，,；除迄以與")  # a line that ends so goes on in the next one
_LETTER = re.compile(r"[^，。；「]{0,80}?第[^，。；「]{1,40}號")
_ACT = re.compile(r"[^，。；]{0,40}?(?:令|函|公告|會銜|公布|發布|修正|訂定|廢止|核定|實施)")
_BARE = frozenset({"", "令", "函", "公告", "令公告"})
_CHANGES = re.compile(r"制定|訂定|修正|修訂|增訂|刪除|訂頒|函頒|函訂|訂立")
_START_ORDER = re.compile(r"(?:發布|公告|核定)(?!.*(?:修正|增訂)).*定自")
_PUBLISHES = re.compile(r"頒布|令頒|核定|下達|通過|公布|發布|公告|實施")
_REPEALS = re.compile(r"廢止|停止適用")
_TRANSFERS = re.compile(r"所列屬|權責事項")  # of duties to another office: the text stays as it was
_QUOTED = re.compile(r"[「『《](.+?)[」』》]")
_SENTENCE = re.compile(r"[，。：]")
_ARTICLES = re.compile(r"第[^，。；]{1,80}[條點]")
_OWN_REPEAL = re.compile(rf"{OWN_RULE}[業已經]*[自於]?D起?(?:廢止|停止適用|失效)[。.]?")
_ENGLISH_REPEAL = re.compile(r"\s*(?:\d{1,3}\s*\.\s*)?(?:Abolished|Repealed)\b(?P<rest>.{0,200})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class History:
    """What a history says.

    Attributes:
        promulgated: the day of the last enactment or amendment.
        effective: when that came into force: `unknown` where only parts did or nobody has said, None where the history
            leaves it to the rule itself.
        repealed: the day of its repeal.
        enactments: how many enactments and amendments there are.
    """

    promulgated: date | None = None
    effective: date | Literal["unknown"] | None = None
    repealed: date | None = None
    enactments: int = 0


@dataclass(frozen=True, slots=True)
class _Entry:
    """The day of an entry, and what was done then; text without white space and without the letter's number."""

    day: date
    text: str

    @property
    def kind(self) -> Literal["amendment", "repeal", "start", "transfer", "bare"]:
        """What was done: `start` sets the day for an earlier amendment, `transfer` leaves the rule as it is."""
        if _TRANSFERS.search(self.text):
            return "transfer"
        if _START_ORDER.search(self.text):
            return "start"
        if self.text in _BARE:
            return "bare"
        if _CHANGES.search(self.text):
            return "amendment"
        if _REPEALS.search(self.text) and not _ARTICLES.search(self.text):
            return "repeal"
        return "start" if speaks_of_start(self.text) and list(find_dates(self.text)) else "amendment"


def read_history(blocks: Sequence[Block], title: str) -> History:
    """The history at the top or end of a document, or under a heading 沿革; empty without one."""
    entries = _entries(blocks, title)
    amendments = [entry for entry in entries if entry.kind == "amendment"] or [
        entry for entry in entries if entry.kind == "bare"
    ]
    last = max((entry.day for entry in amendments), default=None)
    repeals = [_repeal_day(entry) for entry in entries if entry.kind == "repeal" and entry.day >= (last or entry.day)]
    starts = {_start(entry, _orders_after(entry, entries)) for entry in amendments if entry.day == last}
    start: Start | None = starts.pop() if len(starts) == 1 else "unknown" if starts else None
    repealed = max(repeals, default=None)
    if start == "unknown":
        return History(last, "unknown", repealed, len(amendments))
    return History(last, day_of_start(start, last) if start else None, repealed, len(amendments))


def own_repeal(blocks: Sequence[Block]) -> date | None:
    """The day of a line that says nothing but that this rule is repealed (本要點自114年7月1日起停止適用)."""
    for block in blocks:
        squeezed = "".join(block.text.split()) if len(block.text) <= 2 * _LONGEST_START else ""
        for day, start, end in find_dates(squeezed):
            if _OWN_REPEAL.fullmatch(f"{squeezed[:start]}D{squeezed[end:]}"):
                return day
    return None


def _orders_after(amendment: _Entry, entries: Sequence[_Entry]) -> list[str]:
    """What was ordered for an amendment stands between it and the next one."""
    following = entries[entries.index(amendment) + 1 :]
    return [
        entry.text for entry in takewhile(lambda entry: entry.kind != "amendment", following) if entry.kind == "start"
    ]


def _start(amendment: _Entry, orders: Sequence[str]) -> Start | None:
    clause = next((part for part in re.split(r"[；。]", amendment.text) if speaks_of_start(part)), "")
    if not clause:
        return start_in(orders[0]) if len(orders) == 1 else None
    if "其餘" in amendment.text or "但" in amendment.text:
        return "unknown"
    start = start_in(clause.removeprefix("並"))
    if start == "unknown" and len(orders) == 1 and not list(find_dates(clause)):
        return start_in(orders[0])
    return start


def _repeal_day(entry: _Entry) -> date:
    named = re.search(r"自(.+?)起?(?:廢止|停止適用)", entry.text)
    return next((day for day, _, _ in find_dates(named[1])), entry.day) if named else entry.day


def _entries(blocks: Sequence[Block], title: str) -> list[_Entry]:
    """The entries of a document that has a history where one stands: other dated lines are news or references."""
    found = [(index, entry) for index, block in enumerate(blocks) for entry in _block_entries(block, title)]
    near = any(
        index < _ZONE_BLOCKS or index >= len(blocks) - _ZONE_BLOCKS or "沿革" in (blocks[index].locator.section or "")
        for index, _ in found
    )
    return [entry for _, entry in found] if near else []


def _block_entries(block: Block, title: str) -> Iterator[_Entry]:
    if block.kind == "row":
        return
    for line in block.text.split("\n"):
        english = _ENGLISH_REPEAL.fullmatch(line)
        if english and (repealed := only(day for day, _, _ in find_dates(english["rest"]))):
            yield _Entry(repealed, "廢止")
    for line in _logical_lines(block.text):
        for day, text in _split(line):
            letter = _LETTER.match(text)
            if _is_of_this_rule(text, letter, title):
                yield _Entry(day, text[letter.end() :] if letter else text)


def _is_of_this_rule(text: str, letter: re.Match[str] | None, title: str) -> bool:
    """Whether what follows a date tells how this rule was made, and is no news and nothing of another rule."""
    if not any(verb.search(text) for verb in (_CHANGES, _PUBLISHES, _REPEALS)):
        return False
    if _TRANSFERS.search(text):
        return True
    if any(name not in title and title not in name for name in _QUOTED.findall(text)):
        return False
    if letter:
        return _ACT.match(text, letter.end()) is not None
    return len(text) <= _LONGEST_WITHOUT_LETTER and not _SENTENCE.search(text)


def _logical_lines(text: str) -> list[str]:
    """The dated lines of a text, each with the lines that continue it, without number and white space."""
    lines: list[str] = []
    for line in text.split("\n"):
        squeezed = "".join(line.split())
        dated = _from_date(line)
        if lines and (not dated or lines[-1].endswith(_CONTINUED)):
            lines[-1] += squeezed
        elif dated:
            lines.append("".join(dated.split()))
    return lines


def _from_date(line: str) -> str:
    """A line without the number before its date; empty where no date begins it."""
    if not _MAY_BEGIN_DATED.match(line):
        return ""
    marker = _MARKER.match(line)
    for start in (0, marker.end() if marker else 0):
        rest = line[start:].lstrip()
        first = next(find_dates(rest[:_LONGEST_START]), None)
        if first and first[1] == 0:
            return rest
    return ""


def _split(line: str) -> Iterator[tuple[date, str]]:
    """The entries of a line that begins with a date; each further one has a letter's number after its date."""
    dates = list(find_dates(line))
    if not dates or dates[0][1] != 0:
        return
    starts = dates[:1] + [
        found for found in dates[1:] if _LETTER.match(line, found[2]) and not line[: found[1]].endswith(_CONTINUED)
    ]
    stops = [start for _, start, _ in starts[1:]] + [len(line)]
    for (day, _, end), stop in zip(starts, stops, strict=True):
        yield day, line[end:stop]
