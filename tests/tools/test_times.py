"""Days and times are said in both languages so that people can say them back."""

from datetime import UTC, date, datetime, timedelta

import pytest

from assistant.moments import named_moment
from assistant.schema import Lang
from assistant.services import Service
from assistant.tools import Arguments, Request
from assistant.tools.times import (
    asked_at,
    day_said,
    last_step,
    length_said,
    near_day_said,
    next_step,
    span_said,
    time_said,
)
from tests.tools.asking import MONDAY

TITLE: dict[Lang, str] = {"zh-TW": "服務", "en": "Service"}
SERVICE = Service("any", "public", False, TITLE, TITLE, {}, {})


def request(words: str = "", lang: Lang = "zh-TW") -> Request:
    return Request(SERVICE, Arguments(moment=named_moment(words, MONDAY)), lang, MONDAY)


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
@pytest.mark.parametrize("hours", [1, 20, 200, 2000])
def test_a_time_that_is_said_is_understood_when_it_is_said_back(lang: Lang, hours: int) -> None:
    """What a choice offers is the same moment when a person picks it."""
    at = (MONDAY + timedelta(hours=hours)).replace(minute=20)
    moment = named_moment(time_said(at, request(lang=lang)), MONDAY)
    assert moment is not None
    assert moment.begins == at


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        ("明天早上", "明天 11/24（二）06:00–12:00", "tomorrow (Tue 24 Nov) 06:00–12:00"),
        ("今天", "今天 11/23（一）", "today (Mon 23 Nov)"),
        ("明早八點", "11/24（二）08:00", "Tue 24 Nov 08:00"),
        ("下禮拜", "11/30（一）–12/6（日）", "Mon 30 Nov–Sun 6 Dec"),
        ("今晚", "今天 11/23（一）18:00–24:00", "today (Mon 23 Nov) 18:00–24:00"),
        ("越快越好", "", ""),
    ],
)
def test_a_span_is_said_as_it_was_named(words: str, zh: str, en: str) -> None:
    """Days are said as days, hours as hours, and nothing where nothing was named."""
    assert (span_said(request(words)), span_said(request(words, "en"))) == (zh, en)


def test_days_and_lengths_are_said_in_words() -> None:
    """A length is said in the largest whole unit, and one of it in the singular."""
    assert day_said(date(2026, 12, 6), "zh-TW") == "12/6（日）"
    assert near_day_said(date(2026, 11, 25), request(lang="en")) == "Wed 25 Nov"
    assert [length_said(seconds, "en") for seconds in (60, 3900, 3600, 86_400)] == [
        "1 minute",
        "65 minutes",
        "1 hour",
        "1 day",
    ]


def test_steps_of_five_minutes() -> None:
    """The next step is not before a time, the last one not after it, and a step is both."""
    odd = MONDAY.replace(minute=31, second=5)
    assert (next_step(odd).minute, last_step(odd).minute) == (35, 30)
    assert next_step(MONDAY) == last_step(MONDAY) == MONDAY


def test_what_was_fetched_lies_as_far_back_as_it_really_does() -> None:
    """The age is counted on the machine's clock and said on that of the request."""
    found = asked_at(request(), datetime.now(UTC) - timedelta(minutes=5))
    assert found is not None
    assert timedelta(minutes=5) <= MONDAY - found < timedelta(minutes=6)
    assert asked_at(request(), None) is None
