"""What the sensors of the demonstration city measure: water, pumps, crowds, energy, robots and roads."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.demo.climate import SEA_LEVEL_M, rain_mm, rain_mm_h, soaked, temperature_c
from assistant.demo.roads import speed_km_h
from assistant.demo.scene import Scene, hour_of, hump, is_weekend
from assistant.demo.sites import Site

Result = float | int | str
Measure = Callable[[Scene, Site, datetime], Result]
_DEEPEST_CM = 160.0
_CLOSES_CM = 30
_ROBOT_TASKS = (("deployed", 0.12), ("charging", 0.2), ("maintenance", 0.1))
_ROBOT_SLOT_S = 3 * 3600


@dataclass(frozen=True, slots=True)
class Stream:
    """What one kind of sensor measures: its name in both languages, its property, unit, and how often."""

    zh: str
    en: str
    observed: str
    unit: tuple[str, str, str]
    measure: Measure
    step_s: int = 600


def _rain(hours: float) -> Measure:
    def fell(scene: Scene, site: Site, at: datetime) -> float:
        return rain_mm(scene, at, hours, site.district, float(site.options.get("elevation_m", SEA_LEVEL_M)))

    return fell


def river_m(scene: Scene, site: Site, at: datetime) -> float:
    """The level of a river: a small tide, a rise after rain, and over its highest threshold in the storm's peak."""
    usual, highest = float(site.options["usual_m"]), float(site.options["alert_m"][0])
    tide = 0.08 * scene.drift(at, 6 * 3600, "tide", site.id)
    shower = 0.02 * rain_mm_h(scene, at - timedelta(hours=1), site.district) * (scene.scenario == "normal")
    strength = 0.9 + 0.25 * scene.share("river", site.id)
    return round(
        max(0.05, usual + tide + shower + (highest - usual) * strength * math.pow(soaked(scene, at, 2.0), 1.3)), 2
    )


def sewer_m(scene: Scene, site: Site, at: datetime) -> float:
    """The depth of water in a storm sewer, at most its own."""
    full = float(site.options["full_m"])
    rain = rain_mm_h(scene, at, site.district) / 70
    share = (
        0.08
        + 0.03 * scene.drift(at, 3600, "sewer", site.id)
        + 0.55 * math.pow(soaked(scene, at, 0.7), 1.2)
        + 0.45 * rain
    )
    return round(full * min(1.0, max(0.02, share)), 2)


def flood_cm(scene: Scene, site: Site, at: datetime) -> float:
    """The depth of water in a low street or underpass: dry until the storm has soaked the ground."""
    weak = float(site.options.get("weak", 1.0))
    over = soaked(scene, at) - 0.42 / weak
    waves = 1 + 0.12 * scene.drift(at, 1800, "flood", site.id)
    return round(min(_DEEPEST_CM, max(0.0, over * 95 * weak * waves)), 1)


def pumps_running(scene: Scene, site: Site, at: datetime) -> int:
    """How many pumps of a station run."""
    units = int(site.options["units"])
    wanted = units * soaked(scene, at, 0.5) * 1.3 + (scene.chance(0.15, "test run", site.id, at.date().isoformat()))
    return min(units, int(wanted))


def people(scene: Scene, site: Site, at: datetime) -> int:
    """How many people are at a place."""
    options = site.options
    width = 3.2 if options.get("indoor") else 2.8
    usual = 0.32 * hump(hour_of(at), float(options["peak_h"]), width)
    usual *= float(options["weekend"]) if is_weekend(at) else 1.0
    wet = min(0.6, rain_mm_h(scene, at, site.district) / 20) * (0.3 if options.get("indoor") else 1.0)
    closed = (1 - min(1.0, 1.6 * scene.storm(at))) if scene.storm(at) > 0 else 1.0
    noise = 1 + 0.2 * scene.drift(at, 1800, "people", site.id)
    return round(int(options["capacity"]) * min(1.1, max(0.0, (usual + 0.01) * noise * (1 - wet) * closed)))


def power_kw(scene: Scene, site: Site, at: datetime) -> float:
    """The power that a building draws: by day, more in the heat, little at weekends where it is an office."""
    contract = float(site.options["contract_kw"])
    works = not is_weekend(at) or bool(site.options.get("weekend"))
    day = hump(hour_of(at), 14.0, 4.5) * (1.0 if works else 0.2)
    heat = max(0.0, (temperature_c(scene, at) - 22) / 10)
    closed = 1 - 0.75 * min(1.0, scene.storm(at) * 1.2)
    noise = 0.03 * scene.drift(at, 1800, "power", site.id)
    return round(contract * max(0.06, min(0.98, 0.14 + day * (0.38 + 0.3 * heat) * closed + noise)), 1)


