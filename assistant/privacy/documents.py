"""Numbers that are personal because of what they are called: passports, medical records and messenger IDs."""

import re
from collections.abc import Iterator

from assistant.privacy.base import LABELLED, LIKELY, Span, digits_of, is_labelled, is_near, label
from assistant.privacy.folding import Folded
from assistant.privacy.kinds import Kind

_LETTERS = r"(?P<letters>[A-Z]{1,2}[ -]?|[A-Za-z]{1,2}-?)?"  # a space joins capitals only: "is 123" is no number
_PASSPORT = re.compile(
    rf"(?<![A-Za-z0-9]){_LETTERS}\d(?:[\s-]{{0,3}}\d){{5,8}}(?![\s-]{{0,3}}\d)(?:[A-Z](?![A-Za-z]))?"
)
_DIGITS, _DIGITS_AFTER_LETTERS = range(9, 10), range(6, 9)
_PASSPORT_WORD = re.compile(r"護照|passport", re.IGNORECASE)
_RECORD = re.compile(rf"(?<![A-Za-z0-9]){_LETTERS}\d(?:[\s-]{{0,3}}\d){{4,9}}(?!\d)")
_RECORD_LABEL = label(r"病歷(?:號碼?|編號|\s?no\.?)?|medical record|\bMRN\b|\bchart")
_LINE = re.compile(
    r"(?:\bline|(?<![A-Za-z])line|賴)(?P<called>[\s:的]*(?:ID|account|帳號)?[\s:]*(?:是|為|is|=|:)?)\s*(?P<id>[A-Z][A-Z0-9._-]{3,19})",
    re.IGNORECASE | re.ASCII,
)
_ID_AFTER_LINE = re.compile(
    r"(?:line|賴)[^。\n]{1,16}\bID\s*[:是]\s*(?P<id>[A-Z][A-Z0-9._-]{3,19})", re.IGNORECASE | re.ASCII
)
_CALLED = re.compile(r"ID|account|帳號|是|為", re.IGNORECASE)


def find_passports(folded: Folded) -> Iterator[Span]:
    """Nine digits, or letters with six to eight, near the word."""
    for match in _PASSPORT.finditer(folded.plain):
        lengths = _DIGITS_AFTER_LETTERS if match["letters"] else _DIGITS
        if len(digits_of(match[0])) in lengths and is_near(
            folded.text, match.start(), match.end(), _PASSPORT_WORD, reach=20
        ):
            yield Span(match.start(), match.end(), Kind.PASSPORT, LIKELY)


def find_medical_records(folded: Folded) -> Iterator[Span]:
    """Five to ten digits, with or without letters, after the word."""
    for match in _RECORD.finditer(folded.plain):
        if is_labelled(folded.text, match.start(), _RECORD_LABEL):
            yield Span(match.start(), match.end(), Kind.MEDICAL_RECORD, LABELLED)


def find_line_ids(folded: Folded) -> Iterator[Span]:
    """What is called a LINE ID, or follows the messenger's name and is no word; official accounts begin with @."""
    for match in _LINE.finditer(folded.text):
        if _CALLED.search(match["called"]) or re.search(r"[\d._-]", match["id"]):
            yield Span(match.start("id"), _end(match), Kind.LINE_ID, LABELLED)
    for match in _ID_AFTER_LINE.finditer(folded.text):
        yield Span(match.start("id"), _end(match), Kind.LINE_ID, LABELLED)


def _end(match: re.Match[str]) -> int:
    return match.start("id") + len(match["id"].rstrip(".-"))
