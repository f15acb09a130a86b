"""Secrets of staff and bureaus on every path out of the server: API, page, files, conversations, monitoring."""

import itertools
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import numpy as np
import pytest
from fastapi.testclient import TestClient

from assistant.conversation import Conversation
from assistant.people.account import AccountRole
from assistant.people.editor import Editor
from assistant.people.people import People
from assistant.people.reviewed_answer import Draft
from assistant.reviewing.gathering import Gathering
from assistant.reviewing.matching import Vector
from assistant.reviewing.sources import take_sources
from assistant.schema import Lang
from assistant.settings import Settings
from assistant.ui.citizen import mount_ui
from assistant.web.application import build_app
from tests.browser.serving import serve_in_thread
from tests.doubles import WordEmbeddings, fix_answerability, make_conversation
from tests.integration.canaries import (
    AUDIENCES,
    BUREAU,
    CANARIES,
    LANGUAGES,
    OTHER_BUREAU,
    QUESTIONS,
    codes_of,
    leaked,
    make_city,
    session_of,
    written_in,
)
from tests.people.place import Place

pytestmark = pytest.mark.integration

SESSION, BROWSER = "city-assistant-session", "city-assistant-browser"
ASK, SEARCH, DOCUMENTS, KEPT = "/api/v1/ask", "/api/v1/search", "/api/v1/documents", "/api/v1/conversations"
each_question = pytest.mark.parametrize("text", QUESTIONS, ids=["zh", "en"])


@dataclass(frozen=True)
class Site:
    """A running site: its settings, its people, and its address."""

    settings: Settings
    conversation: Conversation
    people: People
    url: str
    officer: str
    colleague: str

    def client(self, session: str = "", **headers: str) -> httpx.Client:
        """A browser or program of its own; `session` is the cookie of whoever signed in."""
        cookies = {SESSION: session} if session else {}
        origin = {"origin": self.url} if session else {}
        return httpx.Client(base_url=self.url, cookies=cookies, headers={**origin, **headers}, timeout=60)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The city behind a real server, with its page and two members of staff."""
    settings = make_city(tmp_path_factory.mktemp("canaries"))
    place = Place(settings.home)
    people = place.open()
    with pytest.MonkeyPatch.context() as patch:
        fix_answerability(patch)
        conversation = make_conversation(settings)
        app = mount_ui(build_app(conversation, people), conversation)
        with serve_in_thread(app) as url:
            officer, colleague = session_of(people, "mei", BUREAU), session_of(people, "lin", OTHER_BUREAU)
            yield Site(settings, conversation, people, url, officer, colleague)
        conversation.close()
    place.close()


FORGED_HEADERS = [
    {"x-role": "staff", "x-forwarded-user": "mei", "x-remote-user": "mei", "remote-user": "mei"},
    {"authorization": "Bearer cityassistant_" + "A" * 43},
    {"authorization": "Basic bWVpOm1laQ=="},
    {"x-bureau": quote(BUREAU), "x-audience": "staff", "x-original-url": "/api/v1/documents/zqidstaffzh"},
    {"cookie": f"{SESSION}=mei"},
    {"cookie": f"{SESSION}={'A' * 43}"},
    {"cookie": f"role=staff; bureau=staff; __Host-{SESSION}={'A' * 43}"},
]


@each_question
@pytest.mark.parametrize("headers", FORGED_HEADERS, ids=range(len(FORGED_HEADERS)))
def test_forged_headers_and_fields_open_nothing(site: Site, text: str, headers: dict[str, str]) -> None:
    """Whatever a request claims to be, without proof it gets what a citizen gets, or is refused."""
    claims = {"bureau": BUREAU, "audience": "staff", "access": ["staff"], "audiences": ["public", "staff", BUREAU]}
    query = {"q": text, "k": "50", "bureau": BUREAU, "audience": "staff", "user": "mei"}
    with site.client(**headers) as client:
        said = [client.post(ASK, json={"question": text, **claims})]
        said += [client.post(ASK, json={"question": text, "role": role}) for role in ("staff", "citizen", "admin")]
        said += [client.get(SEARCH, params={**query, **role}) for role in ({}, {"role": "staff"})]
        said += [client.get(f"{DOCUMENTS}/{canary.code('id')}", params=query) for canary in CANARIES]
    assert {one.status_code for one in said} <= {200, 403, 404, 422}
    named = {canary.code("id") for canary in CANARIES}  # a 404 repeats the id that was asked for
    assert leaked("".join(one.text + repr(one.headers) for one in said)) - named == set()
    assert [one.status_code for one in said[-len(CANARIES) :]] == [404] * len(CANARIES)


@each_question
def test_events_hold_nothing_for_citizens(site: Site, text: str) -> None:
    """The stream's evidence, sentences and end."""
    streams = {}
    for session in ("", site.officer):
        with site.client(session, accept="text/event-stream") as client:
            streams[session] = client.post(ASK, json={"question": text}).text
    assert "event: done" in streams[""]
    assert leaked(streams[""]) == set()
    assert leaked(streams[site.officer]) & codes_of("staff", "keeper")


