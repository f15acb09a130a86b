"""Figures: every number, date, fee, phone, address part and URL of a sentence must occur in what it cites."""

from collections.abc import Iterable, Sequence

from assistant.numerals import chinese_number
from assistant.schema import Citation
from assistant.verification.claim import Claim, Verifier
from assistant.verification.figure_forms import Figures, generous_figures, read_figures

__all__ = ["check_figures", "chinese_number", "claimed_figures", "source_figures", "unsupported_figures"]

_LAST_DAY = 31


def check_figures(claim: Claim) -> str:
    """Drop a sentence with a figure or link that none of its citations holds."""
    missing = unsupported_figures(claim.sentence, claim.contexts)
    return f"figures: {', '.join(missing)}" if missing else ""


def with_sources_of_figures(
    sentence: str, bound: Sequence[Citation], citations: Sequence[Citation], verifier: Verifier
) -> list[Citation]:
    """Add the citation that holds a figure which the bound ones lack, where there is one."""
    bound = list(bound)
    missing = unsupported_figures(sentence, map(verifier.context_of, bound)) if bound else []
    for citation in citations:
        if not missing:
            break
        if citation not in bound:
            still = unsupported_figures(sentence, map(verifier.context_of, (*bound, citation)))
            if len(still) < len(missing):
                bound, missing = [*bound, citation], still
    return sorted(bound, key=lambda c: c.n)


def unsupported_figures(sentence: str, sources: Iterable[str]) -> list[str]:
    """The figures and links of a sentence that occur in none of the sources."""
    known: set[str] = set().union(*map(source_figures, sources))
    return [_shown(claim) for claim in read_figures(sentence) if not _is_held(claim, known)]


def claimed_figures(sentence: str) -> list[str]:
    """The figures that a sentence states, in canonical form; read strictly, so that 一般 is no 1."""
    return [_shown(claim) for claim in read_figures(sentence)]


def source_figures(source: str) -> set[str]:
    """Every figure that a source supports."""
    found = {figure for claim in read_figures(source) for figure in claim}
    found |= generous_figures(source)
    months = [figure.removeprefix("m:") for figure in found if figure.startswith("m:")]
    alone = [figure.split("@")[0] for figure in found if figure.endswith(("@day", "@"))]  # 3月1日至15日, May 1 to 15
    days = [number for number in alone if number.isdigit() and int(number) <= _LAST_DAY]
    return found | {f"md:{month}-{day}" for month in months for day in days}


def _shown(claim: Figures) -> str:
    """How a claim is named to a reader: the number without the class of its unit."""
    return min(claim).split("@")[0]


def _is_held(claim: Figures, known: set[str]) -> bool:
    return bool(claim & known) or any(_is_number_of(f, known) for f in claim) or _is_part_of_link(claim, known)


def _is_number_of(figure: str, known: set[str]) -> bool:
    """Whether a source has the number with no unit, or, where the sentence gives none, with any."""
    number, mark, unit = figure.partition("@")
    if not mark:
        return False
    return f"{number}@" in known or (not unit and any(other.startswith(f"{number}@") for other in known))


def _is_part_of_link(claim: Figures, known: set[str]) -> bool:
    """Whether a claimed host or address is the beginning of a known one, up to a slash or question mark."""
    links = [figure.removeprefix("link:") for figure in known if figure.startswith("link:")]
    wanted = [figure.removeprefix("link:") for figure in claim if figure.startswith("link:")]
    return any(link == want or link.startswith((f"{want}/", f"{want}?")) for want in wanted for link in links)
