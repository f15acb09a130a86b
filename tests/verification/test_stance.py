"""Stance: what a clause says of permission, duty, prohibition, exemption and charge."""

import pytest

from assistant.schema import Lang
from assistant.verification.stance import clauses, stance, without_marks

ZH: list[tuple[str, set[str]]] = [
    ("65歲以上可申請", {"may"}),
    ("申請人得以書面為之", {"may"}),
    ("應附身分證", {"must"}),
    ("必須先預約", {"must"}),
    ("進站和出站仍然要刷卡", {"must"}),
    ("不得不辦", {"must"}),
    ("非親自辦理不可", {"must"}),
    ("不可以拒絕共乘", {"must"}),
    ("不得進入", {"forbidden"}),
    ("禁止帶寵物入園", {"forbidden"}),
    ("不受理郵寄", {"forbidden"}),
    ("無須預約", {"exempt"}),
    ("免附戶籍謄本", {"exempt"}),
    ("不限戶籍地", {"exempt"}),
    ("得不予補正", {"exempt"}),
    ("公車免費", {"free"}),
    ("都不用付通話費", {"free"}),
    ("不收規費", {"free"}),
    ("免付通話費", {"free"}),
    ("要付調度費", {"charged"}),
    ("全票每次30元", {"charged"}),
    ("僅限本人辦理", {"limit"}),
    ("除星期一外,每日開放", {"limit", "open"}),
    ("圖書館週一休館", {"closed"}),
    ("主要道路", set()),
    ("所需費用", set()),
    ("生活不能自理者", set()),
    ("可能的話", set()),
    ("記得帶傘", set()),
]
EN: list[tuple[str, set[str]]] = [
    ("You may apply online", {"may"}),
    ("You must book first", {"must"}),
    ("Dogs are not allowed", {"forbidden"}),
    ("You can't park here", {"forbidden"}),
    ("You do not have to book", {"exempt"}),
    ("You need not apply in person", {"exempt"}),
    ("It is not required", {"exempt"}),
    ("The ride is free of charge", {"free"}),
    ("You don't have to pay", {"free"}),
    ("There is no charge", {"free"}),
    ("You have to pay", {"charged"}),
    ("Only residents", {"limit"}),
    ("Closed on Mondays", {"closed"}),
]


@pytest.mark.parametrize(("text", "kinds"), ZH)
def test_chinese_modals_have_their_kind(text: str, kinds: set[str]) -> None:
    """Double negation affirms, exemption is no prohibition, and words that only look like modals say nothing."""
    assert {mark.kind for mark in stance(text, "zh-TW")} == kinds


@pytest.mark.parametrize(("text", "kinds"), EN)
def test_english_modals_have_their_kind(text: str, kinds: set[str]) -> None:
    """What need not be is not what must not be."""
    found = {mark.kind for mark in stance(text, "en")} - {"has", "lacks"}
    assert found - ({"may"} if kinds == {"forbidden"} else set()) == kinds


def test_a_mark_belongs_to_its_clause() -> None:
    """Free in one clause and a duty in the next stay apart."""
    kinds = [[mark.kind for mark in clause.marks] for clause in clauses("搭輕軌雖然免費，進出站仍然要刷卡。", "zh-TW")]
    assert kinds == [["free"], ["must"]]


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_any_text_has_a_stance(lang: Lang) -> None:
    """No text breaks the reading."""
    assert stance("", lang) == []
    assert without_marks("？！,.;", lang).strip() != "free"


def test_what_is_left_without_marks_is_what_it_is_about() -> None:
    """The words of permission and charge do not count towards the topic."""
    assert without_marks("輕軌免費", "zh-TW").split() == ["輕軌"]
