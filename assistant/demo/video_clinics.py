"""Video clinics of the demonstration city as a FHIR R4 scheduling server: slots, and appointments made once."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.demo.scene import Scene, days_of
from assistant.demo.sites import Site
from assistant.demo.world import SIMULATED, World, count_in, json_answer
from assistant.feeds.values import json_object, members

_FHIR = "application/fhir+json"
_SYSTEM = "urn:city-assistant:specialty"
_SLOT = timedelta(minutes=20)
_SESSIONS = ((9, 12), (14, 17))
_DAYS = 7
_TAKEN = 0.55
_MOST_BYTES = 64 * 1024
Resource = dict[str, Any]


class Clinics:
    """The schedules, and the appointments that were made since the server began."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sites = {site.id: site for site in world.sites.sites("clinic")}
        self._made: dict[str, Resource] = {}

    def resources(self, kind: str) -> list[Resource]:
        """All resources of a type now."""
        if kind == "Appointment":
            return list(self._made.values())
        if kind == "Slot":
            return list(self._slots())
        makers = {"Location": self._location, "HealthcareService": self._service, "Schedule": self._schedule}
        if kind == "Location":
            return [self._location(site, "") for site in self._sites.values()]
        return [makers[kind](site, name) for site in self._sites.values() for name in site.options["specialties"]]

    def book(self, resource: Mapping[str, Any]) -> Resource | None:
        """The appointment that now stands, the first one where the identifier is known; None where the slot is gone."""
        identifiers = _identifiers(resource)
        for known in self._made.values():
            if identifiers & _identifiers(known):
                return known
        wanted = [str(members(one).get("reference", "")).rpartition("/")[2] for one in resource.get("slot", [])]
        free = {slot["id"] for slot in self._slots() if slot["status"] == "free"}
        if not wanted or not set(wanted) <= free:
            return None
        number = f"SIM-{len(self._made) + 1:04d}"
        self._made[number] = {**resource, "id": number, "meta": _tagged(), "status": "booked"}
        return self._made[number]

    def _slots(self) -> Iterator[Resource]:
        scene = self._world.scene()
        gone = {str(members(one).get("reference", "")) for made in self._made.values() for one in made.get("slot", [])}
        for site in self._sites.values():
            for name in site.options["specialties"]:
                for start in slot_times(scene):
                    slot_id = f"{site.id}-{name}-{start:%Y%m%d%H%M}"
                    is_free = not scene.chance(_TAKEN, "slot", slot_id) and f"Slot/{slot_id}" not in gone
                    yield {
                        "resourceType": "Slot",
                        "id": slot_id,
                        "meta": _tagged(),
                        "serviceType": [self._concept(name)],
                        "schedule": {"reference": f"Schedule/{site.id}-{name}"},
                        "status": "free" if is_free else "busy",
                        "start": start.isoformat(),
                        "end": (start + _SLOT).isoformat(),
                        "comment": SIMULATED["zh-TW"],
                    }

    def _schedule(self, site: Site, name: str) -> Resource:
        days = days_of(self._world.scene(), 0, _DAYS)
        doctor = {"reference": f"Practitioner/{site.id}-{name}", "display": self._doctor(site, name)}
        return {
            "resourceType": "Schedule",
            "id": f"{site.id}-{name}",
            "meta": _tagged(),
            "active": True,
            "serviceType": [self._concept(name)],
            "actor": [
                {"reference": f"Location/{site.id}"},
                {"reference": f"HealthcareService/{site.id}-{name}"},
                doctor,
            ],
            "planningHorizon": {"start": days[0].isoformat(), "end": days[-1].isoformat()},
        }

    def _service(self, site: Site, name: str) -> Resource:
        words = self._world.sites.table("specialties")[name]
        return {
            "resourceType": "HealthcareService",
            "id": f"{site.id}-{name}",
            "meta": _tagged(),
            "active": True,
            "name": f"{site.zh} {words['zh']}視訊門診",
            "specialty": [self._concept(name)],
            "location": [{"reference": f"Location/{site.id}"}],
            "characteristic": [{"coding": [{"system": f"{_SYSTEM}:mode", "code": "video", "display": "視訊"}]}],
            "comment": f"{site.en}: {words['en']} by video. {SIMULATED['en']}",
        }

    def _doctor(self, site: Site, name: str) -> str:
        """An invented doctor: a common surname alone, in both languages."""
        surnames = list(self._world.sites.table("doctors")["surnames"].items())
        zh, en = surnames[int(self._world.scene().share("doctor", site.id, name) * len(surnames))]
        return f"{zh}醫師 Dr. {en}"

    def _location(self, site: Site, _: str) -> Resource:
        return {
            "resourceType": "Location",
            "id": site.id,
            "meta": _tagged(),
            "status": "active",
            "name": site.zh,
            "alias": [site.en],
            "address": {"district": site.district, "text": site.district},
            "position": {"longitude": site.point.lon, "latitude": site.point.lat},
        }

    def _concept(self, name: str) -> Resource:
        words = self._world.sites.table("specialties")[name]
        codings = [{"system": _SYSTEM, "code": name, "display": words[language]} for language in ("zh", "en")]
        return {"coding": codings, "text": f"{words['zh']} {words['en']}"}


