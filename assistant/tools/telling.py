"""Tells what tools found as one text: marked sentences, whose data they are, and one status."""

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from assistant.schema import Reading, Status
from assistant.tools.base import Draft, Finding, Line, Request
from assistant.tools.texts import attribution

log = logging.getLogger(__name__)
_GOOD = (Status.ANSWERED, Status.PARTIAL)

Unsupported = Callable[[str, Iterable[str]], list[str]]
"""The figures of a sentence that occur in none of some texts."""


@dataclass(frozen=True, slots=True)
class LiveReport:
    """What several tools say together.

    Attributes:
        sentences: in order, each with the marks of its reading; each tool's end with whose data they are.
        readings: numbered from 1 as the sentences mark them.
        drafts: what would be sent after a yes.
    """

    sentences: tuple[str, ...]
    readings: tuple[Reading, ...]
    status: Status
    choices: tuple[str, ...] = ()
    drafts: tuple[tuple[Request, Draft], ...] = ()

    @property
    def text(self) -> str:
        """The sentences, each on a line."""
        return "\n".join(self.sentences)


def tell(requests: Sequence[Request], findings: Sequence[Finding], unsupported: Unsupported) -> LiveReport:
    """Put findings into words; a sentence with a figure that its reading does not hold is left out."""
    sentences: list[str] = []
    readings: list[Reading] = []
    statuses: list[Status] = []
    for request, finding in zip(requests, findings, strict=True):
        numbered = [replace(one, n=len(readings) + place) for place, one in enumerate(finding.readings, start=1)]
        held = [line for line in finding.lines if _is_held(line, numbered, unsupported)]
        used = sorted({line.reading for line in held if line.reading >= 0})
        sentences += [_marked(line, numbered) for line in held]
        sentences += _attributions([numbered[place] for place in used], request)
        readings += numbered
        statuses.append(finding.status if len(held) == len(finding.lines) else _less(finding.status))
    return LiveReport(
        tuple(sentences),
        tuple(readings),
        _together(statuses),
        next((finding.choices for finding in findings if finding.choices), ()),
        tuple((request, f.draft) for request, f in zip(requests, findings, strict=True) if f.draft),
    )


def _is_held(line: Line, readings: Sequence[Reading], unsupported: Unsupported) -> bool:
    """Whether every figure of a line stands in its reading, or in any where it names none."""
    sources = readings if line.reading < 0 else [readings[line.reading]]
    missing = unsupported(line.text, [_as_text(reading) for reading in sources]) if sources else []
    if missing:
        asked = ", ".join(sorted({reading.tool for reading in sources}))
        log.error("a sentence says %d figures that its reading does not hold: %s", len(missing), asked)
    return not missing


def _as_text(reading: Reading) -> str:
    data = json.dumps(dict(reading.data), ensure_ascii=False)
    return "\n".join((data, reading.place, reading.source, reading.observed_at))


def _marked(line: Line, readings: Sequence[Reading]) -> str:
    return f"{line.text} [{readings[line.reading].n}]" if line.reading >= 0 else line.text


def _attributions(readings: Sequence[Reading], request: Request) -> list[str]:
    """Whose data they are; readings of one publisher and time share a line."""
    lines = []
    for _, group in groupby(readings, key=lambda one: (one.source, one.observed_at, one.stale, one.simulated)):
        same = list(group)
        shown = same[0] if len(same) == 1 else replace(same[0], place="")
        lines.append(f"{attribution(shown, request)} {''.join(f'[{one.n}]' for one in same)}")
    return lines


def _less(status: Status) -> Status:
    return Status.PARTIAL if status == Status.ANSWERED else status


def _together(statuses: Sequence[Status]) -> Status:
    """One status for several findings: a good one makes the others missing parts."""
    if len(set(statuses)) == 1:
        return statuses[0]
    if any(status in _GOOD for status in statuses):
        return Status.PARTIAL
    return next((s for s in (Status.CLARIFY, Status.FEED_UNAVAILABLE) if s in statuses), statuses[0])
