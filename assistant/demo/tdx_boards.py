"""Trains, bus estimates and road events of the demonstration city in the documents of Taiwan's TDX platform."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.demo.roads import road_events
from assistant.demo.scene import Scene, floor, is_weekend
from assistant.demo.transit import Call, Line, bus_lines, next_train_s, rail_lines, runs_near
from assistant.demo.world import SIMULATED, World, json_answer

_RUNNING, _NOT_DEPARTED, _NOT_STOPPING, _LAST_GONE, _NO_SERVICE = range(5)
_BETWEEN_DAYS_S = 3600
_STOPPED, _NORMAL = 0, 1
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SOON = timedelta(minutes=60)
Rows = list[dict[str, Any]]


def tdx_routes(world: World) -> list[Route]:
    """The endpoints below `/tdx` (TDX v2, https://tdx.transportdata.tw/api-service/swagger) that the client asks."""
    county = world.sites.table("county")
    systems = {str(county["metro"]): "metro", str(county["light_rail"]): "light_rail"}
    city = str(county["tdx_city"])
    trains, buses = rail_lines(world.sites), bus_lines(world.sites)

    def of_system(make: Callable[[Scene, tuple[Line, ...]], object]) -> Callable[[Request], Response]:
        def board(request: Request) -> Response:
            system = systems.get(request.path_params["system"])
            lines = tuple(line for line in trains if line.system == system)
            return json_answer(make(world.scene(), lines)) if lines else json_answer({"Message": "unknown"}, 404)

        return board

    def estimates(request: Request) -> Response:
        route = request.path_params.get("route", "")
        chosen = tuple(line for line in buses if route in ("", line.id))
        rows = bus_estimates(world.scene(), chosen, city)
        said = request.query_params.get("$filter", "")
        return json_answer([row for row in rows if not said or f"StopUID eq '{row['StopUID']}'" in said])

    def at_city(what: str) -> str:
        return f"/tdx/v2/Bus/{what}/City/{city}"

    def events(_: Request) -> Response:
        scene = world.scene()
        rows = road_events(scene, world.sites)
        return json_answer({"Note": SIMULATED["zh-TW"], "UpdateTime": _observed(scene), "LiveEvents": rows})

    rail = "/tdx/v2/Rail/Metro"
    return [
        Route(f"{rail}/LiveBoard/{{system}}", of_system(live_board)),
        Route(f"{rail}/FirstLastTimetable/{{system}}", of_system(first_last)),
        Route(f"{rail}/Alert/{{system}}", of_system(rail_alerts)),
        Route(at_city("Stop"), lambda _: json_answer(bus_stops(buses, city))),
        Route(at_city("Route"), lambda _: json_answer(bus_routes(buses, city))),
        Route(at_city("EstimatedTimeOfArrival"), estimates),
        Route(f"{at_city('EstimatedTimeOfArrival')}/{{route}}", estimates),
        Route(at_city("Alert"), lambda _: json_answer(bus_alerts(world.scene(), buses))),
        Route(f"/tdx/v1/Traffic/RoadEvent/LiveEvent/City/{city}", events),
    ]


def live_board(scene: Scene, lines: tuple[Line, ...]) -> Rows:
    """The next train at each station, by direction; minutes, as old as SrcUpdateTime."""
    return [_board_row(scene, line, call) for line in lines for call in line.calls[:-1]]


def first_last(scene: Scene, lines: tuple[Line, ...]) -> Rows:
    """The first and the last train at each station."""
    rows = []
    for line in lines:
        for weekend in (False, True):
            starts = line.starts(weekend)
            days = {name: (number >= 5) == weekend for number, name in enumerate(_WEEKDAYS)}
            rows += [
                {
                    **_train_names(line, call),
                    "FirstTrainTime": _clock(starts[0] + call.offset_s),
                    "LastTrainTime": _clock(starts[-1] + call.offset_s),
                    "ServiceDay": {**days, "NationalHolidays": weekend},
                    "UpdateTime": scene.midnight.isoformat(),
                }
                for call in line.calls[:-1]
            ]
    return rows


def rail_alerts(scene: Scene, lines: tuple[Line, ...]) -> dict[str, Any]:
    """What the operator says: normal, or which line is suspended."""
    rows = []
    for line in lines:
        if line.direction:
            continue
        runs = line.runs_in(scene, scene.now)
        said = (
            (f"{line.zh}正常營運", "Normal service") if runs else (f"{line.zh}因颱風暫停營運", "Suspended by typhoon")
        )
        rows.append(
            {
                "AlertID": f"SIM-{line.id}-{_NORMAL if runs else _STOPPED}",
                "Title": said[0],
                "Description": f"{line.en}: {said[1]}. {SIMULATED['zh-TW']}",
                "Status": _NORMAL if runs else _STOPPED,
                "Scope": {"Lines": [{"LineName": _names(line.zh, line.en)}]},
                "StartTime": scene.midnight.isoformat(),
                "SrcUpdateTime": _observed(scene),
            }
        )
    return {"UpdateTime": _observed(scene), "Alerts": rows}


def bus_stops(lines: tuple[Line, ...], city: str) -> Rows:
    """Every stop of the buses, with where it is."""
    stops = {call.stop: call.place for line in lines for call in line.calls}
    return [
        {
            "StopUID": f"{city}{stop}",
            "StopName": _names(place.name["zh-TW"], place.name["en"]),
            "StopPosition": {"PositionLat": place.point.lat, "PositionLon": place.point.lon},
        }
        for stop, place in stops.items()
    ]


def bus_routes(lines: tuple[Line, ...], city: str) -> Rows:
    """Every bus line with its two ends."""
    return [
        {
            "RouteUID": f"{city}{line.id}",
            "RouteName": _names(line.id, line.en),
            "DepartureStopNameZh": line.calls[0].place.name["zh-TW"],
            "DepartureStopNameEn": line.calls[0].place.name["en"],
            "DestinationStopNameZh": line.last.name["zh-TW"],
            "DestinationStopNameEn": line.last.name["en"],
        }
        for line in lines
        if line.direction == 0
    ]


def bus_estimates(scene: Scene, lines: tuple[Line, ...], city: str) -> Rows:
    """The next bus at each stop of lines: seconds, as old as SrcUpdateTime, or why none is expected."""
    return [row for line in lines for row in _estimate_rows(scene, line, city)]


def bus_alerts(scene: Scene, lines: tuple[Line, ...]) -> Rows:
    """Suspended bus lines."""
    return [
        {
            "AlertID": f"SIM-{line.id}",
            "Title": f"{line.zh} 因颱風停駛",
            "Description": f"{line.en}: suspended by typhoon. {SIMULATED['zh-TW']}",
            "Status": _STOPPED,
            "Scope": {"Routes": [{"RouteName": _names(line.zh, line.en)}]},
            "StartTime": scene.midnight.isoformat(),
            "SrcUpdateTime": _observed(scene),
        }
        for line in lines
        if line.direction == 0 and not line.runs_in(scene, scene.now)
    ]


def _board_row(scene: Scene, line: Line, call: Call) -> dict[str, Any]:
    row = {**_train_names(line, call), "SrcUpdateTime": _observed(scene), "UpdateTime": _observed(scene)}
    wait_s = next_train_s(replace(scene, now=floor(scene.now, 60)), line, call)
    if not line.runs_in(scene, scene.now):
        return {**row, "ServiceStatus": _NO_SERVICE}
    if wait_s is None:
        return {**row, "ServiceStatus": _LAST_GONE}
    status = _NOT_DEPARTED if wait_s > _BETWEEN_DAYS_S else _RUNNING
    return {**row, "ServiceStatus": status, "EstimateTime": round(wait_s / 60)}


def _estimate_rows(scene: Scene, line: Line, city: str) -> Iterator[dict[str, Any]]:
    runs = list(runs_near(scene, line, timedelta(0), _SOON))
    skipped = line.leaves_out(scene, scene.now)
    last = line.starts(is_weekend(scene.now))[-1]
    for sequence, call in enumerate(line.calls, start=1):
        row = {
            "PlateNumb": "-1",
            "RouteUID": f"{city}{line.id}",
            "RouteName": _names(line.id, line.en),
            "StopUID": f"{city}{call.stop}",
            "StopName": _names(call.place.name["zh-TW"], call.place.name["en"]),
            "Direction": line.direction,
            "StopSequence": sequence,
            "SrcUpdateTime": _observed(scene),
        }
        coming = next(((run, at) for run in runs if (at := run.expected(scene, call)) >= scene.now), None)
        if not line.runs_in(scene, scene.now):
            yield {**row, "StopStatus": _NO_SERVICE}
        elif call.stop in skipped:
            yield {**row, "StopStatus": _NOT_STOPPING}
        elif coming is None:
            over = scene.midnight + timedelta(seconds=last + call.offset_s) < scene.now
            yield {**row, "StopStatus": _LAST_GONE if over else _NOT_DEPARTED}
        else:
            wait_s = round((coming[1] - floor(scene.now, 60)).total_seconds())
            yield {**row, "StopStatus": _RUNNING, "EstimateTime": wait_s, "IsLastBus": coming[0].start_s == last}


def _train_names(line: Line, call: Call) -> dict[str, Any]:
    return {
        "LineNO": line.id,
        "LineID": line.id,
        "LineName": _names(line.zh, line.en),
        "StationID": call.stop,
        "StationName": _names(call.place.name["zh-TW"], call.place.name["en"]),
        "DestinationStationID": line.calls[-1].stop,
        "DestinationStationName": _names(line.last.name["zh-TW"], line.last.name["en"]),
        "TripHeadSign": _headsign(line),
    }


def _headsign(line: Line) -> str:
    if line.calls[0].stop == line.calls[-1].stop:
        return ("順行", "逆行")[line.direction]
    return f"往{line.last.name['zh-TW']}"


def _names(zh: str, en: str) -> Mapping[str, str]:
    return {"Zh_tw": zh, "En": en}


def _observed(scene: Scene) -> str:
    at: datetime = floor(scene.now, 60)
    return at.isoformat()


def _clock(seconds: int) -> str:
    return f"{seconds // 3600 % 24:02d}:{seconds % 3600 // 60:02d}"
