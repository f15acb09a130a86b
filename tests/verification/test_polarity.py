"""Polarity: no sentence turns its source around, and none is dropped for saying the same in other words."""

import pytest

from assistant.schema import Citation, Lang, Locator
from assistant.sentences import split_sentences
from assistant.settings import PROJECT_ROOT
from assistant.text import detect_language, keyword_tokens
from assistant.verification.claim import Claim, SupportScorer, Verifier
from assistant.verification.polarity import check_polarity

CORPUS = PROJECT_ROOT / "corpus" / "kaohsiung" / "documents"
SCORER = SupportScorer(lambda text: list(dict.fromkeys(keyword_tokens(text))), lambda _token: 1.0, lambda _a, _b: 0.0)
VERIFIER = Verifier(SCORER, lambda citation: citation.quote, lambda _document_id: "")


def check(sentence: str, *quotes: str, question: str = "") -> str:
    citations = tuple(Citation(n, "d", "s", "", "", Locator(), q, 0, len(q)) for n, q in enumerate(quotes, 1))
    lang: Lang = detect_language(sentence)
    return check_polarity(Claim(sentence, question, lang, citations, VERIFIER))


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("持敬老卡搭公車要付費。", "持敬老卡搭公車免費。"),
        ("申請人應附戶籍謄本。", "申請人免附戶籍謄本。"),
        ("申請人免附戶籍謄本。", "申請人應附戶籍謄本。"),
        ("公園可以帶寵物入園。", "公園禁止帶寵物入園。"),
        ("公園不可以帶寵物入園。", "公園可以帶寵物入園。"),
        ("機關可以拒絕身心調適假。", "機關不可以拒絕身心調適假。"),
        ("里辦公處不得認養公園。", "里辦公處得認養公園。"),
        ("圖書館星期一開放。", "圖書館星期一不開放。"),
        ("圖書館星期一開館。", "圖書館星期一休館。"),
        ("停業登記要收規費。", "停業登記不收規費。"),
        ("收養的子女計入生育津貼的胎次。", "收養的子女不計入生育津貼的胎次。"),
        ("補助金額自1月起減少。", "補助金額自1月起增加。"),
        ("輔育中心尚未完工。", "輔育中心已經完工。"),
        ("搭輕軌要付費，進站和出站要刷卡。", "搭輕軌免費，進站和出站仍然要刷卡。"),
        ("You may enter the shelter.", "You may not enter the shelter."),
        ("Dogs are allowed in the park.", "Dogs are not allowed in the park."),
        ("You have to book the bus.", "You do not have to book the bus."),
        ("Riders must pay on the light rail.", "Riders are free on the light rail."),
        ("The allowance was reduced in January.", "The allowance was increased in January."),
        ("The museum is closed on Monday.", "The museum is open on Monday."),
    ],
)
def test_a_sentence_that_turns_its_source_around_is_dropped(sentence: str, quote: str) -> None:
    """Permission, duty, charge, opening, change and plain denial, both ways."""
    assert check(sentence, quote) == "polarity"


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("敬老卡搭公車不用錢。", "持敬老卡搭公車免費。"),
        ("不用附戶籍謄本。", "申請人免附戶籍謄本。"),
        ("帶寵物入園是禁止的。", "公園禁止帶寵物入園。"),
        ("經許可可以進入防空避難處所。", "防空避難處所未經許可不得進入。"),
        ("這件事一定要辦。", "這件事不得不辦。"),
        ("除星期一外，每天開放。", "星期一休館，其他日子開放。"),
        ("進站和出站要刷卡。", "搭輕軌免費，進站和出站仍然要刷卡。"),
        ("全票30元，長者免費。", "全票每次30元。65歲以上長者免費。"),
        ("登記費900元，註銷登記不收費。", "登記費900元整，註銷登記不收費。"),
        ("請先打電話預約。", "要先打電話預約。"),
        ("You do not need to pay.", "The ride is free of charge."),
        ("You may enter only with a permit.", "You may not enter without a permit."),
        ("Adults pay NT$30 and children ride free.", "Adults pay NT$30. Children ride free."),
        ("渡輪每次30元。", "A single ride costs NT$30."),
    ],
)
def test_the_same_in_other_words_passes(sentence: str, quote: str) -> None:
    """Double negation, contraposition and exceptions are no contradiction."""
    assert check(sentence, quote) == ""


def test_a_verdict_against_the_evidence_is_dropped() -> None:
    """A yes where the evidence says no, and a bare yes that no rule bears out."""
    question = "公園可以帶狗嗎？"
    assert check("可以。", "公園禁止帶狗。", question=question) == "polarity"
    assert check("可以。", "公園裡有狗。", question=question) == "polarity"
    assert check("不行。", "公園禁止帶狗。", question=question) == ""
    assert check("可以，公園可以帶狗。", "公園可以帶狗。", question=question) == ""


def test_without_citations_there_is_nothing_to_turn() -> None:
    """Support is another check."""
    assert check("公園可以帶狗。") == ""


def test_every_sentence_of_the_corpus_agrees_with_its_surroundings() -> None:
    """No sentence that ships is dropped over the sentences around it."""
    dropped = []
    for path in sorted(CORPUS.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        spans = split_sentences(text)
        for place, (start, end) in enumerate(spans):
            around = text[spans[max(0, place - 1)][0] : spans[min(len(spans) - 1, place + 1)][1]]
            if check(text[start:end], around):
                dropped.append(text[start:end])
    assert dropped == []
