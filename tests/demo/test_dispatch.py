"""Whatever is booked, cancelled or asked again in whatever order, each promise holds and none is made twice."""

import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.demo.dispatch import Dispatcher
from assistant.demo.dispatch_plan import Call, Planner, Trip, pickup_of
from assistant.demo.dispatch_records import Booked, Booking, Offer, Reason, Refusal, Ride, Status
from assistant.demo.dispatch_store import Ledger
from assistant.demo.dispatch_travel import TravelMatrix
from assistant.feeds.geometry import Point
from tests.demo.mountains import (
    HILLS,
    NOW,
    OPERATION,
    RIDER,
    ROADS,
    SEA,
    TAIPEI,
    TERMS,
    TOWN,
    VEHICLES,
    Clock,
    book,
    broken,
    dispatching,
    ride,
    settled,
)

DAY = NOW.date()
WISHES = st.builds(
    ride,
    st.sampled_from(HILLS),
    st.sampled_from([*HILLS, *TOWN]),
    st.integers(70, 120).map(lambda tenth: tenth / 10),
    st.integers(1, 3),
    st.integers(0, 1),
)
STEPS = st.one_of(
    WISHES,
    WISHES,
    WISHES,
    st.integers(0, 9).map(lambda which: ("cancel", which)),
    st.just(("wait", 50)),
    st.just("again"),
)


class Desk:
    """Someone who books, cancels, waits and repeats, and checks after each step what was promised before."""

    def __init__(self, dispatcher: Dispatcher, ledger: Ledger, clock: Clock) -> None:
        self.dispatcher, self.ledger, self.clock = dispatcher, ledger, clock
        self.standing: dict[str, Booking] = {}
        self.last: tuple[Ride, str] | None = None
        self.count = 0

    def do(self, step: object) -> None:
        before = self.ledger.plan("hills", DAY)
        if isinstance(step, Ride):
            self.count += 1
            self.last = (step, f"ref-{self.count}")
            self.book(*self.last, repeated=False)
        elif step == "again" and self.last:
            self.book(*self.last, repeated=True)
        elif step[0] == "cancel" and self.standing:  # type: ignore[index]
            self.cancel(sorted(self.standing)[step[1] % len(self.standing)])  # type: ignore[index]
            return
        elif step[0] == "wait":  # type: ignore[index]
            self.clock.now += timedelta(minutes=step[1])  # type: ignore[index]
        soon_s = int((self.clock.now - OPERATION.at(DAY, 0)).total_seconds()) + TERMS.settled_s
        assert settled(before, soon_s) == settled(self.ledger.plan("hills", DAY), soon_s)

    def book(self, wanted: Ride, reference: str, *, repeated: bool) -> None:
        earlier, quoted = self.dispatcher.by_reference(reference), self.dispatcher.quote(wanted)
        made = self.dispatcher.book(wanted, RIDER, reference)
        if earlier:
            assert repeated
            assert made == Booked(earlier, new=False)
        elif isinstance(made, Booked):
            assert made.new
            assert quoted == Offer(wanted, "hills", made.booking.promise)
            self.standing[made.booking.id] = made.booking

    def cancel(self, booking: str) -> None:
        if not isinstance(self.dispatcher.cancel(booking), Refusal):
            self.standing.pop(booking)

    def check(self) -> None:
        found = self.ledger.standing("hills", DAY)
        assert {one.id: one for one in found} == self.standing
        assert broken(found, self.ledger.plan("hills", DAY)) == []


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, min_size=8, max_size=16))
def test_every_promise_holds_whatever_comes_later(steps: list[object]) -> None:
    """No vehicle is over capacity, late or in two places, nobody is forgotten, and what is settled stays as it is."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder, dispatching(Path(folder) / "rides.sqlite", clock) as (desk, ledger):
        person = Desk(desk, ledger, clock)
        for step in steps:
            person.do(step)
            person.check()


def test_a_ride_is_promised_from_the_time_that_was_asked_for(tmp_path: Path) -> None:
    """The window begins then, at full five minutes, and says until when one arrives."""
    with dispatching(tmp_path / "rides.sqlite") as (dispatcher, _):
        made = book(dispatcher, ride(end=TOWN[0], hour=9 + 1 / 60), "a")
    assert f"{made.promise.pickup_from:%H:%M} {made.promise.pickup_to:%H:%M}" == "09:05 09:25"
    direct = ROADS.seconds(HILLS[0], TOWN[0])
    assert made.promise.arrive_by - made.promise.pickup_to >= timedelta(seconds=direct)
    assert (made.fleet, made.day) == ("hills", DAY)


def test_the_fleet_of_the_hills_also_brings_people_back(tmp_path: Path) -> None:
    """A ride from the town up is one of the hills' vehicles; within the town nobody drives."""
    with dispatching(tmp_path / "rides.sqlite") as (dispatcher, _):
        assert book(dispatcher, ride(TOWN[0], HILLS[0]), "a").fleet == "hills"
        assert dispatcher.quote(ride(TOWN[0], TOWN[1])) == Refusal(Reason.NO_VEHICLE)


