"""Counts the tokens that an engine reads and writes, by the counters that llama.cpp's server keeps."""

import re
from collections.abc import Mapping

import httpx

from assistant.models.engine import Engine
from assistant.models.served import ServedEngine

_COUNTERS = {
    "read": re.compile(r"^llamacpp:prompt_tokens_total (\S+)", re.MULTILINE),  # without what the cache held
    "written": re.compile(r"^llamacpp:tokens_predicted_total (\S+)", re.MULTILINE),
}


class TokenMeter:
    """Reads the counters of one engine; an engine without them is not counted."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(self) -> dict[str, int]:
        """The counters as they stand; empty where there are none."""
        if not isinstance(self._engine, ServedEngine) or self._engine.state != "ready":
            return {}
        try:
            address = f"{self._engine.backend.api_url.removesuffix('/v1')}/metrics"
            text = httpx.get(address, timeout=5, trust_env=False).raise_for_status().text
        except httpx.HTTPError:
            return {}
        found = {name: pattern.search(text) for name, pattern in _COUNTERS.items()}
        return {name: round(float(match[1])) for name, match in found.items() if match}

    def since(self, before: Mapping[str, int]) -> dict[str, int]:
        """What was counted since an earlier reading; empty where the engine was restarted meanwhile."""
        now = self.read()
        counted = {name: now[name] - count for name, count in before.items() if name in now}
        return counted if all(count >= 0 for count in counted.values()) else {}
