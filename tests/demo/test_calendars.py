"""City events and the expo, read by the client of iCalendar."""

from datetime import timedelta

from assistant.feeds.icalendar_feed import Occasion, read_icalendar
from tests.demo.conftest import MONDAY, ZONE, DemoCity


def events(demo: DemoCity, name: str, days: int = 14) -> tuple[Occasion, ...]:
    source, until = demo.source("icalendar", f"/events/{name}.ics"), demo.scene.now + timedelta(days=days)
    parsed = demo.read(lambda fetcher: read_icalendar(fetcher, source, ZONE, demo.scene.now, until))
    assert parsed.skipped == 0
    return parsed.records


def test_events_have_place_time_and_both_languages(demo: DemoCity) -> None:
    """Two weeks hold some twenty events, each at a point, by day or evening, and labelled."""
    found = events(demo, "city")
    assert len(found) > 15
    assert {one.status for one in found} == {"CONFIRMED"}
    for one in found:
        assert one.place is not None
        assert 8 <= one.starts.hour < 22
        assert "｜" in one.summary
        assert "模擬" in one.description


def test_the_expo_has_sessions_in_the_week(demo: DemoCity) -> None:
    """From Thursday to Saturday, at the exhibition hall."""
    found = events(demo, "expo")
    assert {one.starts.weekday() for one in found} == {3, 4, 5}
    assert any("AI" in one.categories for one in found)


def test_the_storm_calls_off_what_is_outdoors(demo: DemoCity) -> None:
    """On a Saturday with a typhoon the market and the concert are cancelled, talks indoors of other days are not."""
    saturday = MONDAY + timedelta(days=5)
    found = events(demo.at(saturday.replace(hour=8), "typhoon"), "city", days=1)
    status = {one.summary.partition("｜")[0]: one.status for one in found}
    assert status["駁二週末市集"] == "CANCELLED"
    assert status["高美館典藏特展導覽"] == "CONFIRMED"
