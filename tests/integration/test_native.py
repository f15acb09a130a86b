"""What a compiled llama.cpp promises beside the wheel's, with a real model behind both."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from assistant.models.engine import open_engine
from assistant.models.llamacpp import open_wheel
from assistant.models.native import PROGRAM, choose_server
from assistant.models.served import ServedEngine
from assistant.models.supervisor import Supervisor
from assistant.settings import PROJECT_ROOT, Settings, load_settings

pytestmark = pytest.mark.integration

Eventually = Callable[..., None]
HELLO = [("user", "The capital of Japan is")]
PREFIX = "The library of the city lends books, films and games to everyone who lives or works here. " * 8
APP = """
import threading
from assistant.models.engine import open_engine
from assistant.settings import load_settings

engine = open_engine(load_settings(), [])
engine.start()
assert engine.wait_ready(280)
print(engine.backend.pid, flush=True)
threading.Event().wait()
"""


@pytest.fixture(scope="module")
def settings(models_home: Path) -> Settings:
    """The small model in the home that the settings name."""
    return load_settings(home=models_home, engine="llamacpp", model="gemma3-270m", context_tokens=2048)


@pytest.fixture(scope="module")
def native(settings: Settings) -> Iterator[ServedEngine]:
    """The compiled server; skipped where `city-assistant engine build` has not been run."""
    if choose_server(settings).native is None:
        pytest.skip("no llama.cpp is compiled in this home")
    yield from started(open_engine(settings, ["CN"]))


@pytest.fixture(scope="module")
def wheel(settings: Settings) -> Iterator[ServedEngine]:
    """The wheel's server."""
    yield from started(open_wheel(settings, ["CN"]))


def started(engine: object) -> Iterator[ServedEngine]:
    """The engine once it is ready; ended afterwards."""
    assert isinstance(engine, ServedEngine)
    engine.start()
    assert engine.wait_ready(280), engine.backend.failure
    yield engine
    engine.close()


@pytest.fixture(params=["native", "wheel"])
def server(request: pytest.FixtureRequest) -> ServedEngine:
    """Each server in turn: they keep the same promises."""
    engine: ServedEngine = request.getfixturevalue(request.param)
    return engine


def program_of(pid: int) -> str:
    """The program that a process runs; empty once it has ended."""
    try:
        return Path(os.readlink(f"/proc/{pid}/exe")).name
    except FileNotFoundError:
        return ""


def get(server: ServedEngine, path: str) -> httpx.Response:
    """Ask the server for a page as a browser would."""
    assert isinstance(server.backend, Supervisor)
    headers = {"Origin": "https://example.org"}
    return httpx.get(f"{server.backend.base_url}{path}", headers=headers, timeout=60, trust_env=False)


def cached_tokens(server: ServedEngine, text: str) -> int:
    """How many tokens of a prompt the server did not have to read."""
    body = {"messages": [{"role": "user", "content": text}], "max_tokens": 1, "temperature": 0}
    url = f"{server.backend.api_url}/chat/completions"
    cached: int = httpx.post(url, json=body, timeout=120, trust_env=False).json()["timings"]["cache_n"]
    return cached


def test_the_compiled_server_is_what_runs(native: ServedEngine) -> None:
    """The supervised process has become the compiled program itself, and it answers."""
    assert isinstance(native.backend, Supervisor)
    assert program_of(native.backend.pid) == PROGRAM
    assert native.complete(HELLO, max_tokens=4)


def test_a_server_is_closed_to_others(server: ServedEngine) -> None:
    """No server has a page, shows what citizens asked, or lets a web page elsewhere call it."""
    assert get(server, "/").status_code != httpx.codes.OK
    assert get(server, "/slots").status_code != httpx.codes.OK
    assert get(server, "/health").headers["Access-Control-Allow-Origin"] == "http://127.0.0.1"


def test_a_server_counts_what_it_does(server: ServedEngine) -> None:
    """The figures for monitoring are there."""
    assert get(server, "/metrics").status_code == httpx.codes.OK


def test_a_static_prefix_survives_another_one(server: ServedEngine) -> None:
    """Two prefixes in turn on one slot are each read once: the second question of each finds its own in memory."""
    other = PREFIX.upper()
    for prefix in (PREFIX, other):
        cached_tokens(server, f"{prefix} When does it open?")
    assert cached_tokens(server, f"{PREFIX} Where is it?") > 60
    assert cached_tokens(server, f"{other} Where is it?") > 60


@pytest.mark.usefixtures("native")
def test_a_killed_application_leaves_no_server(settings: Settings, eventually: Eventually) -> None:
    """After kill -9 of the application the compiled server is gone too."""
    variables = {"HOME": str(settings.home), "MODEL": settings.model, "ENGINE": "llamacpp"}
    environment = {**os.environ, **{f"CITY_ASSISTANT_{name}": value for name, value in variables.items()}}
    command = [sys.executable, "-c", APP]
    app = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT, env=environment)
    assert app.stdout is not None
    pid = int(app.stdout.readline())
    assert program_of(pid) == PROGRAM
    app.send_signal(signal.SIGKILL)
    app.wait()
    app.stdout.close()
    eventually(lambda: program_of(pid) == "", 60)
