"""Dispatches rides on demand: offers, promises and cancels them, and keeps every promise when others book later."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from time import monotonic

from assistant.demo.dispatch_city import Operation, ServiceZone
from assistant.demo.dispatch_plan import Plan, Planner, Trip, pickup_of, without_trip
from assistant.demo.dispatch_records import (
    Booked,
    Booking,
    Offer,
    Promise,
    Reason,
    Refusal,
    Ride,
    Rider,
    Status,
    Stop,
)
from assistant.demo.dispatch_store import Ledger
from assistant.feeds.geometry import Point

_STEP_S = 300  # promised windows begin at full five minutes
_SEARCH_S = 3 * 3600  # alternatives are looked for so long before and after
_MOST_ALTERNATIVES = 3
_DAYS_AFTER = 3
_REMEMBER = timedelta(days=1)
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that sounds or looks like another
_ID_LENGTH = 8


@dataclass(frozen=True, slots=True)
class _Span:
    """When someone may be picked up, and which time in it is the best, if one is."""

    low: datetime
    high: datetime
    aim: datetime | None = None


class Dispatcher:
    """The dispatch of one operation; calls may come from any thread and are taken one after the other.

    Args:
        clock: gives aware times.
        suspended: whether no rides are given on a day, as in a typhoon. What was promised before stands until people
            call it off; nothing new is promised.
        limit_s: for each attempt of the planner, of which a booking takes at most four.
        search_s: after which no further alternative is looked for.
    """

    def __init__(
        self,
        operation: Operation,
        ledger: Ledger,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        suspended: Callable[[date], bool] = lambda day: False,
        limit_s: float = 0.07,
        search_s: float = 1.0,
    ) -> None:
        self.operation = operation
        self._ledger = ledger
        self._clock, self._suspended = clock, suspended
        self._limit_s, self._search_s = limit_s, search_s
        self._one_at_a_time = Lock()
        with ledger.transaction():
            self._forget_riders()

    def now(self) -> datetime:
        """The time of the operation."""
        return self._clock().astimezone(self.operation.zone)

    def closed(self) -> frozenset[date]:
        """The days on which nobody drives, as far as one can book, those of a suspension too."""
        today, days = self.now().date(), range(self.operation.terms.most_days + 1)
        ahead = (today + timedelta(days=number) for number in days)
        return self.operation.closed | {day for day in ahead if self._suspended(day)}

    def quote(self, ride: Ride) -> Offer | Refusal:
        """What would be promised now; nothing is kept."""
        with self._one_at_a_time, self._ledger.transaction():
            return self._offer_or_refusal(ride)[0]

    def book(self, ride: Ride, rider: Rider, client_reference: str) -> Booked | Refusal:
        """Promise a ride; with the same reference again the first booking is given and none is made.

        It is on the disk, whole, before this returns.
        """
        with self._one_at_a_time, self._ledger.transaction():
            earlier = self._ledger.by_reference(client_reference)
            if earlier:
                same = earlier.ride.fingerprint == ride.fingerprint
                return Booked(earlier, new=False) if same else Refusal(Reason.REFERENCE_TAKEN)
            made = _new_id()
            offer, plan = self._offer_or_refusal(ride, made)
            if isinstance(offer, Refusal):
                return offer
            day = offer.promise.pickup_from.date()
            booking = Booking(made, client_reference, offer.fleet, day, ride, offer.promise, rider)
            self._forget_riders()
            self._ledger.add(booking)
            self._ledger.set_plan(offer.fleet, day, plan)
        return Booked(booking, new=True)

    def by_reference(self, client_reference: str) -> Booking | None:
        """The booking with a client's reference."""
        with self._one_at_a_time:
            return self._ledger.by_reference(client_reference)

    def by_id(self, booking: str) -> Booking | None:
        """A booking by its number."""
        with self._one_at_a_time:
            return self._ledger.by_id(booking)

    def cancel(self, booking: str) -> Booking | Refusal | None:
        """Let a booking stand no longer, again and again if need be; refused once its window has begun.

        Nothing is returned where there is no such booking.
        """
        with self._one_at_a_time, self._ledger.transaction():
            found = self._ledger.by_id(booking)
            if found is None or found.status is Status.CANCELLED:
                return found
            if found.promise.pickup_from <= self.now():
                return Refusal(Reason.UNDER_WAY)
            plan = without_trip(self._ledger.plan(found.fleet, found.day), booking)
            self._ledger.set_plan(found.fleet, found.day, plan)
            self._ledger.cancel(booking)
            return self._ledger.by_id(booking)

    def earliest(self, start: Point, end: Point) -> Promise | None:
        """The next ride for one person that could be booked now; None where there is none within three hours."""
        terms = self.operation.terms
        ride = Ride(Stop("", start), Stop("", end), _up(self.now() + timedelta(seconds=terms.notice_s)))
        with self._one_at_a_time, self._ledger.transaction():
            for fleet in self.operation.fleets(start, end):
                if self._refused_by_rule(ride.pickup_from, fleet) is None:
                    until = ride.pickup_from + timedelta(seconds=_SEARCH_S)
                    found = self._nearest(ride, fleet, _Span(ride.pickup_from, until, ride.pickup_from))
                    if found:
                        return found
        return None

    def _forget_riders(self) -> None:
        self._ledger.forget_riders(self.now().date() - _REMEMBER)

    def _offer_or_refusal(self, ride: Ride, key: str = "") -> tuple[Offer | Refusal, Plan]:
        terms = self.operation.terms
        fleets = self.operation.fleets(ride.pickup.point, ride.drop_off.point)
        if not fleets:
            return Refusal(Reason.OUTSIDE_ZONES), {}
        if not 0 < ride.passengers <= terms.most_passengers or not 0 <= ride.wheelchairs <= ride.passengers:
            return Refusal(Reason.TOO_MANY), {}
        start = _up(ride.pickup_from.astimezone(self.operation.zone))
        reasons = []
        for fleet in fleets:
            reason = self._refused_by_rule(start, fleet)
            plan = None if reason else self._planned(ride, fleet, start, key)
            if plan:
                return Offer(ride, fleet.id, self._promise(ride, fleet, start)), plan
            reasons.append(reason or Reason.NO_VEHICLE)
        reason = Reason.NO_VEHICLE if Reason.NO_VEHICLE in reasons else reasons[0]
        return Refusal(reason, self._alternatives(ride, fleets, start)), {}

    def _refused_by_rule(self, start: datetime, fleet: ServiceZone) -> Reason | None:
        terms, now = self.operation.terms, self.now()
        if start < now + timedelta(seconds=terms.notice_s):
            return Reason.TOO_SOON
        if start.date() > self._last_day():
            return Reason.TOO_FAR_AHEAD
        if self._suspended(start.date()):
            return Reason.SUSPENDED
        opens, closes = self._hours(fleet, start.date())
        runs = self.operation.runs_on(fleet, start.date()) and opens <= start <= closes
        return None if runs else Reason.OUTSIDE_HOURS

    def _planned(self, ride: Ride, fleet: ServiceZone, start: datetime, key: str = "") -> Plan | None:
        """A plan of the fleet's day that keeps all promises and the one that would begin at a time.

        Where none is found, a wider window is tried that aims at the same time: the way into a full day may lead over
        a later place in it.
        """
        window = timedelta(seconds=self.operation.terms.window_s)
        plan = self._insert(ride, fleet, _Span(start, start + window), key)
        if plan:
            return plan
        plan = self._insert(ride, fleet, _Span(start, start + timedelta(seconds=_SEARCH_S), start), key)
        at_s = pickup_of(plan, key) if plan else None
        return plan if at_s is not None and at_s <= self._seconds(start + window, start.date()) else None

    def _alternatives(self, ride: Ride, fleets: Sequence[ServiceZone], start: datetime) -> tuple[Promise, ...]:
        """The nearest times at which there is a ride: later and earlier on the day, and on the days after it."""
        search, until = timedelta(seconds=_SEARCH_S), monotonic() + self._search_s
        spans = [_Span(start, start + search, start), _Span(start - search, start, start)]
        days = [start + timedelta(days=days) for days in range(1, _DAYS_AFTER + 1)]
        spans += [_Span(same - search, same + search, same) for same in days]
        found: set[Promise] = set()
        for span in spans:
            for fleet in fleets:
                if monotonic() < until and len(found) < _MOST_ALTERNATIVES:
                    found |= {one for one in [self._nearest(ride, fleet, span)] if one}
        return tuple(sorted(found, key=lambda one: abs(one.pickup_from - start)))

    def _nearest(self, ride: Ride, fleet: ServiceZone, span: _Span) -> Promise | None:
        """The promise in a span that is nearest to its aim; it can be kept as it is."""
        day = span.aim.date() if span.aim else span.low.date()
        opens, closes = self._hours(fleet, day)
        soonest = _up(self.now() + timedelta(seconds=self.operation.terms.notice_s))
        low, high = max(span.low, opens, soonest), min(span.high, closes)
        runs = self.operation.runs_on(fleet, day) and not self._suspended(day)
        if low > high or not runs or day > self._last_day():
            return None
        plan = self._insert(ride, fleet, _Span(low, high, span.aim))
        at_s = pickup_of(plan, "") if plan else None
        if at_s is None:
            return None
        start = max(low, self.operation.at(day, at_s // _STEP_S * _STEP_S))
        return self._promise(ride, fleet, start) if self._planned(ride, fleet, start) else None

    def _insert(self, ride: Ride, fleet: ServiceZone, span: _Span, key: str = "") -> Plan | None:
        day = span.low.date()
        standing = [
            self._trip(
                one.ride, day, _Span(one.promise.pickup_from, one.promise.pickup_to), one.promise.arrive_by, one.id
            )
            for one in self._ledger.standing(fleet.id, day)
        ]
        arrive_by = self._arrive_by(ride, fleet, span.high)
        wanted = self._trip(ride, day, span, arrive_by, key)
        if wanted.arrive_by_s < wanted.earliest_s:
            return None
        settled_s = self._seconds(self.now(), day) + self.operation.terms.settled_s
        planner = Planner(fleet.vehicles, self.operation.travel, self._limit_s)
        return planner.insert(wanted, standing, self._ledger.plan(fleet.id, day), max(0, settled_s))

    def _trip(self, ride: Ride, day: date, span: _Span, arrive_by: datetime, key: str) -> Trip:
        return Trip(
            key=key,
            pickup=ride.pickup.point,
            drop_off=ride.drop_off.point,
            seats=ride.seats,
            wheelchairs=ride.wheelchairs,
            earliest_s=self._seconds(span.low, day),
            latest_s=self._seconds(span.high, day),
            arrive_by_s=self._seconds(arrive_by, day),
            longest_s=self._longest_s(ride),
            board_s=self._board_s(ride),
            aim_s=self._seconds(span.aim, day) if span.aim else None,
        )

    def _promise(self, ride: Ride, fleet: ServiceZone, start: datetime) -> Promise:
        until = start + timedelta(seconds=self.operation.terms.window_s)
        return Promise(start, until, self._arrive_by(ride, fleet, until))

    def _arrive_by(self, ride: Ride, fleet: ServiceZone, picked_up_by: datetime) -> datetime:
        last = self.operation.at(picked_up_by.date(), fleet.last_drop_off_s)
        return min(last, _up(picked_up_by + timedelta(seconds=self._longest_s(ride))))

    def _longest_s(self, ride: Ride) -> int:
        """How long someone is under way at most: a detour for others is bounded."""
        terms = self.operation.terms
        direct_s = self.operation.travel.seconds(ride.pickup.point, ride.drop_off.point)
        longest_s = max(round(direct_s * terms.longest_factor), direct_s + terms.longest_extra_s)
        return longest_s + self._board_s(ride)

    def _board_s(self, ride: Ride) -> int:
        return self.operation.terms.wheelchair_board_s if ride.wheelchairs else self.operation.terms.board_s

    def _hours(self, fleet: ServiceZone, day: date) -> tuple[datetime, datetime]:
        return self.operation.at(day, fleet.opens_s), self.operation.at(day, fleet.closes_s)

    def _last_day(self) -> date:
        return self.now().date() + timedelta(days=self.operation.terms.most_days)

    def _seconds(self, at: datetime, day: date) -> int:
        return int((at - self.operation.at(day, 0)).total_seconds())


def _up(at: datetime) -> datetime:
    """The next full five minutes."""
    past_s = (at.minute * 60 + at.second) % _STEP_S + at.microsecond / 1e6
    return at + timedelta(seconds=_STEP_S - past_s) if past_s else at


def _new_id() -> str:
    """A number that can be said on the phone and not be guessed (39 bits)."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))
