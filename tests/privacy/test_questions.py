"""A question as the language model may see it."""

import pytest

from assistant.privacy import known_values, mask_question, restore, without_introduction, without_placeholders
from assistant.privacy.known import NOTHING_KNOWN
from assistant.schema import Question, Turn

PHONE, OTHER = "0912-345-678", "0987654321"
HISTORY = (Turn(f"我的手機是{PHONE}，渡輪多少錢？", f"每次30元，已通知{PHONE}。"),)


def test_a_value_has_one_placeholder_in_all_turns() -> None:
    """Earlier turns are masked too, and the same number in another grouping is the same number."""
    masked = mask_question(Question(f"改成{OTHER}，不要打0912345678", history=HISTORY), "zh-TW", NOTHING_KNOWN)
    assert masked.history == (Turn("我的手機是〔電話1〕，渡輪多少錢？", "每次30元，已通知〔電話1〕。"),)
    assert masked.text == "改成〔電話2〕，不要打〔電話1〕"
    assert dict(masked.restored_by) == {"〔電話1〕": PHONE, "〔電話2〕": OTHER}


def test_what_is_public_stays() -> None:
    """A bureau's own number is no personal data."""
    question = Question("07-3368333是誰的電話？")
    assert mask_question(question, "zh-TW", known_values(["07-3368333"])).text == question.text


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        (f"我叫王小明，電話{PHONE}，渡輪多少錢？", "渡輪多少錢？"),
        (f"渡輪多少錢？我的電話是{PHONE}", "渡輪多少錢？"),
        (f"My phone number is {PHONE}, what is the ferry fare?", "what is the ferry fare?"),
        (f"{PHONE}是誰的？", "是誰的？"),
        (f"我用{PHONE}這支手機註冊了市民卡，怎麼退？", "我用這支手機註冊了市民卡，怎麼退？"),
        ("渡輪，多少錢？", "渡輪，多少錢？"),
        (f"我的電話是{PHONE}", "我的電話是"),
    ],
)
def test_what_only_introduces_a_value_is_not_searched_for(asked: str, searched: str) -> None:
    """A phone number that is given is none that is asked for; a clause that says more, or asks, stays."""
    masked = mask_question(Question(asked), "en" if asked.isascii() else "zh-TW", NOTHING_KNOWN)
    assert without_introduction(masked.text, masked.restored_by) == searched


def test_placeholders_are_taken_out_to_check() -> None:
    """Only those that stand for something; a model's spelling of them counts, and what was typed stays."""
    masked = mask_question(Question(f"電話{PHONE}，〔電話9〕"), "zh-TW", NOTHING_KNOWN)
    assert without_placeholders(f"{masked.text}[電話 1]", masked.restored_by) == "電話，〔電話9〕"
    assert restore(masked.text, masked.restored_by) == f"電話{PHONE}，〔電話9〕"


def test_a_text_that_is_nothing_else_stays() -> None:
    """A search needs some words."""
    masked = mask_question(Question(PHONE), "zh-TW", NOTHING_KNOWN)
    assert without_placeholders(masked.text, masked.restored_by) == masked.text == "〔電話1〕"
