"""Yes and no: the question's proposition, the draft's verdict, and what the evidence decides."""

import pytest

from assistant.schema import Citation, Locator
from assistant.text import keyword_tokens
from assistant.verification.claim import SupportScorer
from assistant.verification.yes_no import asked, deciding, says_only_verdict, verdict, without_verdict

SCORER = SupportScorer(lambda text: list(dict.fromkeys(keyword_tokens(text))), lambda _token: 1.0, lambda _a, _b: 0.0)


def cite(n: int, quote: str, title: str = "") -> Citation:
    return Citation(n, f"d{n}", "s.md", title, "", Locator(), quote, 0, len(quote))


@pytest.mark.parametrize(
    ("question", "axis", "sign"),
    [
        ("可以帶狗進圖書館嗎？", "permission", 1),
        ("可不可以帶狗？", "permission", 1),
        ("能不能借書", "permission", 1),
        ("狗不能進去吧？", "permission", -1),
        ("要不要預約", "duty", 1),
        ("需不需要預約", "duty", 1),
        ("是否須事先預約？", "duty", 1),
        ("不用預約對吧？", "duty", -1),
        ("不用預約就可以進去，是不是？", "duty", -1),
        ("不用付錢對吧？", "charge", -1),
        ("是不是免費", "charge", -1),
        ("會不會算通話費", "charge", 1),
        ("坐船要買票喔？", "charge", 1),
        ("週一有開放嗎", "open", 1),
        ("May I bring a dog?", "permission", 1),
        ("Do I have to book?", "duty", 1),
        ("I don't have to book, right?", "duty", -1),
        ("I don't have to pay, right?", "charge", -1),
        ("Is there a charge for parking?", "charge", 1),
        ("You can't park here, can you?", "permission", -1),
        ("Shell museum free?", "charge", -1),
    ],
)
def test_a_yes_no_question_is_a_proposition(question: str, axis: str, sign: int) -> None:
    """Formal, colloquial, leading and negated forms have their axis and sign."""
    found = asked(question)
    assert found is not None
    assert (found.axis, found.sign) == (axis, sign)


@pytest.mark.parametrize(
    "question",
    [
        "票價多少？",
        "可以告訴我票價多少嗎？",
        "去哪裡辦？",
        "要帶什麼",
        "多久可以拿到？",
        "What is the fee?",
        "How can I pay?",
        "",
    ],
)
def test_other_questions_ask_for_no_yes_or_no(question: str) -> None:
    """What, where and how much are no yes/no questions, however politely asked."""
    assert asked(question) is None


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("可以帶狗嗎？", "可以，請繫牽繩。", "yes"),
        ("可以帶狗嗎？", "不行，園內禁止寵物。", "no"),
        ("可以帶狗嗎？", "園內禁止帶寵物。", "no"),
        ("要預約嗎？", "不需要。", "no"),
        ("要預約嗎？", "要，請先打電話。", "yes"),
        ("不用預約對吧？", "要先預約。", "no"),
        ("不用預約對吧？", "對，不用預約。", "yes"),
        ("要付錢嗎？", "免費。", "no"),
        ("是免費的嗎？", "是，免費。", "yes"),
        ("是免費的嗎？", "否。", "no"),
        ("要付錢嗎？", "請洽區公所。", None),
        ("票價多少？", "不用錢。", None),
        ("Is it free?", "Yes, it is free.", "yes"),
        ("Do I have to pay?", "No, it is free.", "no"),
        ("I don't have to pay, right?", "No, you do not have to pay.", "yes"),
        ("I don't have to pay, right?", "No.", None),
        ("Can I park here?", "Parking is not allowed.", "no"),
    ],
)
def test_a_draft_gives_its_verdict(question: str, sentence: str, expected: str | None) -> None:
    """By its own words first, then by yes or no; "No" to a negative question may mean either."""
    assert verdict(sentence, question) == expected


@pytest.mark.parametrize(
    ("question", "quote", "expected"),
    [
        ("敬老卡搭輕軌要付錢嗎？", "持敬老卡搭輕軌免費。", "no"),
        ("敬老卡搭輕軌是不是免費？", "持敬老卡搭輕軌免費。", "yes"),
        ("敬老卡搭輕軌還是要刷卡嗎？", "敬老卡搭輕軌免費，進站和出站仍然要刷卡。", "yes"),
        ("公園可以帶狗嗎？", "公園禁止帶狗。", "no"),
        ("公園不能帶狗吧？", "公園禁止帶狗。", "yes"),
        ("公園可以帶狗嗎？", "公園可以帶狗。", "yes"),
        ("Do I have to book the rehab bus?", "You must book the rehab bus.", "yes"),
        ("Is the rehab bus free?", "The rehab bus is free of charge.", "yes"),
    ],
)
def test_clear_evidence_decides(question: str, quote: str, expected: str) -> None:
    """A sentence on the question's topic and axis gives the verdict."""
    assert deciding(question, [cite(1, quote)], SCORER) == expected


@pytest.mark.parametrize(
    ("question", "quotes"),
    [
        ("公園可以帶狗嗎？", ["公園全天開放。"]),
        ("公園可以帶狗嗎？", ["公園只能帶導盲犬。"]),
        ("公園可以帶狗嗎？", ["公園可以帶狗。", "公園不得帶狗。"]),
        ("公園可以帶兩隻狗嗎？", ["公園可以帶1隻狗。"]),
        ("公園可以帶狗嗎？", ["Dogs are allowed in the park."]),
        ("捷運可以帶腳踏車嗎？", ["圖書館可以借書。"]),
        ("公園在哪裡？", ["公園可以帶狗。"]),
        ("公園可以帶狗嗎？", []),
        ("公園可否公告不得帶狗？", ["公園可以帶狗。"]),
    ],
)
def test_unclear_evidence_decides_nothing(question: str, quotes: list[str]) -> None:
    """Off the axis or topic, limited, contradictory, of another number or in another language: no verdict."""
    assert deciding(question, [cite(n, quote) for n, quote in enumerate(quotes, 1)], SCORER) is None


def test_a_rule_about_something_else_does_not_decide() -> None:
    """Where another sentence covers the question better, a modal beside it is not the answer."""
    quote = "復康巴士按費率打折，看身障等級。長照接送要先有等級。"
    assert deciding("搭復康巴士要先有長照身障等級和費率打折嗎？", [cite(1, quote)], SCORER) is None


@pytest.mark.parametrize(
    ("sentence", "bare"), [("可以。", True), ("Yes.", True), ("可以，請先預約。", False), ("No fee.", False)]
)
def test_a_bare_verdict_is_known(sentence: str, bare: bool) -> None:
    """A yes with a reason is more than a yes."""
    assert says_only_verdict(sentence) is bare


@pytest.mark.parametrize(
    ("sentence", "rest"),
    [
        ("可以，受託人須攜帶委託書。", "受託人須攜帶委託書。"),
        ("不行。", ""),
        ("可以到便利商店繳納。", "可以到便利商店繳納。"),
        ("Yes, the office must agree first.", "The office must agree first."),
        ("No charge is made.", "No charge is made."),
    ],
)
def test_the_yes_or_no_of_a_model_is_taken_off(sentence: str, rest: str) -> None:
    """What stands behind it is a sentence of its own, and a sentence that only begins alike stays whole."""
    assert without_verdict(sentence) == rest
