"""Judges one reply: facts said, figures invented, quotes, script and language, and whether it did what was wanted."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from opencc import OpenCC

from assistant.text import detect_language, fold, squeeze
from assistant.verification.figures import claimed_figures, unsupported_figures
from assistant.verification.language import has_simplified
from eval.answers.asked import Asked
from eval.answers.systems import Reply, Texts, names_of

_MARKS = re.compile(r"\[\d+\]")
Row = dict[str, Any]


def judge(asked: Asked, reply: Reply, texts: Texts) -> Row:
    """The row of one question and system; it holds no word of question, documents or answer."""
    gave = reply.outcome == "answer"
    said = _MARKS.sub(" ", reply.text)
    figures = list(dict.fromkeys(claimed_figures(said))) if gave else []
    return {
        "split": asked.split,
        "lang": asked.lang,
        "group": asked.group,
        "want": asked.want,
        "status": reply.status,
        "outcome": reply.outcome,
        "gave_answer": gave,
        "facts": len(asked.facts),
        "facts_found": facts_in(said, asked.facts) if gave else 0,
        "facts_in_sources": facts_in("\n".join(reply.sources), asked.facts),
        "wrong_facts": len(asked.wrong_facts),
        "wrong_facts_said": facts_in(said, asked.wrong_facts) if gave else 0,
        "figures": len(figures),
        "invented_figures": len(unsupported_figures(said, reply.sources)) if gave else 0,
        "foreign_figures": _foreign_figures(said, asked, texts) if gave else 0,
        "quotes": len(reply.quotes),
        "bad_quotes": reply.bad_quotes,
        "simplified": asked.lang == "zh-TW" and has_simplified(said),
        "right_language": not reply.text or detect_language(said) == asked.lang,
        "has_documents": bool(asked.documents),
        "right_document": any(names & asked.documents for names in reply.cited),
        "model": reply.model,
        "timings_ms": {name: round(value, 1) for name, value in reply.timings_ms.items()},
        "tokens": dict(reply.tokens),
    }


def facts_in(text: str, facts: Iterable[Sequence[str]]) -> int:
    """How many facts a text states, in Traditional or Simplified characters."""
    return sum(has_fact(_simplified(text), [_simplified(one) for one in spellings]) for spellings in facts)


def has_fact(text: str, spellings: Sequence[str]) -> bool:
    """Whether one of a fact's spellings stands in a text, white space and width apart; 30 is no part of 130."""
    folded = fold(_MARKS.sub("", text)).replace(",", "")
    return any(_spelling(spelling).search(folded) for spelling in spellings)


def _foreign_figures(said: str, asked: Asked, texts: Texts) -> int:
    """Figures of an answer that stand in none of the documents that hold the right one, where these are known."""
    right = [f"{document.title}\n{text}" for document, text in texts.values() if names_of(document) & asked.documents]
    return len(unsupported_figures(said, right)) if right else 0


@lru_cache(maxsize=10_000)
def _spelling(spelling: str) -> re.Pattern[str]:
    characters = squeeze(spelling).replace(",", "")
    before = r"(?<!\d)(?<!\d\.)0?" if characters[:1].isdecimal() else ""
    after = r"(?:\.0+)?(?!\d|\.\d)" if characters[-1:].isdecimal() else ""
    return re.compile(before + r"\s*".join(map(re.escape, characters)) + after)


@lru_cache(maxsize=2_000)
def _simplified(text: str) -> str:
    return str(_converter().convert(text))


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")
