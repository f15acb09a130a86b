"""What production needs before it serves."""

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.city import City, Contact, Policy
from assistant.errors import CityDataError, SettingsError
from assistant.settings import Settings
from assistant.web.deployment import check_deployment
from assistant.web.server import run_web
from tests.doubles import small_settings
from tests.fakes import CITY

DISCLOSED = Policy(disclosure={"zh-TW": "由程式回答。", "en": "A program answers."}, retention_days=30)
NAMED = Contact({"zh-TW": "資訊處", "en": "IT"}, "1999")
WHOLE = replace(CITY, policy=replace(DISCLOSED, office=NAMED, data_protection=NAMED))


def production(**more: object) -> Settings:
    return Settings(**{"deployment": "production", "feeds": "auto", **more})


def test_a_demonstration_may_lack_everything() -> None:
    """Nothing is asked of a demonstration, which says that it is one."""
    assert check_deployment(Settings(), CITY) == ()


def test_production_refuses_a_city_that_does_not_say_that_a_machine_answers() -> None:
    """People are told that no person answers, in every language, or nobody is served."""
    half = replace(CITY, policy=Policy(disclosure={"zh-TW": "由程式回答。"}))
    for city in (CITY, half):
        with pytest.raises(CityDataError, match=r"policy\.disclosure"):
            check_deployment(production(), city)


def test_production_refuses_to_keep_questions_longer_than_the_city_allows() -> None:
    """The city's policy binds whoever runs the server."""
    with pytest.raises(SettingsError, match="CITY_ASSISTANT_RETENTION_DAYS"):
        check_deployment(production(retention_days=31), WHOLE)
    unlimited = replace(WHOLE, policy=replace(WHOLE.policy, retention_days=0))
    assert check_deployment(production(retention_days=31), unlimited)


@pytest.mark.parametrize(
    ("settings", "city", "named"),
    [
        ({"public_url": ""}, WHOLE, "HTTPS"),
        ({"public_url": "http://assistant.example"}, WHOLE, "HTTPS"),
        ({"database_url": ""}, WHOLE, "SQLite"),
        ({"feeds": "simulated"}, WHOLE, "demonstration city"),
        ({}, replace(WHOLE, policy=replace(WHOLE.policy, office=Contact())), r"policy.office"),
        ({}, replace(WHOLE, policy=replace(WHOLE.policy, data_protection=Contact())), r"policy.data_protection"),
    ],
)
def test_what_is_missing_is_said(settings: dict[str, object], city: City, named: str) -> None:
    """Each thing that an operator left out is one warning, and a whole deployment has none."""
    good = {"public_url": "https://assistant.example", "database_url": "postgresql://db/people"}
    assert check_deployment(production(**good), WHOLE) == ()
    (warning,) = check_deployment(production(**{**good, **settings}), city)
    assert named in warning


def test_no_warning_repeats_a_secret() -> None:
    """The address of the database holds a password."""
    warnings = check_deployment(production(database_url="postgresql://u:hunter2@db/people"), WHOLE)
    assert warnings
    assert "hunter2" not in " ".join(warnings)


def test_the_server_asks_before_it_opens_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A city without a disclosure is refused at the start, before a database, an index or a model is touched."""
    for name in ("mask_logs", "signal.signal"):
        monkeypatch.setattr(f"assistant.web.server.{name}", lambda *_: None)
    settings = small_settings(tmp_path, deployment="production", port=0)
    with pytest.raises(CityDataError, match=r"policy\.disclosure"):
        run_web(settings)
    assert not settings.home.exists()
