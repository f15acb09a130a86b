"""A waiting line that takes turns: between addresses, at an address between persons, and each person's in order."""

from collections import OrderedDict, deque
from typing import Generic, Protocol, TypeVar


class Waiting(Protocol):
    """What waits: from where, and whose it is, as keys."""

    @property
    def address(self) -> str:
        """The lane that it waits in."""

    @property
    def person(self) -> str:
        """Whose it is within that lane."""


Item = TypeVar("Item", bound=Waiting)
Lane = OrderedDict[str, deque[Item]]


class Rotation(Generic[Item]):
    """Round robin (Nagle 1987, RFC 970) of two levels: a browser's mark costs nothing to make up, an address does.

    Whoever comes is behind at most one turn of each address that waits already, however many each has waiting.
    """

    def __init__(self) -> None:
        self._lanes: OrderedDict[str, Lane[Item]] = OrderedDict()

    def __len__(self) -> int:
        """How many wait."""
        return sum(self.at(address) for address in self._lanes)

    def at(self, address: str, person: str | None = None) -> int:
        """How many wait at an address, or there for one person."""
        lane = self._lanes.get(address, OrderedDict())
        return sum(len(items) for name, items in lane.items() if person is None or name == person)

    def add(self, item: Item) -> None:
        """Put it behind what its person has waiting; a new person or address comes last in the round."""
        self._lanes.setdefault(item.address, OrderedDict()).setdefault(item.person, deque()).append(item)

    def remove(self, item: Item) -> None:
        """Take it out, where it is in."""
        lane: Lane[Item] = self._lanes.get(item.address, OrderedDict())
        items = lane.get(item.person, deque())
        if item in items:
            items.remove(item)
            self._tidy(item)

    def pop(self) -> Item:
        """Take out the next one; its person and its address come last in the next round.

        Raises:
            StopIteration: nobody waits.
        """
        lane = next(iter(self._lanes.values()))
        item = next(iter(lane.values())).popleft()
        lane.move_to_end(item.person)
        self._lanes.move_to_end(item.address)
        self._tidy(item)
        return item

    def order(self) -> list[Item]:
        """All that wait, in the order in which they come if nobody else does."""
        copy: Rotation[Item] = Rotation()
        for address, lane in self._lanes.items():
            copy._lanes[address] = OrderedDict((person, deque(items)) for person, items in lane.items())
        return [copy.pop() for _ in range(len(copy))]

    def longest(self) -> tuple[str, int]:
        """The address at which most wait, and how many; nobody: an empty one."""
        return max(((address, self.at(address)) for address in self._lanes), key=lambda one: one[1], default=("", 0))

    def _tidy(self, item: Item) -> None:
        """Forget a person and an address for whom nothing waits any more."""
        lane = self._lanes[item.address]
        if not lane[item.person]:
            del lane[item.person]
        if not lane:
            del self._lanes[item.address]
