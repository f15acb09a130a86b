"""The lexicon: which other names a question is searched with."""

from datetime import date
from pathlib import Path

import pytest

from assistant.errors import CityDataError
from assistant.retrieval.dictionary import Dictionary, open_dictionary
from assistant.retrieval.lexicon import Lexicon, load_names
from assistant.store import Access, Store, Term
from tests.doubles import WordEmbeddings, add_document

NAMES = [["環境保護局", "環保局", "Environmental Protection Bureau", "EPB"], ["垃圾車", "garbage truck", "xe rác"]]


@pytest.fixture
def lexicon(store: Store) -> Lexicon:
    return Lexicon(NAMES, None, store.query_tokens)


@pytest.fixture
def dictionary(store: Store, tmp_path: Path) -> Dictionary:
    return open_dictionary(tmp_path / "dictionary", store.query_tokens)


def wordings(terms: list[Term]) -> list[set[str]]:
    return [{" ".join(wording) for wording in term.wordings} for term in terms]


def test_an_english_name_brings_the_chinese_ones(lexicon: Lexicon) -> None:
    """A name of several words, in any inflection, is one term whose wordings are all its other names."""
    (found,) = wordings(lexicon.terms("When do the garbage trucks come?"))
    assert "垃圾 圾車" in found


def test_a_chinese_abbreviation_brings_the_full_name(lexicon: Lexicon) -> None:
    """The longest name that stands in the question counts; its own wording is not repeated."""
    (found,) = wordings(lexicon.terms("環保局電話幾號"))
    assert "環境 境保 保護 護局" in found
    assert "環保 保局" not in found


def test_names_in_other_scripts_are_found(lexicon: Lexicon) -> None:
    """Vietnamese with its marks is a name like any other."""
    (found,) = wordings(lexicon.terms("Xe rác mấy giờ đến?"))
    assert "垃圾 圾車" in found


def test_the_citys_names_come_before_the_dictionary(store: Store, dictionary: Dictionary) -> None:
    """What the city names itself is not translated word by word."""
    both = Lexicon(NAMES, dictionary, store.query_tokens)
    assert len(both.terms("garbage truck")) == 1
    assert any("垃圾" in found for found in wordings(both.terms("garbage")))


def test_grammar_words_are_not_translated(store: Store, dictionary: Dictionary) -> None:
    """A question of nothing but grammar adds nothing."""
    assert Lexicon([], dictionary, store.query_tokens).terms("What is it that you can do for them?") == []


def test_an_english_question_finds_the_chinese_document_by_keyword(store: Store, lexicon: Lexicon) -> None:
    """The wordings reach the keyword index."""
    with store.writing():
        add_document(store, "truck", "垃圾車每週三不收運")
        add_document(store, "other", "圖書館週三開放")
    terms = [*store.terms("garbage truck"), *lexicon.terms("garbage truck")]
    vector = WordEmbeddings().embed_query("garbage truck")
    found = store.search(terms, vector, Access.of("citizen", date(2026, 7, 1)), 10)
    assert [scored.document.id for scored in found if scored.keyword is not None] == ["truck"]


def test_nothing_to_look_up_is_harmless(lexicon: Lexicon) -> None:
    """Empty, marks only, and one character repeated give no term."""
    assert [lexicon.terms(text) for text in ("", "？！……", "垃" * 1000)] == [[], [], []]


def test_a_city_without_a_lexicon_has_no_names(tmp_path: Path) -> None:
    """The file is optional."""
    assert load_names(tmp_path) == []


@pytest.mark.parametrize("text", ["entry = 3", "[[entry]]\nzh = 3", "not toml ="])
def test_a_malformed_lexicon_is_named(tmp_path: Path, text: str) -> None:
    """The error says which file and where to read on."""
    (tmp_path / "lexicon.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CityDataError, match=r"lexicon\.toml"):
        load_names(tmp_path)


def test_names_are_read_in_every_language(tmp_path: Path) -> None:
    """All lists of an entry are names of one thing."""
    (tmp_path / "lexicon.toml").write_text('[[entry]]\nzh = ["垃圾車"]\nen = ["garbage truck"]\n', encoding="utf-8")
    assert load_names(tmp_path) == [["垃圾車", "garbage truck"]]
