"""The ordered list of recognisers, and how their findings become the personal data of a text."""

from collections.abc import Iterable
from dataclasses import replace

from assistant.privacy.addresses import find_addresses
from assistant.privacy.bank_accounts import find_bank_accounts
from assistant.privacy.base import THRESHOLD, Recogniser, Span
from assistant.privacy.birth_dates import find_birth_dates
from assistant.privacy.business_numbers import find_business_numbers
from assistant.privacy.cards import find_credit_cards, find_health_cards
from assistant.privacy.documents import find_line_ids, find_medical_records, find_passports
from assistant.privacy.emails import find_emails
from assistant.privacy.folding import Folded, fold_text
from assistant.privacy.kinds import Kind
from assistant.privacy.known import NOTHING_KNOWN, Known
from assistant.privacy.names import find_names, find_names_beside
from assistant.privacy.national_ids import find_national_ids
from assistant.privacy.phones import find_phones
from assistant.privacy.plates import find_plates

# Of findings that overlap, the surest names the kind, and of those the longest.
RECOGNISERS: tuple[Recogniser, ...] = (
    find_national_ids,
    find_emails,
    find_credit_cards,
    find_health_cards,
    find_medical_records,
    find_passports,
    find_phones,
    find_bank_accounts,
    find_business_numbers,
    find_line_ids,
    find_birth_dates,
    find_plates,
    find_addresses,
    find_names,
)


def find_personal(text: str, known: Known = NOTHING_KNOWN, threshold: float = THRESHOLD) -> tuple[Span, ...]:
    """The personal data in a text, in order, without overlaps; offsets are in characters of the text as given.

    Args:
        known: public values, which are no personal data.
        threshold: the least score; `THRESHOLDS` has one for each purpose. Below .4 come numbers of companies
            and mailboxes of offices.
    """
    folded = fold_text(text)
    found = [span for find in RECOGNISERS for span in find(folded) if span.score >= threshold]
    found = [span for span in found if not known.has(folded.plain[span.start : span.end], span.kind)]
    chosen = _without_overlaps(found)
    beside = [span for span in chosen if span.kind != Kind.NAME]
    if beside:
        chosen = _without_overlaps([*chosen, *find_names_beside(folded, beside)])
    return tuple(_as_given(span, folded) for span in chosen)


def _without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """One span for all that overlap, of the surest one's kind, so that no part of any stays uncovered."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start):
        if not joined or span.start >= joined[-1].end:
            joined.append(span)
            continue
        before = joined[-1]
        surer = span if (span.score, span.end - span.start) > (before.score, before.end - before.start) else before
        joined[-1] = replace(surer, start=before.start, end=max(before.end, span.end))
    return joined


def _as_given(span: Span, folded: Folded) -> Span:
    start, end = folded.given(span.start, span.end)
    return replace(span, start=start, end=end)
