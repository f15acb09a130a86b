"""Promises: a rule may be stated, a reader's case may not be decided."""

import pytest

from assistant.schema import Citation, Locator
from assistant.settings import PROJECT_ROOT
from assistant.text import keyword_tokens
from assistant.verification.claim import Claim, SupportScorer, Verifier
from assistant.verification.promise import check_promise, is_promise

CORPUS = PROJECT_ROOT / "corpus" / "kaohsiung" / "documents"


@pytest.mark.parametrize(
    "sentence",
    [
        "您符合資格。",
        "您符合申請資格，請備妥證件。",
        "你可以領到3萬元。",
        "一定會核准。",
        "您將獲得補助。",
        "您的申請會通過。",
        "恭喜您符合資格。",
        "您不符合資格。",
        "您可以領到育兒津貼每月5000元。",
        "保證通過審查。",
        "您會收到補助款。",
        "You are eligible for the birth allowance.",
        "You will receive NT$20,000.",
        "Yes, you qualify for the subsidy.",
        "You're entitled to a refund.",
        "Your application will be approved.",
        "You are not eligible.",
    ],
)
def test_a_promise_is_noticed(sentence: str) -> None:
    """Neither an entitlement nor its refusal is for the assistant to say."""
    assert is_promise(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "65歲以上市民可申請。",
        "符合資格者可領取3萬元。",
        "如果您符合資格，可以領到3萬元。",
        "若您設籍滿一年，可獲得補助。",
        "您可以向區公所申請。",
        "設籍高雄市的市民可獲得補助。",
        "您可以在線上取得申請表。",
        "您會收到通知。",
        "經審查通過後，您將收到補助款。",
        "違約金為費用的一定比例。",
        "您可撥打1999詢問是否符合資格。",
        "Residents aged 65 and over are eligible.",
        "If you are eligible, you will receive NT$20,000.",
        "You can apply at the district office.",
        "You are eligible if you are 65 or over.",
        "You will receive a receipt after paying.",
    ],
)
def test_a_rule_is_no_promise(sentence: str) -> None:
    """Who may apply, where, and what happens under a condition."""
    assert not is_promise(sentence)


def test_a_promise_that_the_city_makes_itself_may_be_repeated() -> None:
    """What stands word for word in the source is the city's own promise."""
    scorer = SupportScorer(keyword_tokens, lambda _token: 1.0, lambda _a, _b: 0.0)
    verifier = Verifier(scorer, lambda citation: citation.quote, lambda _document_id: "")
    quote = "凡來電，您一定會拿到案號。"
    citation = Citation(1, "d", "s", "", "", Locator(), quote, 0, len(quote))
    assert check_promise(Claim("您一定會拿到案號。", "", "zh-TW", (citation,), verifier)) == ""
    assert check_promise(Claim("您一定會拿到補助。", "", "zh-TW", (citation,), verifier)) == "promise"


def test_the_shipped_documents_promise_nothing() -> None:
    """No line of the corpus is taken for a promise."""
    lines = [line for path in CORPUS.rglob("*.md") for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line for line in lines if is_promise(line)] == []
