"""Reads files with plain loaders, each file in a forked process with the limits that the product's parser has."""

import json
import os
import resource
import select
import signal
import tempfile
import time
from pathlib import Path
from typing import Any, NoReturn

from eval.documents.plain_loaders import LOADERS, load
from eval.documents.processes import perform

_BYTES_PER_MB = 1024 * 1024
_KB_PER_MB = 1024
_WALL_FACTOR = 4  # as in assistant.indexing.parser


def read_all(request: dict[str, Any]) -> dict[str, Any]:
    """A row for each of `paths`, in order, within `memory_mb`, `cpu_s` and `cpu_s_per_mb`."""
    return {"rows": [_read(Path(path), request) for path in request["paths"]]}


def _read(path: Path, limits: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"path": str(path), "text": "", "reason": "no_loader", "seconds": 0.0, "peak_mb": 0.0}
    if path.suffix.lower() not in LOADERS:
        return row
    cpu_s = int(limits["cpu_s"] + limits["cpu_s_per_mb"] * path.stat().st_size / _BYTES_PER_MB) + 1
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="eval-") as folder:
        reply = Path(folder, "reply.json")
        child = os.fork()
        if child == 0:
            _read_and_exit(path, reply, limits["memory_mb"], cpu_s)
        timed_out = not _ended_within(child, cpu_s * _WALL_FACTOR)
        if timed_out:
            os.kill(child, signal.SIGKILL)
        _, status, used = os.wait4(child, 0)
        seconds = round(time.perf_counter() - started, 3)
        code = os.waitstatus_to_exitcode(status)
        if timed_out or code == -signal.SIGXCPU:
            row["reason"] = "timeout"
        elif code != 0:
            row["reason"] = "crashed"
        else:
            row |= json.loads(reply.read_text(encoding="utf-8"))
    return row | {"seconds": seconds, "peak_mb": used.ru_maxrss / _KB_PER_MB}


def _ended_within(child: int, seconds: float) -> bool:
    descriptor = os.pidfd_open(child)
    try:
        ready, _, _ = select.select([descriptor], [], [], seconds)
        return bool(ready)
    finally:
        os.close(descriptor)


def _read_and_exit(path: Path, reply: Path, memory_mb: int, cpu_s: int) -> NoReturn:
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * _BYTES_PER_MB,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        text = "\n".join(document.page_content for document in load(path))
        result = {"text": text, "reason": "" if text.strip() else "empty"}
    except MemoryError:
        result = {"text": "", "reason": "memory"}
    except Exception as error:  # noqa: BLE001  # whatever a loader raises is its result for this file
        result = {"text": "", "reason": type(error).__name__}
    reply.write_text(json.dumps(result), encoding="utf-8")
    os._exit(0)


if __name__ == "__main__":
    perform(read_all)
