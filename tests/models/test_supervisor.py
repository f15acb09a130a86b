"""What the supervisor promises about its child process, with a tiny real one."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.models.supervisor import RestartPolicy, Supervisor
from assistant.settings import PROJECT_ROOT

Eventually = Callable[..., None]

CHILD = """
import sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from assistant.lifeline import end_with_parent

end_with_parent()
mode, port = sys.argv[1], int(sys.argv[2])
print("child speaks:", mode, flush=True)
if mode == "crash":
    sys.exit("cannot load the model")
if mode == "never-ready":
    threading.Event().wait()

class Handler(BaseHTTPRequestHandler):
    def log_message(self, *arguments): pass
    def do_GET(self):
        if mode == "hangs" and Path(sys.argv[3]).exists():
            threading.Event().wait()
        self.send_response(200); self.end_headers()

HTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""

PARENT = """
import sys, threading
from pathlib import Path
from assistant.models.supervisor import Supervisor

script, log = sys.argv[1:]
command = lambda port: [sys.executable, script, "well", str(port)]
supervisor = Supervisor(command, log_path=Path(log), start_timeout_s=60)
supervisor.start()
assert supervisor.wait_ready(60)
print(supervisor.pid, flush=True)
threading.Event().wait()
"""

QUICK = RestartPolicy(
    poll_s=0.02, health_every_s=0.05, health_timeout_s=1.0, first_delay_s=0.01, max_delay_s=0.05, stop_timeout_s=2.0
)
Start = Callable[..., Supervisor]


def is_running(pid: int) -> bool:
    """Whether a process runs; one that ended but was not collected by its parent does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The child's program, which imports the lifeline of this project."""
    monkeypatch.setenv("PYTHONPATH", str(PROJECT_ROOT))
    path = tmp_path / "child.py"
    path.write_text(CHILD, encoding="utf-8")
    return path


@pytest.fixture
def start(script: Path, tmp_path: Path) -> Iterator[Start]:
    """Start a supervised child in a mode; all are closed at the end."""
    supervisors: list[Supervisor] = []

    def begin(mode: str, *more: str, start_timeout_s: float = 60.0) -> Supervisor:
        supervisor = Supervisor(
            lambda port: [sys.executable, str(script), mode, str(port), *more],
            log_path=tmp_path / "logs" / "engine.log",
            start_timeout_s=start_timeout_s,
            policy=QUICK,
        )
        supervisors.append(supervisor)
        supervisor.start()
        return supervisor

    yield begin
    for supervisor in supervisors:
        supervisor.close()


def test_a_child_becomes_ready_and_ends_on_close(start: Start) -> None:
    """A child is starting, then ready, then gone; closing twice is fine."""
    supervisor = start("well")
    assert supervisor.wait_ready(60)
    pid = supervisor.pid
    supervisor.close()
    supervisor.close()
    assert supervisor.state == "off"
    assert not is_running(pid)


def test_a_killed_child_is_replaced(start: Start, eventually: Eventually) -> None:
    """A child that dies is started again at once, on its own."""
    supervisor = start("well")
    assert supervisor.wait_ready(60)
    first = supervisor.pid
    os.kill(first, signal.SIGKILL)
    eventually(lambda: supervisor.pid != first and supervisor.state == "ready")
    assert is_running(supervisor.pid)


def test_a_hung_child_is_replaced(start: Start, tmp_path: Path, eventually: Eventually) -> None:
    """A child that runs but no longer answers is ended and started again."""
    hang = tmp_path / "hang"
    supervisor = start("hangs", str(hang))
    assert supervisor.wait_ready(60)
    first = supervisor.pid
    hang.touch()
    eventually(lambda: supervisor.pid != first)
    hang.unlink()
    eventually(lambda: supervisor.state == "ready")
    assert not is_running(first)


def test_a_child_that_always_crashes_is_given_up(start: Start, tmp_path: Path) -> None:
    """After five quick deaths the supervisor stops trying and shows the child's last words."""
    supervisor = start("crash")
    assert not supervisor.wait_ready(60)
    assert supervisor.state == "down"
    assert "cannot load the model" in supervisor.failure
    log = (tmp_path / "logs" / "engine.log").read_text(encoding="utf-8")
    assert log.count("child speaks: crash") == QUICK.max_deaths


def test_a_given_up_child_can_be_started_again(start: Start) -> None:
    """Starting anew after the supervisor gave up is a new try."""
    supervisor = start("crash")
    supervisor.wait_ready(60)
    supervisor.start()
    assert supervisor.state == "starting"


def test_a_child_that_is_never_ready_is_replaced(start: Start, eventually: Eventually) -> None:
    """A child that does not become ready in time is taken for hung."""
    supervisor = start("never-ready", start_timeout_s=0.3)
    eventually(lambda: supervisor.state == "down")
    assert "was not ready" in supervisor.failure


def test_a_command_that_does_not_exist_is_said(tmp_path: Path) -> None:
    """A child that cannot even be started is an error with its reason, not a hang."""
    supervisor = Supervisor(lambda _port: ["/no/such/program"], log_path=tmp_path / "l", start_timeout_s=5)
    supervisor.start()
    assert not supervisor.wait_ready(5)
    assert "/no/such/program" in supervisor.failure
    supervisor.close()


def test_a_killed_parent_leaves_no_orphan(script: Path, tmp_path: Path, eventually: Eventually) -> None:
    """After kill -9 of the parent its child is gone too."""
    arguments = [sys.executable, "-c", PARENT, str(script), str(tmp_path / "engine.log")]
    parent = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert is_running(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    eventually(lambda: not is_running(child))


def test_the_first_restart_is_immediate_and_delays_are_capped() -> None:
    """A first death costs no waiting, a row of them at most ten seconds each."""
    policy = RestartPolicy()
    assert [policy.delay_s(n) for n in (1, 2, 3)] == [0.0, 0.5, 1.0]
    assert policy.delay_s(50) == 10.0
