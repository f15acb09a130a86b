"""Taiwan's Central Weather Administration: forecasts, warnings, earthquakes and observations, behind one door."""

from assistant.feeds.cwa_envelope import fetch_cwa
from assistant.feeds.cwa_forecasts import (
    ForecastPeriod,
    Outlook,
    parse_cwa_forecast,
    parse_cwa_outlook,
    read_cwa_forecast,
    read_cwa_outlook,
)
from assistant.feeds.cwa_hazards import (
    AreaHazard,
    Earthquake,
    WarningBulletin,
    WeatherWarning,
    parse_cwa_earthquakes,
    parse_cwa_warnings,
    read_cwa_earthquakes,
    read_cwa_warnings,
)
from assistant.feeds.cwa_observations import Observation, parse_cwa_observations, read_cwa_observations

__all__ = [
    "AreaHazard",
    "Earthquake",
    "ForecastPeriod",
    "Observation",
    "Outlook",
    "WarningBulletin",
    "WeatherWarning",
    "fetch_cwa",
    "parse_cwa_earthquakes",
    "parse_cwa_forecast",
    "parse_cwa_observations",
    "parse_cwa_outlook",
    "parse_cwa_warnings",
    "read_cwa_earthquakes",
    "read_cwa_forecast",
    "read_cwa_observations",
    "read_cwa_outlook",
    "read_cwa_warnings",
]
