"""The rotation: whoever comes is behind one turn of each who waits, not behind all that they have waiting."""

import random
from dataclasses import dataclass

from assistant.admission.rotation import Rotation


@dataclass(frozen=True)
class Ticket:
    address: str
    person: str
    number: int = 0


def drain(rotation: Rotation[Ticket]) -> list[Ticket]:
    return [rotation.pop() for _ in range(len(rotation))]


def test_a_persons_own_questions_come_in_order() -> None:
    """First in, first out, for one person."""
    rotation: Rotation[Ticket] = Rotation()
    mine = [Ticket("1", "a", n) for n in range(5)]
    for ticket in mine:
        rotation.add(ticket)
    assert drain(rotation) == mine


def test_a_newcomer_is_behind_one_turn_of_a_flood() -> None:
    """Two hundred of one address count as one turn."""
    rotation: Rotation[Ticket] = Rotation()
    for n in range(200):
        rotation.add(Ticket("flood", "f", n))
    rotation.add(Ticket("2", "b"))
    assert rotation.order().index(Ticket("2", "b")) == 1


def test_made_up_persons_of_an_address_count_as_one_turn() -> None:
    """Another mark for each question buys no more turns, and real neighbours take turns with them."""
    rotation: Rotation[Ticket] = Rotation()
    for n in range(50):
        rotation.add(Ticket("flood", f"f{n}"))
    rotation.add(Ticket("2", "b"))
    assert rotation.order().index(Ticket("2", "b")) == 1


def test_two_persons_at_one_address_take_turns() -> None:
    """The second person of a household waits for one turn of the first."""
    rotation: Rotation[Ticket] = Rotation()
    for n in range(10):
        rotation.add(Ticket("1", "a", n))
    rotation.add(Ticket("1", "b"))
    assert rotation.order().index(Ticket("1", "b")) == 1


def test_what_leaves_is_gone_from_every_place() -> None:
    """Whoever leaves from the middle leaves no empty lane behind, and may leave twice."""
    rotation: Rotation[Ticket] = Rotation()
    tickets = [Ticket(str(n % 3), str(n % 2), n) for n in range(12)]
    for ticket in tickets:
        rotation.add(ticket)
    for ticket in tickets * 2:
        rotation.remove(ticket)
    assert len(rotation) == 0
    assert not rotation._lanes


def test_the_order_that_is_told_is_the_order_that_comes() -> None:
    """Places are those at which questions are taken, whatever came and went before."""
    rng = random.Random(7)
    rotation: Rotation[Ticket] = Rotation()
    for n in range(500):
        if rng.random() < 0.6 or not len(rotation):
            rotation.add(Ticket(str(rng.randrange(4)), str(rng.randrange(3)), n))
        elif rng.random() < 0.5:
            rotation.pop()
        else:
            rotation.remove(rng.choice(rotation.order()))
    told = rotation.order()
    assert drain(rotation) == told
    assert len(told) > 10


def test_the_longest_lane_is_known() -> None:
    """The address at which most wait is the one to give way."""
    rotation: Rotation[Ticket] = Rotation()
    assert rotation.longest() == ("", 0)
    for n in range(5):
        rotation.add(Ticket("1" if n else "2", "a", n))
    assert rotation.longest() == ("1", 4)
