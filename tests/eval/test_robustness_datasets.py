"""The robustness sets and the facts of the city's reworded questions are well formed and true to their documents."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from assistant.text import cjk_share
from eval.answers.judge import has_fact
from eval.datasets import AS_OF, HERE, SHARED, load_rows

ITEMS = load_rows(HERE / "robustness.jsonl")
DOCUMENTS = load_rows(HERE / "robustness-documents.jsonl")
TEXTS = {row["id"]: row["text"] for row in DOCUMENTS}
REWORDED = load_rows(HERE / "kaohsiung-faq.jsonl")
FAQ = SHARED / "b1_kcg_faq" / "kcg_faq_dev.jsonl"
ABILITIES = ("noise", "rejection", "integration", "counterfactual")
LENGTHS = {"zh-TW": (150, 500), "en": (80, 220)}  # characters, words


def of(ability: str) -> list[dict[str, Any]]:
    return [item for item in ITEMS if item["ability"] == ability]


def together(ids: list[str]) -> str:
    return "\n".join(TEXTS[one] for one in ids)


def length(row: dict[str, Any]) -> int:
    return len(row["text"]) if row["lang"] == "zh-TW" else len(row["text"].split())


def test_each_ability_has_as_many_questions_in_each_language_and_half() -> None:
    """Forty an ability: twenty in Chinese and twenty in English, ten of each in dev and ten in test."""
    counts = Counter((item["ability"], item["lang"], item["split"]) for item in ITEMS)
    assert counts == {(a, lang, split): 10 for a in ABILITIES for lang in LENGTHS for split in ("dev", "test")}


def test_ids_and_questions_are_unique() -> None:
    """No question stands twice, so that none weighs double."""
    assert [item["id"] for item in ITEMS] == [f"rb-{number:03}" for number in range(1, 161)]
    assert len({item["question"] for item in ITEMS}) == len(ITEMS)


def test_every_document_is_used_and_its_id_unique() -> None:
    """An index holds no document that no question names."""
    assert len(TEXTS) == len(DOCUMENTS)
    assert {one for item in ITEMS for one in (*item["documents"], *item["noise"])} == set(TEXTS)


def test_documents_are_short_pages_in_their_language() -> None:
    """A document is a page of a city's rules with several sections."""
    bounds = {row["id"]: LENGTHS[row["lang"]] for row in DOCUMENTS}
    assert not [row["id"] for row in DOCUMENTS if not bounds[row["id"]][0] <= length(row) <= bounds[row["id"]][1]]
    assert not [row["id"] for row in DOCUMENTS if row["text"].count("## ") < 3]
    assert not [row["id"] for row in DOCUMENTS if (cjk_share(row["text"]) > 0.5) != (row["lang"] == "zh-TW")]


def test_documents_are_in_force_on_the_day_of_the_questions() -> None:
    """A later day would hide them."""
    assert max(date.fromisoformat(row["effective_from"]) for row in DOCUMENTS) <= AS_OF


def test_documents_are_of_the_ability_and_language_of_the_question() -> None:
    """One index holds all that a question needs, and no document is gold and noise at once."""
    kinds = {row["id"]: (row["ability"], row["lang"]) for row in DOCUMENTS}
    for item in ITEMS:
        named = [*item["documents"], *item["noise"]]
        assert {kinds[one] for one in named} == {(item["ability"], item["lang"])}, item["id"]
        assert len(set(named)) == len(named), item["id"]


def test_key_facts_stand_in_the_gold_documents() -> None:
    """A question with an answer has facts, all of them in its documents; one without has neither."""
    for item in ITEMS:
        assert item["answerable"] == bool(item["documents"]) == bool(item["key_facts"]), item["id"]
        assert all(has_fact(together(item["documents"]), fact) for fact in item["key_facts"]), item["id"]


def test_repeating_the_question_earns_nothing() -> None:
    """No fact stands in its question, neither a right one nor a wrong one."""
    facts = [(item, fact) for item in ITEMS for fact in (*item["key_facts"], *item["wrong_facts"])]
    assert not [(item["id"], fact) for item, fact in facts if has_fact(item["question"], fact)]


def test_right_and_wrong_facts_are_told_apart() -> None:
    """A spelling of a right fact is not counted as a wrong one, nor the reverse."""
    pairs = [(item["id"], k, w) for item in ITEMS for k in item["key_facts"] for w in item["wrong_facts"]]
    assert not [(one, key, wrong) for one, key, wrong in pairs if any(has_fact(spelling, wrong) for spelling in key)]
    assert not [(one, key, wrong) for one, key, wrong in pairs if any(has_fact(spelling, key) for spelling in wrong)]


def test_wrong_facts_do_not_stand_in_the_gold_documents() -> None:
    """Whoever quotes the gold document at length says nothing that counts as wrong."""
    facts = [(item, fact) for item in ITEMS for fact in item["wrong_facts"]]
    assert not [(item["id"], fact) for item, fact in facts if has_fact(together(item["documents"]), fact)]


def test_noise_puts_four_look_alikes_beside_the_gold_document() -> None:
    """The wrong figures are those of the look-alikes, which do not hold the right one."""
    for item in of("noise"):
        assert (len(item["documents"]), len(item["noise"])) == (1, 4), item["id"]
        assert item["wrong_facts"], item["id"]
        assert all(has_fact(together(item["noise"]), fact) for fact in item["wrong_facts"]), item["id"]
        assert not any(has_fact(together(item["noise"]), fact) for fact in item["key_facts"]), item["id"]


def test_rejection_has_only_look_alikes() -> None:
    """Nothing answers, but four documents are near."""
    assert {(len(item["documents"]), len(item["noise"])) for item in of("rejection")} == {(0, 4)}


def test_integration_needs_both_documents() -> None:
    """Each of the two facts stands in its own document and not in the other one."""
    for item in of("integration"):
        stands = [[has_fact(TEXTS[one], fact) for one in item["documents"]] for fact in item["key_facts"]]
        assert stands == [[True, False], [False, True]], item["id"]


def test_a_counterfactual_document_stands_against_the_world() -> None:
    """One fact of one document, and one that the world would say instead."""
    shapes = {
        tuple(len(item[part]) for part in ("documents", "key_facts", "wrong_facts")) for item in of("counterfactual")
    }
    assert shapes == {(1, 1, 1)}


def test_the_reworded_questions_in_chinese_and_english_have_facts() -> None:
    """One to three facts, of spellings that differ, for each of the 150; the others have none."""
    known = [row["key_facts"] for row in REWORDED if row["lang"] in LENGTHS]
    assert (len(known), sum("key_facts" in row for row in REWORDED)) == (150, 150)
    assert all(1 <= len(facts) <= 3 for facts in known)
    assert all(all(fact) and len(set(fact)) == len(fact) for facts in known for fact in facts)


@pytest.mark.skipif(not FAQ.exists(), reason="the city's published questions are not shipped")
def test_the_facts_of_the_reworded_questions_stand_in_their_entries() -> None:
    """Each fact has a spelling of the entries that answer."""
    answers = {row["id"]: row["answer"] for row in load_rows(FAQ)}
    golds = {row["id"]: "\n".join(answers[one] for one in row["relevant"]) for row in REWORDED}
    facts = [(row["id"], fact) for row in REWORDED for fact in row.get("key_facts", ())]
    assert not [(one, fact) for one, fact in facts if not has_fact(golds[one], fact)]
