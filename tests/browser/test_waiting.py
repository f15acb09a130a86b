"""The chat in a real Chromium for those who wait for the model, ask too often, or leave."""

from collections.abc import Iterator
from threading import Event

import pytest
from playwright.sync_api import expect

from assistant.errors import TooManyQuestions
from assistant.schema import Event as AnswerEvent
from assistant.schema import EvidenceEvent, Question, QueuedEvent
from tests.browser.conftest import ask, expect_answered
from tests.fakes import BIKE_QUOTE, FakeConversation, FakeStream, Script

BIKE = "公共腳踏車怎麼收費？"
REFUSAL = "您剛才問得比較密集，請等 12 秒再問。"
LEFT_S = 30


class QueuedConversation(FakeConversation):
    """A fake with a line before its model; it refuses questions that say so."""

    def stream(self, question: Question) -> FakeStream:
        if "太多" in question.text:
            raise TooManyQuestions("rate", 12, REFUSAL)
        return super().stream(question)

    def _events(self, script: Script, left: Event) -> Iterator[AnswerEvent]:
        yield EvidenceEvent(script.answer.citations)
        yield QueuedEvent(2, 12)
        if self._may_pass(left):
            yield QueuedEvent(0, 0)
            yield from super()._events(script, left)


@pytest.fixture
def gated_conversation(gate) -> FakeConversation:
    return QueuedConversation(gate=gate)


def test_the_place_in_the_line_is_shown_and_read_out(open_page, gated_url, gate):
    """Beside the quotes stand place and wait; the live region has the place alone, then the answer."""
    page = open_page(gated_url)
    ask(page, BIKE)

    expect(page.locator("#current .progress-queued")).to_contain_text("第 2 位")
    expect(page.locator("#current .progress-queued")).to_contain_text("約 15 秒")
    expect(page.locator("#current mark").first).to_have_text(BIKE_QUOTE)
    expect(page.locator('[aria-live="polite"][role="status"]').last).to_have_text("目前較多人提問，您排在第 2 位。")
    gate.release(9)
    expect_answered(page, BIKE)
    expect(page.locator(".progress-queued")).to_have_count(0)


def test_a_question_that_is_not_taken_is_kept_for_later(open_page, gated_url):
    """The person reads how long to wait, and has the question in the box again."""
    page = open_page(gated_url)
    ask(page, "問了太多")

    expect(page.locator("#current .progress-refused")).to_have_text(REFUSAL)
    expect(page.locator("#question textarea")).to_have_value("問了太多")
    expect(page.locator("#send")).to_be_visible()


def test_stopping_frees_the_place_at_once(open_page, gated_url, gated_conversation):
    """The stream is closed while the line has not moved."""
    page = open_page(gated_url)
    ask(page, BIKE)
    expect(page.locator("#current .progress-queued")).to_be_visible()
    page.locator("#stop").click()

    assert gated_conversation.stream_closed.wait(LEFT_S)


def test_closing_the_page_frees_the_place(open_page, gated_url, gated_conversation):
    """Whoever closes the tab does not wait in the line any longer."""
    page = open_page(gated_url)
    ask(page, BIKE)
    expect(page.locator("#current .progress-queued")).to_be_visible()
    page.close()

    assert gated_conversation.stream_closed.wait(LEFT_S)
