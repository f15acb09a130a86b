"""Writes the draft of an answer from evidence, sentence by sentence; without a model, the quotes themselves."""

from assistant.answering.compose import Prompts, compose_answer, is_refusal, load_prompts, warm_up
from assistant.answering.extract import compose_extract

__all__ = ["Prompts", "compose_answer", "compose_extract", "is_refusal", "load_prompts", "warm_up"]