@each_question
def test_staff_see_their_own_and_no_other_bureaus(site: Site, text: str) -> None:
    """Answers, search and viewer, by session and by an evaluator's token."""
    site.people.accounts.add(f"lab{len(text)}", AccountRole.EVALUATOR, None, by="test", bureau=BUREAU)
    token = site.people.tokens.issue(f"lab{len(text)}", "", by="test")
    mine = site.client(site.officer), site.client(authorization=f"Bearer {token}")
    for client in mine:
        said = client.post(ASK, json={"question": text, "role": "staff"}).text
        said += client.get(SEARCH, params={"q": text, "k": "50", "role": "staff"}).text
        ids = [canary.code("id") for canary in CANARIES if canary.lang == "zh" and canary.who != "staff"]
        own, other = (client.get(f"{DOCUMENTS}/{one}", params={"role": "staff"}) for one in ids)
        assert (own.status_code, other.status_code) == (200, 404)
        assert leaked(said, ["staff", "keeper"]) == set()
        assert leaked(said) & codes_of("keeper")
        client.close()


def files_of(site: Site) -> list[str]:
    """What lies on the server's disk beside the page's own files, by absolute and relative path."""
    home, city = site.settings.home, site.settings.city_dir
    files = [city / canary.path for canary in CANARIES] + [city / "sources.toml", city / "city.toml"]
    index = [path for path in site.settings.index_dir.rglob("*") if path.is_file()]
    return [str(path) for path in (*files, *index[:20], home / "people.sqlite")]


def written_as(path: str) -> list[str]:
    """An absolute path in the ways that have opened files elsewhere."""
    up = "/".join([".."] * 12) + path
    return [path.lstrip("/"), path, quote(path, safe=""), up, quote(up, safe=""), up.replace("../", "..%2f")]


def test_no_path_leads_to_a_file(site: Site) -> None:
    """Documents, index and people's database are served by no route, however the path is written."""
    routes = ("", "/ui-static/", "/gradio_api/file=", "/file=", "/static/", "/assets/", f"{DOCUMENTS}/")
    with site.client() as client:
        for path, route in itertools.product(files_of(site), routes):
            for written in written_as(path):
                answer = client.get(f"{route}{written}" if route else f"/{written.lstrip('/')}")
                assert answer.status_code in {200, 307, 400, 403, 404, 405, 422}, (route, written)
                assert leaked(answer.text) - leaked(written) == set(), (route, written)
                assert b"SQLite format 3" not in answer.content


def test_the_page_and_its_description_hold_nothing(site: Site) -> None:
    """The page, its configuration, the description of the API, and what monitors read."""
    paths = "/ /config /gradio_api/info /gradio_api/startup-events /api/v1/openapi.json /api/v1/about /readyz /healthz"
    with site.client() as client:
        answers = [client.get(path) for path in (*paths.split(), "/mcp", "/gradio_api/mcp/", "/metrics", "/docs")]
    assert leaked("".join(one.text + repr(one.headers) for one in answers)) == set()
    assert [one.status_code for one in answers[-4:]] == [404] * 4


def asked_on_the_page(client: httpx.Client, text: str, lang: str) -> str:
    """What Gradio sends to a browser that asks; the same requests that the page's own script makes."""
    config = client.get("/config").json()
    (box,) = [one["id"] for one in config["components"] if one["props"].get("elem_id") == "question"]
    function = next(one for one in config["dependencies"] if [box, "submit"] in one["targets"])
    state = {"data": [text, None, lang], "fn_index": function["id"], "session_hash": f"h{len(text)}"}
    joined = client.post("/gradio_api/queue/join", json=state)
    assert joined.status_code == 200, joined.text
    received = ""
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": state["session_hash"]}) as events:
        for line in events.iter_lines():
            received += line
            if '"process_completed"' in line or '"close_stream"' in line:
                break
    return received


@each_question
def test_the_chat_page(site: Site, text: str) -> None:
    """A citizen's browser is sent no secret, not even beside what is shown; an officer's is."""
    received = {}
    for session in ("", site.officer):
        with site.client(session) as client:
            received[session] = asked_on_the_page(client, text, "zh-TW")
    assert "process_completed" in received[""]
    assert leaked(received[""]) == set()
    assert leaked(received[site.officer], ["staff", "keeper"]) == set()
    assert leaked(received[site.officer])


@each_question
def test_what_is_kept(site: Site, text: str) -> None:
    """An officer's conversation is read, listed and exported by nobody else, nor by the officer once moved away."""
    with site.client(site.officer) as client:
        answer = client.post(ASK, json={"question": text}).json()
        place = f"{KEPT}/{answer['conversation_id']}"
        assert leaked(client.get(place).text + client.get(f"{place}/export").text) & codes_of("staff", "keeper")
    mark = client.cookies.get(BROWSER) or ""
    others = [site.client(), site.client(site.colleague), site.client(cookie=f"{BROWSER}={mark}")]
    for other in others:
        said = [other.get(path) for path in (KEPT, place, f"{place}/export")]
        said += [other.post(ASK, json={"question": "?", "conversation_id": answer["conversation_id"]})]
        said += [other.put(f"/api/v1/turns/{answer['turn_id']}/feedback", json={"verdict": "up"})]
        assert leaked("".join(one.text for one in said), ["other"]) == set()
        assert [one.status_code for one in (*said[1:3], said[-1])] == [404, 404, 404]
        other.close()


