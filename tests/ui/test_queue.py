"""What the page says to those who wait for the model, or ask too often, and how it lets go of those who leave."""

import pytest

from assistant.schema import EvidenceEvent, QueuedEvent, SentenceEvent
from assistant.ui.open_streams import OpenStreams
from assistant.ui.rendering import Page, render_turn
from assistant.ui.texts import load_texts
from assistant.ui.turns import TurnView, apply_event, ask_question, refuse_turn, stop_turn
from tests.fakes import ATTACK, BIKE_QUOTE, CITY, SCRIPTS, FakeConversation

TEXTS = load_texts()
ZH = Page("zh-TW", TEXTS["zh-TW"], CITY.help, CITY.help_phone, {})
EN = Page("en", TEXTS["en"], CITY.help, CITY.help_phone, {})
EVIDENCE = EvidenceEvent(SCRIPTS["bike"].answer.citations)


def read(document_id):
    return FakeConversation().document(document_id, "citizen")


def after(*events):
    turn = TurnView(1, "公共腳踏車怎麼收費？")
    for event in events:
        turn = apply_event(turn, event, read)
    return turn


@pytest.mark.parametrize(("page", "place", "wait"), [(ZH, "第 3 位", "約 15 秒"), (EN, "number 3", "about 15 seconds")])
def test_whoever_waits_sees_place_and_time_beside_the_quotes(page, place, wait):
    """The place, the wait in steps of five seconds, and the quotes, which need no model."""
    html = render_turn(after(EVIDENCE, QueuedEvent(3, 12)), page)

    assert place in html
    assert wait in html
    assert BIKE_QUOTE in html


def test_the_place_is_read_out_without_its_seconds():
    """A screen reader hears of each new place once, and not of every second."""
    htmls = [render_turn(after(EVIDENCE, QueuedEvent(3, wait_s)), ZH) for wait_s in (12, 41)]
    said = [html.split('<span class="place">')[1].split("</span>")[0] for html in htmls]

    assert htmls[0] != htmls[1]
    assert said[0] == said[1] != ""


@pytest.mark.parametrize("event", [QueuedEvent(0, 0), SentenceEvent("前三十分鐘免費。[1]")])
def test_the_line_is_over_when_the_model_begins(event):
    """Nothing of the place is left on the page."""
    turn = after(EVIDENCE, QueuedEvent(1, 4), event)

    assert turn.stage == "writing"
    assert "place" not in render_turn(turn, ZH)


def test_a_question_that_is_not_taken_says_when_to_ask_again():
    """The text stands as text, the turn is no part of the history, and stopping it changes nothing."""
    turn = refuse_turn(TurnView(1, "車？"), f"請等 12 秒再問。{ATTACK}")
    html = render_turn(turn, ZH)

    assert "請等 12 秒再問。" in html
    assert "<img" not in html
    assert stop_turn(turn) == turn
    assert ask_question("再問", [turn]).history == ()


class Stream:
    def __init__(self):
        self.closed = 0

    def close(self):
        self.closed += 1


def test_leaving_closes_the_streams_of_one_session():
    """Another browser's answer goes on, and what has ended is forgotten."""
    streams, mine, other = OpenStreams(), Stream(), Stream()
    with streams.holding("a", mine), streams.holding("b", other):
        streams.close("a")
        streams.close("nobody")

        assert (mine.closed, other.closed) == (1, 0)
    assert len(streams) == 0


def test_a_stream_is_closed_whatever_happens():
    """An error on the page frees the model too."""
    streams, mine = OpenStreams(), Stream()
    with pytest.raises(RuntimeError), streams.holding("a", mine):
        raise RuntimeError

    assert (mine.closed, len(streams)) == (1, 0)
