"""What is promised about a server that is not ours: that it ends with its parent, and obeys the command line alone."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.settings import PROJECT_ROOT

Eventually = Callable[..., None]

LAUNCH = [sys.executable, "-m", "assistant.models.native_server"]
PARENT = f"""
import subprocess, threading
child = subprocess.Popen({LAUNCH!r} + ["/bin/sleep", "1000"], stdin=subprocess.PIPE, start_new_session=True)
print(child.pid, flush=True)
threading.Event().wait()
"""


def runs_program(pid: int, program: str) -> bool:
    """Whether a process runs, and has become that program."""
    try:
        return Path(os.readlink(f"/proc/{pid}/exe")).name.startswith(program)
    except (FileNotFoundError, PermissionError):
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="compiled servers are for Linux")
def test_a_killed_parent_leaves_no_server(eventually: Eventually) -> None:
    """A program that knows nothing of its parent is gone after kill -9 of the parent."""
    program = Path("/bin/sleep").resolve().name
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    eventually(lambda: runs_program(child, program))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    eventually(lambda: not runs_program(child, program))


def test_a_parent_that_has_ended_already_gets_no_server() -> None:
    """A child that comes too late to hear of its parent's end does not start the program."""
    done = subprocess.run(
        [*LAUNCH, "/bin/echo", "started"], input=b"", capture_output=True, cwd=PROJECT_ROOT, check=False
    )
    assert done.returncode == 1
    assert b"started" not in done.stdout


def test_the_environment_does_not_reach_the_server() -> None:
    """No variable of the environment changes what the command line says."""
    environment = {**os.environ, "LLAMA_ARG_HOST": "0.0.0.0"}
    with subprocess.Popen(
        [*LAUNCH, "/usr/bin/env"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd=PROJECT_ROOT
    ) as child:
        assert child.stdout is not None
        assert b"LLAMA_ARG_HOST" not in child.stdout.read()
    assert child.returncode == 0
