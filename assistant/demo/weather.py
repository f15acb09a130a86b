"""Forecasts and observations of the demonstration city, as Taiwan's Central Weather Administration publishes them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.demo.climate import (
    SEA_LEVEL_M,
    beaufort,
    gust_m_s,
    humidity_percent,
    rain_mm,
    rain_mm_h,
    temperature_c,
    weather_word,
    wind_m_s,
)
from assistant.demo.scene import Scene, floor
from assistant.demo.sites import Site, Sites
from assistant.demo.world import SIMULATED, World, json_answer
from assistant.places import Place

_THREE_DAYS, _WEEK = timedelta(hours=3), timedelta(hours=12)
_ISSUED_EVERY_S = 6 * 3600
_OBSERVED_EVERY_S = 600
_SAMPLES = 4
_STORM_WIND_FROM = 150.0


def weather_routes(world: World) -> list[Route]:
    """`/cwa/...` in the form of the administration's REST service (https://opendata.cwa.gov.tw/)."""

    def forecast(data_id: str, step: timedelta, count: int) -> Callable[[Request], Response]:
        def answer(_: Request) -> Response:
            return rest_answer(data_id, forecast_records(world, step, count, data_id))

        return answer

    def observed(data_id: str, measure: Callable[[Scene, Site, float], Mapping[str, Any]]) -> Route:
        def answer(_: Request) -> Response:
            return rest_answer(data_id, {"Station": stations(world, measure)})

        return Route(f"/cwa/{data_id}", answer)

    return [
        Route("/cwa/F-D0047-065", forecast("F-D0047-065", _THREE_DAYS, 24)),
        Route("/cwa/F-D0047-067", forecast("F-D0047-067", _WEEK, 14)),
        observed("O-A0003-001", _weather_of),
        observed("O-A0002-001", _rain_of),
    ]


def rest_answer(data_id: str, records: Mapping[str, Any]) -> Response:
    """A data set in the envelope of the REST service."""
    return json_answer(
        {"success": "true", "result": {"resource_id": data_id, "note": SIMULATED["zh-TW"]}, "records": records}
    )


def elevation_m(sites: Sites, district: str) -> float:
    """How high a district lies."""
    return float(sites.table("elevation_m").get(district, SEA_LEVEL_M))


