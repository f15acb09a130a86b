"""Announcements that offices and schools close or open, read from the words in which Taiwan's offices write them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from assistant.feeds.cap import Alert, AlertInfo
from assistant.moments import Moment, find_moments
from assistant.moments.days import find_days
from assistant.text import fold
from assistant.tools.alert_areas import areas_of, is_whole_city
from assistant.tools.base import Desk, Request
from assistant.tools.texts import quoted
from assistant.tools.whereabouts import city_stems, districts_named

_SENTENCE = re.compile(r"[。；;！!\n\r]+")
_CLAUSE = re.compile(r"[，,]")
_TAG = re.compile(r"^\s*(?:\[[^\]]*\]|【[^】]*】)\s*")
_TITLE = re.compile(r"停班(?:停課)?(?:通知|公告|訊息|資訊|消息|情形|作業)")  # what it is called, not what it says
_GOES_ON = r"(?:照常|正常|恢復|未達停止)"
_WORK_ON = re.compile(rf"{_GOES_ON}(?:上課[、及和]?)?上班")
_SCHOOL_ON = re.compile(rf"{_GOES_ON}(?:上班[、及和]?)?上課")
_WORK_OFF = re.compile(r"停止(?:上課[、及和]?)?上班|停班")
_SCHOOL_OFF = re.compile(r"停止(?:上班[、及和]?)?上課|停課")
_DOUBTFUL = re.compile(r"[不無若]停|是否|可能|預計|研議|考慮|取消|撤銷|原訂|如果|倘|若")
_NO_NEWS = re.compile(r"尚未(?:宣布|公布|發布)|未列入警戒")
_REST = re.compile(r"其他|其餘|其它")
_SUBJECT = re.compile(r"^([^:：]{0,59}[^:：\d])[:：]")
_SMALLER = re.compile(r"(?:里|村|鄰|部落|國小|國中|高中|高職|小學|中學|大學|幼兒園)$")
_BETWEEN = re.compile(r"[\s、,，及和與()（）:：]+")
_LONGEST, _FARTHEST = timedelta(days=14), timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Statement:
    """That work or school is suspended, or goes on, somewhere in the city for some days.

    Attributes:
        districts: in Chinese; none for the whole city.
        part: a smaller area than its districts, such as a village or a school, as published; mostly empty.
        rest: whether it holds for all of the city that no other statement of the same announcement names.
        moment: the day or days, and the hours where a part of the day is meant.
        work, school: True where suspended, False where it goes on, None where nothing is said.
        quote: the sentence as published.
    """

    districts: tuple[str, ...]
    part: str
    rest: bool
    moment: Moment
    work: bool | None
    school: bool | None
    sent: datetime
    quote: str

    def is_on(self, day: date) -> bool:
        """Whether it speaks of a day."""
        return self.moment.first <= day <= self.moment.last

    @property
    def whole_city(self) -> bool:
        """Whether it speaks of the whole city, or of all of it that is not told apart."""
        return not self.districts and not self.part

    def concerns(self, district: str) -> bool:
        """Whether it holds in a district, or in a part of it."""
        return self.whole_city or district in self.districts


@dataclass(frozen=True, slots=True)
class Announcements:
    """What the announcements for the city say; `unread` are headlines of those whose meaning is not clear."""

    statements: tuple[Statement, ...]
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a clause takes over from the one before it: where and when."""

    districts: tuple[str, ...]
    part: str
    moment: Moment | None


def announcements_of(alerts: Sequence[Alert], request: Request, desk: Desk) -> Announcements:
    """The statements of announcements that stand, the newest announcement first.

    Days such as 明天 count from when the announcement was sent; one that names no day is for the days from its
    beginning to its end.
    """
    statements: list[Statement] = []
    unread: list[str] = []
    for alert in alerts:
        infos = [info for info in alert.infos_in("zh-TW") if areas_of(info, request, desk)]
        found = [statement for info in infos for statement in _of_info(alert, info, request, desk)]
        statements += found
        silent = any(_NO_NEWS.search(fold(info.description + info.headline)) for info in infos)
        if infos and not found and not silent:
            unread.append(quoted(infos[0].headline or infos[0].description, 80))
    return Announcements(tuple(statements), tuple(unread))


def _of_info(alert: Alert, info: AlertInfo, request: Request, desk: Desk) -> list[Statement]:
    """What the description says, or the headline where the description says nothing."""
    for text in (info.description, info.headline):
        sentences = (_TAG.sub("", sentence).strip() for sentence in _SENTENCE.split(_TITLE.sub("", text)))
        found = [one for sentence in sentences for one in _of_sentence(sentence, alert, info, request, desk)]
        if found:
            return found
    return []


