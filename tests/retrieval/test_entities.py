"""Entities: a text covers a question by what the question is about, not by how it is put."""

import pytest

from assistant.retrieval.entities import covered, named, subject
from assistant.store import Store, Term
from tests.doubles import add_document


@pytest.fixture
def filled(store: Store) -> Store:
    with store.writing():
        add_document(store, "ferry", "旗津渡輪全票每次三十元。")
        add_document(store, "ticket", "輕軌全票二十元。")
        add_document(store, "pool", "The swimming pool opens at six.")
    return store


def share(store: Store, question: str, text: str) -> float:
    return covered(subject(store, question), set(store.query_tokens(text)))


@pytest.mark.parametrize("question", ["請問渡輪全票多少？", "渡輪的全票要多少呢", "渡輪全票"])
def test_words_of_asking_do_not_count(filled: Store, question: str) -> None:
    """The subject is covered whole, whatever the question is wrapped in."""
    assert share(filled, question, "渡輪全票三十元") == 1.0


def test_a_pair_that_spans_two_words_is_not_missed(filled: Store) -> None:
    """Words of the question that stand apart in the text are covered, though the pair between them stands nowhere."""
    assert share(filled, "渡輪全票", "全票三十元，渡輪開往旗津") == 1.0


def test_the_rarer_word_counts_more(filled: Store) -> None:
    """A text that lacks the rarer word covers less than one that lacks the common word."""
    assert share(filled, "渡輪全票", "渡輪") > share(filled, "渡輪全票", "全票")


def test_english_words_count_by_their_stem(filled: Store) -> None:
    """Inflected forms match, words of asking do not count."""
    assert share(filled, "When do the swimming pools open?", "the swimming pool opens at six") == 1.0


def test_a_question_without_a_subject_is_covered_by_nothing(filled: Store) -> None:
    """Where only words of asking remain, no text speaks for an answer."""
    assert share(filled, "可以嗎？", "可以。") == 0.0
    assert subject(filled, "") == []


def test_other_names_must_stand_whole(filled: Store) -> None:
    """A name of several tokens is covered by all of them together."""
    parts = named(filled, [Term((("渡輪", "輪船"), ("ferri",)))])
    assert covered(parts, {"渡輪"}) == 0.0
    assert covered(parts, {"渡輪", "輪船"}) == covered(parts, {"ferri"}) == 1.0
