"""Which services the scores of a message ask for."""

from assistant.routing.live_words import Clause
from assistant.routing.service_choice import choose, without
from assistant.routing.service_model import Scores


def scores(documents: float = 0.0, asides: float = 0.0, **services: float) -> Scores:
    known = {"bus": 0.0, "weather": 0.0} | services
    return Scores(tuple(sorted(known.items(), key=lambda one: -one[1])), documents, asides)


ONE, TWO = Clause("下一班公車多久", 0, 7), Clause("票價多少", 8, 12)


def test_the_best_service_is_asked() -> None:
    """Where it is likelier than none."""
    found = choose(scores(bus=0.8, documents=0.1), [], "公車多久")
    assert [one.name for one in found.services] == ["bus"]
    assert not found.documents


def test_documents_are_asked_where_no_service_is_likely() -> None:
    """Both where none is likelier, and where nothing is likely at all."""
    assert choose(scores(bus=0.4, documents=0.6), [], "公車票價").services == ()
    unknown = choose(scores(bus=0.2), [], "停車場還有位子嗎")
    assert (unknown.services, unknown.documents) == ((), True)


def test_a_supposition_needs_more() -> None:
    """What would be if is a matter of rules."""
    assert choose(scores(bus=0.5, documents=0.4), [], "如果公車沒來").services == ()


def test_a_part_adds_documents() -> None:
    """A live question with one on the fare asks both, and the service has its part."""
    parts = [(ONE, scores(bus=0.9)), (TWO, scores(documents=0.9))]
    found = choose(scores(bus=0.5, documents=0.4), parts, "下一班公車多久，票價多少")
    assert [(one.name, one.own) for one in found.services] == [("bus", ONE)]
    assert found.documents


def test_a_part_brings_a_service_that_the_rest_hides() -> None:
    """The whole may look like a matter of documents."""
    parts = [(ONE, scores(bus=0.9)), (TWO, scores(documents=0.9))]
    assert [one.name for one in choose(scores(bus=0.4, documents=0.7), parts, "x").services] == ["bus"]


def test_parts_add_services_in_their_order() -> None:
    """Two plain questions are two services."""
    rain = Clause("明天會下雨嗎", 8, 14)
    parts = [(ONE, scores(bus=0.9)), (rain, scores(weather=0.9))]
    found = choose(scores(weather=0.5, bus=0.4), parts, "x")
    assert [one.name for one in found.services] == ["bus", "weather"]


def test_a_part_counts_only_where_the_whole_agrees() -> None:
    """A name or a supposition in a part alone asks for nothing."""
    parts = [(ONE, scores(bus=0.9)), (Clause("如果明天下雨", 8, 14), scores(weather=0.9))]
    assert [one.name for one in choose(scores(bus=0.8, weather=0.3), parts, "x").services] == ["bus"]
    other = [(ONE, scores(bus=0.9)), (TWO, scores(weather=0.9))]
    assert [one.name for one in choose(scores(bus=0.8, weather=0.0), other, "x").services] == ["bus"]


def test_a_closed_service_is_replaced_by_the_documents() -> None:
    """Never by the next likely service."""
    found = without(choose(scores(bus=0.8, weather=0.7), [], "x"), {"bus"})
    assert (found.services, found.documents) == ((), True)
