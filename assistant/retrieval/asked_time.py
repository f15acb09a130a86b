"""The time for which a question asks the rule, where that is not the present."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from assistant.retrieval.named_times import NamedTime, named_times, plain

_RULE = (
    "規定|規則|規範|辦法|法規|法令|法律|條文|標準|制度|版本?|公告|資格|條件|限制"
    "|票價|價[格錢]|費[率用]|收費|稅率|利率|金額|額度|罰[款鍰則]"
)
_PRESENT = re.compile(
    r"現在|目前|如今|現行|今[天日年]|\b(?:now|currently|today|nowadays|this year|at present|at the moment)\b"
)
_COMPARES = re.compile(r"不同|不一樣|一樣|差別|差異|差在|差多少|相比|比較|\b(?:differ\w*|compared?|than)\b")
_CLAUSE = re.compile(r"[,，。.;；:：!！?？、\n]")
_SENTENCE = re.compile(r"[。!！?？\n]|\.(?!\d)")
_ASKS = re.compile(
    r"多少|幾|嗎|呢|什麼|甚麼|哪|怎|誰|能不能|可不可以|是不是|有沒有|會不會|要不要|需不需要|如何|何|為何|的話"
)

# What a year may tell of besides the rule: when a person was born, when a law was made.
_OF_BIRTH_OR_LAW = re.compile(
    r"\s*(?:\([^)]*\)\s*)?(?:以?[前後]|之[前後])?\s*"
    r"(?:次|出生|生(?=[的,，。、?？\s]|$)|公[布佈]|頒[布佈]|制定|訂定|立法|通過的)"
)
_BORN = re.compile(r"\b(?:born|birth(?:day|date)?|act|law)\s+(?:(?:on|in|of|before|after|between|and)\s+)?(?:the\s+)?$")

_OPEN_START = re.compile(r"\s*(?:\([^)]*\)\s*)?(?:起|開始|以來|之?後|以後|至今|迄今|到現在|到今)")
_SINCE = re.compile(r"(?:\b(?:since|after|starting|as of|effective|from)|自從?|從)\s*(?:in |on |the )*$")
_SINCE_WORDED = re.compile(r"^(?:since|after|from)\b")
_CLOSED_END = re.compile(r"\s*(?:以前|之前|前(?![往來面鎮金半後幾數\d一二三四五六七八九十]))")
_BEFORE = re.compile(r"\b(?:before|prior to|until|till|up to|by)\s*(?:the )?$")
_UP_TO = re.compile(r"^(?:until|till|by)\b|\b(?:until|till|up to|by)\s*(?:the )?$")
_BEFORE_WORDED = re.compile(r"^(?:before|until|till|by)\b")
_JOINS = re.compile(r"\s*(?:到|至|~|-|–|—|to|until|through)\s*$")

_AT_THAT_MOMENT = re.compile(
    rf"\s*(?:的|,|，)?\s*(?:時候?(?![間段刻])|當時|當[天日年]|那時|那[年天]|間|期間|[^,，。?？]{{0,4}}(?:{_RULE}))"
)
_LATER_MOMENT = re.compile(r"^[^,，。;；?？]{1,20}時(?:候|[,，]|$)")
_THEN = re.compile(r"當時|那時|當年|那年|\b(?:back (?:then|in)|at (?:that|the) time|as of)\b")
_PAST_TENSE = re.compile(r"\b(?:was|were|did|had|could)\b")
_PRESENT_TENSE = re.compile(r"\b(?:is|are|am|do|does|can|will|may|must|should|has|have)\b")
_IS_QUESTION = re.compile(r"\?$|^\s*(?:was|were|did|had|could)\b|\b(?:how|what|when|where|which|who|whose|why)\b")
_HAVE = re.compile(r"\b(did|could|had)\b(.*?)\bhave\b")
_STARTS = re.compile(r"\s*(?:\([^)]*\)\s*)?(?:起|開始|的?時候?(?![間段刻])|之?後|以後)")

_CHANGE = "修正|修法|改版|改制|調整|調漲|調升|調降|漲價|降價|變更規定|改規定"
_OLD_RULE = re.compile(
    rf"舊(?:的|版)?的?(?:{_RULE})|(?:以前|過去|之前|從前|先前|早期|當初|原[本來先])的(?:[^,，。?？]{{0,6}})(?:{_RULE})"
    rf"|(?:{_CHANGE}|改)(?:以|之)前(?![要應須先得需])|(?:{_CHANGE})前(?![要應須先得需往])"
    r"|\b(?:old|previous|former|earlier|prior)\s+(?:rule|regulation|policy|fare|fee|rate|requirement|limit|version)s?\b"
    r"|\bbefore\s+(?:(?:the|this|that|these|any)\s+)?(?:(?:latest|last|new|recent|rule|price|fare)\s+)?"
    r"(?:changes?|amendments?|reforms?|revisions?|update|increase|rules?)\b(?!\s+(?:of|to|in)\b)"
    r"|\bbefore\s+(?:it|they|this|that|the\s+\w+(?:\s+\w+)?)\s+(?:was\s+|were\s+|got\s+)?(?:changed|amended|revised|updated)\b"
)
_ONCE = re.compile(
    r"(?:^|[,，。;；:：!！?？、\s]|[跟和與比像從])(?:以前|從前|早期|(?:之前|先前)(?![^,，。?？]{1,8}的)"
    r"|過去(?=[^\d幾一二三四五六七八九十數這的拿領]))(?!\s*\d|年度|的?[年月日])"
    r"|(?<=[^\s\d號日天月年歲點時候週期底初末學前後,，。?？])以前(?![要應須必得需辦申繳完送交提報到年])"
    r"|原本(?:是|有|能|可以)|原[來先](?:是|有|要|只|就|不|能|可以)"
    r"|舊[制法]|新(?:制|規定|法|版|辦法)[^,，。?？]{0,6}(?:以|之)?前(?!往)"
)
_ONCE_ENGLISH = re.compile(
    r"(?<!\bbe )(?<!\bis )(?<!\bare )(?<!\bget )(?<!\bgetting )(?<!\bam )\bused? to "
    r"(?:be|cost|have|need|allow|charge|require)\b"
    r"|(?<!\bi )(?<!\bwe )(?<!\bhave )\b(?:previously|formerly|originally)\b"
    r"|\bin the past\b(?!\s+(?:\w+\s+)?(?:year|month|week))|\bback then\b|\btrước đây\b|\bdulu\b"
)
_OWN_PAST = re.compile(r"[我咱俺]|家人|爸|媽|[過了]")


@dataclass(frozen=True, slots=True)
class AskedTime:
    """A time other than today for which a question asks.

    `day` stands for the time named: the last day of a past one, the first of a future one; None where only "formerly"
    is said. `certain` tells whether the rule of that time is asked for; else the time may be that of some event, and
    today's rule is wanted as well. `said` is the wording it was taken from.
    """

    kind: Literal["past", "future"]
    day: date | None
    certain: bool
    said: str


def asked_day(question: str, today: date) -> AskedTime | None:
    """The time other than today for which a question asks, from its wording alone; None means today.

    A time that holds today, or lasts until today (自113年起, since 2024), means today. A past one stands for its last
    day, since the rule in force then is the one that the time ended with; a future one for its first day, from which
    on it is known what will hold. `before July 2025` is the day before. A deadline in the future
    (2027年3月1日以前申請), a year of birth and the year of a law say nothing on the day asked for.

    That a year is named does not yet mean that the rule of that year is asked for: 我2024年申請的補助現在怎麼領. It is
    certain only where the wording says so: 的時候, 時, 當時, a word for rule or price right after the time, 起 after
    a future one, a question in the past tense. Beside 現在 or `now` a past time is what led to the present question,
    unless the two are compared. 以前, 修正前 and `used to` without a time ask for the version before the present one,
    where the clause asks about the rule and not about what a person did (以前辦過).
    """
    text = plain(question)
    times = [time for time in _joined(named_times(text, today), text) if not _is_of_birth_or_law(text, time)]
    elsewhere = [asked for time in times if (asked := _asked(text, time, today))]
    if not elsewhere:
        return _formerly(text) if not times or _COMPARES.search(text) else None
    past = [asked for asked in elsewhere if asked.kind == "past"]
    if past and _is_of_today(text) and not (_COMPARES.search(text) or _THEN.search(text)):
        return None
    chosen = (past or elsewhere)[0]
    if len({asked.day for asked in elsewhere}) > 1 or len(times) > len(elsewhere):
        return AskedTime(chosen.kind, chosen.day, certain=False, said=chosen.said)
    return chosen


def _joined(times: list[NamedTime], text: str) -> list[NamedTime]:
    """Times with `from ... to ...` made one."""
    joined: list[NamedTime] = []
    for time in times:
        before = joined[-1] if joined else None
        if before and before.last < time.last and _JOINS.fullmatch(text, before.end, time.start + _joint(text, time)):
            joined[-1] = NamedTime(before.first, time.last, before.start, time.end, closed=True)
        else:
            joined.append(time)
    return joined


def _joint(text: str, time: NamedTime) -> int:
    """How much of a time's own wording is the word that joins it to the one before."""
    match = re.match(r"(?:to|until|through)\b", text[time.start : time.end])
    return match.end() if match else 0


