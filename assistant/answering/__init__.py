"""Writes the draft of an answer from evidence, sentence by sentence; without a model, the quotes themselves."""

from assistant.answering.compose import Prompts, compose_answer, load_prompts
from assistant.answering.extract import compose_extract

__all__ = ["Prompts", "compose_answer", "compose_extract", "load_prompts"]
