"""Plans a day of a fleet: pickup and delivery with time windows by OR-Tools, in which every promise is a hard limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from assistant.demo.dispatch_records import Vehicle
from assistant.demo.dispatch_travel import TravelTimes
from assistant.feeds.geometry import Point

_DAY_S = 36 * 3600  # a shift may end after midnight
_UNSERVED = 100_000_000  # dearer than any detour and any shift of the pickup
_OFF_TARGET = 20  # cost of a second away from the time that is aimed at; a second of driving costs 1


@dataclass(frozen=True, slots=True)
class Trip:
    """A ride as the planner sees it; times are seconds of the day.

    Attributes:
        earliest_s, latest_s: of the pickup.
        arrive_by_s: of the drop-off.
        longest_s: from pickup to drop-off.
        board_s: how long getting on takes, and getting off.
        aim_s: the pickup time to come close to; None where any within the window is as good.
    """

    key: str
    pickup: Point
    drop_off: Point
    seats: int
    wheelchairs: int
    earliest_s: int
    latest_s: int
    arrive_by_s: int
    longest_s: int
    board_s: int
    aim_s: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A vehicle stops for someone, to pick up or to set down, at a second of the day."""

    trip: str
    picks_up: bool
    at_s: int


Plan = Mapping[str, tuple[Call, ...]]
"""The calls of each vehicle of a fleet on a day, in order."""


def pickup_of(plan: Plan, trip: str) -> int | None:
    """When a trip begins, in seconds of the day; None where the plan has it not."""
    return next((call.at_s for calls in plan.values() for call in calls if call.trip == trip and call.picks_up), None)


def without_trip(plan: Plan, trip: str) -> Plan:
    """The plan less a trip; who is left is called at as before."""
    return {vehicle: tuple(call for call in calls if call.trip != trip) for vehicle, calls in plan.items()}


@dataclass(frozen=True, slots=True)
class Planner:
    """Finds a plan in which a wanted trip is served too.

    Args:
        limit_s: for each of two attempts: into the plan that holds, then from scratch.
    """

    vehicles: Sequence[Vehicle]
    travel: TravelTimes
    limit_s: float = 0.15

    def insert(self, wanted: Trip, standing: Sequence[Trip], plan: Plan, settled_s: int) -> Plan | None:
        """A plan that serves the standing trips and the wanted one, or nothing where none is found.

        Args:
            plan: one that serves the standing trips.
            settled_s: calls before this second of the day stay as they are; nothing is moved to before it.
        """
        if not self.vehicles:
            return None
        model = _Model(self, [*standing, wanted], plan, settled_s)
        return model.from_plan(plan) or model.from_scratch()


