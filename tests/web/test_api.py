"""The JSON API of version 1."""

from datetime import date

import pytest

from assistant.schema import Turn
from tests.fakes import BIKE_QUOTE, BIKE_TEXT

PROBLEM = "application/problem+json"


def test_ask_answers_in_the_shared_json(client):
    """An answer has the same fields as `ask --json`, and its quote stands in the stored text at its offsets."""
    answer = client.post("/api/v1/ask", json={"id": "q7", "question": "公共腳踏車怎麼收費？"}).json()

    assert (answer["id"], answer["status"]) == ("q7", "answered")
    citation = answer["citations"][0]
    assert BIKE_TEXT[citation["start"] : citation["end"]] == citation["quote"] == BIKE_QUOTE


def test_ask_passes_everything_on(client, conversation):
    """Language, date and history of the request reach the conversation as types."""
    body = {
        "question": "費用?",
        "lang": "en",
        "as_of": "2026-11-22",
        "history": [{"question": "前一題", "answer": "前一答"}],
    }
    client.post("/api/v1/ask", json=body)

    asked = conversation.asked[0]
    assert (asked.lang, asked.as_of, asked.history) == ("en", date(2026, 11, 22), (Turn("前一題", "前一答"),))


def test_language_auto_means_detect(client, conversation):
    """`auto` leaves the language to the question."""
    client.post("/api/v1/ask", json={"question": "?", "lang": "auto"})

    assert conversation.asked[0].lang is None


def test_an_empty_question_is_an_answer(client):
    """An empty question is a normal answer with the status blocked."""
    response = client.post("/api/v1/ask", json={"question": "  "})

    assert (response.status_code, response.json()["status"]) == (200, "blocked")


def test_staff_is_refused_without_accounts(client, conversation):
    """Nobody becomes staff by saying so."""
    response = client.post("/api/v1/ask", json={"question": "內部規定?", "role": "staff"})

    assert (response.status_code, response.headers["content-type"]) == (403, PROBLEM)
    assert not conversation.asked


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"question": 7}',
        b'{"question": null}',
        b'{"question": "x", "as_of": "yesterday"}',
        b'{"question": "x", "lang": "fr"}',
        b'{"question": "x", "history": [{"question": "a"}]}',
    ],
)
def test_malformed_requests_say_what_is_wrong(client, body):
    """A body that cannot be used gets 422 and a problem document with a detail."""
    response = client.post("/api/v1/ask", content=body, headers={"content-type": "application/json"})

    assert (response.status_code, response.headers["content-type"]) == (422, PROBLEM)
    assert response.json()["detail"].startswith("The request cannot be used.")


def test_large_bodies_are_refused(client, conversation):
    """A body over 64 KB never reaches the conversation."""
    response = client.post("/api/v1/ask", json={"question": "a" * 70_000})

    assert (response.status_code, response.headers["content-type"]) == (413, PROBLEM)
    assert not conversation.asked


def test_large_bodies_of_unknown_length_are_refused(client, conversation):
    """A chunked body is counted as it comes."""
    chunks = (b" " * 10_000 for _ in range(10))
    response = client.post("/api/v1/ask", content=chunks, headers={"content-type": "application/json"})

    assert (response.status_code, response.headers["content-type"]) == (413, PROBLEM)
    assert not conversation.asked


def test_search_lists_passages(client):
    """Search gives the shared search JSON."""
    results = client.get("/api/v1/search", params={"q": "腳踏車", "k": 1}).json()["results"]

    assert [result["document_id"] for result in results] == ["bike-fees"]


@pytest.mark.parametrize("query", ["", "q=", "q=x&k=0", "q=x&k=999", "q=x&k=two"])
def test_search_refuses_bad_parameters(client, query):
    """A search without a query, or with an impossible k, is told so."""
    assert client.get(f"/api/v1/search?{query}").status_code == 422


def test_a_public_document_can_be_read(client):
    """A document comes with its metadata and stored text."""
    body = client.get("/api/v1/documents/bike-fees").json()

    assert (body["text"], body["document"]["effective_from"]) == (BIKE_TEXT, "2024-01-01")


@pytest.mark.parametrize("document_id", ["memo", "nothing", "../app.py"])
def test_other_documents_do_not_exist(client, document_id):
    """An internal document and an unknown one get the same answer."""
    response = client.get(f"/api/v1/documents/{document_id}")

    assert (response.status_code, response.headers["content-type"]) == (404, PROBLEM)


def test_unknown_paths_are_problems(client):
    """An API path that does not exist is a problem document, not a page."""
    response = client.get("/api/v2/ask")

    assert (response.status_code, response.json()["title"]) == (404, "Not Found")
