"""Translation: the question in the documents' language, by the local model, kept for the next person who asks it."""

import tomllib
from collections import OrderedDict
from collections.abc import Sequence
from importlib import resources
from threading import Lock
from typing import Protocol

from assistant.errors import EngineUnavailable
from assistant.models.backend import State
from assistant.models.chat_client import Messages
from assistant.text import cjk_share

KEPT = 10_000
_MOST_TOKENS = 80


class Writer(Protocol):
    """What a translation needs of an engine."""

    @property
    def state(self) -> State:
        """As an engine's."""

    def complete(self, messages: Messages, *, max_tokens: int, stop: Sequence[str] = ()) -> str:
        """The whole answer; raises EngineUnavailable."""


class Translator:
    """Translates questions into Traditional Chinese; what the model cannot translate stays untranslated."""

    def __init__(self, engine: Writer) -> None:
        self._engine = engine
        self._prefix = _load_prefix()
        self._kept: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def translate(self, question: str) -> str:
        """The question in Chinese; empty where it is Chinese already, or the engine cannot answer now."""
        if cjk_share(question) > 0 or self._engine.state != "ready":
            return ""
        with self._lock:
            if question in self._kept:
                self._kept.move_to_end(question)
                return self._kept[question]
        try:
            messages = [*self._prefix, ("user", question)]
            text = self._engine.complete(messages, max_tokens=_MOST_TOKENS, stop=("\n",)).strip()
        except EngineUnavailable:
            return ""
        with self._lock:
            self._kept[question] = text
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return text


def _load_prefix() -> Sequence[tuple[str, str]]:
    data = tomllib.loads(resources.files(__package__).joinpath("translation.toml").read_text(encoding="utf-8"))
    turns = [turn for e in data["example"] for turn in (("user", e["question"]), ("assistant", e["translation"]))]
    return [("system", data["system"]), *turns]
