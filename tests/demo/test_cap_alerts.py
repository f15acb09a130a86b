"""Public alerts, read by the client of CAP through their index."""

from assistant.feeds.cap import Alert, current_alerts, read_cap
from tests.demo.conftest import MONDAY, ZONE, DemoCity


def alerts(demo: DemoCity, path: str = "/cap/index.xml") -> tuple[Alert, ...]:
    source = demo.source("cap", path)
    parsed = demo.read(lambda fetcher: read_cap(fetcher, source, ZONE))
    assert parsed.skipped == 0
    return current_alerts(parsed.records, demo.scene.now)


def test_a_quiet_day_has_no_alerts(demo: DemoCity) -> None:
    """The index is there and empty."""
    assert alerts(demo) == ()


def test_work_and_school_are_suspended_on_the_day_of_the_typhoon(demo: DemoCity) -> None:
    """From midnight on the suspension is known, in both languages and for the whole county, and marked simulated."""
    found = alerts(demo.at(MONDAY.replace(hour=0, minute=5), "typhoon"), "/cap/suspension.xml")
    assert [one.infos_in("zh-TW")[0].headline for one in found] == ["高雄市：今天停止上班、停止上課"]
    assert "closed today" in found[0].infos_in("en")[0].headline
    assert found[0].infos[0].areas[0].has_code("64000020")
    assert "模擬" in found[0].note


def test_the_evening_says_what_holds_tomorrow(demo: DemoCity) -> None:
    """After eight both days are told, each until it ends."""
    found = alerts(demo.at(MONDAY.replace(hour=21), "typhoon"), "/cap/suspension.xml")
    assert ["明天" in one.infos_in("zh-TW")[0].headline for one in found] == [True, False]


def test_alerts_build_up_over_the_day(demo: DemoCity) -> None:
    """Typhoon, flood, debris flow and power cuts are sent one after the other."""
    counts = [len(alerts(demo.at(MONDAY.replace(hour=hour), "typhoon"))) for hour in (1, 6, 9, 11, 15)]
    assert counts == [1, 2, 3, 4, 5]
