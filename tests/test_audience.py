"""Who may see an answer again."""

from types import SimpleNamespace
from typing import Any

import pytest

from assistant.audience import NOBODY, answer_audience, narrowest
from assistant.schema import PUBLIC, STAFF, Document, Status

PARKS, ROADS = "Parks", "Roads"


def rooms(**live: str) -> Any:
    """Rooms whose store knows one document of a bureau, with live services of these audiences."""
    services = {name: SimpleNamespace(name=name, audience=audience) for name, audience in live.items()}
    stored = {"elsewhere": (Document("elsewhere", "x", "x", audience=PARKS), "")}
    store = SimpleNamespace(document=lambda document_id, access: stored.get(document_id))
    return SimpleNamespace(store=store, live=SimpleNamespace(services=services) if live else None)


def passage(audience: str) -> Any:
    """A passage of a document of an audience, whose name is its id."""
    return SimpleNamespace(document=Document(audience, "x", "x", audience=audience))


def final(status: Status, *cited: str, found: tuple[str, ...] = (PUBLIC, STAFF, PARKS), **more: object) -> Any:
    """The state at the end of a flow that found passages of these audiences and cited documents by id."""
    citations = [SimpleNamespace(document_id=one) for one in cited]
    return {"status": status, "passages": [passage(one) for one in found], "citations": citations, "access": 0, **more}


@pytest.mark.parametrize(
    ("audiences", "expected"),
    [
        ((), PUBLIC),
        ((PUBLIC,), PUBLIC),
        ((PUBLIC, STAFF), STAFF),
        ((PUBLIC, STAFF, PARKS), PARKS),
        ((PARKS, ROADS), NOBODY),
        ((PUBLIC, NOBODY), NOBODY),
    ],
)
def test_the_narrowest_audience_is_in_all_others(audiences: tuple[str, ...], expected: str) -> None:
    """What two bureaus would have to share is nobody's."""
    assert narrowest(audiences) == expected


def test_an_answer_is_for_those_who_may_read_what_it_cites() -> None:
    """What was found and not cited does not narrow it; a document that was not searched for is looked up."""
    asked = [("public",), ("public", "staff"), ("public", PARKS), ("elsewhere",), ("gone",)]
    found = [answer_audience(final(Status.ANSWERED, *cited), rooms()) for cited in asked]
    assert found == [PUBLIC, STAFF, PARKS, PARKS, NOBODY]


@pytest.mark.parametrize("status", [Status.CLARIFY, Status.NO_EVIDENCE, Status.ANSWERED])
def test_an_answer_without_citations_may_speak_of_all_that_was_found(status: Status) -> None:
    """A question back names the documents between which the reader is to choose."""
    assert answer_audience(final(status), rooms()) == PARKS
    assert answer_audience(final(status, found=()), rooms()) == PUBLIC


def test_what_a_service_for_staff_says_is_for_staff() -> None:
    """By its readings, and where it could not be reached by having been asked; what it asks back as well."""
    report = SimpleNamespace(readings=(SimpleNamespace(tool="robots"),))
    calls = (SimpleNamespace(service=SimpleNamespace(name="robots")),)
    inside, outside = rooms(robots=STAFF, buses=PUBLIC), rooms(robots=PUBLIC)
    for more in ({"report": report}, {"calls": calls}):
        state = final(Status.ANSWERED, found=(), route="live", **more)
        assert (answer_audience(state, inside), answer_audience(state, outside)) == (STAFF, PUBLIC)
    asks = [
        final(Status.CLARIFY, found=(), route="live", question=SimpleNamespace(role=role))
        for role in ("staff", "citizen")
    ]
    assert [answer_audience(ask, inside) for ask in asks] == [STAFF, PUBLIC]
