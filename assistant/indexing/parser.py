"""Reads files in a child process with memory and time limits, so that a hostile file costs only itself."""

import json
import math
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import IO

from pydantic import TypeAdapter

from assistant.errors import DocumentError
from assistant.indexing.blocks import ParsedFile
from assistant.indexing.frames import read_frame, write_frame
from assistant.settings import PROJECT_ROOT, Settings

_BYTES_PER_MB = 1024 * 1024
_START_LIMIT_S = 120.0
_WALL_FACTOR = 4  # a child that waits, or shares its core, may take this many times its processor time
_OCR_SUFFIXES = frozenset({".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".zip"})
_PARSED_FILE = TypeAdapter(ParsedFile)


class Parser:
    """Reads one file after another in a child that is started when first needed, and again after it died."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Parser":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None

    def read(self, path: Path) -> ParsedFile:
        """The documents of a file.

        Raises:
            DocumentError: as `reading.read_file`, or with the reason `timeout`, `too_large` (memory) or `crashed`.
        """
        cpu_s = self._cpu_seconds(path)
        try:
            child = self._running()
            write_frame(_pipe(child.stdin), json.dumps({"path": str(path), "cpu_s": cpu_s}).encode())
            reply = json.loads(read_frame(_pipe(child.stdout), self._wall_seconds(path, cpu_s)))
        except (BrokenPipeError, EOFError, TimeoutError) as error:
            raise self._death(path, cpu_s, timed_out=isinstance(error, TimeoutError)) from error
        if reply["retire"]:
            self.close()
        if reply["error"]:
            raise DocumentError(*reply["error"])
        return _PARSED_FILE.validate_python(reply["file"])

    def _cpu_seconds(self, path: Path) -> int:
        try:
            megabytes = path.stat().st_size / _BYTES_PER_MB
        except OSError:
            megabytes = 0.0
        return math.ceil(self._settings.parse_timeout_s + self._settings.parse_s_per_mb * megabytes)

    def _wall_seconds(self, path: Path, cpu_s: int) -> float:
        """OCR runs in processes of its own, each with a limit of its own."""
        ocr = self._settings.max_ocr_pages * self._settings.ocr_page_timeout_s
        return cpu_s * _WALL_FACTOR + (ocr if path.suffix.lower() in _OCR_SUFFIXES else 0)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            self._child = _start_child(self._settings)
        return self._child

    def _death(self, path: Path, cpu_s: int, *, timed_out: bool) -> DocumentError:
        assert self._child is not None
        if timed_out:
            self._child.kill()
        self._child.communicate()
        code, self._child = self._child.returncode, None
        if timed_out or code == -signal.SIGXCPU:
            message = f"{path.name} was not read within {cpu_s} s."
            return DocumentError("timeout", message, "Split it, save it again, or raise parse_timeout_s.")
        message = f"{path.name} broke its reader (exit {code}; see parser.log in {self._settings.log_dir})."
        return DocumentError("crashed", message, "Save it again in another format, and report it.")


def _start_child(settings: Settings) -> subprocess.Popen[bytes]:
    settings.log_dir.mkdir(parents=True, exist_ok=True)
    with (settings.log_dir / "parser.log").open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "assistant.indexing.parser_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=PROJECT_ROOT,
            bufsize=0,
        )
    write_frame(_pipe(child.stdin), settings.model_dump_json(exclude={"endpoint_api_key"}).encode())
    read_frame(_pipe(child.stdout), _START_LIMIT_S)  # an empty frame: it has imported the libraries of all formats
    return child


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe
