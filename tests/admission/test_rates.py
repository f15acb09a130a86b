"""Rates: as many at once as they allow, then as quickly as the period gives them back."""

import pytest
from pydantic import ValidationError

from assistant.admission.rates import Meter, Rate, parse_rates
from assistant.settings import Settings


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def taken(meter: Meter, key: str, rates: tuple[Rate, ...], times: int) -> int:
    return sum(meter.take([(key, rates)]) == 0 for _ in range(times))


def test_rates_read_as_they_are_written() -> None:
    """A setting may hold several rates, or none."""
    assert parse_rates("20/minute, 200 / hour") == (Rate(20, 60.0), Rate(200, 3600.0))
    assert parse_rates(" ") == ()


@pytest.mark.parametrize("text", ["20", "0/minute", "20/week", "20/minute,", "-1/hour", "1e3/hour"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    """A mistyped rate stops the start instead of lifting the limit."""
    with pytest.raises(ValueError, match="is no rate"):
        parse_rates(text)
    with pytest.raises(ValidationError):
        Settings(citizen_rates=text)


@pytest.mark.parametrize("name", ["citizen_rates", "address_rates", "staff_rates", "evaluator_rates"])
def test_the_rates_of_the_settings_can_be_read(name: str) -> None:
    """Every rate that ships is one, and bounds both a minute and an hour."""
    assert [rate.period_s for rate in parse_rates(getattr(Settings(), name))] == [60.0, 3600.0]


def test_a_person_may_ask_at_once_what_a_minute_allows(clock: Clock) -> None:
    """Twenty of thirty are taken, and the wait until the next is a twentieth of a minute."""
    meter, rates = Meter(clock), parse_rates("20/minute")
    assert taken(meter, "a", rates, 30) == 20
    assert meter.take([("a", rates)]) == pytest.approx(3.0)


def test_whoever_waits_as_told_is_taken(clock: Clock) -> None:
    """The wait is exact: not before, and then at once."""
    meter, rates = Meter(clock), parse_rates("6/minute, 10/hour")
    taken(meter, "a", rates, 6)
    wait_s = meter.take([("a", rates)])
    clock.now += wait_s - 0.01
    early = meter.take([("a", rates)])
    clock.now += 0.01
    assert (wait_s, early > 0, meter.take([("a", rates)])) == (pytest.approx(10.0), True, 0.0)


def test_the_longer_rate_holds_too(clock: Clock) -> None:
    """Whoever keeps to the minute's rate still meets the hour's."""
    meter, rates = Meter(clock), parse_rates("10/minute, 30/hour")
    count = 0
    for _ in range(10):
        count += taken(meter, "a", rates, 10)
        clock.now += 60
    assert 30 <= count <= 30 + 5


def test_a_refused_question_counts_for_nobody(clock: Clock) -> None:
    """Where the address is over its rate, the person's own count stays as it was."""
    meter = Meter(clock)
    both = [("person", parse_rates("2/minute")), ("address", parse_rates("1/minute"))]
    assert meter.take(both) == 0
    assert meter.take(both) > 0
    assert taken(meter, "person", parse_rates("2/minute"), 5) == 1


def test_persons_do_not_use_up_each_others_rates(clock: Clock) -> None:
    """A flood of one leaves another as many as before."""
    meter, rates = Meter(clock), parse_rates("5/minute")
    taken(meter, "a", rates, 200)
    assert taken(meter, "b", rates, 5) == 5


def test_memory_is_bounded_under_made_up_names(clock: Clock) -> None:
    """Whoever invents a person each time fills no more than the table, and what is used stays in it."""
    meter, rates = Meter(clock, most_keys=100), parse_rates("3/minute")
    for n in range(5000):
        meter.take([(f"made up {n}", rates)])
        meter.take([("regular", rates)])
    assert len(meter) == 100
    assert meter.take([("regular", rates)]) > 0
