"""What Taiwan's weather administration writes in Chinese, put into the answer's language where every word is known."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from assistant.schema import Lang
from assistant.text import fold
from assistant.tools.texts import quoted

_MOST = 40


def in_words(published: str, lang: Lang) -> str:
    """A phrase such as 多雲短暫陣雨 or 海上陸上颱風警報; as published where a piece of it is not known."""
    shown = quoted(published, _MOST)
    if lang == "zh-TW":
        return shown
    pieces: list[str] = []
    rest = fold(shown)
    while rest:
        known = next((words for words in _pieces() if rest.startswith(words)), "")
        if not known:
            return shown
        pieces.append(_pieces()[known])
        rest = rest[len(known) :].lstrip()
    return " ".join(" ".join(pieces).split())


@cache
def _pieces() -> Mapping[str, str]:
    """English by the folded Chinese, the longest first."""
    path = files("assistant.tools") / "texts" / "cwa_words.toml"
    words = tomllib.loads(path.read_text(encoding="utf-8"))
    pairs = {fold(one["zh-TW"]): one["en"] for one in words.values()}
    return dict(sorted(pairs.items(), key=lambda pair: -len(pair[0])))
