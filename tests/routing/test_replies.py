"""Fixed replies: whole messages of small talk, and nothing that is a question."""

import pytest

from assistant.routing.replies import FixedReply, find_reply, load_replies
from assistant.schema import Status
from eval.datasets import CITY_QUESTIONS, load_items


@pytest.fixture(scope="module")
def replies() -> tuple[FixedReply, ...]:
    return load_replies()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("你好", "greeting"),
        ("您好！", "greeting"),
        ("Hello", "greeting"),
        ("ＨＩ", "greeting"),
        ("good morning", "greeting"),
        ("謝謝", "thanks"),
        ("非常感謝您", "thanks"),
        ("Thank you very much!", "thanks"),
        ("再見", "goodbye"),
        ("bye bye", "goodbye"),
        ("你是誰？", "about"),
        ("你會做什麼", "about"),
        ("Are you a robot?", "about"),
        ("What can you do for me?", "about"),
    ],
)
def test_small_talk_has_its_reply(replies: tuple[FixedReply, ...], text: str, name: str) -> None:
    """Greetings, thanks, goodbyes and questions about the assistant are answered at once."""
    found = find_reply(text, replies)
    assert found is not None, text
    assert found.name == name


@pytest.mark.parametrize(
    "text",
    [
        "你好，垃圾車星期幾不收？",
        "hello, when does the ferry leave?",
        "謝謝，那票價呢？",
        "早班車幾點？",
        "你是誰" * 30,
        "誰是市長",
        "what can you do about noise at night",
        "",
    ],
)
def test_a_question_with_a_greeting_is_a_question(replies: tuple[FixedReply, ...], text: str) -> None:
    """Only a whole message of small talk gets a fixed reply."""
    assert find_reply(text, replies) is None


@pytest.mark.parametrize(
    "text",
    [
        "我申請的育兒津貼審核到哪了？",
        "請問我的案件辦到哪裡了",
        "我的退稅入帳了嗎",
        "Has my application been approved?",
        "What is the status of my refund claim?",
    ],
)
def test_a_personal_case_is_out_of_scope(replies: tuple[FixedReply, ...], text: str) -> None:
    """The progress of somebody's own case stands in no document."""
    found = find_reply(text, replies)
    assert found is not None, text
    assert found.status is Status.OUT_OF_SCOPE


@pytest.mark.parametrize(
    "text",
    [
        "我要怎麼申請育兒津貼？",
        "申請案的審核需要多久？",
        "我家要申請補助，要帶什麼文件？",
        "How do I apply for a refund?",
        "How long until an application is processed?",
    ],
)
def test_how_a_case_goes_in_general_is_a_question(replies: tuple[FixedReply, ...], text: str) -> None:
    """Procedures and deadlines stand in documents, also where the person speaks of themselves."""
    assert find_reply(text, replies) is None


def test_only_a_personal_case_may_be_a_live_service_s(replies: tuple[FixedReply, ...]) -> None:
    """Small talk, and what no city assistant does, is answered before a service is asked."""
    assert [reply.name for reply in replies if reply.yields] == ["personal_case"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("幫我寫數學作業", "writing"),
        ("請寫一首關於海的詩", "writing"),
        ("Write me a short poem about the harbour", "writing"),
        ("please do my homework", "writing"),
        ("推薦哪檔股票", "investing"),
        ("Should I invest in bitcoin?", "investing"),
        ("我這樣是得了什麼病", "diagnosis"),
        ("What medicine should I take for a cold?", "diagnosis"),
        ("這場官司我會贏嗎", "verdict"),
        ("Will I win my case?", "verdict"),
    ],
)
def test_what_no_city_assistant_does_is_out_of_scope(replies: tuple[FixedReply, ...], text: str, name: str) -> None:
    """Where the request is plain, the reply says who can help."""
    found = find_reply(text, replies)
    assert found is not None, text
    assert (found.name, found.status) == (name, Status.OUT_OF_SCOPE)


@pytest.mark.parametrize(
    "text",
    [
        "登革熱要吃什麼藥",
        "我得了登革熱要通報嗎",
        "寫程式的課程有補助嗎",
        "我要告鄰居噪音要找誰",
        "我投資比特幣被騙怎麼報案",
        "股票贈與要繳稅嗎",
        "彩券經銷商怎麼申請",
        "法律諮詢在哪裡",
        "我的津貼申請書要寄到哪裡",
        "幫我寫陳情書要寄到哪",
        "Where do I report a scam about stocks?",
        "How do I write a petition?",
        "Can I get help with a job application?",
    ],
)
def test_a_service_about_such_matters_is_a_question(replies: tuple[FixedReply, ...], text: str) -> None:
    """Health, law, money and writing are also what services are about."""
    assert find_reply(text, replies) is None


def test_no_question_of_the_starter_set_is_turned_away(replies: tuple[FixedReply, ...]) -> None:
    """Every question with an answer in the documents reaches them."""
    answerable = [item.question for item in load_items(CITY_QUESTIONS) if item.answerable]
    assert [question for question in answerable if find_reply(question, replies)] == []
