"""Server-sent events of an answer."""

import json
import threading

import httpx
import pytest
from httpx_sse import connect_sse

from assistant.web.application import build_app
from tests.browser.serving import serve_in_thread
from tests.fakes import FakeConversation

BIKE = {"question": "公共腳踏車怎麼收費？"}


@pytest.mark.parametrize(("body", "headers"), [(BIKE | {"stream": True}, {}), (BIKE, {"accept": "text/event-stream"})])
def test_events_come_in_order(client, body, headers):
    """Evidence comes before every sentence, and the whole answer last, however the stream was asked for."""
    with connect_sse(client, "POST", "/api/v1/ask", json=body, headers=headers) as source:
        events = list(source.iter_sse())

    assert [event.event for event in events] == ["evidence", "sentence", "sentence", "done"]
    assert json.loads(events[-1].data)["status"] == "answered"


def test_evidence_is_sent_before_the_model_writes():
    """The client has the evidence while the model has not written a word."""
    gate = threading.Semaphore(0)
    conversation = FakeConversation(gate=gate)
    with (
        serve_in_thread(build_app(conversation)) as url,
        httpx.Client(base_url=url, timeout=20) as client,
        connect_sse(client, "POST", "/api/v1/ask", json=BIKE | {"stream": True}) as source,
    ):
        events = source.iter_sse()
        first = next(events)
        gate.release(2)
        rest = [event.event for event in events]

    assert (first.event, rest) == ("evidence", ["sentence", "sentence", "done"])


def test_a_client_that_leaves_stops_the_model():
    """The stream of the conversation is closed when the client goes away in the middle."""
    gate = threading.Semaphore(0)
    conversation = FakeConversation(gate=gate)
    with serve_in_thread(build_app(conversation)) as url, httpx.Client(base_url=url, timeout=20) as client:
        with connect_sse(client, "POST", "/api/v1/ask", json=BIKE | {"stream": True}) as source:
            next(source.iter_sse())
        gate.release()

        assert conversation.stream_closed.wait(timeout=10)
