"""Partitions: each audience's and language's rows apart, and those in force until further notice from the others."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from assistant.store.registry import FIRST_DAY, LAST_DAY, day_number

_SEPARATOR = "\t"


@dataclass(frozen=True)
class Partition:
    """The rows of one audience and language that have begun and have no known end (`standing`), or the other ones.

    A search asks the partitions of its audiences and no others. On a day when all standing rows have begun, it reads
    theirs without any filter: filters are what costs time in a large index (Chroma at 100,000 rows: 4 ms, with 400).
    Scores of two languages do not compare, so each language brings its own best rows.
    """

    audience: str
    standing: bool
    language: str

    @classmethod
    def of_label(cls, label: str) -> "Partition":
        """The partition that has this label."""
        audience, standing, language = label.split(_SEPARATOR)
        return cls(audience, standing == "standing", language)

    @cached_property
    def label(self) -> str:
        """All that tells it from others, readable."""
        return _SEPARATOR.join((self.audience, "standing" if self.standing else "dated", self.language))

    @cached_property
    def code(self) -> str:
        """A short name of ASCII letters and digits, as audiences have names in any script."""
        return hashlib.sha256(self.label.encode()).hexdigest()[:16]

    def word(self, token: str) -> str:
        """An index token as it stands in this partition's rows, and in no others."""
        return f"{self.code}{token}"


def partition_of(audience: str, language: str, days: tuple[int, int]) -> Partition:
    """Where a row stands by its label, as YYYYMMDD days; what begins later is not standing yet."""
    begun = days[0] <= day_number(date.today(), FIRST_DAY)
    return Partition(audience, begun and days[1] == LAST_DAY, language)


def visible(partitions: Iterable[Partition], audiences: Sequence[str]) -> dict[str, list[Partition]]:
    """Those that a person of these audiences may see, by language."""
    seen: dict[str, list[Partition]] = defaultdict(list)
    for partition in partitions:
        if partition.audience in audiences:
            seen[partition.language].append(partition)
    return dict(seen)
