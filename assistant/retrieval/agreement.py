"""Agreement: a question that names a year or another city needs evidence that names it too."""

import re
from collections.abc import Sequence

from assistant.retrieval.jurisdiction import names
from assistant.schema import EvidenceSentence
from assistant.text import fold

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_ROC_YEAR = re.compile(r"(?<![\d.])(?:民國\s*)?(\d{2,3})\s*(?:年|學年)(?!度?內|以)")
_ROC_OFFSET = 1911
_ROC_YEARS = range(60, 150)  # what people call a year of the calendar; smaller numbers are durations


def disagreement(question: str, evidence: Sequence[EvidenceSentence], elsewhere: Sequence[str]) -> str | None:
    """What the question names and the evidence does not: a year beside other years, or a place elsewhere; or None.

    Evidence without any year is a standing rule, and answers for every year.

    Args:
        elsewhere: names of other cities, in any language.
    """
    found = " ".join(f"{e.passage.document.title} {e.passage.chunk.locator.section or ''} {e.text}" for e in evidence)
    asked_years, found_years = years(question), years(found)
    if asked_years and found_years and not asked_years & found_years:
        return ", ".join(str(year) for year in sorted(asked_years))
    folded, folded_found = fold(question), fold(found)
    return next((p for p in elsewhere if names(folded, fold(p)) and not names(folded_found, fold(p))), None)


def years(text: str) -> set[int]:
    """The calendar years that a text names, Gregorian."""
    folded = fold(text)
    republic = {int(year) for year in _ROC_YEAR.findall(folded)}
    return {int(year) for year in _YEAR.findall(folded)} | {y + _ROC_OFFSET for y in republic if y in _ROC_YEARS}
