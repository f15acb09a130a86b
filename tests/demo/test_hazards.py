"""Warnings and earthquakes, read by the client of the weather administration."""

from assistant.feeds.cwa import read_cwa_earthquakes, read_cwa_warnings
from tests.demo.conftest import MONDAY, ZONE, DemoCity


def phenomena(demo: DemoCity) -> set[str]:
    source = demo.source("cwa", "/cwa/W-C0033-001")
    found = demo.read(lambda fetcher: read_cwa_warnings(fetcher, source, ZONE))
    assert found.areas == ("高雄市",)
    assert found.skipped == 0
    return {one.phenomenon for one in found.warnings if one.holds(demo.scene.now)}


def test_a_quiet_day_has_no_typhoon(demo: DemoCity) -> None:
    """Without a storm there is no warning of one."""
    assert not any("颱風" in one for one in phenomena(demo))


def test_warnings_build_up_with_the_storm(demo: DemoCity) -> None:
    """First the sea, then the land; first heavy rain, then torrents."""
    days = [phenomena(demo.at(MONDAY.replace(hour=hour), "typhoon")) for hour in (1, 7, 10, 15)]
    assert days == [
        {"海上颱風"},
        {"海上陸上颱風", "大雨"},
        {"海上陸上颱風", "豪雨"},
        {"海上陸上颱風", "大豪雨"},
    ]


def test_earthquakes_of_the_month_are_read(demo: DemoCity) -> None:
    """Some were felt, none in the future, each with its size, depth, place and how strong it was in the city."""
    source = demo.source("cwa", "/cwa/E-A0015-001")
    found = demo.read(lambda fetcher: read_cwa_earthquakes(fetcher, source, ZONE)).records
    assert 1 <= len(found) <= 10
    assert found[0].origin_at == max(one.origin_at for one in found) <= MONDAY
    for one in found:
        assert one.magnitude is not None
        assert 3 <= one.magnitude <= 6
        assert one.depth_km
        assert one.epicentre
        assert "高雄市" in one.intensities
        assert "模擬" in one.text
