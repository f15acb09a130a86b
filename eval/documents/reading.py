"""Both sides' readings of the same files, each side in a process of its own."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assistant.settings import Settings
from eval.documents.processes import Usage, run

PLAIN_LIBRARIES = ("langchain_community", "langchain_text_splitters", "langchain_chroma", "docx2txt")


@dataclass(frozen=True, slots=True)
class Readings:
    """A row a file, by path, and what reading them took."""

    rows: dict[Path, dict[str, Any]]
    usage: Usage


def plain_side_at_hand() -> bool:
    """Whether the libraries of the plain side are installed."""
    return all(find_spec(name) for name in PLAIN_LIBRARIES)


def read_by_product(paths: Sequence[Path]) -> Readings:
    """The rows of `reading_task`: text, reason where refused, what was left unread, seconds."""
    with tempfile.TemporaryDirectory(prefix="eval-") as home:
        return _readings("eval.documents.reading_task", {"home": home}, paths)


def read_plainly(settings: Settings, paths: Sequence[Path]) -> Readings | None:
    """The rows of `plain_reading_task`: text, reason where nothing was read, seconds, peak; None without libraries."""
    limits = {
        "memory_mb": settings.parse_memory_mb,
        "cpu_s": settings.parse_timeout_s,
        "cpu_s_per_mb": settings.parse_s_per_mb,
    }
    return _readings("eval.documents.plain_reading_task", limits, paths) if plain_side_at_hand() else None


def _readings(module: str, request: dict[str, Any], paths: Sequence[Path]) -> Readings:
    reply, usage = run(module, {**request, "paths": [str(path.resolve()) for path in paths]})
    return Readings(dict(zip(paths, reply["rows"], strict=True)), usage)
