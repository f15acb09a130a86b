"""Hybrid search: how the two legs make one order."""

from datetime import date

from assistant.retrieval import retrieve
from assistant.schema import PUBLIC, Lang, Passage
from assistant.store import Access, Store
from tests.doubles import WordEmbeddings, add_document

ANYONE = Access((PUBLIC,), date(2026, 7, 1))


def search(store: Store, query: str, lang: Lang = "zh-TW", k: int = 10, meaning: str = "") -> list[Passage]:
    return retrieve(store, store.terms(query), WordEmbeddings().embed_query(meaning or query), ANYONE, lang, k)


def ids(passages: list[Passage]) -> list[str]:
    return [passage.document.id for passage in passages]


def test_what_both_legs_find_comes_before_what_one_leg_finds(store: Store) -> None:
    """A chunk with the words and the meaning beats one with only either."""
    with store.writing():
        add_document(store, "words", "渡輪票價表的印刷費用由承辦單位編列")
        add_document(store, "meaning", "搭船收費標準")
        add_document(store, "both", "渡輪票價與搭船收費標準")
        add_document(store, "neither", "圖書館開放時間")
    found = search(store, "渡輪票價", meaning="渡輪票價搭船收費標準")
    assert ids(found)[0] == "both"
    assert ids(found)[-1] == "neither"


def test_scores_fall_from_one_to_zero(store: Store) -> None:
    """Scores lie in 0..1, best first, and the same search gives the same order."""
    with store.writing():
        for number in range(12):
            add_document(store, f"d{number}", f"渡輪{'票價' * (number % 4)}公告第{number}號")
    scores = [passage.score for passage in search(store, "渡輪票價", k=12)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert ids(search(store, "渡輪票價", k=12)) == ids(search(store, "渡輪票價", k=12))


def test_no_more_passages_than_asked_for(store: Store) -> None:
    """`k` is the most that comes back, and the best ones are those that stay."""
    with store.writing():
        for number in range(5):
            add_document(store, f"d{number}", f"渡輪票價公告第{number}號")
    assert ids(search(store, "渡輪票價", k=2)) == ids(search(store, "渡輪票價"))[:2]


def test_the_question_language_is_preferred_where_both_hold_the_answer(store: Store) -> None:
    """Of two versions of one document, the reader's language comes first."""
    with store.writing():
        add_document(store, "zh", "垃圾週三不收", language="zh-TW")
        add_document(store, "en", "rubbish collected wednesday", language="en")
    assert ids(search(store, "垃圾週三收嗎")) == ["zh", "en"]
    assert ids(search(store, "Is rubbish collected on Wednesday?", "en")) == ["en", "zh"]


def test_another_language_is_found_by_meaning_alone(store: Store) -> None:
    """An English question finds a Chinese document although no word of it stands there."""
    with store.writing():
        add_document(store, "library", "圖書館開放時間")
        add_document(store, "garbage", "垃圾週三不收")
        add_document(store, "tax", "房屋稅開徵日期")
    found = search(store, "rubbish wednesday", "en")
    assert ids(found)[0] == "garbage"
    assert found[0].keyword_score == 0


def test_an_empty_index_gives_no_passages(store: Store) -> None:
    """Nothing indexed, nothing found, no fault."""
    assert search(store, "渡輪票價") == []


def test_one_passage_alone_is_found(store: Store) -> None:
    """Scaling needs no second passage."""
    with store.writing():
        add_document(store, "only", "渡輪票價三十元")
    assert [passage.score for passage in search(store, "渡輪票價")] == [1.0]
