"""The forecast of a district as stretches, of periods as the weather administration publishes them."""

from datetime import datetime, timedelta

from assistant.feeds.cwa import ForecastPeriod
from assistant.tools.forecasts import Stretch, forecast_of, grouped, joined
from tests.tools.asking import MONDAY

_NOTHING = dict.fromkeys(ForecastPeriod.__slots__)  # type: ignore[attr-defined]
NOON = MONDAY.replace(hour=12, minute=0)


def period(start: datetime, hours: int | None, area: str = "左營區", **values: object) -> ForecastPeriod:
    end = start + timedelta(hours=hours) if hours else None
    texts = {"weather": "", "geocode": "", "weather_code": ""}
    return ForecastPeriod(**{**_NOTHING, **texts, "area": area, "start": start, "end": end, **values})  # type: ignore[arg-type]


def test_moments_go_to_the_span_they_lie_in() -> None:
    """Temperatures of single hours give the lowest and highest of their three hours."""
    degrees = [period(NOON + timedelta(hours=n), None, temperature_c=20.0 + n) for n in range(6)]
    spans = [period(NOON + timedelta(hours=n), 3, rain_percent=10.0 * n, weather="多雲") for n in (0, 3)]
    forecast = forecast_of("左營區", [*degrees, *spans])
    assert forecast is not None
    assert [(one.min_c, one.max_c, one.rain_percent) for one in forecast.stretches] == [(20, 22, 0), (23, 25, 30)]
    assert forecast.until == NOON + timedelta(hours=6)


def test_a_longer_period_counts_for_the_shorter_ones_in_it() -> None:
    """A chance of rain for twelve hours is that of each of their three hours."""
    rain = period(NOON, 12, rain_percent=80.0)
    spans = [period(NOON + timedelta(hours=n), 3, weather="陰") for n in (0, 3)]
    forecast = forecast_of("左營區", [rain, *spans])
    assert forecast is not None
    assert [one.rain_percent for one in forecast.stretches] == [80, 80]


def test_districts_are_the_same_in_either_spelling() -> None:
    """臺 and 台 name one district; another district has no forecast here."""
    periods = [period(NOON, 3, "臺左區", weather="晴")]
    assert forecast_of("台左區", periods) is not None
    assert forecast_of("左營區", periods) is None


def test_an_instant_lies_in_one_stretch() -> None:
    """The end of a stretch belongs to the next one."""
    forecast = forecast_of("左營區", [period(NOON + timedelta(hours=n), 3, weather="晴") for n in (0, 3)])
    assert forecast is not None
    three = NOON + timedelta(hours=3)
    assert [one.begins for one in forecast.within(three, three)] == [three]


def test_joined_stretches_say_the_range_of_all() -> None:
    """The lowest, the highest, the wettest, and each weather once in order; unknown values change nothing."""
    first = Stretch(NOON, NOON + timedelta(hours=3), ("多雲",), 20.0, 22.0, None)
    second = Stretch(first.ends, first.ends + timedelta(hours=3), ("多雲", "陰"), None, 25.0, 40.0)
    found = joined([first, second])
    assert (found.begins, found.ends, found.weather) == (first.begins, second.ends, ("多雲", "陰"))
    assert (found.min_c, found.max_c, found.rain_percent) == (20, 25, 40)


def test_groups_are_no_more_than_asked() -> None:
    """Seven stretches in three groups are three, three and one; none is none."""
    stretches = [Stretch(NOON + timedelta(hours=n), NOON + timedelta(hours=n + 1)) for n in range(7)]
    assert [(one.ends - one.begins) // timedelta(hours=1) for one in grouped(stretches, 3)] == [3, 3, 1]
    assert grouped([], 3) == []