def solar_kw(scene: Scene, site: Site, at: datetime) -> float:
    """The power of a building's solar panels: none at night, little under clouds."""
    sun = max(0.0, hump(hour_of(at), 12.2, 3.2) - 0.05) if 6 <= at.hour < 18 else 0.0
    clouds = 0.75 + 0.25 * scene.drift(at, 2400, "clouds over", site.id)
    return round(float(site.options["solar_kw"]) * sun * clouds * (1 - 0.9 * min(1.0, 1.5 * scene.storm(at))), 1)


def energy_kwh(scene: Scene, site: Site, at: datetime) -> float:
    """What a building has used since midnight."""
    return _since_midnight(scene, site, at, power_kw)


def solar_kwh(scene: Scene, site: Site, at: datetime) -> float:
    """What a building's panels have made since midnight."""
    return _since_midnight(scene, site, at, solar_kw)


def robot_status(scene: Scene, site: Site, at: datetime) -> str:
    """What a robot does: standby, deployed, charging or maintenance; the storm calls more of them out."""
    luck = scene.share("robot", site.id, int(at.timestamp()) // _ROBOT_SLOT_S)
    for word, likelihood in _ROBOT_TASKS:
        likelihood += 0.35 * scene.storm(at) if word == "deployed" else 0.0
        if luck < likelihood:
            return word
        luck -= likelihood
    return "standby"


def battery_percent(scene: Scene, site: Site, at: datetime) -> int:
    """How full a robot's battery is."""
    low = {"deployed": 35, "charging": 45, "maintenance": 20}.get(robot_status(scene, site, at), 85)
    return round(min(100, low + 15 * (1 + scene.drift(at, 3600, "battery", site.id)) / 2))


def gate(scene: Scene, site: Site, at: datetime) -> str:
    """Whether an underpass is open: it closes at 30 cm."""
    return "closed" if flood_cm(scene, site, at) >= _CLOSES_CM else "open"


def _since_midnight(scene: Scene, site: Site, at: datetime, power: Callable[[Scene, Site, datetime], float]) -> float:
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    halves = int((at - midnight).total_seconds() // 1800)
    return round(sum(power(scene, site, midnight + timedelta(minutes=30 * n + 15)) for n in range(halves)) / 2, 1)


_M, _CM = ("metre", "m", "m"), ("centimetre", "cm", "cm")
_MM, _KW, _KWH = ("millimetre", "mm", "mm"), ("kilowatt", "kW", "kW"), ("kilowatt hour", "kWh", "kW.h")
_ONE, _PERCENT, _KM_H = ("number", "", "1"), ("percent", "%", "%"), ("kilometre per hour", "km/h", "km/h")

STREAMS: Mapping[str, tuple[Stream, ...]] = {
    "weather_station": (
        Stream("10分鐘雨量", "Rain in 10 minutes", "rain_10min", _MM, _rain(1 / 6)),
        Stream("1小時雨量", "Rain in 1 hour", "rain_1h", _MM, _rain(1)),
        Stream("24小時雨量", "Rain in 24 hours", "rain_24h", _MM, _rain(24)),
    ),
    "river_level": (Stream("河川水位", "River level", "water_level", _M, river_m),),
    "sewer_level": (Stream("下水道水位", "Sewer level", "water_level", _M, sewer_m),),
    "underpass": (
        Stream("積水深度", "Depth of water", "flood_depth", _CM, flood_cm),
        Stream("地下道狀態", "Underpass state", "state", _ONE, gate),
    ),
    "street_flood": (Stream("淹水深度", "Flood depth", "flood_depth", _CM, flood_cm),),
    "pump": (Stream("運轉機組", "Pumps running", "pumps_running", _ONE, pumps_running),),
    "crowd": (Stream("現場人數", "People present", "people", _ONE, people),),
    "building": (
        Stream("用電功率", "Power drawn", "power", _KW, power_kw),
        Stream("今日用電量", "Energy used today", "energy_today", _KWH, energy_kwh, 1800),
        Stream("太陽能功率", "Solar power", "solar_power", _KW, solar_kw),
        Stream("今日太陽能發電量", "Solar energy today", "solar_energy_today", _KWH, solar_kwh, 1800),
    ),
    "robot": (
        Stream("狀態", "State", "state", _ONE, robot_status),
        Stream("電量", "Battery", "battery", _PERCENT, battery_percent),
    ),
    "road_speed": (Stream("平均車速", "Mean speed", "speed", _KM_H, speed_km_h, 300),),
}
"""What each kind of sensor measures; the kinds are the tables of `demo.toml`."""