def test_an_officer_who_leaves_the_bureau(site: Site) -> None:
    """Turns that rest on the bureau's documents are withheld as soon as the account has another bureau."""
    session = session_of(site.people, "chen", BUREAU)
    with site.client(session) as client:
        asked = client.post(ASK, json={"question": QUESTIONS[0]}).json()
        assert leaked(json.dumps(asked)) & codes_of("keeper")
    site.people.accounts.change_role("chen", AccountRole.STAFF, "test", OTHER_BUREAU, "moved")
    with site.client(site.people.sign_in.sign_in("chen", "stapled violet harbours").token) as client:
        said = "".join(client.get(path).text for path in (KEPT, f"{KEPT}/{asked['conversation_id']}"))
    assert leaked(said, ["staff", "other"]) == set()
    assert '"withheld":1' in said


def test_errors_and_logs(site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in the middle of an officer's answer writes nothing of it into a log or an error message."""
    caplog.set_level(logging.INFO)
    monkeypatch.setattr("assistant.graph.decided", lambda *_, **__: 1 / 0)
    with site.client(site.officer) as client:
        failed = client.post(ASK, json={"question": QUESTIONS[0]})
        malformed = client.post(ASK, json={"question": QUESTIONS[0], "as_of": "never"})
    assert (failed.json()["status"], malformed.status_code) == ("error", 422)
    assert leaked(failed.text + malformed.text + caplog.text) == set()
    logs = Path(site.settings.log_dir)
    assert leaked(written_in(logs) if logs.is_dir() else "") == set()


def test_a_test_client_sees_what_a_server_says(site: Site) -> None:
    """The officer's way in works, so that the silence towards others means something."""
    app = build_app(site.conversation, site.people)
    browser = TestClient(app, cookies={SESSION: site.officer}, headers={"origin": "http://testserver"})
    assert leaked(browser.post(ASK, json={"question": QUESTIONS[0]}).text) & codes_of("staff", "keeper")


REVIEWED = {
    "zh-TW": "調度場的緊急代號要去哪裡領取？",
    "en": "Where is the emergency number plate of the depot handed out?",
}


def test_reviewed_answers(site: Site) -> None:
    """An approved answer is given to its audience, with its sources, and to nobody else in either language."""
    store, today = site.conversation._rooms.store, datetime.now(site.conversation.city.timezone).date()
    editor = Editor("editor")
    for canary in (one for one in CANARIES if one.lang == "zh"):
        answers = {lang: f"{canary.code('body')} {canary.code('title')}" for lang in LANGUAGES.values()}
        sources = take_sources(store, editor, AUDIENCES[canary.who], [canary.code("id")], [], "暗語", today)
        bureau = BUREAU if canary.who == "staff" else AUDIENCES[canary.who]
        wordings = {lang: [text] for lang, text in REVIEWED.items()}
        draft = Draft(bureau, answers, wordings, sources, today + timedelta(days=30), AUDIENCES[canary.who])
        site.people.reviewed.approve(editor, draft)
    for text, (session, may_see) in itertools.product(
        REVIEWED.values(), {"": (), site.officer: ("staff", "keeper"), site.colleague: ("staff", "other")}.items()
    ):
        with site.client(session) as client:
            said = client.post(ASK, json={"question": text})
            streamed = client.post(ASK, json={"question": text, "stream": True}).text
        assert leaked(said.text + streamed, may_see) == set()
        assert bool(leaked(said.text)) is bool(may_see)


def test_the_queue_of_questions(site: Site) -> None:
    """What an officer asked stands in the queue of editors who may read what the answer rested on, and of no other."""
    with site.client(site.officer) as client:
        asked = client.post(ASK, json={"question": f"{CANARIES[2].code('title')} 的聯絡暗語是什麼？"}).json()
        assert leaked(asked["answer"] + repr(asked["citations"])) & codes_of("keeper")
        client.put(f"/api/v1/turns/{asked['turn_id']}/feedback", json={"verdict": "down", "reason": "x"})
    weights = WordEmbeddings()

    def embed(text: str, lang: Lang) -> Vector:
        return np.asarray(weights.embed_query(text), dtype=np.float32)

    Gathering(site.people, embed, weights.fingerprint, lambda *_: BUREAU).gather()
    pages = {
        bureau: repr(site.people.unanswered.page(Editor("e", bureau), limit=500)) for bureau in (BUREAU, OTHER_BUREAU)
    }
    assert leaked(pages[OTHER_BUREAU], ["staff", "other"]) == set()
    assert leaked(pages[BUREAU]) & codes_of("keeper")
