"""The ordered list of guardrail checks, and what a check that stops a question says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.guardrails.classifier import EmergencyClassifier, load_classifier
from assistant.guardrails.emergency import EmergencyPlan, find_emergency, load_emergency_plan
from assistant.guardrails.injection import InjectionDetector, load_injection
from assistant.guardrails.limits import find_limit_breach
from assistant.schema import Lang, Status


@dataclass(frozen=True, slots=True)
class Stop:
    """A fixed reply that ends the flow before any search or language model."""

    status: Status
    text: str


@dataclass(frozen=True, slots=True)
class Guardrails:
    """The data that the checks need."""

    emergency: EmergencyPlan
    max_question_chars: int
    classifier: EmergencyClassifier | None = None
    injection: InjectionDetector | None = None


def load_guardrails(
    city_dir: Path,
    max_question_chars: int,
    embed: Callable[[str], Sequence[float]] | None = None,
    fingerprint: str = "",
) -> Guardrails:
    """Read the city's emergency plan, its classifier and the detector of orders where one fits the embedder.

    Args:
        embed: the embedding of a question, without which word lists decide alone.
        fingerprint: which weights make the embeddings.

    Raises:
        CityDataError: the plan is missing, or the plan or the classifier is malformed.
    """
    plan = load_emergency_plan(city_dir)
    classifier = load_classifier(city_dir, [kind.name for kind in plan.kinds], embed, fingerprint)
    return Guardrails(plan, max_question_chars, classifier, load_injection(embed, fingerprint))


def check_question(text: str, lang: Lang, guardrails: Guardrails) -> Stop | None:
    """The first check that stops this question, or None. Asks no language model."""
    for check in _CHECKS:
        stop = check(text, lang, guardrails)
        if stop:
            return stop
    return None


def _emergency(text: str, lang: Lang, guardrails: Guardrails) -> Stop | None:
    reply = find_emergency(text, lang, guardrails.emergency, guardrails.classifier)
    return Stop(Status.EMERGENCY, reply) if reply else None


def _limits(text: str, lang: Lang, guardrails: Guardrails) -> Stop | None:
    reply = find_limit_breach(text, lang, guardrails.max_question_chars)
    return Stop(Status.BLOCKED, reply) if reply else None


def _injection(text: str, lang: Lang, guardrails: Guardrails) -> Stop | None:
    reply = guardrails.injection.find(text, lang) if guardrails.injection else None
    return Stop(Status.BLOCKED, reply) if reply else None


_CHECKS: tuple[Callable[[str, Lang, Guardrails], Stop | None], ...] = (_emergency, _limits, _injection)
