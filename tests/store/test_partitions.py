"""Partitions: where a row lies, and who may see which."""

from datetime import date, timedelta

import pytest

from assistant.store.partitions import Partition, Validity, partition_of, visible
from assistant.store.registry import FIRST_DAY, LAST_DAY, day_number


def days(first: int | None, last: int | None) -> tuple[int, int]:
    """Days from today, as a label has them."""
    today = date.today()
    begin = None if first is None else today + timedelta(first)
    end = None if last is None else today + timedelta(last)
    return day_number(begin, FIRST_DAY), day_number(end, LAST_DAY)


@pytest.mark.parametrize(
    ("first", "last", "validity"),
    [
        (None, None, Validity.STANDING),
        (0, None, Validity.STANDING),
        (1, None, Validity.PASSING),
        (None, 0, Validity.PASSING),
        (-10, 10, Validity.PASSING),
        (-10, -1, Validity.ENDED),
    ],
)
def test_a_row_lies_by_its_days(first: int | None, last: int | None, validity: Validity) -> None:
    """The first and the last day count in."""
    assert partition_of("public", "zh-TW", days(first, last)) == Partition("public", "zh-TW", validity)


def test_a_label_tells_the_partition() -> None:
    """Also with a bureau's Chinese name; different partitions have different codes."""
    every = [Partition(a, lang, v) for a in ("public", "消防局") for lang in ("zh-TW", "en") for v in Validity]
    assert [Partition.of_label(partition.label) for partition in every] == every
    assert len({partition.code for partition in every}) == len(every)
    assert all(partition.code.isalnum() and partition.code.isascii() for partition in every)


def test_only_the_named_audiences_are_seen() -> None:
    """What is not named is denied, and languages stay apart."""
    public, english, staff = (
        Partition("public", "zh-TW", Validity.STANDING),
        Partition("public", "en", Validity.STANDING),
        Partition("staff", "zh-TW", Validity.STANDING),
    )
    assert visible([public, english, staff], ["public"]) == {"zh-TW": [public], "en": [english]}
    assert visible([public, english, staff], []) == {}