def test_a_full_day_is_refused_with_the_nearest_times_that_can_be_had(tmp_path: Path) -> None:
    """Each alternative, booked as it was told, is promised as it was told."""
    with dispatching(tmp_path / "rides.sqlite") as (dispatcher, ledger):
        for number in range(9):
            refused = dispatcher.book(ride(end=TOWN[0], people=2), RIDER, f"r{number}")
            if isinstance(refused, Refusal):
                break
        assert isinstance(refused, Refusal)
        assert (refused.reason, len(refused.alternatives)) == (Reason.NO_VEHICLE, 3)
        away = [abs(one.pickup_from - ride().pickup_from) for one in refused.alternatives]
        assert away == sorted(away)
        for other in refused.alternatives:
            again = replace(ride(end=TOWN[0], people=2), pickup_from=other.pickup_from)
            quoted = dispatcher.quote(again)
            assert isinstance(quoted, Offer)
            assert quoted.promise == other
        assert broken(ledger.standing("hills", DAY), ledger.plan("hills", DAY)) == []


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (ride(end=SEA), Reason.OUTSIDE_ZONES),
        (ride(hour=5.5), Reason.TOO_SOON),
        (ride(hour=18), Reason.OUTSIDE_HOURS),
        (ride(hour=9 + 6 * 24), Reason.OUTSIDE_HOURS),
        (ride(hour=9 + 15 * 24), Reason.TOO_FAR_AHEAD),
        (ride(people=7), Reason.TOO_MANY),
        (ride(people=0), Reason.TOO_MANY),
        (ride(people=1, wheelchairs=2), Reason.TOO_MANY),
        (ride(people=2, wheelchairs=2), Reason.NO_VEHICLE),
    ],
)
def test_a_ride_that_cannot_be_is_refused_with_its_reason(tmp_path: Path, wanted: Ride, reason: Reason) -> None:
    """Out of the area, the hours, the notice or the size of any vehicle; nothing is kept of it."""
    with dispatching(tmp_path / "rides.sqlite") as (dispatcher, ledger):
        refused = dispatcher.book(wanted, RIDER, "a")
        assert isinstance(refused, Refusal)
        assert (refused.reason, ledger.by_reference("a")) == (reason, None)


def test_a_reference_books_one_ride_for_ever(tmp_path: Path) -> None:
    """Again it gives the same booking, for another ride it is refused, and cancelled it stays cancelled."""
    with dispatching(tmp_path / "rides.sqlite") as (dispatcher, _):
        first = book(dispatcher, ride(), "a")
        assert dispatcher.book(ride(), RIDER, "a") == Booked(first, new=False)
        assert dispatcher.book(ride(hour=11), RIDER, "a") == Refusal(Reason.REFERENCE_TAKEN)
        dispatcher.cancel(first.id)
        again = dispatcher.book(ride(), RIDER, "a")
        assert isinstance(again, Booked)
        assert (again.new, again.booking.status) == (False, Status.CANCELLED)


def test_a_cancelled_place_is_free_again(tmp_path: Path) -> None:
    """Who was refused gets the ride of someone who cancels; one cancels as often as one likes."""
    with dispatching(tmp_path / "rides.sqlite") as (dispatcher, _):
        first = book(dispatcher, ride(people=2, wheelchairs=1), "a")
        assert isinstance(dispatcher.book(ride(HILLS[2], HILLS[0], people=1, wheelchairs=1), RIDER, "b"), Refusal)
        assert dispatcher.cancel(first.id) == dispatcher.cancel(first.id)
        assert book(dispatcher, ride(HILLS[2], HILLS[0], people=1, wheelchairs=1), "b").status is Status.BOOKED


def test_a_ride_that_has_begun_is_not_cancelled(tmp_path: Path) -> None:
    """From the beginning of its window the driver is asked instead; what is unknown is nothing."""
    clock = Clock()
    with dispatching(tmp_path / "rides.sqlite", clock) as (dispatcher, _):
        made = book(dispatcher, ride(), "a")
        clock.now = made.promise.pickup_from
        assert dispatcher.cancel(made.id) == Refusal(Reason.UNDER_WAY)
        assert dispatcher.cancel("nothing") is None


