"""Card numbers: health insurance cards and credit cards."""

import re
from collections.abc import Iterator

from assistant.privacy.base import (
    CERTAIN,
    LABELLED,
    LIKELY,
    POSSIBLE,
    REFERENCE,
    Span,
    digits_of,
    is_labelled,
    is_luhn,
    is_near,
)
from assistant.privacy.folding import Folded
from assistant.privacy.kinds import Kind

_NHI = re.compile(r"(?<!\d)\d(?:[\s-]{0,3}\d){11}(?!\d)")
_NHI_WORD = re.compile(r"健保(?:IC)?卡|\bNHI\b|health (?:insurance )?card|health insurance", re.IGNORECASE | re.ASCII)
_NHI_START = "0000"
_CREDIT = re.compile(r"(?<!\d)[2-6](?:[\s\-.]{0,3}\d){12,18}(?!\d)")
_CARD_WORD = re.compile(
    r"信用卡|金融卡|卡號|刷|這張卡|credit|debit|\bcard\b|visa|master|amex|JCB", re.IGNORECASE | re.ASCII
)
_AMERICAN_EXPRESS = ("34", "37")
_LENGTH, _AMEX_LENGTH = 16, 15
_MASTERCARD_2 = range(2221, 2721)  # first four digits, since 2017


def find_health_cards(folded: Folded) -> Iterator[Span]:
    """Twelve digits that are called so, or that begin with the four zeros of all cards now in use."""
    for match in _NHI.finditer(folded.plain):
        start, end = match.span()
        if is_near(folded.text, start, end, _NHI_WORD):
            yield Span(start, end, Kind.NHI_CARD, LABELLED)
        elif digits_of(match[0]).startswith(_NHI_START) and not is_labelled(folded.text, start, REFERENCE):
            yield Span(start, end, Kind.NHI_CARD, POSSIBLE)


def find_credit_cards(folded: Folded) -> Iterator[Span]:
    """Numbers of an issuer with the right check digit, and mistyped ones beside a word of cards."""
    for match in _CREDIT.finditer(folded.plain):
        start, end = match.span()
        digits = digits_of(match[0])
        if not _is_issued(digits) or is_labelled(folded.text, start, REFERENCE):
            continue
        near = is_near(folded.text, start, end, _CARD_WORD)
        if is_luhn(digits):
            yield Span(start, end, Kind.CREDIT_CARD, CERTAIN if near else LIKELY)
        elif near:
            yield Span(start, end, Kind.CREDIT_CARD, POSSIBLE)


def _is_issued(digits: str) -> bool:
    """Whether the number has the first digits and the length of a card (ISO/IEC 7812)."""
    if digits.startswith(_AMERICAN_EXPRESS):
        return len(digits) == _AMEX_LENGTH
    return len(digits) == _LENGTH and (digits[0] in "3456" or int(digits[:4]) in _MASTERCARD_2)
