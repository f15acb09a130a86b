"""What a server in production must have before it serves: refused without it, or warned of."""

from assistant.city import LANGUAGES, City
from assistant.errors import CityDataError, SettingsError
from assistant.settings import Settings


def check_deployment(settings: Settings, city: City) -> tuple[str, ...]:
    """What an operator should put right, one sentence each; none in a demonstration.

    Which models may serve is checked where they are opened (`models/provenance.py`, `models/encoders.py`).

    Raises:
        CityDataError: in production, the city says nowhere that a machine answers.
        SettingsError: in production, what people write would be kept for longer than the city's policy allows.
    """
    if settings.deployment != "production":
        return ()
    policy = city.policy
    if not all(policy.disclosure.get(lang) for lang in LANGUAGES):
        raise CityDataError(
            f"The city {city.id!r} does not say that a machine answers, and production needs that.",
            "Write [policy.disclosure] in its city.toml, in every language; docs/adding.md has an example.",
        )
    if policy.retention_days and settings.retention_days > policy.retention_days:
        raise SettingsError(
            f"Questions would be kept for {settings.retention_days} days, and the city's policy allows "
            f"{policy.retention_days}.",
            "Lower CITY_ASSISTANT_RETENTION_DAYS.",
        )
    return tuple(_warnings(settings, city))


def _warnings(settings: Settings, city: City) -> list[str]:
    warnings = []
    if not settings.public_url.lower().startswith("https:"):
        warnings.append(
            "Nothing says that people come by HTTPS: passwords and questions could be read on the way. Put a proxy "
            "with TLS in front, and set CITY_ASSISTANT_PUBLIC_URL=https://... and CITY_ASSISTANT_TRUSTED_PROXIES."
        )
    if not settings.database_url.get_secret_value():
        warnings.append(
            "People are kept in an SQLite file in the home, which serves one machine: back it up, or set "
            "CITY_ASSISTANT_DATABASE_URL to a PostgreSQL database."
        )
    for key, contact in (("office", city.policy.office), ("data_protection", city.policy.data_protection)):
        if not (contact.name and contact.reach):
            warnings.append(f"Nobody is named in [policy.{key}] of city.toml, so that people cannot turn to anyone.")
    if settings.feeds == "simulated":
        warnings.append("Live services answer from the demonstration city (CITY_ASSISTANT_FEEDS=simulated).")
    return warnings
