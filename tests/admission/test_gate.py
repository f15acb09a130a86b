"""The gate: rates and open answers of a person and an address, and who has larger ones or none."""

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.admission import Gate, Pass, Refusal
from assistant.schema import Asker
from assistant.settings import Settings

CITIZEN = Asker("citizen", "browser:a", "address:1")


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gate(clock: Clock, tmp_path: Path) -> Gate:
    return Gate(Settings(home=tmp_path), clock)


def ask(gate: Gate, asker: Asker) -> bool:
    """Whether a question is taken, and answered at once."""
    entered = gate.enter(asker)
    if isinstance(entered, Pass):
        entered.leave()
    return isinstance(entered, Pass)


def test_one_browser_is_limited(gate: Gate) -> None:
    """Of two hundred questions at once twenty are taken, and the rest told when to ask again."""
    assert sum(ask(gate, CITIZEN) for _ in range(200)) == 20
    assert gate.enter(CITIZEN) == Refusal("rate", 3)


def test_an_office_behind_one_address_works(gate: Gate) -> None:
    """Sixty people who ask twice a minute from one address are all taken."""
    people = [replace(CITIZEN, person=f"browser:{n}") for n in range(60)]
    assert all(ask(gate, person) for person in people * 2)


def test_made_up_browsers_share_their_address(gate: Gate, clock: Clock) -> None:
    """Whoever sends another mark with each question is held by the address, and nobody elsewhere is."""
    taken = sum(ask(gate, replace(CITIZEN, person=f"browser:{n}")) for n in range(1000))
    assert taken == 120
    assert ask(gate, Asker("citizen", "browser:b", "address:2"))


def test_staff_are_not_shut_out_by_their_address(gate: Gate) -> None:
    """A flood of citizens from the office's address leaves those who are signed in there alone."""
    for n in range(200):
        ask(gate, replace(CITIZEN, person=f"browser:{n}"))
    assert not ask(gate, replace(CITIZEN, person="browser:new"))
    assert ask(gate, Asker("staff", "account:1", "address:1"))


@pytest.mark.parametrize(("kind", "most"), [("citizen", 20), ("staff", 60), ("evaluator", 300), ("operator", 500)])
def test_roles_have_rates_of_their_own(gate: Gate, kind: str, most: int) -> None:
    """A citizen's, a member of staff's, an evaluator's; an operator on the machine has no limit."""
    assert sum(ask(gate, Asker(kind, "x")) for _ in range(500)) == most


def test_a_person_has_only_so_many_answers_open(gate: Gate) -> None:
    """The fifth has to wait until one of four ends, and has not been counted against the rate."""
    open_answers = [gate.enter(CITIZEN) for _ in range(4)]
    assert gate.enter(CITIZEN) == Refusal("open", 5)
    assert isinstance(open_answers[0], Pass)
    open_answers[0].leave()
    assert sum(ask(gate, CITIZEN) for _ in range(50)) == 16


def test_an_address_has_only_so_many_answers_open(gate: Gate) -> None:
    """Forty at an address; another address is not touched."""
    entered = [gate.enter(replace(CITIZEN, person=f"browser:{n}")) for n in range(60)]
    assert sum(isinstance(one, Pass) for one in entered) == 40
    assert ask(gate, Asker("citizen", "browser:b", "address:2"))


def test_all_together_have_only_so_many_answers_open(gate: Gate) -> None:
    """Answers take threads: those of the whole city are bounded, and it is said that all are taken."""
    entered = [gate.enter(Asker("citizen", f"browser:{n}", f"address:{n}")) for n in range(121)]
    assert entered[-1] == Refusal("full", 5)
    assert gate.open_answers == 120


def test_nothing_is_left_open_after_a_flood(gate: Gate) -> None:
    """Answers that end, even twice, leave no count behind."""
    for one in [gate.enter(replace(CITIZEN, person=f"browser:{n % 7}")) for n in range(200)]:
        if isinstance(one, Pass):
            one.leave()
            one.leave()
    assert gate.open_answers == 0
    assert not gate._open


def test_searches_count_apart_from_questions(gate: Gate) -> None:
    """Whoever has searched a lot may still ask, and the other way round."""
    searched = sum(gate.count(CITIZEN, "search") is None for _ in range(100))
    assert (searched, ask(gate, CITIZEN)) == (20, True)


def test_rates_come_back_with_time(gate: Gate, clock: Clock) -> None:
    """A person who was told to wait three seconds is taken after them."""
    while ask(gate, CITIZEN):
        pass
    clock.now += 3
    assert ask(gate, CITIZEN)
