"""The child process that reads files for the index run, under limits of memory and processor time."""

import json
import logging
import os
import resource
import sys
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.errors import DocumentError
from assistant.indexing.frames import read_frame, write_frame
from assistant.indexing.reading import read_file
from assistant.lifeline import die_with_parent
from assistant.settings import Settings

_BYTES_PER_MB = 1024 * 1024
_RETIRE_SHARE = 0.6  # of the memory limit: what a long-lived child keeps would make it refuse good files


def main() -> None:
    """Serve requests until the parent closes the pipe."""
    die_with_parent()
    requests, replies = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not reach the parent's messages
    os.environ["OMP_THREAD_LIMIT"] = "1"  # Tesseract's threads wait for each other longer than they work
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    settings = Settings.model_validate_json(read_frame(requests))
    limit = settings.parse_memory_mb * _BYTES_PER_MB
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    write_frame(replies, b"")
    while True:
        try:
            request = json.loads(read_frame(requests))
        except EOFError:
            return
        _limit_processor(request["cpu_s"])
        reply = _read(Path(request["path"]), settings) | {"retire": _memory_bytes() > limit * _RETIRE_SHARE}
        write_frame(replies, json.dumps(reply, default=str).encode())


def _read(path: Path, settings: Settings) -> dict[str, Any]:
    try:
        return {"file": asdict(read_file(path, settings)), "error": None}
    except DocumentError as error:
        return {"error": [error.reason, error.message, error.cure]}
    except MemoryError:
        message = f"{path.name} needs more than {settings.parse_memory_mb} MB to read."
        return {"error": ["too_large", message, "Split it, or raise parse_memory_mb."]}
    except RecursionError:
        message = f"{path.name} is nested too deeply to read."
        return {"error": ["too_deep", message, "Save it again from the program that made it."]}


def _limit_processor(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _memory_bytes() -> int:
    """Address space in use, which is what the limit counts; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
    sys.exit(0)
