"""Forecasts and observations, read by the client of the weather administration."""

from datetime import timedelta

import pytest

from assistant.feeds.cwa import Observation, read_cwa_forecast, read_cwa_observations
from tests.demo.conftest import MONDAY, ZONE, DemoCity


def observations(demo: DemoCity, data_id: str = "O-A0003-001") -> tuple[Observation, ...]:
    source = demo.source("cwa", f"/cwa/{data_id}")
    parsed = demo.read(lambda fetcher: read_cwa_observations(fetcher, source, ZONE))
    assert parsed.skipped == 0
    return parsed.records


@pytest.mark.parametrize(("data_id", "days", "periods"), [("F-D0047-065", 3, 24), ("F-D0047-067", 7, 14)])
def test_forecasts_cover_all_districts(demo: DemoCity, data_id: str, days: int, periods: int) -> None:
    """Each of the 38 districts has every period from now on, with sane figures."""
    source = demo.source("cwa", f"/cwa/{data_id}")
    found = demo.read(lambda fetcher: read_cwa_forecast(fetcher, source, ZONE)).records
    assert len(found) == 38 * periods
    assert min(one.start for one in found) <= MONDAY < min(one.end for one in found if one.end)
    assert max(one.end for one in found if one.end) >= MONDAY + timedelta(days=days - 1)
    for one in found:
        assert one.temperature_c is not None
        assert one.min_temperature_c is not None
        assert one.max_temperature_c is not None
        assert 5 <= one.min_temperature_c <= one.temperature_c <= one.max_temperature_c <= 38
        assert one.rain_percent is not None
        assert one.weather
        assert "模擬" in one.description


def test_the_hills_are_cooler(demo: DemoCity) -> None:
    """At the same time a station 600 m up measures degrees less than the port."""
    warmth = {one.town: one.temperature_c for one in observations(demo)}
    port, hills = warmth["前鎮區"], warmth["桃源區"]
    assert port is not None
    assert hills is not None
    assert port - hills > 2


def test_a_day_warms_and_cools(demo: DemoCity) -> None:
    """Over a quiet November day the port has between 15 and 32 degrees, the most in the afternoon."""
    warmth = {}
    for hour in range(0, 24, 3):
        demo.at(MONDAY.replace(hour=hour))
        warmth[hour] = next(one.temperature_c for one in observations(demo) if one.town == "前鎮區") or 0.0
    assert 15 < min(warmth.values()) < max(warmth.values()) < 32
    assert max(warmth, key=lambda hour: warmth[hour]) in {12, 15}


def test_the_typhoon_brings_rain_and_wind(demo: DemoCity) -> None:
    """Rain of a day grows to hundreds of millimetres, gusts to a storm's; both stay possible."""
    demo.at(MONDAY.replace(hour=21), "typhoon")
    rain = [one.rain_24h_mm or 0.0 for one in observations(demo, "O-A0002-001")]
    gusts = [one.gust_m_s or 0.0 for one in observations(demo)]
    assert 200 < min(rain) < max(rain) < 1200
    assert 25 < max(gusts) < 65
    assert max(one.rain_1h_mm or 0.0 for one in observations(demo, "O-A0002-001")) < 120
