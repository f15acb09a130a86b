"""Which llama.cpp serves: the compiled one where there is one, the wheel's where that fails."""

import sys
from pathlib import Path

import pytest

from assistant.models import llamacpp
from assistant.models.engine import open_engine
from assistant.models.llamacpp import MAX_NATIVE_STARTS, NativeFirst
from assistant.models.native import native_path
from assistant.models.supervisor import RestartPolicy, Supervisor
from assistant.settings import Settings, load_settings

SERVE = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def log_message(self, *arguments): pass
    def do_GET(self):
        self.send_response(200); self.end_headers()

HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
Commands = list[list[str]]


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """The command lines that an engine's supervisor would use for its first three children."""
    seen: Commands = []

    class Recorder(Supervisor):
        def __init__(self, command: llamacpp.Command, *, log_path: Path, start_timeout_s: float) -> None:
            super().__init__(command, log_path=log_path, start_timeout_s=start_timeout_s)
            seen.extend(list(command(7)) for _ in range(3))

    monkeypatch.setattr(llamacpp, "Supervisor", Recorder)
    return seen


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a home with a model file."""
    file = tmp_path / "m.gguf"
    file.write_bytes(b"GGUF")
    return load_settings(home=tmp_path / "home", model=str(file), engine_slots=2, context_tokens=2048, engine_threads=3)


def install(settings: Settings) -> Path:
    """Put something where the compiled server lies."""
    path = native_path(settings)
    path.parent.mkdir(parents=True)
    path.touch()
    return path


def value_of(option: str, command: list[str]) -> str:
    """What a command line says after an option."""
    return command[command.index(option) + 1]


def test_the_wheel_serves_where_nothing_is_compiled(settings: Settings, commands: Commands) -> None:
    """Without a compiled server every child is the wheel's."""
    open_engine(settings, [])
    assert all("assistant.models.llamacpp_server" in command for command in commands)


def test_the_compiled_server_comes_first(settings: Settings, commands: Commands) -> None:
    """The compiled server gets two tries, the wheel every one after them."""
    path = install(settings)
    open_engine(settings, [])
    assert [str(path) in command for command in commands] == [True, True, False]
    assert "assistant.models.llamacpp_server" in commands[2]


def test_both_servers_get_the_same_settings(settings: Settings, commands: Commands) -> None:
    """Slots, threads, context, port, name and memory are those of the settings, whichever serves."""
    install(settings)
    open_engine(settings, [])
    native, wheel = commands[0], commands[2]
    same = {"--parallel": "--slots", "--threads": "--threads", "--port": "--port", "--alias": "--alias"}
    same |= {"--model": "--model", "--cache-ram": "--prompt-cache-mib"}
    assert [value_of(name, native) for name in same] == [value_of(name, wheel) for name in same.values()]
    assert int(value_of("--ctx-size", native)) == int(value_of("--context", wheel)) * settings.engine_slots


def test_the_compiled_server_is_closed_to_others(settings: Settings, commands: Commands) -> None:
    """It listens on the loopback, shows no page, no slots, and lets no web page call it."""
    install(settings)
    open_engine(settings, [])
    assert value_of("--host", commands[0]) == "127.0.0.1"
    assert value_of("--cors-origins", commands[0]) == "http://127.0.0.1"
    assert {"--no-ui", "--no-slots", "--offline"} <= set(commands[0])


def test_a_compiled_server_that_dies_gives_way_to_the_wheel(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The reader gets an answer from the wheel, and the log says why."""
    first = NativeFirst(
        lambda _port: [sys.executable, "-c", "import sys; sys.exit('illegal instruction')"],
        lambda port: [sys.executable, "-c", SERVE, str(port)],
        window_s=60,
    )
    policy = RestartPolicy(poll_s=0.02, first_delay_s=0.01, max_delay_s=0.05)
    supervisor = Supervisor(first, log_path=tmp_path / "log", start_timeout_s=60, policy=policy)
    supervisor.start()
    assert supervisor.wait_ready(60)
    supervisor.close()
    assert "the wheel's takes its place" in caplog.text


def test_an_end_after_a_long_life_is_no_failure_to_start() -> None:
    """A compiled server that is started again now and then stays in use."""
    first = NativeFirst(lambda _port: ["native"], lambda _port: ["wheel"], window_s=0)
    assert [first(1) for _ in range(MAX_NATIVE_STARTS + 2)] == [["native"]] * (MAX_NATIVE_STARTS + 2)