def test_a_suspension_promises_nothing_and_leaves_what_stands(tmp_path: Path) -> None:
    """On a typhoon day the days after it are offered instead; whoever has booked before can still cancel."""
    days: set[date] = set()
    with dispatching(tmp_path / "rides.sqlite", suspended=days.__contains__) as (dispatcher, _):
        made = book(dispatcher, ride(), "a")
        days.add(DAY)
        refused = dispatcher.book(ride(hour=11), RIDER, "b")
        assert isinstance(refused, Refusal)
        assert refused.reason is Reason.SUSPENDED
        assert {one.pickup_from.date() - DAY for one in refused.alternatives} == {timedelta(days=n) for n in (1, 2, 3)}
        assert (dispatcher.closed(), dispatcher.by_id(made.id)) == (frozenset({DAY}), made)
        assert isinstance(dispatcher.cancel(made.id), Booking)


def test_the_next_ride_is_after_the_notice(tmp_path: Path) -> None:
    """At eight the next ride is at nine; at five and on a Sunday nobody drives soon."""
    clock = Clock(NOW.replace(hour=8))
    with dispatching(tmp_path / "rides.sqlite", clock) as (dispatcher, _):
        promise = dispatcher.earliest(HILLS[0], HILLS[1])
        assert promise is not None
        assert f"{promise.pickup_from:%H:%M}" == "09:00"
        clock.now = NOW
        assert dispatcher.earliest(HILLS[0], HILLS[1]) is None
        clock.now = NOW.replace(hour=8) + timedelta(days=6)
        assert dispatcher.earliest(HILLS[0], HILLS[1]) is None


def test_thirty_rides_of_a_day_are_all_promised_and_held(tmp_path: Path) -> None:
    """Where they fit, one after another, and no promise is broken by a later one."""
    ledger = Ledger(tmp_path / "rides.sqlite", TAIPEI)
    dispatcher = Dispatcher(OPERATION, ledger, Clock(), limit_s=2.0, search_s=60.0)
    for number in range(30):
        start, end = HILLS[number % 4], HILLS[(number + 1) % 4]
        book(dispatcher, ride(start, end, 7.25 + number / 3.5), f"r{number}")
    assert broken(ledger.standing("hills", DAY), ledger.plan("hills", DAY)) == []
    ledger.close()


def test_a_citys_own_times_are_used() -> None:
    """Between listed points the table counts; from elsewhere the way to the nearest listed point is added."""
    matrix = TravelMatrix((HILLS[0], TOWN[0]), ((0, 4000), (4200, 0)), ROADS)
    assert (matrix.seconds(HILLS[0], TOWN[0]), matrix.seconds(TOWN[0], HILLS[0])) == (4000, 4200)
    assert matrix.seconds(HILLS[0], HILLS[3]) == ROADS.seconds(HILLS[0], HILLS[3])
    near = Point(23.09, 120.59)
    assert matrix.seconds(HILLS[0], near) == 4000 + ROADS.seconds(TOWN[0], near)


def test_what_a_driver_is_about_to_do_stays_as_it_was_planned() -> None:
    """A detour that another vehicle could save is kept where it is settled, and saved where it is not."""
    first = Trip("first", HILLS[0], HILLS[3], 1, 0, 32_400, 33_600, 40_000, 7200, TERMS.board_s)
    later = replace(first, key="later", earliest_s=43_200, latest_s=44_400, arrive_by_s=50_000)
    plan = {"van-2": (Call("first", True, 33_000), Call("first", False, 34_000))}  # van-1 stands at the pickup
    planner = Planner(VEHICLES, ROADS, 2.0)
    kept, saved = (planner.insert(later, [first], plan, settled_s) for settled_s in (33_500, 0))
    assert kept is not None
    assert saved is not None
    assert kept["van-2"][:1] == (Call("first", True, 33_000),)
    assert kept["van-2"][1].at_s >= 33_500
    assert not any(call.trip == "first" for call in saved["van-2"])


def test_a_plan_aims_at_the_time_that_is_wished_for() -> None:
    """Within a wide window the pickup is at the aim where nothing else stands against it."""
    planner = Planner(VEHICLES, ROADS, 2.0)
    trip = Trip("t", HILLS[0], HILLS[2], 1, 0, 25_200, 46_800, 54_000, 7200, TERMS.board_s, aim_s=36_000)
    plan = planner.insert(trip, [], {}, 0)
    assert plan is not None
    assert pickup_of(plan, "t") == 36_000


def test_a_fleet_without_vehicles_plans_nothing() -> None:
    """No model is built of nothing."""
    trip = Trip("t", HILLS[0], HILLS[2], 1, 0, 25_200, 26_400, 36_000, 7200, TERMS.board_s)
    assert Planner((), ROADS).insert(trip, [], {}, 0) is None
