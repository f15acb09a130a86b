"""The gate before every answer: how often a person and an address may ask, and how many answers each has open."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from threading import Lock
from time import monotonic
from typing import Literal

from assistant.admission.rates import Meter, Rate, parse_rates
from assistant.schema import Asker
from assistant.settings import Settings

Reason = Literal["rate", "open", "full"]
OPEN_WAIT_S = 5  # an answer ends in about that time; nobody knows when
_ALL = "all"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a question is not taken now, and after how many seconds to ask again.

    `rate`: asked too often. `open`: too many answers are open already. `full`: all of the city's are.
    """

    reason: Reason
    wait_s: int


class Pass:
    """Leave to answer one question; it counts as open until `leave`."""

    def __init__(self, leave: Callable[[], None] = lambda: None) -> None:
        self._leave: Callable[[], None] | None = leave

    def leave(self) -> None:
        """The answer has ended; may be called twice, by any thread."""
        leave, self._leave = self._leave, None
        if leave is not None:
            leave()


class Gate:
    """Takes questions within the limits of the settings; an operator on the machine itself has none.

    Whoever is signed in is limited as a person alone: a flood from an office's address does not shut out its staff.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = monotonic) -> None:
        self._meter = Meter(clock)
        self._lock = Lock()
        self._open: Counter[str] = Counter()
        self._address_rates = parse_rates(settings.address_rates)
        self._rates: dict[str, tuple[Rate, ...]] = {
            "citizen": parse_rates(settings.citizen_rates),
            "staff": parse_rates(settings.staff_rates),
            "evaluator": parse_rates(settings.evaluator_rates),
        }
        self._most_open = {
            "citizen": settings.open_answers,
            "staff": settings.account_open_answers,
            "evaluator": settings.account_open_answers,
        }
        self._most_open_at_address = settings.address_open_answers
        self._most_open_at_all = settings.all_open_answers

    @property
    def open_answers(self) -> int:
        """How many answers are open now."""
        return self._open[_ALL]

    def enter(self, asker: Asker) -> Pass | Refusal:
        """Take a question and count it, or say why not; then nothing is counted."""
        if asker.kind == "operator":
            return Pass()
        most_open = {
            f"person {asker.person}": self._most_open[asker.kind],
            f"address {asker.address}": self._most_open_at_address if asker.kind == "citizen" else None,
        }
        mine = {key: most for key, most in most_open.items() if most is not None}
        with self._lock:
            if any(self._open[key] >= most for key, most in mine.items()):
                return Refusal("open", OPEN_WAIT_S)
            if self._open[_ALL] >= self._most_open_at_all:
                return Refusal("full", OPEN_WAIT_S)
            refusal = self.count(asker)
            if refusal is not None:
                return refusal
            keys = (*mine, _ALL)
            self._open.update(keys)
        return Pass(lambda: self._close(keys))

    def count(self, asker: Asker, what: str = "ask") -> Refusal | None:
        """Count what leaves nothing open, such as a search, against the rates; what is named apart is counted apart."""
        if asker.kind == "operator":
            return None
        wanted = [(f"{what} person {asker.person}", self._rates[asker.kind])]
        if asker.kind == "citizen":
            wanted.append((f"{what} address {asker.address}", self._address_rates))
        wait_s = self._meter.take(wanted)
        return Refusal("rate", ceil(wait_s)) if wait_s else None

    def _close(self, keys: tuple[str, ...]) -> None:
        with self._lock:
            self._open.subtract(keys)
            for key in keys:
                if self._open[key] <= 0:
                    del self._open[key]
