"""Events of the demonstration city and its expo as iCalendar files; a storm calls off what is outdoors."""

from datetime import datetime, time, timedelta

from icalendar import Calendar, Event
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.demo.scene import Scene
from assistant.demo.sites import Site
from assistant.demo.world import SIMULATED, World, answer

_CALLED_OFF_FROM = 0.1


def calendar_routes(world: World) -> list[Route]:
    """`/events/city.ics` and `/events/expo.ics` (RFC 5545, https://www.rfc-editor.org/rfc/rfc5545)."""

    def city(_: Request) -> Response:
        return answer(calendar(world, "event"), "text/calendar; charset=utf-8")

    def expo(_: Request) -> Response:
        return answer(calendar(world, "expo"), "text/calendar; charset=utf-8")

    return [Route("/events/city.ics", city), Route("/events/expo.ics", expo)]


def calendar(world: World, table: str) -> bytes:
    """The events of a table, on days counted from the Monday of this week."""
    scene = world.scene()
    file = Calendar()
    file.add("prodid", "-//city-assistant//demo//ZH")
    file.add("version", "2.0")
    file.add("x-wr-calname", f"{world.city.name['zh-TW']} {SIMULATED['zh-TW']}")
    monday = scene.midnight - timedelta(days=scene.now.weekday())
    for site in world.sites.sites(table):
        for number in range(int(site.options.get("times", 1))):
            day = int(site.options["day"]) + number * int(site.options.get("every", 0))
            file.add_component(_event(scene, site, monday + timedelta(days=day)))
    return bytes(file.to_ical())


def _event(scene: Scene, site: Site, day: datetime) -> Event:
    starts, ends = (_on(day, str(site.options[name])) for name in ("start", "end"))
    is_off = bool(site.options.get("outdoor")) and _storm_between(scene, starts, ends) >= _CALLED_OFF_FROM
    event = Event()
    event.add("uid", f"{site.id}-{day:%Y%m%d}@simulated")
    event.add("dtstamp", scene.midnight)
    event.add("summary", f"{site.zh}｜{site.en}")
    event.add("description", " ".join(SIMULATED.values()))
    event.add("location", f"{site.place.name['zh-TW']}｜{site.place.name['en']}")
    event.add("geo", (site.point.lat, site.point.lon))
    event.add("categories", list(site.options["topics"]))
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    event.add("dtstart", starts)
    event.add("dtend", ends)
    return event


def _storm_between(scene: Scene, starts: datetime, ends: datetime) -> float:
    return max(scene.storm(starts), scene.storm(ends))


def _on(day: datetime, clock: str) -> datetime:
    return datetime.combine(day.date(), time.fromisoformat(clock), day.tzinfo)