class _Model:
    """One routing model: a start and end node for each vehicle, then two nodes for each trip; the last may stay out."""

    def __init__(self, planner: Planner, trips: Sequence[Trip], plan: Plan, settled_s: int) -> None:
        self.vehicles, self.trips = planner.vehicles, trips
        count = len(self.vehicles)
        depots = list(range(count))
        self.nodes = pywrapcp.RoutingIndexManager(count + 2 * len(trips), count, depots, depots)
        self.routing = pywrapcp.RoutingModel(self.nodes)
        self.time = self._add_time(planner.travel)
        self._add_places("seats", [trip.seats for trip in trips], [one.seats for one in self.vehicles])
        self._add_places("wheelchairs", [t.wheelchairs for t in trips], [one.wheelchairs for one in self.vehicles])
        for place, trip in enumerate(trips):
            self._add_trip(place, trip, settled_s)
        for vehicle, one in enumerate(self.vehicles):
            for at in (self.routing.Start(vehicle), self.routing.End(vehicle)):
                self.time.CumulVar(at).SetRange(one.start_s, one.end_s)
        self._settle(plan, settled_s)
        for index in self._ends(len(trips) - 1):
            self.routing.AddDisjunction([index], _UNSERVED)
        self.parameters = _parameters(planner.limit_s)
        self.routing.CloseModelWithParameters(self.parameters)

    def from_plan(self, plan: Plan) -> Plan | None:
        """Improve a plan; nothing where the wanted trip stays out of it."""
        places = {trip.key: place for place, trip in enumerate(self.trips)}
        routes = [
            [self._ends(places[call.trip])[not call.picks_up] for call in plan.get(vehicle.id, ())]
            for vehicle in self.vehicles
        ]
        first = self.routing.ReadAssignmentFromRoutes(routes, True)
        return self._plan(self.routing.SolveFromAssignmentWithParameters(first, self.parameters)) if first else None

    def from_scratch(self) -> Plan | None:
        """Put all trips in anew; nothing where that fails or the wanted trip stays out."""
        return self._plan(self.routing.SolveWithParameters(self.parameters))

    def _ends(self, place: int) -> tuple[int, int]:
        node = len(self.vehicles) + 2 * place
        return self.nodes.NodeToIndex(node), self.nodes.NodeToIndex(node + 1)

    def _add_time(self, travel: TravelTimes) -> Any:
        points = [one.depot for one in self.vehicles]
        boards = [0] * len(points)
        for trip in self.trips:
            points += [trip.pickup, trip.drop_off]
            boards += [trip.board_s, trip.board_s]
        distinct = set(points)
        known = {(a, b): travel.seconds(a, b) for a in distinct for b in distinct}
        matrix = [[board + known[start, end] for end in points] for start, board in zip(points, boards, strict=True)]
        transit = self.routing.RegisterTransitMatrix(matrix)
        self.routing.SetArcCostEvaluatorOfAllVehicles(transit)
        self.routing.AddDimension(transit, _DAY_S, _DAY_S, False, "time")
        return self.routing.GetDimensionOrDie("time")

    def _add_places(self, name: str, needs: Sequence[int], capacities: Sequence[int]) -> None:
        loads = [0] * len(self.vehicles) + [load for need in needs for load in (need, -need)]
        callback = self.routing.RegisterUnaryTransitVector(loads)
        self.routing.AddDimensionWithVehicleCapacity(callback, 0, list(capacities), True, name)

    def _add_trip(self, place: int, trip: Trip, settled_s: int) -> None:
        pickup, drop_off = self._ends(place)
        solver, first, last = self.routing.solver(), self.time.CumulVar(pickup), self.time.CumulVar(drop_off)
        self.routing.AddPickupAndDelivery(pickup, drop_off)
        solver.Add(self.routing.VehicleVar(pickup) == self.routing.VehicleVar(drop_off))
        solver.Add(first <= last)
        solver.Add(last - first <= trip.longest_s)
        first.SetRange(trip.earliest_s, trip.latest_s)
        last.SetRange(trip.earliest_s, trip.arrive_by_s)
        if trip.aim_s is not None:
            self.time.SetCumulVarSoftLowerBound(pickup, trip.aim_s, _OFF_TARGET)
            self.time.SetCumulVarSoftUpperBound(pickup, trip.aim_s, _OFF_TARGET)

    def _settle(self, plan: Plan, settled_s: int) -> None:
        """Hold what is about to happen: its time, and with the pickup its vehicle; all else comes after it."""
        places = {trip.key: place for place, trip in enumerate(self.trips)}
        for vehicle, one in enumerate(self.vehicles):
            for call in plan.get(one.id, ()):
                index = self._ends(places[call.trip])[not call.picks_up]
                if call.at_s < settled_s:
                    self.time.CumulVar(index).SetValue(call.at_s)
                    self.routing.VehicleVar(index).SetValue(vehicle)
                else:
                    self.time.CumulVar(index).SetMin(settled_s)

    def _plan(self, found: Any) -> Plan | None:
        wanted = self._ends(len(self.trips) - 1)[0]
        if not found or found.Value(self.routing.NextVar(wanted)) == wanted:
            return None
        return {one.id: self._calls(found, vehicle) for vehicle, one in enumerate(self.vehicles)}

    def _calls(self, found: Any, vehicle: int) -> tuple[Call, ...]:
        calls = []
        index = found.Value(self.routing.NextVar(self.routing.Start(vehicle)))
        while not self.routing.IsEnd(index):
            place, ending = divmod(self.nodes.IndexToNode(index) - len(self.vehicles), 2)
            calls.append(Call(self.trips[place].key, not ending, found.Min(self.time.CumulVar(index))))
            index = found.Value(self.routing.NextVar(index))
        return tuple(calls)


def _parameters(limit_s: float) -> Any:
    """Cheapest insertion, then descent to the next best plan: no chance in it, so that a quote can be repeated."""
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GREEDY_DESCENT
    parameters.time_limit.FromMilliseconds(round(limit_s * 1000))
    return parameters