def _of_sentence(sentence: str, alert: Alert, info: AlertInfo, request: Request, desk: Desk) -> list[Statement]:
    """The statements of a sentence; a clause without a place or a time has those of the one before."""
    if _is_elsewhere(fold(sentence), desk):
        return []
    sent = alert.sent.astimezone(desk.city.timezone)
    found: list[Statement] = []
    scope = _Scope(*_where(sentence, info, request, desk, sent), None)
    for clause, work, school in _clauses(sentence):
        districts = districts_named(clause, desk.gazetteer)
        rest = not districts and bool(_REST.search(clause))
        scope = _Scope(
            districts if districts or rest else scope.districts,
            "" if (districts and found) or rest else scope.part,
            _moment(clause, sent, scope.moment),
        )
        moment = scope.moment or _valid_days(info, sent, desk.city.timezone)
        new = Statement(scope.districts, scope.part, rest, moment, work, school, alert.sent, quoted(sentence))
        joined = _joined(found[-1], new) if found else None
        found[-1:] = [joined] if joined else [*found[-1:], new]
    return [one for one in found if one.moment.last - one.moment.first <= _LONGEST]


def _clauses(sentence: str) -> Iterator[tuple[str, bool | None, bool | None]]:
    """The clauses that say whether work or school is suspended; what comes before the first belongs to it."""
    before = ""
    for clause in _CLAUSE.split(sentence):
        folded = fold(before + clause)
        work, school = _state(folded, _WORK_ON, _WORK_OFF), _state(folded, _SCHOOL_ON, _SCHOOL_OFF)
        if work is None and school is None:
            before += clause + "，"
            continue
        if not _DOUBTFUL.search(folded):
            yield before + clause, work, school
        before = ""


def _state(folded: str, on: re.Pattern[str], off: re.Pattern[str]) -> bool | None:
    if on.search(folded):
        return False
    return True if off.search(folded) else None


def _joined(before: Statement, after: Statement) -> Statement | None:
    """Two clauses as one statement where they are of the same place and time: 停止上班，停止上課."""
    alike = replace(after, work=before.work, school=before.school) == before
    work = [one for one in (before.work, after.work) if one is not None]
    school = [one for one in (before.school, after.school) if one is not None]
    if not alike or len(work) > 1 or len(school) > 1:
        return None
    return replace(before, work=next(iter(work), None), school=next(iter(school), None))


def _moment(clause: str, sent: datetime, before: Moment | None) -> Moment | None:
    """The time of a clause; hours without a day are those of the day before them."""
    found = next(iter(reversed(_moments(clause, sent))), None)
    if found is None or before is None or any(True for _ in find_days(fold(clause), sent.date())):
        return found or before
    days = before.first - found.first
    return replace(
        found,
        first=found.first + days,
        last=found.last + days,
        begins=found.begins + days if found.begins else None,
        ends=found.ends + days if found.ends else None,
    )


def _moments(text: str, sent: datetime) -> list[Moment]:
    """The times that a text names; none where one lies beyond the calendar."""
    try:
        return [one for one in find_moments(text, sent) if abs(one.first - sent.date()) <= _FARTHEST]
    except OverflowError:
        return []


def _is_elsewhere(folded: str, desk: Desk) -> bool:
    """Whether a sentence is about another county."""
    ours = any(stem in folded for stem in city_stems(desk))
    return not ours and any(fold(name) in folded for name in desk.city.elsewhere)


def _where(sentence: str, info: AlertInfo, request: Request, desk: Desk, sent: datetime) -> tuple[tuple[str, ...], str]:
    """The districts and the smaller area of a sentence's subject, else of the alert's areas."""
    areas = areas_of(info, request, desk)
    found = _SUBJECT.match(sentence)
    subject = found[1] if found else re.split(r"停|照常|正常|未達|已達", sentence, maxsplit=1)[0]
    named = districts_named(subject, desk.gazetteer)
    whole = any(is_whole_city(area, request, desk) for area in areas)
    if not named and not whole:
        described = " ".join(area.description for area in areas)
        named = districts_named(described, desk.gazetteer)
    part = _left(subject, desk, named, sent)
    part = part if found or _SMALLER.search(part) else ""
    smaller = [area for area in areas if any("-" in code for _, code in area.geocodes)]
    if not part and smaller and len(smaller) == len(areas):  # codes of villages have a hyphen
        part = _left(smaller[0].description, desk, named, sent) or quoted(smaller[0].description, 40)
    return named, part


def _left(subject: str, desk: Desk, districts: Sequence[str], sent: datetime) -> str:
    """What a subject names beyond the city, its districts and the time: a village, a school."""
    rest = fold(subject)
    for moment in reversed(_moments(rest, sent)):
        rest = rest[: moment.start] + " " + rest[moment.end :]
    for name in (*desk.city.name.values(), *districts):
        rest = rest.replace(fold(name), " ")
    return "" if _REST.search(rest) else quoted(" ".join(_BETWEEN.sub(" ", rest).split()), 40)


def _valid_days(info: AlertInfo, sent: datetime, zone: tzinfo) -> Moment:
    """The days for which an alert is valid, where its words name none."""
    first = (info.onset or info.effective or sent).astimezone(zone)
    last = (info.expires or first).astimezone(zone)
    if last > first:
        last -= timedelta(seconds=1)  # an end at midnight belongs to the day before
    return Moment(first.date(), max(first.date(), last.date()), 0, 0)
