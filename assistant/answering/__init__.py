"""Writes the draft of an answer from evidence, sentence by sentence, and the quotes that it rests on."""

from assistant.answering.compose import (
    Draft,
    Prompts,
    brief,
    compose_answer,
    is_refusal,
    load_prompts,
    warm_up,
)
from assistant.answering.quoting import deciding_lines, extract_lines

__all__ = [
    "Draft",
    "Prompts",
    "brief",
    "compose_answer",
    "deciding_lines",
    "extract_lines",
    "is_refusal",
    "load_prompts",
    "warm_up",
]
