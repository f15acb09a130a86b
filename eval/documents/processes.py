"""Runs a task in a process of its own, and measures its time and the memory of it and its children."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from assistant.lifeline import die_with_parent
from assistant.settings import PROJECT_ROOT

Task = Callable[[dict[str, Any]], dict[str, Any]]
_SAMPLE_S = 0.05
_KB_PER_MB = 1024


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process took.

    Attributes:
        wall_s: from its start to its end, imports included.
        cpu_s: processor time of it and its children.
        peak_mb: the most resident memory that it and its children held at once, sampled 20 times a second.
        child_peak_mb: the most that one of its children held.
    """

    wall_s: float
    cpu_s: float
    peak_mb: float
    child_peak_mb: float


class TaskFailedError(AssistantError):
    """A measured process ended with a fault."""


def perform(task: Task) -> None:
    """The main function of a task's module: read the request, do the task, write the reply."""
    die_with_parent()
    request, reply = map(Path, sys.argv[1:3])
    reply.write_text(json.dumps(task(json.loads(request.read_text(encoding="utf-8")))), encoding="utf-8")


def start(module: str, request: dict[str, Any], folder: Path) -> "subprocess.Popen[bytes]":
    """Start a task; its reply will be in `reply.json` of the folder, what it prints in `log.txt`."""
    (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
    with (folder / "log.txt").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", module, str(folder / "request.json"), str(folder / "reply.json")],
            cwd=PROJECT_ROOT,
            stdout=log,
            stderr=log,
        )


def run(module: str, request: dict[str, Any]) -> tuple[dict[str, Any], Usage]:
    """Do a task and wait for it.

    Raises:
        TaskFailedError: it ended with a fault.
    """
    with tempfile.TemporaryDirectory(prefix="eval-") as name:
        folder = Path(name)
        started = time.perf_counter()
        child = start(module, request, folder)
        peak, child_peak = _watch(child)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - started
        if child.returncode != 0:
            last = (folder / "log.txt").read_text(encoding="utf-8", errors="replace").strip()[-2000:]
            raise TaskFailedError(f"{module} ended with {child.returncode}: {last}", "See the message above.")
        reply: dict[str, Any] = json.loads((folder / "reply.json").read_text(encoding="utf-8"))
    cpu = used.ru_utime + used.ru_stime
    return reply, Usage(round(wall, 2), round(cpu, 2), round(peak, 1), round(child_peak, 1))


def _watch(child: "subprocess.Popen[bytes]") -> tuple[float, float]:
    """Wait until a process has ended, without reaping it: the peaks of its whole tree and of one child, in MB."""
    peak = child_peak = 0.0
    while os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        memory = {pid: _memory_mb(pid) for pid in _tree(child.pid)}
        peak = max(peak, sum(now for now, _ in memory.values()))
        child_peak = max([child_peak, *(most for pid, (_, most) in memory.items() if pid != child.pid)])
        time.sleep(_SAMPLE_S)
    return peak, child_peak


def _tree(pid: int) -> list[int]:
    """A process and its descendants; alone where the system does not list them.

    A child that has not begun its own program yet shows the memory of its parent, and is left out.
    """
    found = [pid]
    with contextlib.suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                if Path(f"/proc/{child}/cmdline").read_bytes() != command:
                    found += _tree(int(child))
    return found


def _memory_mb(pid: int) -> tuple[float, float]:
    """Resident memory of a process now and at its peak; 0 where it has just ended."""
    values = {"VmRSS": 0.0, "VmHWM": 0.0}
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            name, _, value = line.partition(":")
            if name in values:
                values[name] = int(value.split()[0]) / _KB_PER_MB
    return values["VmRSS"], values["VmHWM"]