def _is_of_birth_or_law(text: str, time: NamedTime) -> bool:
    return bool(_OF_BIRTH_OR_LAW.match(text, time.end) or _BORN.search(_with_preposition(text, time)))


def _with_preposition(text: str, time: NamedTime) -> str:
    """The text before a time, with the preposition that the time was recognised by."""
    own = re.match(r"(?:in|of|before|after|since|by|between|and)\s+", text[time.start : time.end])
    return text[: time.start + (own.end() if own else 0)]


def _asked(text: str, time: NamedTime, today: date) -> AskedTime | None:
    """What a named time asks for; None where it is, or lasts until, today."""
    own, before = text[time.start : time.end], text[: time.start]
    since = not time.closed and bool(
        _OPEN_START.match(text, time.end) or _SINCE.search(before) or _SINCE_WORDED.match(own)
    )
    until = bool(_CLOSED_END.match(text, time.end) or _BEFORE.search(before) or _BEFORE_WORDED.match(own))
    if time.holds(today) or (since and time.last < today) or (until and time.first > today):
        return None
    if time.first > today:
        certain = bool(_STARTS.match(text, time.end) or _SINCE.search(before) or own.startswith("from "))
        return AskedTime("future", time.first, certain and not _is_of_today(text), own)
    day = time.last if not until or _UP_TO.search(before) or _UP_TO.search(own) else time.first - timedelta(days=1)
    return AskedTime("past", day, _is_certain(text, time), own)


