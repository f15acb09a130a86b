"""Days and hours as people say them, and when a document was had."""

from datetime import UTC, date, datetime, timedelta

import pytest

from assistant.schema import Lang
from assistant.tools.dates import day_words, had_at, hours_words, span_words
from tests.tools.asking import MONDAY, ZONE
from tests.tools.conftest import DemoCity


@pytest.mark.parametrize(
    ("day", "lang", "words"),
    [
        (date(2026, 11, 23), "zh-TW", "今天（11/23 週一）"),
        (date(2026, 11, 24), "en", "tomorrow (Tue 24 Nov)"),
        (date(2026, 11, 22), "zh-TW", "昨天（11/22 週日）"),
        (date(2026, 12, 5), "zh-TW", "12/5 週六"),
        (date(2026, 12, 5), "en", "Sat 5 Dec"),
    ],
)
def test_days_are_said_with_their_date(city: DemoCity, day: date, lang: Lang, words: str) -> None:
    """A word such as tomorrow never stands without the date it means."""
    assert day_words(day, city.request("weather", lang=lang)) == words


@pytest.mark.parametrize(
    ("begins", "hours", "words"),
    [(6, 12, "06:00–18:00"), (18, 12, "18:00–隔天 06:00"), (18, 6, "18:00–24:00"), (0, 24, "00:00–24:00")],
)
def test_hours_end_at_24_or_on_the_next_day(city: DemoCity, begins: int, hours: int, words: str) -> None:
    """Midnight is the end of the day; what lies beyond it is of the next one."""
    start = MONDAY.replace(hour=begins, minute=0)
    request = city.request("weather")
    assert hours_words(start, start + timedelta(hours=hours), request) == words
    assert span_words(start, start + timedelta(hours=hours), request) == f"今天（11/23 週一） {words}"


def test_hours_are_those_of_the_citys_zone(city: DemoCity) -> None:
    """A time that is published in UTC is said in local time."""
    start = datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert hours_words(start, start + timedelta(hours=2), city.request("weather")) == "18:00–20:00"


def test_a_document_is_as_old_as_it_has_been_kept(city: DemoCity) -> None:
    """What was had ten minutes ago is ten minutes old on the clock of the request; what is new is of now."""
    request = city.request("weather")
    assert had_at(request, datetime.now(UTC)) == MONDAY
    assert MONDAY - had_at(request, datetime.now(ZONE) - timedelta(minutes=10)) == timedelta(minutes=10)
    assert had_at(request, None) == MONDAY
