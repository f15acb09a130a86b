"""A question and the turns before it as the language model may see them, and what each placeholder stands for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from assistant.privacy.kinds import Purpose
from assistant.privacy.known import Known
from assistant.privacy.masking import mask, restore
from assistant.schema import Lang, Question, Turn

_CLAUSE = re.compile(r"[^,，、;；。!！?？\n]*[,，、;；。!！?？\n]+|[^,，、;；。!！?？\n]+")
_WORD = re.compile(r"[A-Za-z0-9'’-]+|[\u3400-\u9fff]")
_ASKS = re.compile(r"[?？]")
_LABEL_WORDS = 6


@dataclass(frozen=True, slots=True)
class MaskedQuestion:
    """A question without its asker's personal data.

    Attributes:
        restored_by: what each placeholder stands for; the asker's own, for their view alone.
    """

    text: str
    history: tuple[Turn, ...]
    restored_by: Mapping[str, str]


def mask_question(question: Question, lang: Lang, known: Known) -> MaskedQuestion:
    """Mask a question and its history for a prompt; a value has one placeholder in all of them."""
    restored_by: Mapping[str, str] = {}

    def masked(text: str) -> str:
        nonlocal restored_by
        result = mask(text, lang, Purpose.PROMPT, known, restored_by)
        restored_by = result.restored_by
        return result.text

    history = tuple(
        replace(turn, question=masked(turn.question), answer=masked(turn.answer)) for turn in question.history
    )
    return MaskedQuestion(masked(question.text), history, restored_by)


def without_placeholders(text: str, restored_by: Mapping[str, str]) -> str:
    """A text without its placeholders, to check: they say nothing, and their numbers are no figures.

    A text that is nothing else stays as it is.
    """
    bare = restore(text, dict.fromkeys(restored_by, ""))
    return bare if _says_something(bare) else text


def without_introduction(question: str, restored_by: Mapping[str, str]) -> str:
    """A question without its placeholders and what only leads to them, to search with.

    Of 「電話〔電話1〕，怎麼申請？」 the first clause goes whole: without its value it would ask for a number. A
    question that is nothing else keeps those words.
    """
    if not restored_by:
        return question
    clauses = _CLAUSE.findall(question)
    bare = [without_placeholders(clause, restored_by) for clause in clauses]
    kept = [b for b, clause in zip(bare, clauses, strict=True) if b == clause or not _is_short(b)]
    return "".join(kept).strip() if _says_something("".join(kept)) else without_placeholders(question, restored_by)


def _is_short(clause: str) -> bool:
    """Whether a clause has hardly more than a label such as 我的電話是 or "my phone number is"."""
    return len(_WORD.findall(clause)) <= _LABEL_WORDS and not _ASKS.search(clause)


def _says_something(text: str) -> bool:
    return any(character.isalnum() for character in text)
