"""Follow-ups: which questions lean on the one before, and which stand alone."""

import pytest

from assistant.routing.followup import standalone_question
from assistant.schema import Lang, Turn

ZH = (Turn("旗津渡輪全票多少錢？", "每次30元。"),)
EN = (Turn("What is the ferry fare?", "NT$30."),)


@pytest.mark.parametrize("text", ["那學生呢？", "學生票呢", "它幾點開船？", "還有腳踏車要另外付費嗎", "半價嗎"])
def test_a_chinese_follow_up_is_searched_with_its_question(text: str) -> None:
    """Pronouns, connectives and very short questions take the earlier question along."""
    assert standalone_question(text, "zh-TW", ZH) == f"旗津渡輪全票多少錢？ {text}"


@pytest.mark.parametrize("text", ["And for students?", "What about bicycles?", "When does it leave?"])
def test_an_english_follow_up_is_searched_with_its_question(text: str) -> None:
    """Connectives and pronouns take the earlier question along."""
    assert standalone_question(text, "en", EN) == f"What is the ferry fare? {text}"


@pytest.mark.parametrize(
    ("text", "lang", "history"),
    [
        ("垃圾車星期三會來收垃圾嗎？", "zh-TW", ZH),
        ("Is rubbish collected on Wednesday evenings?", "en", EN),
        ("那學生呢？", "zh-TW", ()),
        ("And for students?", "en", ()),
    ],
)
def test_a_whole_question_is_searched_alone(text: str, lang: Lang, history: tuple[Turn, ...]) -> None:
    """What stands alone, or has nothing before it, stays as it is."""
    assert standalone_question(text, lang, history) == text


def test_only_the_last_question_is_leaned_on() -> None:
    """Older turns do not come back."""
    history = (Turn("圖書館幾點開？", "九點。"), *ZH)
    assert "圖書館" not in standalone_question("那學生呢？", "zh-TW", history)
