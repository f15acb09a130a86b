"""The chain of audit rows: how a row is hashed, and which row of a chain is the first that is not as it was written."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

FIRST_PREVIOUS = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One act: `number` from 1 without gaps, `at` in ISO 8601 (UTC), hashes as 64 hexadecimal digits."""

    number: int
    at: str
    who: str
    what: str
    target: str
    reason: str
    previous: str
    hash: str = ""


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """What a check of the audit found.

    Attributes:
        rows: how many rows there are.
        broken: the number of the first row that is not as it was written; None where all are.
        fault: what is wrong there, for people; empty where nothing is.
        unanchored: how many of the last rows no anchor speaks for: acts whose process died before it wrote one.
    """

    rows: int
    broken: int | None = None
    fault: str = ""
    unanchored: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing was changed, moved or taken out."""
        return self.broken is None


def hash_row(row: AuditRow) -> str:
    """The SHA-256 of a row without its own hash, as canonical JSON (RFC 8785: its values are texts and one integer)."""
    values = {
        "at": row.at,
        "number": row.number,
        "previous": row.previous,
        "reason": row.reason,
        "target": row.target,
        "what": row.what,
        "who": row.who,
    }
    canonical = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=repr)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def check_chain(rows: Iterable[AuditRow], anchors: Mapping[int, Sequence[str]]) -> AuditCheck:
    """Follow a chain from its first row, and compare it with what was written elsewhere.

    Who can write to the table alone is found out: changed rows do not fit their hash, removed and moved ones not their
    neighbours; a chain that was calculated anew, or cut off at its end, does not fit the anchors.

    Args:
        rows: in the order of their numbers.
        anchors: by the number of rows at that time, the hashes of the last one.
    """
    previous, count = FIRST_PREVIOUS, 0
    for row in rows:
        if fault := _fault_of(row, count + 1, previous, anchors.get(count + 1, ())):
            return AuditCheck(count + 1, count + 1, fault)
        previous, count = row.hash, count + 1
    last = max(anchors, default=0)
    if last > count:
        return AuditCheck(count, count + 1, f"Rows {count + 1} to {last} were there once and are not any more.")
    if count and not anchors:
        return AuditCheck(count, 1, "The file of anchors is gone: nothing says whether the rows are the ones written.")
    return AuditCheck(count, unanchored=count - last)


def _fault_of(row: AuditRow, expected: int, previous: str, anchored: Sequence[str]) -> str:
    if row.number != expected:
        return f"Row {expected} is missing; row {row.number} comes next."
    if hash_row(row) != row.hash:
        return f"Row {expected} does not fit its own hash: it was changed."
    if row.previous != previous:
        return f"Row {expected} does not follow the row before it: a row was replaced, moved or taken out."
    if any(hashed != row.hash for hashed in anchored):
        return f"Row {expected} is not the one that was written: the chain was calculated anew."
    return ""
