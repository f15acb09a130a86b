"""Terms: a word of a question counts once, by its best wording, and is as rare as all its wordings together."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.store import Term
from assistant.store.keyword_search import bm25_idf
from assistant.store.keywords import KeywordIndex

ALWAYS = (0, 99999999)
DAY = 20260701
Scores = Callable[..., dict[str, float]]

BUS, COACH = ("公車",), ("巴士",)
BICYCLE = ("自行", "行車")


@pytest.fixture
def keywords(tmp_path: Path) -> Iterator[KeywordIndex]:
    index = KeywordIndex(tmp_path / "keywords")
    yield index
    index.close()


@pytest.fixture
def scores(keywords: KeywordIndex) -> Scores:
    def search(*terms: Term) -> dict[str, float]:
        return {name: round(score, 4) for name, score in keywords.search(terms, 20, ("public",), DAY)}

    return search


def fill(keywords: KeywordIndex, **bodies: str) -> None:
    for name, body in bodies.items():
        keywords.add(name, name, "", body, "public", "zh-TW", ALWAYS)
    keywords.commit()


def test_a_term_of_one_token_scores_by_bm25(keywords: KeywordIndex, scores: Scores) -> None:
    """Chunks of one length with the token once score its inverse document frequency."""
    fill(keywords, a="apple pear", b="apple plum", c="cherry plum")
    assert scores(Term((("cherri",),))) == {"c": round(bm25_idf(1, 3), 4)}


def test_a_text_gives_a_term_for_each_of_its_tokens(keywords: KeywordIndex) -> None:
    """Plain terms are the query tokens, each once, of weight one."""
    assert keywords.terms("pay paying 垃圾") == [Term(((token,),)) for token in ("pay", "垃", "圾", "垃圾")]


def test_any_wording_will_do(keywords: KeywordIndex, scores: Scores) -> None:
    """A chunk with either wording is found, others are not."""
    fill(keywords, bus="公車路線", coach="巴士路線", ferry="渡輪路線")
    assert set(scores(Term((BUS, COACH)))) == {"bus", "coach"}


def test_several_wordings_in_one_chunk_count_once(keywords: KeywordIndex, scores: Scores) -> None:
    """A chunk that says a word in two ways scores no more than one that says it in one."""
    fill(keywords, one="公車路線圖表", two="公車及巴士站", none="渡輪路線圖表")
    found = scores(Term((BUS, COACH)))
    assert found["two"] <= found["one"]


def test_all_tokens_of_a_wording_must_stand_there(keywords: KeywordIndex, scores: Scores) -> None:
    """Half of a wording is not the word."""
    fill(keywords, bicycle="自行車道", self="自行處理", lane="行車道路")
    assert set(scores(Term((BICYCLE,)))) == {"bicycle"}


def test_a_rare_wording_weighs_no_more_than_a_common_one(keywords: KeywordIndex, scores: Scores) -> None:
    """Rarity is judged over all wordings together, so a rare wrong translation does not come first."""
    fill(keywords, rare="巴士路線", **{f"common{n}": "公車路線" for n in range(9)}, other="渡輪路線")
    found = scores(Term((BUS, COACH)))
    assert found["rare"] == found["common0"]
    assert scores(Term((COACH,)))["rare"] > found["rare"]


def test_a_wording_of_several_tokens_counts_as_one_word(keywords: KeywordIndex, scores: Scores) -> None:
    """Two tokens do not count twice."""
    fill(keywords, a="自行車道", b="公車車道", c="渡輪碼頭")
    assert scores(Term((BICYCLE,)))["a"] == scores(Term((BUS,)))["b"]


def test_a_weight_scales_a_term(keywords: KeywordIndex, scores: Scores) -> None:
    """A term of half the weight gives half the score."""
    fill(keywords, a="公車路線", b="渡輪路線")
    assert scores(Term((BUS, COACH), 0.5))["a"] == pytest.approx(scores(Term((BUS, COACH)))["a"] / 2, abs=1e-3)


@pytest.mark.parametrize("term", [Term(()), Term(((),)), Term((("從未出現",), ()))])
def test_a_term_that_nothing_stands_for_finds_nothing(keywords: KeywordIndex, scores: Scores, term: Term) -> None:
    """No wording, an empty wording or unknown tokens are no fault, and match nothing."""
    fill(keywords, a="公車路線")
    assert scores(term) == {}
