"""The doors of the broken city do what their faults say, and hostile text gets into every form of document."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator

import httpx
import pytest
from google.transit import gtfs_realtime_pb2 as pb
from icalendar import Calendar
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from eval.tools.faults import Door, open_doors
from eval.tools.hostile import NUMBERS, ORDERS, poisoned

DOCUMENT = {
    "name": "左營",
    "id": "SIM-1",
    "note": "這是一段夠長的說明文字，供人閱讀",
    "UpdateTime": "2026-11-23T14:00:00+08:00",
}


def answer(request: Request) -> JSONResponse:
    return JSONResponse(DOCUMENT if request.method == "GET" else [{"reference": "R-1"}])


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    door = Door(Starlette(routes=[Route("/", answer, methods=["GET", "POST"])]))
    with open_doors([door]):
        yield door


@pytest.fixture(autouse=True)
def _sound(door: Door) -> None:
    door.fault, door.asked = "", 0
    door.lost.clear()


def asked(door: Door, fault: str, method: str = "GET") -> httpx.Response:
    door.fault = fault
    return httpx.request(method, door.url, trust_env=False)


def test_a_sound_door_gives_the_document_and_counts(door: Door) -> None:
    """Without a fault the city answers as it is."""
    assert asked(door, "").json() == DOCUMENT
    assert door.asked == 1


@pytest.mark.parametrize("fault", ["dead", "lost_answer"])
def test_a_dead_door_closes_the_connection(door: Door, fault: str) -> None:
    """The reader gets no document, and no status that it could believe."""
    with pytest.raises(httpx.RemoteProtocolError):
        asked(door, fault)
    assert door.asked == 1


def test_a_document_is_cut_in_the_middle(door: Door) -> None:
    """Half the bytes come, under a length that fits them."""
    whole, half = asked(door, "").content, asked(door, "truncated").content
    assert half == whole[: len(whole) // 2]


def test_another_kind_of_document_comes(door: Door) -> None:
    """A page, a list in place of an object, plain words, and a status that says that there is nothing."""
    assert asked(door, "html_page").headers["content-type"].startswith("text/html")
    assert isinstance(asked(door, "other_json").json(), list)
    assert isinstance(asked(door, "other_json", "POST").json(), dict)
    assert asked(door, "text").text == "OK"
    assert asked(door, "error_500").status_code == 500


def test_a_document_goes_on_until_the_reader_leaves(door: Door) -> None:
    """More than any feed may send comes behind the document."""
    door.fault = "huge"
    read = 0
    with httpx.stream("GET", door.url, trust_env=False) as response:
        for piece in response.iter_bytes():
            read += len(piece)
            if read > 9 * 1024 * 1024:
                break
    assert read > 9 * 1024 * 1024


def test_what_was_sent_is_kept_where_its_answer_is_lost(door: Door) -> None:
    """The table can then tell whether a retry was given the same reference."""
    with pytest.raises(httpx.RemoteProtocolError):
        asked(door, "lost_answer", "POST")
    assert json.loads(door.lost[0]) == [{"reference": "R-1"}]


def test_whether_a_document_says_its_time_is_noted(door: Door) -> None:
    """What is behind its time can be known to be so only where it has one."""
    assert asked(door, "stale").json() == DOCUMENT
    assert door.dated
    door.dated = False
    asked(door, "stale", "POST")
    assert not door.dated


def test_hostile_text_comes_with_the_document(door: Door) -> None:
    """The fault of the door is the poisoned document."""
    assert NUMBERS[0] in asked(door, "hostile_texts").json()["note"]


def test_names_codes_and_times_stay_where_free_texts_are_poisoned() -> None:
    """Else no place would be found, and the text would never be said."""
    made = json.loads(poisoned(json.dumps(DOCUMENT).encode(), "application/json", names=False))
    assert {name: made[name] for name in ("name", "id", "UpdateTime")} == {
        name: DOCUMENT[name] for name in ("name", "id", "UpdateTime")
    }
    assert made["note"].startswith(ORDERS)


def test_names_are_poisoned_behind_their_beginning() -> None:
    """A name still begins as it did; codes and times stay."""
    made = json.loads(poisoned(json.dumps([DOCUMENT]).encode(), "application/geo+json", names=True))[0]
    assert made["name"] == f"左營 {ORDERS}"
    assert made["id"] == "SIM-1"


def test_xml_stays_well_formed() -> None:
    """Markup within a text is text."""
    made = poisoned(
        "<alert><code>A1</code><headline>高雄市淹水一級警戒通知</headline></alert>".encode(),
        "application/xml",
        names=False,
    )
    assert b"&lt;script&gt;" in made
    assert b"<code>A1</code>" in made


def test_calendars_archives_and_messages_are_poisoned() -> None:
    """Events, stops and alerts carry the hostile text in their own forms."""
    event = "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:駁二週末市集與音樂會活動\r\nEND:VEVENT"
    calendar = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{event}\r\nEND:VCALENDAR\r\n".encode()
    (made,) = Calendar.from_ical(poisoned(calendar, "text/calendar", names=False)).walk("VEVENT")
    assert NUMBERS[1] in made["SUMMARY"]
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("stops.txt", "stop_id,stop_name\nB1,左營\n")
    with zipfile.ZipFile(io.BytesIO(poisoned(kept.getvalue(), "application/zip", names=True))) as archive:
        rows = list(csv.reader(io.StringIO(archive.read("stops.txt").decode())))
    assert rows == [["stop_id", "stop_name"], ["B1", f"左營 {ORDERS}"]]
    message = pb.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    entity = message.entity.add(id="1")
    entity.alert.header_text.translation.add(text="改道")
    changed = pb.FeedMessage.FromString(poisoned(message.SerializeToString(), "application/x-protobuf", names=False))
    assert NUMBERS[0] in changed.entity[0].alert.header_text.translation[0].text
