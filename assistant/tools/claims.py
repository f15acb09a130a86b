"""What a person's yes or no to an offer meets: a draft to act on, what came of it, or a code that holds no more."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from assistant.schema import Lang, Status
from assistant.tools.base import Draft, Finding

VALID = timedelta(minutes=15)
"""How long after an offer a yes counts."""
UNKNOWN_OUTCOME = frozenset({Status.FEED_UNAVAILABLE, Status.ERROR})
"""How an act ends of which nobody can say that it came through, or that it did not."""


class ClaimState(StrEnum):
    """What a code stands for when somebody says yes or no to it."""

    ACT = "act"
    """Its draft is now the caller's to act on, who calls `PendingActs.finish` with what came of it."""
    DONE = "done"
    """It was acted on; the finding is what came of it."""
    BUSY = "busy"
    """Another is acting on it, and was not done within the patience of the caller."""
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Claim:
    """The answer to a yes or a no.

    Attributes:
        lang: the language of the offer.
        draft, key: what to do, and the key under which it is done, the same for each try.
        finding: what came of it, where it is done.
        was_tried: whether an earlier try ended without anybody knowing whether it came through.
    """

    state: ClaimState
    code: str
    lang: Lang = "zh-TW"
    draft: Draft | None = None
    key: str = ""
    finding: Finding | None = None
    was_tried: bool = False
