"""Listening, and saying clearly why not."""

import signal
import socket
import subprocess
import sys

import httpx
import pytest
from httpx_sse import connect_sse

from assistant.errors import SettingsError
from assistant.settings import PROJECT_ROOT
from assistant.web.server import check_port

SERVE_FAKE = """
import threading
from assistant.web.application import build_app
from assistant.web.server import serve
from tests.fakes import FakeConversation

gate = threading.Semaphore(0)
serve(build_app(FakeConversation(gate=gate)), "127.0.0.1", 0, on_stop=lambda: gate.release(10))
print("stopped")
"""


def test_a_free_port_is_fine():
    """Nothing is said, and nothing stays bound, where the port is free."""
    check_port("127.0.0.1", 0)


def test_a_taken_port_is_named():
    """The message names the port and the option that changes it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"{port}.*--port"):
            check_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_named():
    """A host that this machine does not have is a clear error, too."""
    with pytest.raises(SettingsError, match=r"203\.0\.113\.7"):
        check_port("203.0.113.7", 0)


def test_sigterm_ends_an_answer_that_is_being_written():
    """The address is printed once the server answers, and SIGTERM ends it within the grace period and a little."""
    server = subprocess.Popen([sys.executable, "-c", SERVE_FAKE], stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT)
    try:
        url = server.stdout.readline().split()[-1]
        body = {"question": "公共腳踏車怎麼收費？", "stream": True}
        with (
            httpx.Client(base_url=url, timeout=20) as client,
            connect_sse(client, "POST", "/api/v1/ask", json=body) as source,
        ):
            assert next(source.iter_sse()).event == "evidence"
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=10)
    finally:
        server.kill()
        server.stdout.close()

    assert server.returncode in (0, -signal.SIGTERM)
