"""Emergency rooms and air quality, read by their clients."""

from datetime import timedelta

from assistant.feeds.moenv_aqi import read_moenv_aqi
from assistant.feeds.nhi_emergency import EmergencyRoom, read_nhi_emergency
from tests.demo.conftest import MONDAY, ZONE, DemoCity


def rooms(demo: DemoCity, **options: object) -> tuple[EmergencyRoom, ...]:
    source = demo.source("nhi-emergency", "/nhi/emergency.json", **options)
    return demo.read(lambda fetcher: read_nhi_emergency(fetcher, source, ZONE)).records


def test_snapshots_are_recent_and_the_same_by_get_and_post(demo: DemoCity) -> None:
    """The insurance's own service is asked by POST; both ways give the same rooms, twenty minutes old at most."""
    found = rooms(demo)
    assert found == rooms(demo, query={"AREA_NO": "", "CONT_TYPE": ""})
    assert len(found) == 18
    assert {one.level for one in found} == {"1", "2", "3"}
    assert all(one.snapshot_at and MONDAY - one.snapshot_at < timedelta(minutes=20) for one in found)


def test_rooms_fill_in_the_evening_and_in_the_typhoon(demo: DemoCity) -> None:
    """Fewest wait before dawn, more in the evening, and most in the storm, when some report that they are full."""
    waiting = []
    for hour, scenario in ((5, "normal"), (20, "normal"), (20, "typhoon")):
        found = rooms(demo.at(MONDAY.replace(hour=hour), scenario))  # type: ignore[arg-type]
        assert all(0 <= (one.waiting_for_bed or 0) <= 150 for one in found)
        waiting.append(sum((one.waiting_to_be_seen or 0) + (one.waiting_for_bed or 0) for one in found))
    assert waiting[0] < waiting[1] < waiting[2]
    assert any(one.full for one in found)


def test_air_is_measured_each_hour(demo: DemoCity) -> None:
    """Twelve stations, each with an index that fits its word; the storm washes the air."""
    source = demo.source("moenv-aqi", "/moenv/aqi.json")
    means = []
    for scenario in ("normal", "typhoon"):
        demo.at(MONDAY, scenario)  # type: ignore[arg-type]
        found = demo.read(lambda fetcher: read_moenv_aqi(fetcher, source, ZONE)).records
        assert len(found) == 12
        for one in found:
            assert one.aqi is not None
            assert 5 <= one.aqi <= 300
            assert (one.status == "良好") == (one.aqi <= 50)
            assert bool(one.pollutant) == (one.aqi > 50)
            assert one.published_at == MONDAY.replace(minute=0)
        means.append(sum(one.aqi or 0 for one in found) / len(found))
    assert means[1] < means[0] / 2
