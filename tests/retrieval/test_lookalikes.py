"""Look-alikes: when a question could mean either of two procedures, and when it says which."""

from datetime import date

import pytest

from assistant.retrieval import retrieve
from assistant.retrieval.lookalikes import MOST_CHOICES, ties
from assistant.schema import Lang
from assistant.store import Access, Store
from tests.doubles import WordEmbeddings, add_document

ANYONE = Access.of("citizen", date(2026, 7, 1))
SENIOR, DISABLED = "敬老卡補發", "愛心卡補發"


def labels(store: Store, question: str, lang: Lang = "zh-TW") -> list[str]:
    vector = WordEmbeddings().embed_query(question)
    passages = retrieve(store, store.terms(question), vector, ANYONE, lang)
    return [choice.label for choice in ties(store, question, passages)]


@pytest.fixture
def cards(store: Store) -> Store:
    with store.writing():
        add_document(store, "senior", "補發應備身分證，向區公所辦理。", title=SENIOR)
        add_document(store, "disabled", "補發應備證明，向區公所辦理。", title=DISABLED)
        add_document(store, "rubbish", "垃圾車週三停收。", title="垃圾清運")
    return store


def test_a_question_that_fits_two_procedures_is_a_tie(cards: Store) -> None:
    """Both are offered by the names in their titles."""
    assert set(labels(cards, "補發要去哪裡辦")) == {SENIOR, DISABLED}


@pytest.mark.parametrize("question", ["敬老卡補發要去哪裡辦", "愛心卡補發要去哪裡辦", "敬老的補發要去哪裡辦"])
def test_the_word_that_tells_two_procedures_apart_decides(cards: Store, question: str) -> None:
    """Where the question has it, there is no tie."""
    assert labels(cards, question) == []


def test_one_word_that_only_the_best_text_has_decides(cards: Store) -> None:
    """A question on what only one of the two documents speaks of means that one."""
    assert labels(cards, "補發要身分證嗎") == []


def test_documents_on_other_matters_do_not_tie(cards: Store) -> None:
    """Titles that share no word of the question name no look-alikes."""
    assert labels(cards, "垃圾車週三") == labels(cards, "區公所辦理") == []


def test_a_name_that_the_question_has_in_full_is_no_tie(store: Store) -> None:
    """A guide and a table on one thing are not two procedures."""
    with store.writing():
        add_document(store, "guide", "向區公所辦理。", title="敬老卡")
        add_document(store, "table", "向區公所辦理。", title="敬老卡點數一覽")
    assert labels(store, "敬老卡要去哪裡辦") == []


def test_translations_and_versions_do_not_tie(store: Store) -> None:
    """They are the same procedure, in other words or of another day."""
    with store.writing():
        add_document(store, "old", "補發應備身分證。", title="補發規則（舊版）")
        add_document(store, "new", "補發應備身分證。", title="補發規則（新版）", supersedes="old")
        add_document(store, "new-en", "補發 replacement", title="補發 replacement rules", language="en")
    assert labels(store, "補發") == []


def test_english_titles_tie_as_well(store: Store) -> None:
    """Names of several words share one and differ in another."""
    with store.writing():
        add_document(store, "parks", "Adoption is arranged by the office.", title="Park adoption", language="en")
        add_document(store, "pets", "Adoption is arranged by the office.", title="Pet adoption: steps", language="en")
    assert set(labels(store, "How does adoption work?", "en")) == {"Park adoption", "Pet adoption"}


def test_a_reader_is_offered_a_few_choices_only(store: Store) -> None:
    """However many documents tie."""
    with store.writing():
        for name in ("敬老卡", "愛心卡", "兒童卡", "學生卡", "志工卡"):
            add_document(store, name, "補發向區公所辦理。", title=f"{name}補發")
    assert len(labels(store, "補發")) == MOST_CHOICES


def test_what_a_title_says_of_a_thing_names_that_thing(store: Store) -> None:
    """Few words that several titles say of their things are asked back with the things."""
    with store.writing():
        add_document(store, "bus", "Call the office.", title="Rehab bus: booking and charges", language="en")
        add_document(store, "gym", "Call the office.", title="Sports hall: booking", language="en")
    assert set(labels(store, "How do I do the booking?", "en")) == {"Rehab bus", "Sports hall"}


def test_few_words_are_not_decided_by_one_text(store: Store) -> None:
    """What only one of the texts speaks of, 申請, is said of any procedure."""
    with store.writing():
        add_document(store, "parks", "認養的申請向公園處提出。", title="公園認養")
        add_document(store, "pets", "認養請洽動保處。", title="犬貓認養")
        add_document(store, "rubbish", "垃圾車週三停收。", title="垃圾清運")
    assert set(labels(store, "認養要怎麼申請")) == {"公園認養", "犬貓認養"}


def test_a_published_question_is_no_choice(store: Store) -> None:
    """A question with its answer names no procedure to choose from."""
    with store.writing():
        add_document(store, "parks", "認養請洽公園處。", title="公園認養")
        add_document(store, "faq", "認養請洽公園處。", title="里辦公處可以認養公園嗎？")
    assert labels(store, "認養") == []


def test_nothing_found_is_no_tie(store: Store) -> None:
    """Nor is a single document."""
    assert labels(store, "補發") == []
    with store.writing():
        add_document(store, "senior", "補發應備身分證。", title=SENIOR)
    assert labels(store, "補發") == []
