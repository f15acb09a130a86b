"""Limits of a question."""

import pytest

from assistant.guardrails.limits import find_limit_breach
from assistant.schema import Lang


@pytest.mark.parametrize("text", ["", " ", "\n\t", "？", "…。！", "()", "🙂"])
def test_a_question_without_words_is_asked_for(text: str) -> None:
    """Nothing to read gets a friendly request with an example."""
    assert "請輸入" in (find_limit_breach(text, "zh-TW", 1000) or "")
    assert "type a question" in (find_limit_breach(text, "en", 1000) or "")


@pytest.mark.parametrize("text", ["1999", "垃圾", "a", "?x?"])
def test_any_word_or_number_is_a_question(text: str) -> None:
    """One letter, character or digit is enough."""
    assert find_limit_breach(text, "zh-TW", 1000) is None


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_a_question_that_is_too_long_is_told_both_numbers(lang: Lang) -> None:
    """The limit itself is allowed; one character more is told its length and the limit."""
    assert find_limit_breach("字" * 300, lang, 300) is None
    reply = find_limit_breach("字" * 10_000, lang, 300) or ""
    assert "10000" in reply
    assert "300" in reply
