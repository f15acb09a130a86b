"""Agreement: a year, another city, or a kind of thing that the question asks for must stand in the evidence too."""

import re
from collections.abc import Sequence

from assistant.retrieval.answer_type import asks_own_case, nothing_asked_for
from assistant.retrieval.jurisdiction import names
from assistant.schema import EvidenceSentence
from assistant.text import fold

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_ROC_YEAR = re.compile(r"(?<![\d.])(?:民國\s*)?(\d{2,3})\s*(?:年|學年)(?!度?內|以)")
_ROC_OFFSET = 1911
_ROC_YEARS = range(60, 150)  # what people call a year of the calendar; smaller numbers are durations


def disagreement(question: str, evidence: Sequence[EvidenceSentence], elsewhere: Sequence[str]) -> str | None:
    """What the question names and the evidence does not; or None.

    A year beside other years (evidence without any year is a standing rule, and answers for every year), a place
    elsewhere, or a kind of thing whose absence can be seen, such as a phone number. How the asker's own case stands
    is in no document.

    Args:
        elsewhere: names of other cities, in any language.
    """
    if asks_own_case(question):
        return "own case"
    found = " ".join(f"{e.passage.document.title} {e.passage.chunk.locator.section or ''} {e.text}" for e in evidence)
    asked_years, found_years = years(question), years(found)
    if asked_years and found_years and not asked_years & found_years:
        return ", ".join(str(year) for year in sorted(asked_years))
    folded, folded_found = fold(question), fold(found)
    place = next((p for p in elsewhere if names(folded, fold(p)) and not names(folded_found, fold(p))), None)
    return place or nothing_asked_for(question, [e.text for e in evidence])


def years(text: str) -> set[int]:
    """The calendar years that a text names, Gregorian."""
    folded = fold(text)
    republic = {int(year) for year in _ROC_YEAR.findall(folded)}
    return {int(year) for year in _YEAR.findall(folded)} | {y + _ROC_OFFSET for y in republic if y in _ROC_YEARS}
