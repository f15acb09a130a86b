"""The citizens' chat in a real Chromium, in front of the fake conversation."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ask, expect_answered
from tests.fakes import BIKE_QUOTE

BIKE = "公共腳踏車怎麼收費？"
CARE = "How do I apply for long-term care?"
PHONE_SMALL = (320, 640)


def test_evidence_is_on_the_page_before_the_answer(open_page, gated_url, gate):
    """The highlighted quote is shown while the model has not written anything, then sentence by sentence."""
    page = open_page(gated_url)
    ask(page, BIKE)

    expect(page.locator("#current mark").first).to_have_text(BIKE_QUOTE)
    expect(page.locator("#current .text")).to_have_count(0)
    gate.release()
    expect(page.locator("#current .text")).to_contain_text("前三十分鐘免費")
    expect(page.locator("#current .text")).not_to_contain_text("五元")
    gate.release()
    expect_answered(page, BIKE)


@pytest.mark.parametrize(
    ("locale", "send", "lang"), [("zh-TW", "送出", "zh-TW"), ("en-US", "Send", "en"), ("fr-FR", "送出", "zh-TW")]
)
def test_the_browser_chooses_the_language(open_page, app_url, locale, send, lang):
    """The page opens in the browser's language, Chinese where it speaks neither."""
    page = open_page(app_url, locale=locale)

    expect(page.locator("#send")).to_have_text(send)
    expect(page.locator("html")).to_have_attribute("lang", lang)


def test_switching_the_language_keeps_the_conversation(open_page, app_url):
    """Every label changes, title included, and what was asked and answered stays."""
    page = open_page(app_url)
    ask(page, BIKE)
    expect_answered(page, BIKE)
    page.get_by_text("English", exact=True).click()

    expect(page.locator("#send")).to_have_text("Send")
    expect(page).to_have_title("Kaohsiung City Assistant")
    expect(page.locator("#current .sources-title")).to_contain_text("Original text")
    expect(page.locator("#current .text")).to_contain_text("前三十分鐘免費")
    page.get_by_text("中文", exact=True).click()
    expect(page.locator("#current .sources-title")).to_contain_text("文件原文")


def test_an_example_asks_itself(open_page, app_url):
    """One tap on an example gets its answer, and the examples make room."""
    page = open_page(app_url, locale="en-US")
    page.get_by_role("button", name=CARE).click()

    expect_answered(page, CARE)
    expect(page.locator("#welcome")).to_be_hidden()


def test_earlier_turns_go_with_the_question(open_page, app_url, conversation):
    """A follow-up question carries the exchange before it, and the page shows both."""
    page = open_page(app_url)
    for question in (BIKE, CARE):
        ask(page, question)
        expect_answered(page, question)

    expect(page.locator("#history .bubble")).to_have_text(BIKE)
    assert [turn.question for turn in conversation.asked[1].history] == [BIKE]


def test_a_new_conversation_forgets(open_page, app_url, conversation):
    """After "new chat" the page is empty and the next question has no history."""
    page = open_page(app_url)
    ask(page, BIKE)
    expect_answered(page, BIKE)
    page.locator("#restart").click()
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, CARE)
    expect_answered(page, CARE)

    assert conversation.asked[1].history == ()


def test_stop_ends_the_stream(open_page, gated_url, gated_conversation, gate):
    """Stop keeps the sentences so far, closes the conversation's stream, and lets the person ask again."""
    page = open_page(gated_url)
    gate.release()
    ask(page, BIKE)
    expect(page.locator("#current .text")).to_contain_text("前三十分鐘免費")
    page.locator("#stop").click()

    expect(page.locator("#current .progress-stopped")).to_be_visible()
    expect(page.locator("#current .text")).to_contain_text("前三十分鐘免費")
    gate.release(10)
    assert gated_conversation.stream_closed.wait(timeout=10)
    ask(page, CARE)
    expect_answered(page, CARE)


def test_leaving_ends_the_stream(open_page, gated_url, gated_conversation, gate):
    """A closed tab ends an answer of five hundred sentences early."""
    page = open_page(gated_url)
    gate.release()
    ask(page, "long")
    expect(page.locator("#current .text")).to_contain_text("One sentence.")
    page.close()
    for _ in range(300):
        gate.release()
        if gated_conversation.stream_closed.wait(timeout=0.1):
            break

    assert gated_conversation.stream_closed.is_set()


def test_a_second_enter_does_not_ask_twice(open_page, gated_url, gated_conversation, gate):
    """While an answer is being written, another one does not start."""
    page = open_page(gated_url)
    ask(page, BIKE)
    expect(page.locator("#stop")).to_be_visible()
    ask(page, CARE)
    gate.release(10)
    expect_answered(page, BIKE)

    assert [question.text for question in gated_conversation.asked] == [BIKE]


