"""Turns at the language model: so many at once, the others wait in a line that is fair, or are told not to."""

import heapq
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from threading import Event as Flag
from threading import Lock
from time import monotonic
from typing import Literal

from assistant.admission.rotation import Rotation
from assistant.errors import EngineBusy
from assistant.schema import Asker
from assistant.settings import Settings

FIRST_GUESS_S = 6.0  # how long a draft takes, before any was measured: a small model on a plain CPU
TOLD_EVERY_S = 5.0  # how often a person who waits hears of it, where nothing has changed
_MEASURED = 20

State = Literal["new", "waiting", "running", "ended"]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the line: 1 is next; and the seconds until its turn, by how long turns took lately."""

    position: int
    wait_s: float


class Turns:
    """The line before the language model of this process.

    Args:
        slots: how many the model writes at once.
        longest: how many may wait.
        most_waiting: how many of them may be one citizen's, one account's, one address's.
        longest_wait_s: who has waited so long, or would have to, is told to go without.
        clock: seconds that never go back.
        pause: waits for a flag, at most so many seconds; whether it was set.
    """

    def __init__(
        self,
        slots: int,
        *,
        longest: int = 40,
        most_waiting: tuple[int, int, int] = (3, 8, 12),
        longest_wait_s: float = 45.0,
        clock: Callable[[], float] = monotonic,
        pause: Callable[[Flag, float], bool] = Flag.wait,
    ) -> None:
        self._slots = slots
        self._longest = longest
        self._most_of_citizen, self._most_of_account, self._most_at_address = most_waiting
        self._longest_wait_s = longest_wait_s
        self._clock = clock
        self._pause = pause
        self._lock = Lock()
        self._line: Rotation[Turn] = Rotation()
        self._began: dict[Turn, float] = {}
        self._spared = 0
        self._took: deque[float] = deque(maxlen=_MEASURED)

    @property
    def running(self) -> int:
        """How many have their turn now."""
        return len(self._began) + self._spared

    @property
    def waiting(self) -> int:
        """How many wait for theirs."""
        return len(self._line)

    def of(self, asker: Asker) -> "Turn":
        """The turn of one question; it neither runs nor waits yet."""
        return Turn(self, asker)

    @contextmanager
    def spare(self) -> Iterator[bool]:
        """Leave for a short use of the model that nobody waits for; False where there is none to spare."""
        with self._lock:
            free = self._free() and not len(self._line)
            self._spared += free
        try:
            yield free
        finally:
            with self._lock:
                self._spared -= free
                self._fill()

    def enter(self, turn: "Turn") -> Place | None:
        """Begin a turn, or wait for it.

        Returns:
            the place in the line; None where the turn has begun, or its person has left.

        Raises:
            EngineBusy: too many wait, or it would take too long.
        """
        with self._lock:
            if turn.state == "new":
                turn.since = self._clock()
                self._admit(turn)
            return self._place(turn)

    def next_place(self, turn: "Turn", told: Place) -> Place | None:
        """The place after a change, or after a while; waits for it. Returns and errors as `enter`."""
        while True:
            was_changed = self._pause(turn.changed, TOLD_EVERY_S)
            with self._lock:
                turn.changed.clear()
                place = self._place(turn)
                if place is None:
                    return None
                if turn.limited and self._clock() - turn.since >= self._longest_wait_s:
                    self._drop(turn)
                    return self._place(turn)
                if not was_changed or place.position != told.position:
                    return place

    def leave(self, turn: "Turn", *, running: bool) -> None:
        """Give up the place in the line, and with `running` also the turn itself."""
        with self._lock:
            if turn.state == "running" and not running:
                return
            if turn.state == "running":
                self._took.append(self._clock() - self._began.pop(turn))
            elif turn.state == "waiting":
                self._line.remove(turn)
            turn.state = "ended"
            turn.changed.set()
            self._fill()

    def _admit(self, turn: "Turn") -> None:
        if self._free() and not len(self._line):
            self._begin(turn)
            return
        if turn.limited and self._is_over(turn):
            turn.is_refused = True
            return
        self._line.add(turn)
        turn.state = "waiting"
        place = self._place(turn)
        if turn.limited and place is not None and place.wait_s > self._longest_wait_s:
            self._drop(turn)

    def _is_over(self, turn: "Turn") -> bool:
        """Whether this one may not wait; of a full line, the last at the address with most gives way to a newcomer."""
        address, person = turn.address, turn.person
        most = self._most_of_citizen if turn.asker.kind == "citizen" else self._most_of_account
        if self._line.at(address, person) >= most or self._line.at(address) >= self._most_at_address:
            return True
        if len(self._line) < self._longest:
            return False
        crowded, count = self._line.longest()
        if count <= self._line.at(address) + 1:
            return True
        self._drop([waiting for waiting in self._line.order() if waiting.address == crowded][-1])
        return False

    def _drop(self, turn: "Turn") -> None:
        self._line.remove(turn)
        turn.is_refused = True
        turn.changed.set()

    def _begin(self, turn: "Turn") -> None:
        turn.state = "running"
        self._began[turn] = self._clock()

    def _free(self) -> bool:
        return self.running < self._slots

    def _fill(self) -> None:
        """Begin the turns for which there is room, and let the others see that they moved."""
        while len(self._line) and self._free():
            turn = self._line.pop()
            self._begin(turn)
            turn.changed.set()
        for turn in self._line.order():
            turn.changed.set()

    def _place(self, turn: "Turn") -> Place | None:
        if turn.is_refused:
            turn.state = "ended"
            raise EngineBusy("More people wait for the language model than it can serve now.", "Ask again in a moment.")
        if turn.state != "waiting":
            return None
        position = self._line.order().index(turn) + 1
        return Place(position, self._wait_s(position))

    def _wait_s(self, position: int) -> float:
        """When the turn at a position begins, if each takes as long as turns took lately."""
        now, typical = self._clock(), median(self._took) if self._took else FIRST_GUESS_S
        ends = [max(began + typical - now, 0.0) for began in self._began.values()] + [typical] * self._spared
        heapq.heapify(ends)
        for _ in range(position - 1):
            heapq.heapreplace(ends, ends[0] + typical)
        return ends[0] if ends else 0.0


class Turn:
    """One question's turn at the language model."""

    def __init__(self, turns: Turns, asker: Asker) -> None:
        self.asker = asker
        self.address = asker.address or asker.person
        self.person = asker.person
        self.limited = asker.kind != "operator"
        self.state: State = "new"
        self.is_refused = False
        self.since = 0.0
        self.changed = Flag()
        self._turns = turns

    def wait(self) -> Iterator[Place]:
        """Places in the line, as they change, until the turn begins or its person leaves; call `end` in any case.

        Raises:
            EngineBusy: too many wait, or it takes too long: answer without the model.
        """
        place = self._turns.enter(self)
        while place is not None:
            yield place
            place = self._turns.next_place(self, place)

    def abandon(self) -> None:
        """The person has left: the place in the line is free at once, a turn that runs when the model has stopped."""
        self._turns.leave(self, running=False)

    def end(self) -> None:
        """The model has stopped, or was not asked; may be called twice."""
        self._turns.leave(self, running=True)


def open_turns(settings: Settings) -> Turns:
    """The line that the settings describe."""
    return Turns(
        settings.engine_slots,
        longest=settings.longest_queue,
        most_waiting=(settings.waiting_answers, settings.account_waiting_answers, settings.address_waiting_answers),
        longest_wait_s=settings.queue_timeout_s,
    )
