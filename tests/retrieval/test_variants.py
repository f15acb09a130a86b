"""Variants: other spellings of a question's words and numbers."""

import pytest

from assistant.retrieval.variants import numbers, spelled


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("滿20歲", "二十 十歲"),
        ("二十歲可以嗎", "20"),
        ("１０００元以上", "1 000"),
        ("1,000元以上", "1000"),
        ("2萬元", "20000"),
        ("一萬零五百元", "10500"),
        ("三天內", "3"),
        ("5天", "五天"),
        ("第十二條", "12"),
        ("114年的補助", "2025"),
        ("2025年的補助", "114"),
    ],
)
def test_a_number_is_searched_in_its_other_spellings(question: str, expected: str) -> None:
    """Digits, Chinese numerals, thousands, ten-thousands and the two calendars stand for each other."""
    assert expected in {" ".join(wording) for term in numbers(question) for wording in term.wordings}


@pytest.mark.parametrize("question", ["一般民眾", "3.5公斤", "萬一下雨", "電話", "0", "99999999999999"])
def test_what_is_no_whole_number_has_no_other_spelling(question: str) -> None:
    """Fractions, huge numbers, zero and words with a numeral in them are left as they are."""
    assert [term.wordings for term in numbers(question) if "1" in str(term.wordings)] == []


def test_a_single_numeral_is_never_searched_alone() -> None:
    """五 stands in every statute: only 五天 says something."""
    assert list(numbers("5")) == []


def test_simplified_and_traditional_characters_stand_for_each_other() -> None:
    """Either script finds documents in either; Latin words have one spelling."""
    found = {term.wordings[0][0]: {w[0] for w in term.wordings} for term in spelled(["驾照", "駕照", "照", "bus"])}
    assert found == {"驾照": {"驾照", "駕照"}, "駕照": {"駕照", "驾照"}, "照": {"照"}, "bus": {"bus"}}
