"""What is decided before any search or language model: limits and emergencies, one check per file, in order."""

from assistant.guardrails.base import Guardrails, Stop, check_question, load_guardrails

__all__ = ["Guardrails", "Stop", "check_question", "load_guardrails"]