def forecast_records(world: World, step: timedelta, count: int, data_id: str) -> dict[str, Any]:
    """The districts with so many periods from the one that is now."""
    scene = world.scene()
    start = scene.midnight + step * ((scene.now - scene.midnight) // step)
    if step == _WEEK:  # from 06:00 or 18:00, the one before now
        start = scene.midnight + timedelta(hours=6 if 6 <= scene.now.hour < 18 else 18)
        start -= timedelta(days=1) if start > scene.now else timedelta(0)
    times = [start + step * number for number in range(count)]
    locations = [_forecast_of(scene, world.sites, place, times, step) for place in world.sites.districts]
    return {
        "DatasetInfo": {"IssueTime": floor(scene.now, _ISSUED_EVERY_S).isoformat(), "Note": SIMULATED["zh-TW"]},
        "Locations": [
            {
                "DatasetDescription": SIMULATED["zh-TW"],
                "LocationsName": world.city.name["zh-TW"],
                "Dataid": data_id,
                "Location": locations,
            }
        ],
    }


def stations(world: World, measure: Callable[[Scene, Site, float], Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the weather stations measured ten minutes ago at most."""
    now = world.scene()
    scene = replace(now, now=floor(now.now, _OBSERVED_EVERY_S))
    found = []
    for number, site in enumerate(world.sites.sites("weather_station"), start=1):
        height = float(site.options.get("elevation_m", SEA_LEVEL_M))
        found.append(
            {
                "StationName": site.zh,
                "StationId": f"SIM{number:03d}",
                "ObsTime": {"DateTime": scene.now.isoformat()},
                "GeoInfo": {
                    "Coordinates": [
                        {
                            "CoordinateName": "WGS84",
                            "StationLatitude": site.point.lat,
                            "StationLongitude": site.point.lon,
                        }
                    ],
                    "StationAltitude": height,
                    "CountyName": world.city.name["zh-TW"],
                    "TownName": site.district,
                },
                **measure(scene, site, height),
            }
        )
    return found


def _forecast_of(scene: Scene, sites: Sites, place: Place, times: list[datetime], step: timedelta) -> dict[str, Any]:
    name = place.name["zh-TW"]
    periods = [_period(scene, at, step, name, elevation_m(sites, name)) for at in times]
    elements = [
        {
            "ElementName": element,
            "Time": [
                {"StartTime": at.isoformat(), "EndTime": (at + step).isoformat(), "ElementValue": [period[element]]}
                for at, period in zip(times, periods, strict=True)
            ],
        }
        for element in periods[0]
    ]
    return {
        "LocationName": name,
        "Geocode": f"{sites.table('geocodes').get(name, '')}",
        "Latitude": str(place.point.lat),
        "Longitude": str(place.point.lon),
        "WeatherElement": elements,
    }


def _period(scene: Scene, at: datetime, step: timedelta, where: str, height: float) -> dict[str, dict[str, str]]:
    """The elements of one period, each with its values."""
    samples = [at + step * (number + 0.5) / _SAMPLES for number in range(_SAMPLES)]
    warmth = [temperature_c(scene, one, height) for one in samples]
    rates = [rain_mm_h(scene, one, where, height) for one in samples]
    wind = max(wind_m_s(scene, one, where) for one in samples)
    humid = sum(humidity_percent(scene, one, height) for one in samples) // _SAMPLES
    likely = min(100, round((20 if max(rates) == 0 else 55) + max(rates) * 2 + 15 * scene.drift(at, 86_400, "rain")))
    word, code = weather_word(scene, samples[_SAMPLES // 2], max(rates))
    likely = max(0, likely // 10 * 10)
    mean = round(sum(warmth) / _SAMPLES)
    said = f"{word}。降雨機率{likely}%。溫度攝氏{round(min(warmth))}至{round(max(warmth))}度。（{SIMULATED['zh-TW']}）"
    return {
        "平均溫度": {"Temperature": str(mean)},
        "最高溫度": {"MaxTemperature": str(round(max(warmth)))},
        "最低溫度": {"MinTemperature": str(round(min(warmth)))},
        "體感溫度": {"ApparentTemperature": str(round(mean + (humid - 65) / 15 - wind / 6))},
        "平均相對濕度": {"RelativeHumidity": str(humid)},
        "降雨機率": {"ProbabilityOfPrecipitation": str(likely)},
        "風速": {"WindSpeed": str(round(wind)), "BeaufortScale": str(beaufort(wind))},
        "天氣現象": {"Weather": word, "WeatherCode": code},
        "天氣預報綜合描述": {"WeatherDescription": said},
    }


def _weather_of(scene: Scene, site: Site, height: float) -> Mapping[str, Any]:
    at, where = scene.now, site.district
    rate = rain_mm_h(scene, at, where, height)
    return {
        "WeatherElement": {
            "Weather": weather_word(scene, at, rate)[0],
            "AirTemperature": round(temperature_c(scene, at, height) + 0.4 * scene.drift(at, 3600, "here", where), 1),
            "RelativeHumidity": humidity_percent(scene, at, height),
            "AirPressure": round(1013 - 45 * scene.storm(at) - height / 8.4 + scene.drift(at, 43_200, "pressure"), 1),
            "WindSpeed": wind_m_s(scene, at, where),
            "WindDirection": round(_STORM_WIND_FROM + 90 * scene.drift(at, 14_400, "wind from", where)) % 360,
            "GustInfo": {"PeakGustSpeed": gust_m_s(scene, at, where)},
            "Now": {"Precipitation": rain_mm(scene, at, max(1, at.hour), where, height)},
        }
    }


def _rain_of(scene: Scene, site: Site, height: float) -> Mapping[str, Any]:
    at, where = scene.now, site.district

    def fell(hours: float) -> dict[str, float]:
        return {"Precipitation": rain_mm(scene, at, hours, where, height)}

    element = {"Past10Min": fell(1 / 6), "Past1hr": fell(1), "Past24hr": fell(24), "Now": fell(max(1, at.hour))}
    return {"RainfallElement": element}
