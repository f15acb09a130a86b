"""A small mountain operation, bookings of it, and a check of plans that knows nothing of the planner."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from assistant.demo.dispatch import Dispatcher
from assistant.demo.dispatch_city import BookingTerms, Operation, ServiceZone, area_around
from assistant.demo.dispatch_plan import Call, Plan
from assistant.demo.dispatch_records import Booking, Refusal, Ride, Rider, Stop, Vehicle
from assistant.demo.dispatch_store import Ledger
from assistant.demo.dispatch_travel import MountainRoads
from assistant.feeds.geometry import Point

TAIPEI = ZoneInfo("Asia/Taipei")
NOW = datetime(2026, 9, 21, 5, 0, tzinfo=TAIPEI)  # a Monday
RIDER = Rider("王小明", "0912-345-678")
HILLS = (Point(23.2766, 120.7206), Point(23.2469, 120.7023), Point(23.219, 120.6934), Point(23.2794, 120.7199))
TOWN = (Point(23.0826, 120.5881), Point(23.0839, 120.5882))
SEA = Point(22.0, 120.0)
ROADS = MountainRoads(1.6, 28)
TERMS = BookingTerms(
    window_s=1200,
    notice_s=3600,
    settled_s=1800,
    most_days=14,
    most_passengers=6,
    board_s=60,
    wheelchair_board_s=240,
    longest_factor=1.6,
    longest_extra_s=900,
)
TEXTS = {key: {"zh-TW": "模擬", "en": "simulated"} for key in ("name", "operator", "message")}


def zone(name: str, points: Sequence[Point], reaches: tuple[str, ...], vehicles: tuple[Vehicle, ...]) -> ServiceZone:
    hours = {"opens_s": 7 * 3600, "closes_s": 17 * 3600, "last_drop_off_s": 19 * 3600}
    names = {"zh-TW": name, "en": name}
    return ServiceZone(name, names, area_around(points, 1500), reaches, frozenset(range(6)), vehicles=vehicles, **hours)


VEHICLES = (
    Vehicle("van-1", 4, 1, 6 * 3600, 20 * 3600, HILLS[0]),
    Vehicle("van-2", 3, 0, 6 * 3600, 20 * 3600, HILLS[1]),
)
OPERATION = Operation(
    zone=TAIPEI,
    texts=TEXTS,
    phone="07-1",
    closed=frozenset(),
    terms=TERMS,
    travel=ROADS,
    zones=(zone("hills", HILLS, ("town",), VEHICLES), zone("town", TOWN, (), ())),
)


class Clock:
    """A time that a test moves."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def dispatching(
    path: Path,
    clock: Clock | None = None,
    operation: Operation = OPERATION,
    suspended: Callable[[date], bool] = lambda day: False,
) -> Iterator[tuple[Dispatcher, Ledger]]:
    """A dispatcher whose planner has all the time it needs, on however busy a machine."""
    ledger = Ledger(path, TAIPEI)
    try:
        yield Dispatcher(operation, ledger, clock or Clock(), suspended=suspended, limit_s=2.0, search_s=60.0), ledger
    finally:
        ledger.close()


def ride(
    start: Point = HILLS[0], end: Point = HILLS[2], hour: float = 9, people: int = 1, wheelchairs: int = 0
) -> Ride:
    at = NOW.replace(hour=0) + timedelta(hours=hour)
    return Ride(Stop("從", start), Stop("到", end), at, people, wheelchairs)


def book(dispatcher: Dispatcher, wanted: Ride, reference: str) -> Booking:
    made = dispatcher.book(wanted, RIDER, reference)
    assert not isinstance(made, Refusal), made
    return made.booking


def broken(bookings: Sequence[Booking], plan: Plan, operation: Operation = OPERATION) -> list[str]:
    """What a plan does wrong: who is not served, or late, or rides too long, and which vehicle is too full or fast."""
    known = {booking.id: booking for booking in bookings}
    vehicles = {vehicle.id: vehicle for one in operation.zones for vehicle in one.vehicles}
    called = sorted((call.trip, call.picks_up) for calls in plan.values() for call in calls)
    faults = [] if called == sorted((one, up) for one in known for up in (False, True)) else ["not each once"]
    for name, calls in plan.items():
        faults += _driven(vehicles[name], calls, known, operation)
    return faults


def _driven(vehicle: Vehicle, calls: Sequence[Call], known: Mapping[str, Booking], operation: Operation) -> list[str]:
    faults, seats, wheelchairs, boarded = [], 0, 0, {}
    place, free_s = vehicle.depot, vehicle.start_s
    for call in calls:
        booking = known[call.trip]
        wanted, sign = booking.ride, 1 if call.picks_up else -1
        stop = wanted.pickup if call.picks_up else wanted.drop_off
        if call.at_s < free_s + operation.travel.seconds(place, stop.point):
            faults.append(f"{call} too early to be reached")
        seats += sign * (wanted.passengers - wanted.wheelchairs)
        wheelchairs += sign * wanted.wheelchairs
        if seats > vehicle.seats or wheelchairs > vehicle.wheelchairs:
            faults.append(f"{call} over capacity")
        at = operation.at(booking.day, call.at_s)
        if call.picks_up:
            boarded[call.trip] = at
            if not booking.promise.pickup_from <= at <= booking.promise.pickup_to:
                faults.append(f"{call} outside its window")
        elif call.trip not in boarded or at > booking.promise.arrive_by:
            faults.append(f"{call} set down late or before it was picked up")
        board_s = operation.terms.wheelchair_board_s if wanted.wheelchairs else operation.terms.board_s
        place, free_s = stop.point, call.at_s + board_s
    if free_s + operation.travel.seconds(place, vehicle.depot) > vehicle.end_s:
        faults.append(f"{vehicle.id} is late at its depot")
    return faults


def settled(plan: Plan, before_s: int) -> dict[str, list[Call]]:
    """What is held of a plan, by vehicle."""
    found = {name: [call for call in calls if call.at_s < before_s] for name, calls in plan.items()}
    return {name: calls for name, calls in found.items() if calls}


def with_vehicles(*vehicles: Vehicle) -> Operation:
    """The operation with other vehicles in the hills."""
    hills, *others = OPERATION.zones
    return replace(OPERATION, zones=(replace(hills, vehicles=vehicles), *others))
