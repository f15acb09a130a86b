"""Emergencies: danger to life is answered with the right number before any search or model."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import CityDataError
from assistant.schema import Lang
from assistant.text import CJK, fold

_FIRST_CHARS = 600  # a cry for help is short; this bounds the time on huge input
_BETWEEN_CHINESE = re.compile(f"(?<=[{CJK}])\\s+(?=[{CJK}])")


@dataclass(frozen=True, slots=True)
class EmergencyKind:
    """One kind of danger: `acute` always counts, `topic` only where the question is not about rules."""

    name: str
    acute: re.Pattern[str]
    topic: re.Pattern[str] | None
    reply: dict[Lang, str]


@dataclass(frozen=True, slots=True)
class EmergencyPlan:
    """The kinds in the order of their urgency, and what marks a question about rules or services."""

    kinds: tuple[EmergencyKind, ...]
    about_rules: re.Pattern[str]


def load_emergency_plan(city_dir: Path) -> EmergencyPlan:
    """Read `emergency.toml` of a city.

    Raises:
        CityDataError: the file is missing, or a pattern or text in it is malformed.
    """
    path = city_dir / "emergency.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        kinds = tuple(
            EmergencyKind(
                name=kind["name"],
                acute=_any_of(kind["acute"]),
                topic=_any_of(kind["topic"]) if kind.get("topic") else None,
                reply={"zh-TW": kind["reply"]["zh-TW"], "en": kind["reply"]["en"]},
            )
            for kind in data["kind"]
        )
        return EmergencyPlan(kinds, _any_of(data["about_rules"]["patterns"]))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, re.error) as error:
        raise CityDataError(
            f"{path} cannot be used: {error!r}.", "A city needs emergency.toml; see docs/adding.md."
        ) from error


def find_emergency(text: str, lang: Lang, plan: EmergencyPlan) -> str | None:
    """The reply of the first kind of danger that the text speaks of, or None."""
    folded = _BETWEEN_CHINESE.sub("", fold(text[:_FIRST_CHARS]))
    about_rules = bool(plan.about_rules.search(folded))
    for kind in plan.kinds:
        if kind.acute.search(folded) or (kind.topic and not about_rules and kind.topic.search(folded)):
            return kind.reply[lang]
    return None


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
