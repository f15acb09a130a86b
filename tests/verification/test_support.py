"""Support: which citations carry a sentence."""

import pytest

from assistant.schema import Citation, Locator
from assistant.text import keyword_tokens
from assistant.verification.claim import Claim, SupportScorer, Verifier
from assistant.verification.support import (
    check_support,
    new_names,
    new_titles,
    novelty,
    supporting_citations,
    thresholds,
)


def cite(n: int, quote: str, title: str = "") -> Citation:
    return Citation(n, f"d{n}", "s.md", title, "", Locator(), quote, 0, len(quote))


def scorer(cosine: float = 0.0) -> SupportScorer:
    return SupportScorer(tokens=keyword_tokens, idf=lambda _token: 1.0, cosine=lambda _a, _b: cosine)


FERRY, GARBAGE, ENGLISH = cite(1, "渡輪全票每次三十元"), cite(2, "垃圾車每週三停收"), cite(3, "Adult tickets are NT$30")


def numbers(sentence: str, *citations: Citation, cosine: float = 0.0) -> list[int]:
    return [citation.n for citation in supporting_citations(sentence, citations, scorer(cosine))]


def test_a_sentence_is_bound_to_the_quote_that_says_it() -> None:
    """The quote with the sentence's words, and no other."""
    assert numbers("渡輪每次三十元", FERRY, GARBAGE) == [1]
    assert numbers("垃圾車每週三停收", FERRY, GARBAGE) == [2]


def test_a_sentence_without_support_has_no_citation() -> None:
    """Words that no quote has are not supported, however fluent."""
    assert numbers("圖書館週一休館並提供免費上網", FERRY, GARBAGE) == []
    assert numbers("", FERRY) == []
    assert numbers("渡輪每次三十元") == []


def test_a_sentence_over_two_quotes_is_bound_to_both() -> None:
    """Where one quote covers only a half, the other half's quote is cited too, in order."""
    assert numbers("垃圾車每週三停收渡輪全票每次三十元", FERRY, GARBAGE) == [1, 2]


def test_the_words_of_a_title_count() -> None:
    """A sentence may name the document that its quote stands in."""
    assert numbers("旗津渡輪全票", cite(1, "全票每次三十元", title="旗津渡輪票價")) == [1]


def test_another_language_is_compared_by_meaning() -> None:
    """Without common words the nearest quote must be near enough."""
    assert numbers("渡輪全票每次三十元", ENGLISH, cosine=0.9) == [3]
    assert numbers("渡輪全票每次三十元", ENGLISH, cosine=0.7) == []


def test_rare_words_decide() -> None:
    """Support is a share of what is rare, so common words alone carry nothing."""
    rare = {"渡", "輪", "渡輪"}
    weighed = SupportScorer(keyword_tokens, lambda token: 10.0 if token in rare else 0.1, lambda _a, _b: 0.0)
    assert supporting_citations("渡輪的票", [cite(1, "公車的票")], weighed) == []


@pytest.mark.parametrize(
    ("sentence", "known", "names"),
    [
        ("請用 LINE 查詢。", ["請用電話查詢。"], ["LINE"]),
        ("請用 LINE 查詢。", ["請用Line查詢。"], []),
        ("請上 www.kcg.gov.tw 查詢。", ["請查詢。"], []),
        ("The office is in Lingya District.", ["The office is in Zuoying District."], ["Lingya"]),
        ("The office is in Lingya District.", ["An office in Lingya District"], []),
        ("The office is closed on Monday.", ["It is closed on that day."], []),
        ("Ferries leave from Gushan.", ["渡輪從鼓山出發。"], []),
    ],
)
def test_names_that_no_source_has_are_found(sentence: str, known: list[str], names: list[str]) -> None:
    """Latin names need a source; links have their own check, and romanised Chinese names none to compare with."""
    assert new_names(sentence, known) == names


def test_titles_need_a_source() -> None:
    """A document that no citation names is not to be named."""
    assert new_titles("依《停車場法》辦理。", ["《停車場法》第二條"]) == []
    assert new_titles("依《停車場法》辦理。", ["公園管理辦法"]) == ["停車場法"]


@pytest.mark.parametrize(
    ("sentence", "most"),
    [("渡輪票價三十元", 0.0), ("三十元渡輪票價", 0.0), ("渡輪票價為三十元", 1.0), ("渡輪", 0.0), ("", 0.0)],
)
def test_known_words_in_another_order_are_nothing_new(sentence: str, most: float) -> None:
    """Pairs in which known words meet do not count."""
    assert novelty(sentence, ["渡輪票價三十元"], scorer()) <= most


def test_a_new_name_is_more_than_two_new_words() -> None:
    """A name that stands in place of another adds a stretch that no source has."""
    assert novelty("由歐巴馬夫人簽署的法案", ["由雷根簽署的法案"], scorer()) > 2


def test_a_sentence_that_names_more_is_dropped() -> None:
    """Bound by its words, dropped for its name."""
    verifier = Verifier(scorer(), lambda citation: citation.quote, lambda _document_id: "")
    claims = [
        Claim(f"渡輪全票每次三十元{more}", "", "zh-TW", (FERRY,), verifier)
        for more in ("", "（iPASS）", "，見《票價表》")
    ]
    assert [check_support(claim) for claim in claims] == ["", "support", "support"]
    assert check_support(Claim("渡輪", "", "zh-TW", (), verifier)) == "support"


def test_the_limits_are_within_reach() -> None:
    """Coverage and cosines are shares, and a paraphrase may cover less than a copy."""
    limits = thresholds()
    assert 0 < limits.least_coverage_of_paraphrase <= limits.least_coverage < 1
    assert 0.5 < limits.least_cosine_across < 1
    assert limits.most_novelty > 1
