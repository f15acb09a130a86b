"""The ordered list of guardrail checks, and what a check that stops a question says."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.guardrails.emergency import EmergencyPlan, find_emergency, load_emergency_plan
from assistant.guardrails.limits import find_limit_breach
from assistant.schema import Lang, Status


@dataclass(frozen=True, slots=True)
class Stop:
    """A fixed reply that ends the flow before any search or model."""

    status: Status
    text: str


@dataclass(frozen=True, slots=True)
class Guardrails:
    """The data that the checks need."""

    emergency: EmergencyPlan
    max_question_chars: int


def load_guardrails(city_dir: Path, max_question_chars: int) -> Guardrails:
    """Read the city's emergency plan.

    Raises:
        CityDataError: the plan is missing or malformed.
    """
    return Guardrails(load_emergency_plan(city_dir), max_question_chars)


def check_question(text: str, lang: Lang, guardrails: Guardrails) -> Stop | None:
    """The first check that stops this question, or None. Takes well under a millisecond, without a model."""
    for check in _CHECKS:
        stop = check(text, lang, guardrails)
        if stop:
            return stop
    return None


def _emergency(text: str, lang: Lang, guardrails: Guardrails) -> Stop | None:
    reply = find_emergency(text, lang, guardrails.emergency)
    return Stop(Status.EMERGENCY, reply) if reply else None


def _limits(text: str, lang: Lang, guardrails: Guardrails) -> Stop | None:
    reply = find_limit_breach(text, lang, guardrails.max_question_chars)
    return Stop(Status.BLOCKED, reply) if reply else None


_CHECKS: tuple[Callable[[str, Lang, Guardrails], Stop | None], ...] = (_emergency, _limits)
