"""Views as HTML."""

import re
from dataclasses import replace
from datetime import date

import pytest

from assistant.city import Contact, load_city
from assistant.schema import Answer, DoneEvent, EvidenceEvent, Locator, Reading, SentenceEvent, Status
from assistant.settings import PROJECT_ROOT
from assistant.ui.rendering import (
    Page,
    describe_dates,
    describe_locator,
    render_header,
    render_hint,
    render_notices,
    render_turn,
    render_welcome,
)
from assistant.ui.texts import load_texts
from assistant.ui.turns import TurnView, apply_event, stop_turn
from tests.fakes import ATTACK, BIKE, BIKE_QUOTE, CITY, SCRIPTS, FakeConversation

TEXTS = load_texts()
BUREAUS_EN = {"交通局": "Transportation Bureau"}
ZH = Page("zh-TW", TEXTS["zh-TW"], CITY.help, CITY.help_phone, BUREAUS_EN)
EN = Page("en", TEXTS["en"], CITY.help, CITY.help_phone, BUREAUS_EN)


def read(document_id):
    return FakeConversation().document(document_id, "citizen")


def done(name, question="問題"):
    return apply_event(TurnView(1, question), DoneEvent(SCRIPTS[name].answer), read)


def test_a_quote_is_marked_inside_its_passage():
    """The card of a source highlights exactly the quote."""
    assert f"<mark>{BIKE_QUOTE}</mark>" in render_turn(done("bike"), ZH)


def test_marks_lead_to_their_sources():
    """[1] in the answer is a link to the card of source 1."""
    html = render_turn(done("bike"), ZH)

    assert '<a class="mark" href="#t1-s1">1</a>' in html
    assert 'id="t1-s1"' in html


def test_bureaus_are_named_in_the_language_of_the_page():
    """An English page names the bureau in English, also over a Chinese document."""
    assert "Transportation Bureau" in render_turn(done("bike"), EN)
    assert "Transportation Bureau" not in render_turn(done("bike"), ZH)


def test_what_a_live_service_said_is_a_source_with_its_time():
    """The card of a reading says whose it is, where, when, and that it is simulated and old; no one calls it AI."""
    reading = Reading(
        "air", "環境部", "2026-11-23T14:00:00+08:00", True, True, {"aqi": 42}, place="<左營>", licence="開放授權", n=1
    )
    answer = Answer("1", Status.ANSWERED, "zh-TW", "空氣品質指標是 42。 [1]", readings=(reading,), route="live")
    html = render_turn(apply_event(TurnView(1, "空氣好嗎"), DoneEvent(answer), read), ZH)

    assert 'href="#t1-s1"' in html
    assert 'id="t1-s1"' in html
    for part in ("環境部", "&lt;左營&gt;", "2026-11-23 14:00", "模擬資料", "資料已過時", "開放授權", "非 AI 產生"):
        assert part in html


def test_a_mark_without_a_source_stays_text():
    """[9] where there is no source 9 is no link."""
    turn = done("bike")
    html = render_turn(replace(turn, answer=replace(turn.answer, answer="見附表[9]。")), ZH)

    assert "見附表[9]。" in html


def test_a_card_says_where_and_since_when():
    """Bureau, page, section, article, dates, unofficial status and link are on the card."""
    html = render_turn(done("bike"), ZH)

    for part in (
        "交通局",
        "第 3 頁",
        "第二章 收費",
        "第12條",
        "自 2024-01-01 起生效",
        "非官方",
        "https://www.example.gov.tw/bike",
    ):
        assert part in html


@pytest.mark.parametrize("page", [ZH, EN])
@pytest.mark.parametrize("stage", ["evidence", "sentence", "done"])
def test_nothing_untrusted_becomes_markup(page, stage):
    """Question, answer, title, bureau, quote and surroundings are shown as text at every stage."""
    answer = SCRIPTS["evil"].answer
    turn = apply_event(TurnView(1, ATTACK), EvidenceEvent(answer.citations), read)
    if stage != "evidence":
        turn = apply_event(turn, SentenceEvent(answer.answer), read)
    if stage == "done":
        turn = apply_event(turn, DoneEvent(replace(answer, notice=ATTACK)), read)
    html = render_turn(turn, page)

    assert not re.search(r"<(img|script|iframe)|href=\"(?!#t1-s1\")|\n", html)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https:", "http://[", ""])
def test_only_web_addresses_are_linked(url):
    """A source's address is a link only if it is http or https."""
    turn = done("bike")
    citation = replace(turn.sources[0].citation, url=url)
    html = render_turn(replace(turn, sources=(replace(turn.sources[0], citation=citation),)), ZH)

    assert "source-link" not in html


