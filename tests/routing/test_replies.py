"""Fixed replies: whole messages of small talk, and nothing that is a question."""

import pytest

from assistant.routing.replies import FixedReply, find_reply, load_replies


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
