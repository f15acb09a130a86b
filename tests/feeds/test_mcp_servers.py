"""Servers of others as a city names them, and the services that call their tools."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from assistant.errors import CityDataError
from assistant.feeds.mcp_servers import load_mcp_servers
from assistant.feeds.source import FeedSource
from assistant.services import load_services
from assistant.settings import Settings

SERVER = """
[[mcp]]
name = "office"
transport = "streamable_http"
url = "https://mcp.example.gov/mcp"
key_env = "OFFICE_KEY"
tools = ["weather", "news"]
publisher = { "zh-TW" = "氣象所", en = "Weather Office" }
licence = "OGDL"
timeout_s = 1.5
"""
PROGRAM = """
[[mcp]]
name = "local"
transport = "stdio"
command = ["python", "server.py"]
tools = ["weather"]
"""
SERVICE = """
[[service]]
name = "weather_there"
kind = "mcp"
audience = "public"
title = { "zh-TW" = "天氣", en = "Weather" }
description = { "zh-TW" = "天氣。", en = "Weather." }
examples = { "zh-TW" = ["天氣如何"], en = ["How is the weather?"] }
arguments = { place = { type = "place" }, day = { type = "time" } }
options = { server = "office", tool = "weather", input = { town = "place.en", on = "day" } }
"""
KEYS = {"OFFICE_KEY": SecretStr("k-1"), "BROKEN_KEY": SecretStr("k\nx")}


def load(folder: Path, text: str, *, stdio: bool = False) -> dict[str, FeedSource]:
    (folder / "services.toml").write_text(text, encoding="utf-8")
    return load_mcp_servers(folder, KEYS.get, load_services(folder), stdio=stdio)


def test_a_server_is_read_with_its_key_and_its_allowed_tools(tmp_path: Path) -> None:
    """The key stays out of sight."""
    source = load(tmp_path, SERVER + SERVICE)["office"]
    assert (source.url, source.options["timeout_s"]) == ("https://mcp.example.gov/mcp", 1.5)
    assert source.options["tools"] == {"weather", "news"}
    assert source.key is not None
    assert source.key.get_secret_value() == "k-1"
    assert "k-1" not in repr(source)


def test_a_server_without_its_key_is_not_asked(tmp_path: Path) -> None:
    """Its table and its services are checked all the same."""
    assert load(tmp_path, SERVER.replace("OFFICE_KEY", "OTHER_KEY") + SERVICE) == {}
    with pytest.raises(CityDataError, match="rain"):
        load(tmp_path, SERVER.replace("OFFICE_KEY", "OTHER_KEY") + SERVICE.replace('"weather"', '"rain"'))


def test_a_city_without_services_has_no_servers(tmp_path: Path) -> None:
    """A new city begins with documents alone."""
    assert load_mcp_servers(tmp_path, KEYS.get) == {}


def test_a_program_is_started_only_where_the_settings_allow_it(tmp_path: Path) -> None:
    """A folder of data cannot run anything of itself, and the settings say no unless told otherwise."""
    assert Settings().mcp_stdio is False
    with pytest.raises(CityDataError, match="CITY_ASSISTANT_MCP_STDIO"):
        load(tmp_path, PROGRAM)
    assert load(tmp_path, PROGRAM, stdio=True)["local"].options["command"] == ("python", "server.py")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SERVER + SERVER, "has that name"),
        (SERVER + '[[feed]]\nname = "office"\nstandard = "gbfs"\n', "has that name"),
        (SERVER.replace("timeout_s", "timeout"), "unknown keys or lacks its name: timeout"),
        (SERVER.replace('name = "office"', ""), "lacks its name"),
        (SERVER.replace("https://", "file://"), "http or https"),
        (SERVER.replace("https://", "https://u:p@"), "http or https"),
        (SERVER.replace("mcp.example.gov", "[::1"), "http or https"),
        (SERVER.replace("streamable_http", "carrier_pigeon"), "carrier_pigeon"),
        (SERVER.replace('["weather", "news"]', '"weather"'), "allowed tools"),
        (SERVER.replace('["weather", "news"]', "[]"), "allowed tools"),
        (SERVER.replace("1.5", "0"), "timeout_s"),
        (SERVER.replace("OFFICE_KEY", "BROKEN_KEY"), "BROKEN_KEY"),
        (PROGRAM.replace('["python", "server.py"]', '"python"'), "command"),
        ("[[mcp]\n", "cannot be read"),
    ],
)
def test_a_wrong_table_is_named(tmp_path: Path, text: str, said: str) -> None:
    """The message says which server, and what is wrong with it, and shows no key."""
    (tmp_path / "services.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CityDataError, match=said) as caught:
        load_mcp_servers(tmp_path, KEYS.get, stdio=True)
    assert "k\nx" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('server = "office"', 'server = "offices"', "offices"),
        ('tool = "weather"', 'tool = "rain"', "does not allow"),
        ('tool = "weather", ', "", "lacks the options tool"),
        ("input =", "inputs =", "inputs"),
        ("place.en", "town.en", "no argument town"),
        ("place.en", "place.phone", "place.phone"),
        ('"day"', '"day.en"', "day.en"),
        ("input =", 'key = "town", input =', "town twice"),
        ("input =", "constants = { on = 1 }, input =", "on twice"),
        ("input =", 'schema_sha256 = "ABC", input =', "schema_sha256"),
        ("input =", 'labels = { where = { en = "Where" } }, input =', "no argument where"),
    ],
)
def test_a_wrong_service_is_named_at_start(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Not by the first person who asks it."""
    with pytest.raises(CityDataError, match=said):
        load(tmp_path, SERVER + SERVICE.replace(old, new))
