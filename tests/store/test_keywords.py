"""The keyword index: what finds what, and that its filters stand inside the query."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.store.keywords import KeywordIndex

ALWAYS = (0, 99999999)
DAY = 20260701


@pytest.fixture
def keywords(tmp_path: Path) -> Iterator[KeywordIndex]:
    index = KeywordIndex(tmp_path / "keywords")
    yield index
    index.close()


def add(keywords: KeywordIndex, name: str, body: str, title: str = "", audience: str = "public") -> None:
    keywords.add(name, name, title, body, audience, "zh-TW", ALWAYS)
    keywords.commit()


def find(keywords: KeywordIndex, query: str, *audiences: str, day: int = DAY) -> list[str]:
    return [chunk_id for chunk_id, _ in keywords.search(keywords.terms(query), 10, audiences or ("public",), day)]


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("台北車站", "臺北車站位置"),
        ("臺北車站", "台北車站位置"),
        ("秘書處", "祕書處電話"),
        ("ＭＲＴ", "the mrt station"),
        ("mrt", "ＭＲＴ車站"),
        ("1999", "撥打１９９９專線"),
        ("applications", "how to apply: an application form"),
        ("Paying", "you can pay here"),
        ("垃圾", "家戶垃圾清運"),
        ("NT$30", "a fare of nt$30"),
    ],
)
def test_spellings_of_one_word_find_each_other(keywords: KeywordIndex, query: str, body: str) -> None:
    """Variant characters, full-width forms, case and English endings make no difference."""
    add(keywords, "other", "無關的內容 entirely different")
    add(keywords, "wanted", body)
    assert find(keywords, query)[:1] == ["wanted"]


@pytest.mark.parametrize(
    "query", ["", "。", "？！", "***", '"', "AND OR NOT", "title:*", "a/b\\c", "(((", "🙂", "\ud800", "x" * 30_000]
)
def test_no_query_is_a_fault(keywords: KeywordIndex, query: str) -> None:
    """Punctuation, operators of query languages, half characters and very long words find nothing and break nothing."""
    add(keywords, "faq", "垃圾車每日收運。")
    assert find(keywords, query) == []


def test_audience_and_date_are_part_of_the_query(keywords: KeywordIndex) -> None:
    """Many better hits that the person may not see never push out the one that they may see."""
    for number in range(30):
        keywords.add(f"staff{number}", f"staff{number}", "加班費", "加班費加班費", "staff", "zh-TW", ALWAYS)
        keywords.add(f"over{number}", f"over{number}", "加班費", "加班費加班費", "public", "zh-TW", (0, DAY - 1))
        keywords.add(
            f"later{number}", f"later{number}", "加班費", "加班費加班費", "public", "zh-TW", (DAY + 1, ALWAYS[1])
        )
    add(keywords, "public", "其他規定中提到加班費一次，並有很多別的字")
    assert find(keywords, "加班費") == ["public"]


def test_a_better_match_comes_first(keywords: KeywordIndex) -> None:
    """The chunk with more of the rare words of the query wins, and a title counts too."""
    add(keywords, "garbage", "垃圾車路線")
    add(keywords, "ferry", "渡輪路線與票價")
    add(keywords, "titled", "路線", title="渡輪票價")
    assert find(keywords, "渡輪票價路線") == ["ferry", "titled", "garbage"]


def test_rare_words_weigh_more(keywords: KeywordIndex) -> None:
    """The inverse document frequency falls with the number of chunks, and follows new ones."""
    add(keywords, "a", "渡輪路線")
    rare = keywords.idf("渡輪")
    add(keywords, "b", "渡輪票價")
    add(keywords, "c", "公車票價")
    assert keywords.idf("公車") > keywords.idf("票價") > 0
    assert keywords.idf("從未出現") > keywords.idf("公車")
    assert keywords.idf("渡輪") != rare


def test_query_terms_are_distinct_and_in_order(keywords: KeywordIndex) -> None:
    """Each term of a query counts once."""
    assert keywords.query_tokens("pay paying 垃圾垃圾") == ["pay", "垃", "圾", "垃圾", "圾垃"]


def test_each_language_brings_its_own_best(tmp_path: Path) -> None:
    """Chunks of one language, however many match better, take no place of another's."""
    keywords = KeywordIndex(tmp_path / "keywords")
    for number in range(30):
        keywords.add(f"zh{number}", f"zh{number}", "", "YouBike YouBike 租借", "public", "zh-TW", ALWAYS)
    keywords.add("en", "en", "", "How to rent a YouBike at a station of the city", "public", "en", ALWAYS)
    keywords.commit()
    found = [chunk_id for chunk_id, _ in keywords.search(keywords.terms("YouBike"), 5, ["public"], DAY)]
    assert len(found) == 6
    assert "en" in found
