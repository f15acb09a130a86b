"""Answer types: what a question asks for is seen where its absence can be seen; denials are no statements."""

import re

import pytest

from assistant.retrieval.answer_type import (
    asked_type,
    asks_own_case,
    gate_data,
    missing_kinds,
    nothing_asked_for,
    said_and_denied,
)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("全票多少錢？", "money"),
        ("How much is a day pass?", "money"),
        ("What is the fee for a copy?", "money"),
        ("How much water does the basin hold?", None),
        ("圖書館幾點開門？", "clock"),
        ("What time does the market close?", "clock"),
        ("服務台的電話？", "phone"),
        ("Which number should I call?", "phone"),
        ("辦好要幾天？", "duration"),
        ("How long does it take?", "duration"),
        ("自己要付幾成？", "share"),
        ("幾歲可以辦？", "age"),
        ("要去哪裡辦？", None),
        ("誰可以申請？", None),
        ("", None),
    ],
)
def test_what_is_asked_for_is_read_in_both_languages(question: str, name: str | None) -> None:
    """The kind of answer is told from general words of asking; open kinds are left alone."""
    kind = asked_type(question)
    assert (kind.name if kind else None) == name


@pytest.mark.parametrize(
    ("question", "text", "missing"),
    [
        ("全票多少錢？", "全票三十元。", None),
        ("全票多少錢？", "全票１，２００元。", None),
        ("全票多少錢？", "65 歲以上免費。", None),
        ("全票多少錢？", "渡輪開往旗津。", "money"),
        ("How much is the ticket?", "It is free of charge.", None),
        ("幾點開門？", "上午九時開門。", None),
        ("幾點開門？", "24 小時開放。", None),
        ("幾點開門？", "星期一休館。", "clock"),
        ("要幾天？", "當日領取。", None),
        ("How long does it take?", "About two working days.", None),
        ("How long does it take?", "Bring your card.", "duration"),
        ("補助幾成？", "補助 25％。", None),
        ("幾歲可以辦？", "年滿六十五歲。", None),
    ],
)
def test_what_is_missing_is_named(question: str, text: str, missing: str | None) -> None:
    """Amounts, hours and durations are seen in either numerals and either language."""
    assert nothing_asked_for(question, [text]) == missing


@pytest.mark.parametrize(
    ("question", "missing", "nothing"),
    [
        ("票價多少，電話幾號？", ["phone"], None),
        ("票價多少？電話幾號？", ["phone"], None),
        ("去哪裡辦？電話幾號？", ["phone"], None),
        ("電話幾號？", ["phone"], "phone"),
        ("How much is it, and what is the phone number?", ["phone"], None),
    ],
)
def test_what_is_there_of_two_things_is_answered(question: str, missing: list[str], nothing: str | None) -> None:
    """Only where nothing of what was asked for is there is there nothing to say."""
    text = "全票 30 元（NT$30）。"
    assert missing_kinds(question, [text]) == missing
    assert nothing_asked_for(question, [text]) == nothing


def test_without_any_text_everything_is_missing() -> None:
    """A question for a phone number is not answered by nothing."""
    assert nothing_asked_for("服務台的電話？", []) == "phone"


@pytest.mark.parametrize(
    ("question", "own"),
    [
        ("我昨天送的案件處理到哪裡了？進度如何", True),
        ("Has my application been approved yet?", True),
        ("What is the status of my permit?", True),
        ("我可以申請補助嗎？", False),
        ("申請補助要多久才會核准？", False),
        ("Is my dog allowed on the bus?", False),
        ("How do I apply?", False),
    ],
)
def test_the_own_case_is_told_from_the_rule(question: str, own: bool) -> None:
    """Only how one's own case stands is in no document; how cases are handled may be."""
    assert asks_own_case(question) is own


def test_a_denial_is_told_from_a_statement() -> None:
    """What a sentence denies is not said by it."""
    assert said_and_denied("收費沒有查到。") == ("", ["收費沒有查到。"])
    assert said_and_denied("The fee was not found.") == ("", ["The fee was not found."])
    assert said_and_denied("每次三十元。") == ("每次三十元。", [])


def test_of_a_row_only_the_unknown_cell_is_denied() -> None:
    """The other cells of a row are said, and the denied one keeps the name of its row."""
    said, denied = said_and_denied("航線：鼓山；票價：30 元；末班：沒有查到")
    assert said == "航線：鼓山；票價：30 元"
    assert denied == ["航線：鼓山 末班：沒有查到"]


def test_every_pattern_compiles() -> None:
    """Each kind names what asks for it and what holds it, as patterns that compile."""
    for kind in gate_data()["kind"]:
        assert re.compile(kind["asks"])
        assert re.compile(kind["holds"].replace("{n}", "1"))
