"""The weather of the demonstration city: temperature, rain and wind at any time, by season, hour and storm."""

import math
from datetime import datetime, timedelta

from assistant.demo.scene import Scene, hour_of, hump

_LAPSE_C_PER_M = 0.006
_SHOWER_MONTHS = frozenset({5, 6, 7, 8, 9})
_STORM_RAIN_MM_H = 58.0
_HILLS_FROM_M = 200.0
SEA_LEVEL_M = 5.0
"""How high a place lies of which the data say nothing."""


def temperature_c(scene: Scene, at: datetime, elevation_m: float = 0.0) -> float:
    """Air temperature in degrees Celsius: the mean of the month, the hour, and the storm's clouds."""
    day = 3.2 * hump(hour_of(at), 13.5, 5.0) - 2.0
    cooler = 3.0 * scene.storm(at)
    noise = 0.8 * scene.drift(at, 3 * 86_400, "temperature") + 0.3 * scene.drift(at, 3600, "gusts of warmth")
    return round(
        scene.monthly_c[at.month - 1] + day * (1 - scene.storm(at)) - cooler + noise - _LAPSE_C_PER_M * elevation_m, 1
    )


def humidity_percent(scene: Scene, at: datetime, elevation_m: float = 0.0) -> int:
    """Relative humidity: lower in the afternoon, high in the storm."""
    dry = 76 - 14 * hump(hour_of(at), 14.0, 5.0) + 4 * scene.drift(at, 6 * 3600, "humidity")
    return round(min(99.0, dry + (97 - dry) * scene.storm(at) + min(8.0, elevation_m / 200)))


def rain_mm_h(scene: Scene, at: datetime, where: str, elevation_m: float = 0.0) -> float:
    """The rate of rain in mm/h at a place: showers of summer afternoons, or the bands of the storm."""
    storm = scene.storm(at)
    if storm > 0:
        bands = 0.55 + 0.45 * scene.drift(at, 2400, "rain band", where)
        hills = 1.5 if elevation_m >= _HILLS_FROM_M else 1.0
        return round(_STORM_RAIN_MM_H * storm * storm * bands * hills, 1)
    if not scene.chance(0.45 if at.month in _SHOWER_MONTHS else 0.08, "shower", at.date().isoformat()):
        return 0.0
    strength = 14.0 * hump(hour_of(at), 15.5, 1.6) * max(0.0, scene.drift(at, 1800, "cell", where))
    return round(strength, 1) if strength >= 0.5 else 0.0


def rain_mm(scene: Scene, at: datetime, hours: float, where: str, elevation_m: float = 0.0) -> float:
    """The rain that fell in the hours before a time, in mm."""
    step = timedelta(minutes=10 if hours <= 1 else 60)
    count = max(1, round(timedelta(hours=hours) / step))
    rates = (rain_mm_h(scene, at - step * (number + 0.5), where, elevation_m) for number in range(count))
    return round(sum(rates) * step.total_seconds() / 3600, 1)


def wind_m_s(scene: Scene, at: datetime, where: str) -> float:
    """Mean wind in m/s: a sea breeze by day, the storm otherwise."""
    breeze = 1.2 + 2.2 * hump(hour_of(at), 14.0, 4.0) + 0.6 * scene.drift(at, 3600, "wind", where)
    return round(max(0.1, breeze + 21 * math.pow(scene.storm(at), 1.4)), 1)


def gust_m_s(scene: Scene, at: datetime, where: str) -> float:
    """The strongest gust in m/s."""
    return round(wind_m_s(scene, at, where) * (1.55 + 0.2 * scene.drift(at, 1800, "gust", where)), 1)


def beaufort(wind: float) -> int:
    """The force of a wind in m/s (WMO: v = 0.836 B^1.5)."""
    return min(17, round(math.pow(wind / 0.836, 2 / 3)))


def soaked(scene: Scene, at: datetime, lag_h: float = 1.5) -> float:
    """How full rivers, sewers and low streets are, 0 to 1: the storm of a while ago."""
    return scene.storm(at - timedelta(hours=lag_h))


def weather_word(scene: Scene, at: datetime, rate_mm_h: float) -> tuple[str, str]:
    """The weather in words of Taiwan's weather administration, with its number in its list."""
    if rate_mm_h >= 15:
        return ("陰有豪雨", "18") if scene.storm(at) >= 0.5 else ("短暫雷陣雨", "15")
    if rate_mm_h > 0.2:
        return ("陰短暫陣雨", "11")
    clouds = scene.drift(at, 12 * 3600, "clouds") + scene.storm(at) * 3
    return ("陰天", "07") if clouds > 0.6 else (("多雲", "04") if clouds > -0.2 else ("晴時多雲", "02"))
