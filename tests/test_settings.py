"""Settings from the environment and from files, and secrets that appear nowhere."""

import logging
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from assistant.errors import AssistantError, EngineUnavailable, SettingsError
from assistant.models import open_engine
from assistant.people.people import open_people
from assistant.settings import Settings, load_settings, read_secret
from assistant.web.application import build_app
from tests.fakes import FakeConversation

CANARY = "hunter2-canary"
SECRETS = [name for name, field in Settings.model_fields.items() if field.annotation is SecretStr]
TELLING = {"key", "secret", "password", "token", "database"}


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of files, one for each secret setting and one for a feed's key."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    for name in (*(f"CITY_ASSISTANT_{name.upper()}" for name in SECRETS), "CITY_ASSISTANT_KEY_SOME_FEED"):
        monkeypatch.delenv(name, raising=False)
        (folder / name).write_text(f"{CANARY}-{name}\n", encoding="utf-8")
    monkeypatch.setenv("CITY_ASSISTANT_SECRETS_DIR", str(folder))
    return folder


def test_what_sounds_like_a_secret_is_one() -> None:
    """A setting whose name tells of a key or a password has the type that hides its value."""
    sounding = [name for name in Settings.model_fields if TELLING & set(name.split("_"))]
    assert sounding
    assert [name for name in sounding if name not in SECRETS] == []


def test_secrets_come_from_files(secrets: Path) -> None:
    """Each is the text of a file called as its variable, without the line's end."""
    settings = load_settings()
    for name in SECRETS:
        assert getattr(settings, name).get_secret_value() == f"{CANARY}-CITY_ASSISTANT_{name.upper()}"
    feed = read_secret("CITY_ASSISTANT_KEY_SOME_FEED")
    assert feed is not None
    assert feed.get_secret_value() == f"{CANARY}-CITY_ASSISTANT_KEY_SOME_FEED"


def test_the_environment_comes_before_the_file(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator can override one value without touching the folder."""
    monkeypatch.setenv("CITY_ASSISTANT_ENDPOINT_API_KEY", "other")
    monkeypatch.setenv("CITY_ASSISTANT_KEY_SOME_FEED", "other too")
    assert load_settings().endpoint_api_key.get_secret_value() == "other"
    assert read_secret("CITY_ASSISTANT_KEY_SOME_FEED") == SecretStr("other too")


def test_a_secret_file_outside_the_folder_is_not_read(secrets: Path) -> None:
    """A city's data name variables, not paths."""
    (secrets.parent / "outside").write_text("stolen", encoding="utf-8")
    assert read_secret("../outside") is None


def test_a_folder_of_secrets_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A mistyped folder would mean a start without passwords."""
    monkeypatch.setenv("CITY_ASSISTANT_SECRETS_DIR", str(tmp_path / "missing"))
    with pytest.raises(SettingsError, match="CITY_ASSISTANT_SECRETS_DIR"):
        load_settings()


def test_no_secret_is_shown_with_the_settings(secrets: Path) -> None:
    """Neither printed, nor in JSON, nor in the message about another setting that cannot be used."""
    settings = load_settings()
    for shown in (repr(settings), str(settings), settings.model_dump_json(), f"{settings.__dict__}"):
        assert CANARY not in shown
    with pytest.raises(SettingsError) as refused:
        load_settings(port=-1)
    chain = [refused.value, refused.value.__cause__]
    assert CANARY not in " ".join(map(repr, chain)) + " ".join(map(str, chain))


def test_no_secret_leaves_by_the_web(secrets: Path) -> None:
    """Readiness, the description of the API, what the assistant says of itself, and problems hold none."""
    conversation = FakeConversation()
    conversation.settings = load_settings()
    client = TestClient(build_app(conversation), raise_server_exceptions=False)
    for path in ("/readyz", "/healthz", "/api/v1/about", "/api/v1/openapi.json", "/api/v1/nothing"):
        assert CANARY not in client.get(path).text
    assert CANARY not in client.post("/api/v1/ask", json={"question": "車"}).text


def test_an_engine_that_refuses_the_key_does_not_repeat_it(
    secrets: Path, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """What is raised and logged about a server that cannot be asked names its address, not the key."""
    caplog.set_level(logging.DEBUG)
    where = {"engine": "endpoint", "endpoint_url": "http://127.0.0.1:9/v1", "model_origin": "TW", "home": tmp_path}
    engine = open_engine(load_settings(**where), ["CN"])
    with pytest.raises(EngineUnavailable) as raised:
        engine.complete([("user", "?")], max_tokens=1)
    engine.close()
    assert CANARY not in f"{raised.value!r} {raised.value.__cause__!r} {caplog.text}"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg://user:{CANARY}@127.0.0.1:9/people",
        f"mysql://user:{CANARY}@127.0.0.1:9/people",
        f"postgresql://user:{CANARY}@127.0.0.1:port/people",
        f"{CANARY}",
    ],
)
def test_a_database_that_cannot_be_opened_does_not_give_its_password_away(
    url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The message names host and database at most."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises(AssistantError) as raised:
        open_people(Settings(home=tmp_path, database_url=url))
    assert CANARY not in f"{raised.value!r} {raised.value} {caplog.text}"