def _is_certain(text: str, time: NamedTime) -> bool:
    """Whether the wording asks for the rule of that past time."""
    if _is_of_today(text):
        return False
    after = text[time.end :]
    if _AT_THAT_MOMENT.match(after) or _LATER_MOMENT.match(after) or _THEN.search(text):
        return True
    return _is_past_tense(_sentence_around(text, time))


def _is_past_tense(sentence: str) -> bool:
    """Whether a sentence is an English question, and in the past tense throughout."""
    past = _IS_QUESTION.search(sentence) and _PAST_TENSE.search(sentence)
    return bool(past) and not _PRESENT_TENSE.search(_HAVE.sub(r"\1\2", sentence))


def _is_of_today(text: str) -> bool:
    return _PRESENT.search(text) is not None


def _formerly(text: str) -> AskedTime | None:
    """What 以前, 修正前 or `used to` ask for, where nothing says when."""
    old = _OLD_RULE.search(text)
    if old:
        return AskedTime("past", None, not _is_of_today(text) and not _COMPARES.search(text), old[0].strip())
    once = next((match for match in _ONCE.finditer(text) if _is_on_rules(text, match)), _ONCE_ENGLISH.search(text))
    if once is None or (_is_of_today(text) and not _COMPARES.search(text)):
        return None
    return AskedTime("past", None, certain=False, said=once[0].strip(" ,，。;；:：!！?？、"))


def _is_on_rules(text: str, once: re.Match[str]) -> bool:
    """Whether the clause of 以前 asks something, and not on what a person did."""
    ends = [match.start() for match in _CLAUSE.finditer(text, once.end())]
    starts = [match.end() for match in _CLAUSE.finditer(text, 0, once.start() + 1)]
    clause = text[max(starts, default=0) : min(ends, default=len(text))]
    return bool(_ASKS.search(clause)) and not _OWN_PAST.search(clause)


def _sentence_around(text: str, time: NamedTime) -> str:
    starts = [match.end() for match in _SENTENCE.finditer(text, 0, time.start)]
    ends = [match.end() for match in _SENTENCE.finditer(text, time.end)]
    return text[max(starts, default=0) : min(ends, default=len(text))]