def test_nothing_untrusted_runs(open_page, app_url):
    """Scripts, images and links in documents and answers are shown as text and do nothing."""
    page = open_page(app_url)
    ask(page, "evil <img src=x onerror='window.hacked=1'>")
    expect(page.locator("#current .turn.is-done")).to_be_visible()

    expect(page.locator("#current mark")).to_contain_text("<script>window.hacked=1</script>")
    expect(page.locator("#conversation img, #conversation script, #conversation a[href^='javascript']")).to_have_count(
        0
    )
    assert page.evaluate("window.hacked") is None


def test_the_policy_stops_what_slips_through(open_page, app_url):
    """Even markup that got onto the page could neither run a script nor reach another server."""
    page = open_page(app_url)
    page.evaluate(
        """document.body.insertAdjacentHTML("beforeend",
        "<img id='probe' src='https://evil.example/a.png' onerror='window.hacked=1'>")"""
    )
    page.evaluate(
        "new Promise(done => { const s = document.createElement('script'); s.textContent = 'window.hacked=1';"
        " document.body.append(s); requestAnimationFrame(() => requestAnimationFrame(done)); })"
    )

    assert page.evaluate("window.hacked") is None


def test_the_page_asks_its_own_server_only(open_page, app_url):
    """No font, script, picture or report comes from or goes to anywhere else, and nothing is logged as an error."""
    page = open_page(app_url)
    errors = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    ask(page, BIKE)
    expect_answered(page, BIKE)
    ask(page, "evil")
    expect_answered(page, "evil")

    assert [url for url in page.requests if not url.startswith((app_url, "data:", "blob:"))] == []
    assert errors == []


def test_two_people_do_not_see_each_other(open_page, app_url, conversation):
    """Another browser shows and sends nothing of the first one's conversation."""
    first, second = open_page(app_url), open_page(app_url)
    ask(first, BIKE)
    expect_answered(first, BIKE)
    ask(second, CARE)
    expect_answered(second, CARE)

    expect(second.locator("#page")).not_to_contain_text(BIKE_QUOTE)
    assert conversation.asked[1].history == ()


def test_a_page_of_messages_fits_a_small_phone(open_page, app_url):
    """At 320 px nothing makes the page scroll sideways, with long words too."""
    page = open_page(app_url, size=PHONE_SMALL)
    for question in (BIKE, "evil" + "x" * 200):
        ask(page, question)
        expect_answered(page, question)

    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE_SMALL[0]


def test_a_mark_shows_its_source(open_page, app_url):
    """Choosing [1] brings the source's card into view and marks it."""
    page = open_page(app_url, size=PHONE_SMALL)
    ask(page, BIKE)
    expect_answered(page, BIKE)
    page.locator("#current a.mark").first.click()

    expect(page.locator("#t1-s1")).to_have_class(re.compile("is-chosen"))
    expect(page.locator("#t1-s1 .source-title")).to_be_in_viewport()


def test_an_emergency_stands_out(open_page, app_url):
    """An emergency is a card of its own with numbers to tap."""
    page = open_page(app_url)
    ask(page, "火災")

    expect(page.locator(".answer-emergency a[href='tel:119']")).to_be_visible()


def test_the_keyboard_alone_is_enough(open_page, app_url):
    """The input has a name for screen readers, and focus returns to it after asking."""
    page = open_page(app_url, locale="en-US")
    page.get_by_role("textbox", name="Your question").fill(CARE)
    page.keyboard.press("Enter")
    expect_answered(page, CARE)

    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="Call 1966")).to_have_count(1)


def test_a_composed_enter_does_not_send(open_page, app_url, conversation):
    """The Enter that picks a Chinese character in an input method does not send the question."""
    page = open_page(app_url)
    box = page.locator("#question textarea")
    box.focus()
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "ㄍㄨㄥ", "selectionStart": 3, "selectionEnd": 3})
    session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "key": "Process"})
    session.send("Input.insertText", {"text": "公"})

    expect(box).to_have_value("公")
    assert conversation.asked == []


def test_ui_and_api_live_on_one_server(open_page, app_url):
    """The page at / leaves the API and health paths alone, and uploads nothing."""
    page = open_page(app_url)

    assert page.request.get(f"{app_url}/healthz").status == 200
    answer = page.request.post(f"{app_url}/api/v1/ask", data={"question": BIKE})
    assert json.loads(answer.text())["status"] == "answered"
    assert (
        page.request.post(
            f"{app_url}/gradio_api/upload",
            multipart={"files": {"name": "a.txt", "mimeType": "text/plain", "buffer": b"x" * 80_000}},
        ).status
        == 404
    )
