"""Whose question is taken now: rates, answers open at once, and fair turns at the language model."""

from assistant.admission.askers import asker_of
from assistant.admission.gate import Gate, Pass, Refusal
from assistant.admission.spare import SpareEngine
from assistant.admission.turns import Place, Turn, Turns, open_turns

__all__ = ["Gate", "Pass", "Place", "Refusal", "SpareEngine", "Turn", "Turns", "asker_of", "open_turns"]
