"""Daily hours, as far as they are certain."""

import pytest

from assistant.tools.daily_hours import is_open
from tests.tools.asking import MONDAY


@pytest.mark.parametrize(
    ("hours", "hour", "opened"),
    [
        ("24/7", 3, True),
        ("06:00-22:00", 14, True),
        ("06:00-22:00", 22, False),
        ("06:00 – 22:00", 6, True),
        ("08:00-12:00,13:00-17:00", 12, False),
        ("08:00-12:00, 13:00-17:00", 13, True),
        ("22:00-02:00", 1, True),
        ("22:00-02:00", 3, False),
        ("18:00-24:00", 23, True),
    ],
)
def test_hours_hold_or_do_not(hours: str, hour: int, opened: bool) -> None:
    """The end is not included, several spans are one, and a night goes over midnight."""
    assert is_open(hours, MONDAY.replace(hour=hour, minute=0)) is opened


@pytest.mark.parametrize("hours", ["", "Mo-Fr 08:00-17:00", "sunrise-sunset", "8-17", "25:00-26:00", "08:00-12:00 off"])
def test_other_forms_are_not_guessed(hours: str) -> None:
    """Hours of weekdays and words may mean anything, so nobody is told that it is open."""
    assert is_open(hours, MONDAY) is None