def slot_times(scene: Scene) -> Iterator[datetime]:
    """When slots begin in the next days: mornings and afternoons, Saturday mornings, and none that have begun."""
    for day in days_of(scene, 0, _DAYS):
        for first, last in _SESSIONS[: 2 if day.weekday() < 5 else 6 - day.weekday()]:
            at = day + timedelta(hours=first)
            while at < day + timedelta(hours=last):
                if at > scene.now:
                    yield at
                at += _SLOT


def clinic_routes(world: World) -> list[Route]:
    """`/fhir` (https://hl7.org/fhir/R4/http.html): searches, and conditional creation of appointments."""
    clinics = Clinics(world)
    kinds = ("Slot", "Schedule", "Location", "HealthcareService", "Appointment")

    def search(request: Request) -> Response:
        kind = request.path_params["kind"]
        if kind not in kinds:
            return _outcome("not-supported", f"{kind} is not served.", 404)
        found = [one for one in clinics.resources(kind) if _fits(one, request.query_params.multi_items())]
        if request.query_params.get("_sort") == "start":
            found.sort(key=lambda one: str(one.get("start", "")))
        skip = count_in(request.query_params, "_offset", 0, len(found))
        count = max(1, count_in(request.query_params, "_count", 50, 500))
        page = found[skip : skip + count]
        links = [{"relation": "self", "url": str(request.url)}]
        if skip + count < len(found):
            links.append({"relation": "next", "url": str(request.url.include_query_params(_offset=skip + count))})
        entries = [{"resource": one, "search": {"mode": "match"}} for one in page]
        if kind == "Slot" and any(name.startswith("_include") for name in request.query_params):
            entries += [{"resource": one, "search": {"mode": "include"}} for one in _around(clinics, page)]
        return json_answer(
            {
                "resourceType": "Bundle",
                "type": "searchset",
                "meta": _tagged(),
                "total": len(found),
                "link": links,
                "entry": entries,
            },
            kind=_FHIR,
        )

    async def create(request: Request) -> Response:
        body = await request.body()
        if len(body) > _MOST_BYTES:
            return _outcome("too-long", "An Appointment is shorter than that.", 413)
        resource = json_object(body, "FHIR")
        if resource.get("resourceType") != "Appointment" or not isinstance(resource.get("slot"), list):
            return _outcome("invalid", "An Appointment with a slot is needed.", 400)
        before = len(clinics.resources("Appointment"))
        made = clinics.book(resource)
        if made is None:
            return _outcome("conflict", "The slot is taken. 此時段已被預約。", 409)
        is_new = len(clinics.resources("Appointment")) > before
        place = {"Location": f"{request.base_url}fhir/Appointment/{made['id']}"}
        return json_answer(made, 201 if is_new else 200, _FHIR, place)

    return [
        Route("/fhir/Appointment", create, methods=["POST"]),
        Route("/fhir/{kind}", search),
    ]


def _fits(resource: Resource, criteria: Iterable[tuple[str, str]]) -> bool:
    return all(_meets(resource, name, value) for name, value in criteria)


def _meets(resource: Resource, name: str, value: str) -> bool:
    """Whether a resource meets one criterion; unknown ones are met, as the standard lets a server ignore them."""
    if name == "status":
        return bool(resource.get("status") == value)
    if name == "start" and "start" in resource:
        start, asked = datetime.fromisoformat(resource["start"]), _moment(value[2:])
        return asked is None or {"ge": start >= asked, "lt": start < asked}.get(value[:2], True)
    if name == "schedule" and "schedule" in resource:
        return resource["schedule"]["reference"] in value.split(",")
    if name == "service-type":
        codes = [one["code"] for concept in resource.get("serviceType", []) for one in concept["coding"]]
        return value.rpartition("|")[2] in codes
    if name == "identifier":
        return value in _identifiers(resource)
    return True


def _around(clinics: Clinics, slots: list[Resource]) -> list[Resource]:
    """The schedules of slots, and who keeps those."""
    wanted = {slot["schedule"]["reference"] for slot in slots}
    schedules = [one for one in clinics.resources("Schedule") if f"Schedule/{one['id']}" in wanted]
    actors = {actor["reference"] for schedule in schedules for actor in schedule["actor"]}
    others = [one for kind in ("Location", "HealthcareService") for one in clinics.resources(kind)]
    return [*schedules, *(one for one in others if f"{one['resourceType']}/{one['id']}" in actors)]


def _identifiers(resource: Mapping[str, Any]) -> set[str]:
    found = [members(one) for one in resource.get("identifier", [])]
    return {f"{one.get('system', '')}|{one.get('value', '')}" for one in found}


def _moment(value: str) -> datetime | None:
    """A time of a criterion; a "+" of an offset that was not escaped comes as a blank."""
    try:
        found = datetime.fromisoformat(value.replace(" ", "+"))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _tagged() -> Resource:
    return {"tag": [{"system": "urn:city-assistant", "code": "simulated", "display": SIMULATED["en"]}]}


def _outcome(code: str, said: str, status: int) -> Response:
    issue = {"severity": "error", "code": code, "diagnostics": said}
    return json_answer({"resourceType": "OperationOutcome", "issue": [issue]}, status, _FHIR)
