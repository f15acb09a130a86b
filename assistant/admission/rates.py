"""How often somebody may ask: rates such as 20/minute, kept as one number for each person and each address."""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from time import monotonic

MOST_KEYS = 100_000
_PERIODS_S = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0}
_RATE = re.compile(r"\s*([1-9]\d{0,6})\s*/\s*(second|minute|hour|day)\s*")


@dataclass(frozen=True, slots=True)
class Rate:
    """So many within a period: all of them at once, and from then on as quickly as the period gives them back."""

    count: int
    period_s: float


def parse_rates(text: str) -> tuple[Rate, ...]:
    """Rates as settings name them: `20/minute, 200/hour`; none where the text is empty.

    Raises:
        ValueError: a part is no rate.
    """
    rates = []
    for part in text.split(",") if text.strip() else ():
        match = _RATE.fullmatch(part)
        if match is None:
            raise ValueError(f"{part.strip()!r} is no rate; write for instance 20/minute, 200/hour")
        rates.append(Rate(int(match[1]), _PERIODS_S[match[2]]))
    return tuple(rates)


class Meter:
    """Counts what is taken against rates, by the generic cell rate algorithm (ITU-T I.371, annex A).

    One number a key and rate, whatever the rate; `limits` 5.8 in memory took 1.5 ms a hit at 45,000 keys, goes by the
    clock on the wall and starts a thread to forget.

    Args:
        clock: seconds that never go back.
        most_keys: how many are remembered; the one that was not used for longest is forgotten.
    """

    def __init__(self, clock: Callable[[], float] = monotonic, most_keys: int = MOST_KEYS) -> None:
        self._clock = clock
        self._most_keys = most_keys
        self._lock = Lock()
        self._due: OrderedDict[tuple[str, Rate], float] = OrderedDict()

    def take(self, wanted: Iterable[tuple[str, Sequence[Rate]]]) -> float:
        """Count one against every rate of every key, or none of them.

        Returns:
            0.0 where it was counted; else how many seconds to wait.
        """
        keys = [(key, rate) for key, rates in wanted for rate in rates]
        with self._lock:
            now = self._clock()
            due = {key: max(self._due.get(key, now), now) for key in keys}
            for used in self._due.keys() & due.keys():
                self._due.move_to_end(used)
            wait_s = max((_wait_s(rate, due[key, rate], now) for key, rate in keys), default=0.0)
            if wait_s > 0:
                return wait_s
            for key, rate in keys:
                self._due[key, rate] = due[key, rate] + rate.period_s / rate.count
            while len(self._due) > self._most_keys:
                self._due.popitem(last=False)
        return 0.0

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._due)


def _wait_s(rate: Rate, due: float, now: float) -> float:
    """Until one more fits; a thousandth of a second less is rounding."""
    wait_s = due + rate.period_s / rate.count - rate.period_s - now
    return wait_s if wait_s > 1e-3 else 0.0
