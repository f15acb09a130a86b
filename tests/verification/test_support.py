"""Support: which citations carry a sentence."""

from assistant.schema import Citation, Locator
from assistant.text import keyword_tokens
from assistant.verification.support import SupportScorer, supporting_citations


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
