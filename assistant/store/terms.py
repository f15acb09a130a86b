"""The words of a question as the keyword index takes them: each with the wordings that count as it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a question. It counts once, by whichever of its wordings matches best.

    Attributes:
        wordings: what may stand for the word; the index tokens of a wording must all stand in a field to match.
        weight: how much the word counts beside a word of the question itself.
    """

    wordings: tuple[tuple[str, ...], ...]
    weight: float = 1.0
