"""Reports to the demonstration city by Open311 GeoReport v2: each is taken once, and is worked on as days go by."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.demo.scene import Scene, days_of
from assistant.demo.world import SIMULATED, World, json_answer

_MARK = re.compile(r"\[([^\[\]]+)\]\s*$")
_DAYS = 14
_MOST_A_DAY = 9
_OWN_FROM = 5000
_TAKEN_UP = 0.25  # of the time until a report is done
_MOST_LISTED = 500
_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class _Filed:
    """A report; `works` is how long it takes."""

    id: str
    kind: Mapping[str, Any]
    sent: datetime
    works: timedelta
    description: str
    address: str
    lat: float
    lon: float

    def closed_at(self) -> datetime:
        return self.sent + self.works


class Desk:
    """The reports of the last two weeks, and those that were sent since the server began."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sent: list[_Filed] = []
        self.kinds = {str(row["code"]): row for row in world.sites.rows("report_kind")}
        self._prefix = str(world.sites.table("county")["report_prefix"])

    def all(self) -> list[_Filed]:
        """Every report, the newest first."""
        scene = self._world.scene()
        return sorted([*self._earlier(scene), *self._sent], key=lambda one: (one.sent, one.id), reverse=True)

    def take(self, form: Mapping[str, str]) -> _Filed:
        """The report of a form; the first one where its reference, at the end of the description, is known."""
        scene, description = self._world.scene(), form["description"]
        mark = _MARK.search(description)
        for known in self._sent:
            found = _MARK.search(known.description)
            if mark and found and found[1] == mark[1]:
                return known
        kind = self.kinds[form["service_code"]]
        number = f"{self._prefix}{scene.now:%Y%m%d}-{_OWN_FROM + len(self._sent):04d}"
        filed = _Filed(
            id=number,
            kind=kind,
            sent=scene.now,
            works=_works(scene, kind, number),
            description=description,
            address=form.get("address_string", ""),
            lat=_degrees(form.get("lat", "")),
            lon=_degrees(form.get("long", "")),
        )
        self._sent.append(filed)
        return filed

    def _earlier(self, scene: Scene) -> Iterator[_Filed]:
        kinds, places = list(self.kinds.values()), self._world.sites.districts
        for day in days_of(scene, -_DAYS, 0):
            for number in range(1, 1 + round(_MOST_A_DAY * (0.5 + scene.share("reports", day.date().isoformat())))):
                name = f"{self._prefix}{day:%Y%m%d}-{number:04d}"
                sent = day + timedelta(seconds=3600 * 7 + int(scene.share("sent", name) * 3600 * 15))
                kind = kinds[int(scene.share("kind", name) * len(kinds))]
                place = places[int(scene.share("where", name) ** 2 * len(places))]
                if sent <= scene.now:
                    yield _Filed(
                        id=name,
                        kind=kind,
                        sent=sent,
                        works=_works(scene, kind, name),
                        description=f"{kind['zh']}（{SIMULATED['zh-TW']}）",
                        address=place.name["zh-TW"],
                        lat=place.point.lat,
                        lon=place.point.lon,
                    )


def report_routes(world: World) -> list[Route]:
    """`/open311/v2` in JSON (https://wiki.open311.org/GeoReport_v2/)."""
    desk = Desk(world)

    def services(_: Request) -> Response:
        return json_answer([_service(kind) for kind in desk.kinds.values()])

    def listed(request: Request) -> Response:
        now, query = world.scene().now, request.query_params
        first, last = _moment(query.get("start_date", ""), now), _moment(query.get("end_date", ""), now)
        between = [one for one in desk.all() if (first or one.sent) <= one.sent <= (last or one.sent)]
        rows = [_report(one, now) for one in between if query.get("service_code", one.kind["code"]) == one.kind["code"]]
        return json_answer([row for row in rows if query.get("status", row["status"]) == row["status"]][:_MOST_LISTED])

    def one(request: Request) -> Response:
        number, now = request.path_params["number"], world.scene().now
        found = [_report(each, now) for each in desk.all() if each.id == number]
        return json_answer(found) if found else _error(404, "There is no such report. 查無此案件。")

    async def send(request: Request) -> Response:
        body = await request.body()
        if len(body) > _MOST_BYTES:
            return _error(413, "The report is too long.")
        form = dict(parse_qsl(body.decode("utf-8", errors="replace")))
        if form.get("service_code") not in desk.kinds:
            return _error(400, "service_code is missing or unknown.")
        if not form.get("description", "").strip() or not (form.get("lat") or form.get("address_string")):
            return _error(400, "The description or the place is missing.")
        filed = desk.take(form)
        receipt = {"service_request_id": filed.id, "service_notice": _notice(filed.kind), "account_id": None}
        return json_answer([receipt], 201)

    return [
        Route("/open311/v2/services.json", services),
        Route("/open311/v2/requests.json", listed),
        Route("/open311/v2/requests.json", send, methods=["POST"]),
        Route("/open311/v2/requests/{number}.json", one),
    ]


def _service(kind: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "service_code": kind["code"],
        "service_name": kind["zh"],
        "description": f"{kind['en']}. {SIMULATED['en']}",
        "metadata": False,
        "type": "realtime",
        "keywords": f"{kind['zh']},{kind['en']}",
        "group": kind["agency"],
    }


def _report(one: _Filed, now: datetime) -> dict[str, Any]:
    is_closed = now >= one.closed_at()
    taken_up = one.sent + one.works * _TAKEN_UP
    notes = "已完成 Done" if is_closed else ("處理中 In progress" if now >= taken_up else "已受理 Received")
    updated = one.closed_at() if is_closed else (taken_up if now >= taken_up else one.sent)
    return {
        "service_request_id": one.id,
        "status": "closed" if is_closed else "open",
        "status_notes": notes,
        "service_code": one.kind["code"],
        "service_name": one.kind["zh"],
        "description": one.description,
        "agency_responsible": one.kind["agency"],
        "service_notice": _notice(one.kind),
        "requested_datetime": one.sent.isoformat(),
        "updated_datetime": updated.isoformat(),
        "expected_datetime": (one.sent + timedelta(days=int(one.kind["days"]))).isoformat(),
        "address": one.address,
        "lat": one.lat or None,
        "long": one.lon or None,
    }


def _notice(kind: Mapping[str, Any]) -> str:
    return f"{kind['days']} 天內派員查看 Looked at within {kind['days']} day(s)（{SIMULATED['zh-TW']}）"


def _works(scene: Scene, kind: Mapping[str, Any], number: str) -> timedelta:
    return timedelta(days=float(kind["days"])) * (0.3 + scene.share("works", number))


def _moment(value: str, now: datetime) -> datetime | None:
    """A time of a query; a "+" of an offset that was not escaped comes as a blank."""
    try:
        found = datetime.fromisoformat(value.replace(" ", "+"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=now.tzinfo)


def _degrees(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return 0.0


def _error(status: int, said: str) -> Response:
    return json_answer([{"code": status, "description": said}], status)
