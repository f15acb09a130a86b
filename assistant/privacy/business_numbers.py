"""Unified business numbers: those of a person who is a business, such as a sole proprietor."""

import re
from collections.abc import Iterator

from assistant.privacy.base import LIKELY, UNLIKELY, Span, digits_of, is_labelled, is_near, label
from assistant.privacy.folding import Folded
from assistant.privacy.kinds import Kind

_NUMBER = re.compile(r"(?<![A-Z0-9-])\d(?:[\s-]?\d){7}(?![\d-])", re.IGNORECASE)
_LABEL = label(r"統編|統一編號|營利事業|\bUBN|tax ID|business (?:number|ID)|studio統編")
_AFTER = re.compile(r"\s*\(?(?:統編|統一編號)")
_SOLE = re.compile(
    r"我(?:自己|的|開|是)?[^。]{0,8}(?:工作室|商行|商號|行號|小吃|攤|店)|獨資|自營|負責人|一人公司|個人(?:工作室|studio|商)"
    r"|sole (?:proprietor|trader)|one-person|freelanc|my (?:own )?(?:shop|studio|store|stall)",
    re.IGNORECASE,
)
_WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)
_REACH = 40


def find_business_numbers(folded: Folded) -> Iterator[Span]:
    """Numbers that are called so; a company's is public, so that only a sole person's reaches the threshold."""
    for match in _NUMBER.finditer(folded.plain):
        called = is_labelled(folded.text, match.start(), _LABEL) or _AFTER.match(folded.text, match.end())
        if called and is_business_number(digits_of(match[0])):
            sole = is_near(folded.text, match.start(), match.end(), _SOLE, _REACH)
            yield Span(match.start(), match.end(), Kind.BUSINESS_ID, LIKELY if sole else UNLIKELY)


def is_business_number(digits: str) -> bool:
    """Whether eight digits carry the right check: their weighted digit sum is a multiple of 5.

    Where the seventh digit is 7, its product 28 counts as 10, whose digits may be taken as 1 or 0. Source: Ministry of
    Finance, logic of the check code of unified business numbers (multiples of 5 instead of 10 from 2023-04-01).
    """
    products = [int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)]
    total = sum(product // 10 + product % 10 for product in products)
    return total % 5 == 0 or (digits[6] == "7" and (total + 1) % 5 == 0)