def test_an_address_cannot_leave_its_attribute():
    """Quotation marks in an address are escaped."""
    turn = done("bike")
    citation = replace(turn.sources[0].citation, url='https://a.example/"onclick="x')
    html = render_turn(replace(turn, sources=(replace(turn.sources[0], citation=citation),)), ZH)

    assert '"onclick=' not in html


def test_not_found_says_who_can_help():
    """An answer without evidence shows the city's help once, with a number to call."""
    turn = done("none")
    answer = replace(turn.answer, answer=turn.answer.answer + CITY.help["zh-TW"])
    html = render_turn(replace(turn, answer=answer), ZH)

    assert html.count(CITY.help["zh-TW"]) == 1
    assert 'href="tel:1999"' in html


def test_an_emergency_can_be_called():
    """Emergency numbers are links that a telephone dials."""
    html = render_turn(done("fire"), ZH)

    assert 'href="tel:119"' in html
    assert "緊急情況" in html


def test_a_fault_shows_its_notice():
    """When the engine is down, the notice says so and a text is always there."""
    html = render_turn(done("error"), ZH)

    assert "語言模型尚未啟動" in html
    assert TEXTS["zh-TW"]["error_text"] in html


def test_every_answer_says_who_wrote_it():
    """AI-written answers say so; fixed replies say that they are none."""
    assert TEXTS["en"]["by_ai"] in render_turn(done("care"), EN)
    assert TEXTS["zh-TW"]["by_rule"] in render_turn(done("fire"), ZH)


def test_a_stopped_turn_says_so():
    """After stop, the page does not pretend to be writing."""
    html = render_turn(stop_turn(TurnView(1, "問題", "writing")), ZH)

    assert TEXTS["zh-TW"]["stopped"] in html
    assert TEXTS["zh-TW"]["writing"] not in html


@pytest.mark.parametrize("status", list(Status))
def test_every_status_renders(status):
    """No status breaks the page, with or without text."""
    answer = replace(SCRIPTS["none"].answer, status=status, answer="")

    assert f"answer-{status}" in render_turn(TurnView(1, "問題", "done", answer=answer), EN)


def test_lists_become_lists():
    """Lines that begin with a bullet are shown as a list, those that begin with a number as a numbered one."""
    turn = done("none")
    text = "需要：\n- 身分證\n- 申請書\n哪一項？\n1. 首次\n2. 補發"
    html = render_turn(replace(turn, answer=replace(turn.answer, answer=text)), ZH)

    assert "<ul><li>身分證</li><li>申請書</li></ul>" in html
    assert "<ol><li>首次</li><li>補發</li></ol>" in html


def test_locators_are_read_in_order():
    """Only the parts that a document has are shown."""
    assert describe_locator(Locator(page=2, article="Article 4"), TEXTS["en"]) == "Page 2 · Article 4"
    assert describe_locator(Locator(), TEXTS["en"]) == ""


def test_dates_prefer_force_over_publication():
    """In force from, else published, else plainly undated."""
    assert describe_dates(BIKE, None, TEXTS["en"]) == "In force from 2024-01-01"
    published = replace(BIKE, effective_from=None, published=date(2023, 5, 1))
    assert describe_dates(published, None, TEXTS["en"]) == "Published 2023-05-01"
    assert describe_dates(None, None, TEXTS["en"]) == "No date given"


def test_the_demo_banner_follows_the_deployment():
    """The banner is shown in a demonstration only."""
    assert TEXTS["en"]["demo_banner"] in render_notices("", True, EN)
    assert TEXTS["en"]["demo_banner"] not in render_notices("", False, EN)


def test_the_frame_speaks_both_languages():
    """Header, welcome and hint come in the language of the interface."""
    assert "高雄市市民助理" in render_header(CITY.name["zh-TW"], ZH)
    assert TEXTS["en"]["welcome_title"] in render_welcome(EN)
    assert "1,000" in render_hint(1000, EN)


def test_the_city_says_in_its_own_words_that_a_machine_answers():
    """Its disclosure, its office and its contact for personal data stand under the input, as text."""
    city = load_city(PROJECT_ROOT / "corpus" / "kaohsiung").policy
    policy = replace(city, office=Contact({"zh-TW": "<b>資訊處</b>", "en": "IT"}, "1999"))
    hint = render_hint(1000, ZH, policy)
    assert "不是真人" in hint
    assert "負責單位：&lt;b&gt;資訊處&lt;/b&gt;（1999）。" in hint
    assert TEXTS["zh-TW"]["ai_notice"] not in hint


def test_a_city_without_such_words_has_those_of_the_page():
    """That AI answers is said in any case."""
    assert TEXTS["en"]["ai_notice"] in render_hint(1000, EN)
