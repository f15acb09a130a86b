"""Matching: which approved wording a question means, and which closed topic it belongs to."""

import numpy as np
import pytest

from assistant.reviewing.matching import TopicMatcher, Vector, WordingIndex
from assistant.reviewing.meaning import Reader
from assistant.schema import Lang

FERRY = "旗津渡輪的票價是多少？"


def same(text: str, lang: Lang) -> Vector:
    """Every text means the same."""
    return np.array([1.0, 0.0], dtype=np.float32)


def by_length(text: str, lang: Lang) -> Vector:
    """Texts of unlike length mean nothing in common."""
    return np.array([1.0, 0.0] if len(text) % 2 else [0.0, 1.0], dtype=np.float32)


def index(embed: object = same) -> WordingIndex:
    made = WordingIndex(Reader(), embed)
    made.put("a", {"zh-TW": [FERRY], "en": ["How much is the ferry?"]})
    return made


def test_a_rewording_finds_its_answer() -> None:
    """In its own language, by any of its wordings."""
    found = index()
    assert found.find("請問旗津渡輪票價多少錢", "zh-TW") == ("a",)
    assert found.find("How much is the ferry", "en") == ("a",)
    assert found.find("旗津渡輪幾點開？", "zh-TW") == ()


def test_agreement_alone_is_not_enough() -> None:
    """Where the embeddings say that two questions have nothing in common, neither is answered from the other."""
    found = index(by_length)
    reworded = "請問旗津渡輪票價多少錢呢"
    assert len(reworded) % 2 != len(FERRY) % 2
    assert found.find(reworded, "zh-TW") == ()
    assert found.find(FERRY, "zh-TW") == ("a",)


def test_an_answer_has_the_wordings_that_it_was_last_given() -> None:
    """Old wordings find nothing any more, and neither do those of an answer that was taken out."""
    found = index()
    found.put("a", {"zh-TW": ["渡輪可以帶狗嗎？"]})
    assert (found.find(FERRY, "zh-TW"), found.find("狗可以帶上渡輪嗎", "zh-TW")) == ((), ())
    assert found.find("渡輪能不能帶狗", "zh-TW") == ("a",)
    found.remove("a")
    found.remove("a")
    assert (len(found), found.find("渡輪可以帶狗嗎？", "zh-TW")) == (0, ())


@pytest.mark.parametrize(
    ("question", "closed"),
    [
        ("市長選舉誰會贏？", True),
        ("市長的選舉 什麼時候？", True),
        ("誰會當選里長？", False),
        ("Who wins the ELECTION?", True),
        ("Who wins the elections?", True),
        ("Is there a selection of books?", False),
        ("mayoral\nelection results", True),
    ],
)
def test_the_words_of_a_topic_close_a_question(question: str, closed: bool) -> None:
    """Chinese words anywhere, with 的 or without; Latin ones as whole words, whatever their case."""
    assert TopicMatcher(["市長選舉", "election"], same).has_words(question) is closed


def test_an_example_closes_what_is_like_it_in_its_language() -> None:
    """The embedding decides, and only where the topic has an example in that language."""
    matcher = TopicMatcher(["誰會贏？"], by_length)
    assert not matcher.is_like(by_length("odd", "zh-TW"), "en")
    assert matcher.is_like(by_length("誰會贏？", "zh-TW"), "zh-TW")
    assert not matcher.is_like(by_length("誰會贏呢？", "zh-TW"), "zh-TW")
