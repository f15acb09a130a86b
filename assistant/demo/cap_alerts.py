"""Public alerts of the demonstration city: an Atom index and CAP 1.2 messages, work and school suspension included."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring  # writes only

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.demo.scene import Scene
from assistant.demo.world import SIMULATED, World, answer, json_answer
from assistant.schema import Lang

_CAP = "urn:oasis:names:tc:emergency:cap:1.2"
_ATOM = "http://www.w3.org/2005/Atom"
_SENDER = "demo@localhost.invalid"
_SUSPENSION = "suspension"
_LANGUAGES = {"zh-TW": "zh", "en-US": "en"}
_NOTICES = Path(__file__).with_name("notices.toml")


@dataclass(frozen=True, slots=True)
class Notice:
    """One alert: when it was sent and runs out, and its words.

    Attributes:
        row: its table of `notices.toml`: kind, code, category and severity.
        words: event, headline, description and instruction, by language.
    """

    row: Mapping[str, Any]
    sent: datetime
    expires: datetime
    words: Mapping[str, Mapping[str, str]]

    @property
    def id(self) -> str:
        """The same for the same notice."""
        return f"SIM-{self.row['kind']}-{self.sent:%Y%m%d%H%M}"


def alert_routes(world: World) -> list[Route]:
    """The index of all alerts, that of suspensions alone, and each message."""

    def index(chosen: Callable[[Notice], bool]) -> Callable[[Request], Response]:
        def answer_index(request: Request) -> Response:
            scene = world.scene()
            notices = [one for one in notices_of(world, scene) if chosen(one)]
            return answer(_index(scene, notices, str(request.base_url)), "application/atom+xml")

        return answer_index

    def one(request: Request) -> Response:
        found = {notice.id: notice for notice in notices_of(world, world.scene())}.get(request.path_params["id"])
        if found is None:
            return json_answer({"error": "There is no such alert."}, 404)
        return answer(_message(world, found), "application/cap+xml")

    return [
        Route("/cap/index.xml", index(lambda _: True)),
        Route("/cap/suspension.xml", index(lambda notice: notice.row["kind"] == _SUSPENSION)),
        Route("/cap/alerts/{id}.xml", one),
    ]


def notices_of(world: World, scene: Scene) -> list[Notice]:
    """The alerts that have been sent by now and have not run out; on a quiet day none."""
    if scene.scenario == "normal":
        return []
    rows = tomllib.loads(_NOTICES.read_text(encoding="utf-8"))["notice"]
    notices = (_notice(world, scene.midnight, row) for row in rows)
    return [notice for notice in notices if notice.sent <= scene.now < notice.expires]


def _notice(world: World, day: datetime, row: Mapping[str, Any]) -> Notice:
    days = {"day": f"{day:%Y-%m-%d}", "tomorrow": f"{day + timedelta(days=1):%Y-%m-%d}"}
    return Notice(
        row=row,
        sent=day + timedelta(hours=row["sent_h"]),
        expires=day + timedelta(hours=row["expires_h"]),
        words={
            language: {
                name: said.format(city=_in(world.city.name, language), **days) for name, said in row[key].items()
            }
            for language, key in _LANGUAGES.items()
        },
    )


def _in(texts: Mapping[Lang, str], language: str) -> str:
    """A text in the language of an info."""
    return texts["zh-TW" if language == "zh-TW" else "en"]


def _message(world: World, notice: Notice) -> bytes:
    """The CAP 1.2 message (https://docs.oasis-open.org/emergency/cap/v1.2/CAP-v1.2.html)."""
    county = world.sites.table("county")
    root = Element("alert", xmlns=_CAP)
    heads = (notice.id, _SENDER, notice.sent.isoformat(), "Actual", "Alert", "Public", " ".join(SIMULATED.values()))
    for tag, said in zip(("identifier", "sender", "sent", "status", "msgType", "scope", "note"), heads, strict=True):
        SubElement(root, tag).text = said
    for language, words in notice.words.items():
        info = SubElement(root, "info")
        tags = (
            ("language", language),
            ("category", notice.row["category"]),
            ("event", words["event"]),
            ("responseType", "Shelter" if notice.row["severity"] == "Extreme" else "Prepare"),
            ("urgency", "Immediate"),
            ("severity", notice.row["severity"]),
            ("certainty", "Observed"),
        )
        for tag, said in tags:
            SubElement(info, tag).text = said
        _pair(info, "eventCode", "profile:CAP-TWP:Event:1.0", str(notice.row["code"]))
        tail = (
            ("effective", notice.sent.isoformat()),
            ("expires", notice.expires.isoformat()),
            ("senderName", _in(SIMULATED, language)),
            ("headline", words["headline"]),
            ("description", words["description"]),
            ("instruction", words["instruction"]),
        )
        for tag, said in tail:
            SubElement(info, tag).text = said
        _pair(info, "parameter", "simulated", "true")
        area = SubElement(info, "area")
        SubElement(area, "areaDesc").text = _in(world.city.name, language)
        _pair(area, "geocode", str(county["geocode_system"]), str(county["geocode"]))
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _pair(parent: Element, tag: str, name: str, value: str) -> None:
    pair = SubElement(parent, tag)
    SubElement(pair, "valueName").text = name
    SubElement(pair, "value").text = value


def _index(scene: Scene, notices: list[Notice], root: str) -> bytes:
    """The Atom feed (RFC 4287) that lists the messages."""
    feed = Element("feed", xmlns=_ATOM)
    for tag, said in (
        ("id", f"{root}cap/index.xml"),
        ("title", SIMULATED["zh-TW"]),
        ("updated", scene.now.isoformat()),
    ):
        SubElement(feed, tag).text = said
    for notice in notices:
        entry = SubElement(feed, "entry")
        for tag, said in (
            ("id", notice.id),
            ("title", notice.words["zh-TW"]["headline"]),
            ("updated", notice.sent.isoformat()),
        ):
            SubElement(entry, tag).text = said
        SubElement(entry, "link", rel="alternate", type="application/cap+xml", href=f"{root}cap/alerts/{notice.id}.xml")
    return bytes(tostring(feed, encoding="utf-8", xml_declaration=True))
