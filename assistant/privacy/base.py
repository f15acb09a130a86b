"""What a recogniser of personal data gets and gives, and how it reads the words around a number."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.privacy.folding import Folded
from assistant.privacy.kinds import Kind


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of personal data: where it stands (characters), what it is, and how sure that is (0 to 1)."""

    start: int
    end: int
    kind: Kind
    score: float


Recogniser = Callable[[Folded], Iterator[Span]]  # offsets are of the folded text

GAP = r"[\s\-._·・/,、()]{0,3}"  # what people put between the digits of a number
_JOIN = (
    r"(?:\s|[:=是為叫「『\"'(#.,/-]|號碼|字號|編號|帳號|改成|寫|的|"
    r"\bnumber\b|\bnos?\b|\bis\b|\bwas\b|\baccount\b)*"
)
_SENTENCE_END = re.compile(r"[。!?;\n]")
_LABEL_REACH = 32  # characters
_NEAR_REACH = 16

CERTAIN, LABELLED, LIKELY, POSSIBLE, UNSURE, UNLIKELY = 1.0, 0.9, 0.7, 0.6, 0.4, 0.3
THRESHOLD = 0.5


def label(words: str) -> re.Pattern[str]:
    """A pattern that matches a text which ends in one of these words and what joins it to its value."""
    return re.compile(rf"(?:{words}){_JOIN}\Z", re.IGNORECASE | re.ASCII)


def is_labelled(text: str, start: int, words: re.Pattern[str]) -> bool:
    """Whether a `label` stands directly before."""
    return words.search(text, max(0, start - _LABEL_REACH), start) is not None


def is_near(text: str, start: int, end: int, words: re.Pattern[str], reach: int = _NEAR_REACH) -> bool:
    """Whether one of the words stands close by, in the same sentence."""
    before = _SENTENCE_END.split(text[max(0, start - reach) : start])[-1]
    after = _SENTENCE_END.split(text[end : end + reach])[0]
    return words.search(before) is not None or words.search(after) is not None


def digits_of(text: str) -> str:
    """The digits of a folded text."""
    return re.sub(r"\D", "", text)


# A number that names a case, a document or a thing is no person's, whatever it looks like.
REFERENCE = label(
    r"案號|案件(?:編號)?|編號|文號|函|流水號|序號|單號|訂單|發票|條碼|收據|地號|料號|型號|"
    r"\bcase|reference|\bref|order|receipt|invoice|serial|ticket|tracking"
)


def is_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of ISO/IEC 7812-1, annex B."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0
