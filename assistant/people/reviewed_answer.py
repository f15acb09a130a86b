"""What a reviewed answer is: a text that an editor of a bureau approved for a question, and what it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from assistant.schema import PUBLIC, Lang

Texts = Mapping[Lang, str]
Wordings = Mapping[Lang, Sequence[str]]


class ReviewState(StrEnum):
    """Whether a reviewed answer is given: it is, it waits in the queue for an editor, or it never will be again."""

    ACTIVE = "active"
    SET_ASIDE = "set_aside"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Source:
    """What a reviewed answer rests on.

    Attributes:
        quote: verbatim, and shown with the answer.
        whole: whether the answer rests on the whole document and not on the quote alone.
        hash: SHA-256 of what it rests on, as it was at approval.
    """

    document_id: str
    quote: str
    whole: bool
    hash: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer to be approved.

    Attributes:
        answers: its text in one or both languages.
        wordings: the question and other ways to put it, in each language that it is answered in.
        audience: public, staff, or its bureau.
        expires_on: the last day on which it is given.
    """

    bureau: str
    answers: Texts
    wordings: Wordings
    sources: tuple[Source, ...]
    expires_on: date
    audience: str = PUBLIC


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A reviewed answer as it is kept; `reason` says why it is not active, `change` when it became what it is."""

    id: str
    bureau: str
    audience: str
    answers: Texts
    wordings: Wordings
    sources: tuple[Source, ...]
    approved_by: str
    approved_at: datetime
    expires_on: date
    state: ReviewState = ReviewState.ACTIVE
    reason: str = ""
    change: int = field(default=0, compare=False)
