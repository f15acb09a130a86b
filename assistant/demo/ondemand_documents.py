"""The GOFS-lite documents of rides on demand: zones, hours, calendars, booking rules and the wait for the next ride."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from assistant.city import LANGUAGES
from assistant.demo.dispatch_city import WEEKDAYS, Operation, ServiceZone
from assistant.feeds.geometry import Geometry
from assistant.schema import Lang

VERSION = "1.0"  # GOFS-lite 1.0, https://github.com/GOFS-lite/GOFS-lite
FILES = ("system_information", "service_brands", "zones", "operating_rules", "calendars", "booking_rules")
WAIT_TIMES = "wait_times"
BRAND = "ride"
_VEHICLE = "minibus"
_DEGREE_DIGITS = 6


def envelope(data: object, now: datetime, ttl_s: int) -> dict[str, Any]:
    """What every file of GOFS-lite is wrapped in."""
    return {"last_updated": int(now.timestamp()), "ttl": ttl_s, "version": VERSION, "data": data}


def discovery(address: Callable[[Lang, str], str]) -> dict[str, Any]:
    """gofs.json: the addresses of all files by language."""
    names = (*FILES, WAIT_TIMES)
    return {lang: {"feeds": [{"name": name, "url": address(lang, name)} for name in names]} for lang in LANGUAGES}


def document(name: str, operation: Operation, language: Lang, today: date, closed: frozenset[date]) -> dict[str, Any]:
    """One of `FILES`, in a language; `closed` are the days on which nobody drives."""
    if name == "system_information":
        return _system_information(operation, language)
    made: dict[str, Any] = {
        "service_brands": lambda: [{"brand_id": BRAND, "brand_name": operation.texts["name"][language]}],
        "zones": lambda: _zones(operation, language),
        "operating_rules": lambda: _operating_rules(operation),
        "calendars": lambda: _calendars(operation, today, closed),
        "booking_rules": lambda: _booking_rules(operation, language),
    }
    return {name: made[name]()}


def wait_times(pickup: datetime | None, now: datetime) -> dict[str, Any]:
    """The answer of wait_times: seconds until the next ride, or nothing where there is none."""
    if pickup is None:
        return {WAIT_TIMES: []}
    return {WAIT_TIMES: [{"brand_id": BRAND, "wait_time": int((pickup - now).total_seconds())}]}


def _system_information(operation: Operation, language: Lang) -> dict[str, Any]:
    return {
        "language": language,
        "timezone": operation.zone.key,
        "name": operation.texts["name"][language],
        "operator": operation.texts["operator"][language],
        "phone_number": operation.phone,
    }


def _zones(operation: Operation, language: Lang) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "zone_id": zone.id,
            "properties": {"name": zone.name[language]},
            "geometry": _geojson(zone.area),
        }
        for zone in operation.zones
    ]
    return {"type": "FeatureCollection", "features": features}


def _geojson(area: Geometry) -> Mapping[str, Any]:
    rings = [
        [[round(point.lon, _DEGREE_DIGITS), round(point.lat, _DEGREE_DIGITS)] for point in ring] for ring in area.parts
    ]
    return {"type": "Polygon", "coordinates": rings}


def _operating_rules(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "from_zone_id": from_zone.id,
            "to_zone_id": to_zone.id,
            "start_pickup_window": _clock(fleet.opens_s),
            "end_pickup_window": _clock(fleet.closes_s),
            "end_dropoff_window": _clock(fleet.last_drop_off_s),
            "calendars": [_calendar(fleet)],
            "brand_id": BRAND,
            "vehicle_type_id": [_VEHICLE],
        }
        for from_zone, to_zone, fleet in operation.relations()
    ]


def _calendars(operation: Operation, today: date, closed: frozenset[date]) -> list[dict[str, Any]]:
    return [
        {
            "calendar_id": _calendar(zone),
            "days": [WEEKDAYS[weekday] for weekday in sorted(zone.weekdays)],
            "start_date": f"{today:%Y%m%d}",
            "end_date": f"{today + timedelta(days=operation.terms.most_days):%Y%m%d}",
            "excepted_dates": [f"{day:%Y%m%d}" for day in sorted(closed)],
        }
        for zone in operation.zones
    ]


def _booking_rules(operation: Operation, language: Lang) -> list[dict[str, Any]]:
    terms = operation.terms
    return [
        {
            "from_zone_ids": [zone.id for zone in operation.zones],
            "to_zone_ids": None,
            "booking_type": 1,
            "prior_notice_duration_min": terms.notice_s // 60,
            "prior_notice_duration_max": terms.most_days * 24 * 60,
            "message": operation.texts["message"][language],
            "phone_number": operation.phone,
        }
    ]


def _calendar(zone: ServiceZone) -> str:
    return f"days-{zone.id}"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
