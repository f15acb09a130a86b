"""Words around an act that waits for a yes: what would be sent, the code that agrees to it, and what became of it."""

from dataclasses import replace

from assistant.schema import Lang, Status
from assistant.tools.base import Draft, Finding, Line
from assistant.tools.claims import UNKNOWN_OUTCOME, VALID, Claim, ClaimState
from assistant.tools.texts import say

_TEXTS = "consent"
_MINUTES = round(VALID.total_seconds() / 60)


def offer_sentences(draft: Draft, code: str, lang: Lang) -> tuple[str, ...]:
    """Everything that would be sent, an item a line, and last how to agree or to drop it; each begins a line."""
    items = (say(_TEXTS, "item", lang, item=item) for item in draft.lines)
    yes, no = offer_choices(code, lang)
    asks = say(_TEXTS, "offer", lang, yes=yes, no=no, minutes=_MINUTES)
    return (say(_TEXTS, "begins", lang), *items, asks)


def offer_choices(code: str, lang: Lang) -> tuple[str, str]:
    """The two replies: the yes with its code, and the no."""
    return say(_TEXTS, "yes", lang, code=code), say(_TEXTS, "no", lang)


def tried(finding: Finding, code: str, lang: Lang) -> Finding:
    """What came of an act, and how to try it again where nobody knows whether it came through."""
    if finding.status not in UNKNOWN_OUTCOME:
        return finding
    return replace(finding, lines=(*finding.lines, _again(code, lang)), choices=offer_choices(code, lang)[:1])


def settled(claim: Claim, lang: Lang) -> Finding:
    """What to say to a yes or a no that leaves nothing to do, in the language of the person.

    Of what was done already it is what came of it, which a no learns too.
    """
    if claim.state == ClaimState.DONE and claim.finding:
        return claim.finding
    if claim.state == ClaimState.BUSY:
        lines = (Line(say(_TEXTS, "busy", lang)), _again(claim.code, lang))
        return Finding(lines, status=Status.CLARIFY, choices=offer_choices(claim.code, lang)[:1])
    key = "withdrawn_unsure" if claim.state == ClaimState.WITHDRAWN and claim.was_tried else claim.state.value
    status = Status.ANSWERED if claim.state == ClaimState.WITHDRAWN else Status.NO_EVIDENCE
    return Finding((Line(say(_TEXTS, key, lang, minutes=_MINUTES)),), status=status)


def too_late(claim: Claim, lang: Lang) -> Finding:
    """What to say to a no that comes after the act."""
    found = settled(claim, lang)
    if claim.state != ClaimState.DONE:
        return found
    return replace(found, lines=(Line(say(_TEXTS, "too_late", lang)), *found.lines))


def _again(code: str, lang: Lang) -> Line:
    return Line(say(_TEXTS, "again", lang, yes=offer_choices(code, lang)[0]))
