"""Fixed replies: whole messages of small talk, and nothing that is a question."""

import pytest

from assistant.routing.replies import FixedReply, find_reply, load_replies
from assistant.schema import Status


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
