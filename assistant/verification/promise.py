"""Promises: a sentence may state a rule, but never decide the reader's case."""

import re
import tomllib
from functools import lru_cache
from importlib import resources

from assistant.schema import Lang
from assistant.text import detect_language, fold
from assistant.verification.claim import Claim


def check_promise(claim: Claim) -> str:
    """Drop a sentence that tells the reader that they are entitled, or will receive, without a condition."""
    return "promise" if is_promise(claim.sentence) and not _is_verbatim(claim) else ""


def is_promise(sentence: str) -> bool:
    """Whether a sentence decides a person's case (「您符合資格」, "you will receive") instead of stating the rule."""
    text = fold(sentence)
    decides, conditional = _patterns(detect_language(sentence))
    return bool(decides.search(text)) and not conditional.search(text)


def _is_verbatim(claim: Claim) -> bool:
    """Whether the sentence stands in a source as it is: then it is the city's own word."""
    bare = fold(claim.sentence).strip(" 。.!")
    return any(bare in fold(context) for context in claim.contexts)


@lru_cache(maxsize=2)
def _patterns(lang: Lang) -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = tomllib.loads(resources.files(__package__).joinpath("promise.toml").read_text(encoding="utf-8"))[lang]
    return re.compile("|".join(data["decides"])), re.compile("|".join(data["conditional"]))
