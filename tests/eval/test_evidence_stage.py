"""The evidence stage: what counts as covered, what the choices take, and how rows become figures."""

from datetime import date
from pathlib import Path

import pytest

from assistant.retrieval import Found, retrieve
from assistant.schema import Document
from assistant.store import Access, Store, open_store
from eval.datasets import Paragraph
from eval.evidence import BUDGETS, CHOICES, Asked, Case, by_beginning, holds, measure, public_questions, summarize
from tests.doubles import WordEmbeddings, add_document

ANYONE = Access.of("citizen", date(2026, 7, 1))


def asked(**fields: object) -> Asked:
    given = {"facts": (("三十元", "NT$30"),), "gold": frozenset(["ferry"]), "anywhere": False, **fields}
    return Asked("q", "dev", "渡輪票價", "zh-TW", ANYONE, **given)  # type: ignore[arg-type]  # fields by name


@pytest.fixture
def case(tmp_path: Path) -> Case:
    store = open_store(tmp_path / "index", WordEmbeddings.fingerprint)
    with store.writing():
        add_document(store, "ferry", f"{'本頁由承辦機關公告周知。' * 20}旗津渡輪票價每次三十元。")
        add_document(store, "library", "圖書館週一休館，渡輪票價另行公告。")
    embedder = WordEmbeddings()
    vector = embedder.embed_query("渡輪票價")
    found = Found("渡輪票價", vector, "zh-TW", retrieve(store, store.terms("渡輪票價"), vector, ANYONE, "zh-TW"))
    return Case(store, asked(), found, embedder.embed_few)


def test_an_answer_counts_in_the_gold_document_only() -> None:
    """The same words elsewhere are chance, unless the question says that a fact counts anywhere."""
    assert holds(asked(), [("ferry", "每次三十元。")])
    assert not holds(asked(), [("library", "每次三十元。")])
    assert holds(asked(anywhere=True), [("library", "每次 NT$30。")])


def test_every_fact_must_be_held() -> None:
    """Half an answer is none; the facts may stand in different texts."""
    both = asked(facts=(("三十元",), ("半價",)))
    assert not holds(both, [("ferry", "三十元")])
    assert holds(both, [("ferry", "三十元"), ("ferry", "學生半價")])


def test_every_choice_keeps_to_the_budget(case: Case) -> None:
    """All are compared at the same length."""
    for name, choose in CHOICES.items():
        assert sum(len(text) for _, text in choose(case, 0.1)) <= 42, name


def test_evidence_finds_what_the_beginning_of_the_passages_lacks(case: Case) -> None:
    """The measure tells a choice of sentences from text cut off at a length."""
    measured = measure(case, WordEmbeddings())
    assert measured["covered"]["evidence@150"]
    assert not measured["covered"]["beginning@150"]
    assert measured["length"]["beginning@150"] == (150, 0)


def test_the_beginning_goes_on_in_the_next_passage(case: Case) -> None:
    """A budget longer than the best passage is filled from the others."""
    assert {document for document, _ in by_beginning(case, 10.0)} == {"ferry", "library"}


def test_only_answers_that_stand_once_are_asked_for(tmp_path: Path) -> None:
    """Where the answer's words stand twice, finding them is not finding the answer; halves alternate by paragraph."""
    paragraphs = [
        Paragraph("a", "", "渡輪三十元，公車三十元。", [("渡輪多少錢？", "三十元"), ("什麼三十元？", "渡輪")]),
        Paragraph("b", "", "圖書館週一休館。", [("哪天休館？", "週一")]),
    ]
    store: Store = open_store(tmp_path / "index", WordEmbeddings.fingerprint)
    with store.writing():
        written: list[Document] = [add_document(store, paragraph.id, paragraph.text) for paragraph in paragraphs]
    questions = public_questions(store, paragraphs, "zh-TW")
    assert [(question.question, question.half) for question in questions] == [
        ("什麼三十元？", "dev"),
        ("哪天休館？", "test"),
    ]
    assert [question.gold for question in questions] == [frozenset([document.id]) for document in written]


def test_figures_are_given_by_set_and_half(case: Case) -> None:
    """Coverage, coverage where the passage was found, and mean lengths, for each choice at each budget."""
    row = {"set": "city", **measure(case, WordEmbeddings())}
    lost = {**row, "half": "test", "in_passages": False, "covered": dict.fromkeys(row["covered"], False)}
    figures = summarize([row, lost])
    assert set(figures) == {"city", "city/dev", "city/test"}
    assert figures["city"]["choices"]["evidence@420"]["covered"] == 0.5
    assert figures["city"]["choices"]["evidence@420"]["covered_where_found"] == 1.0
    assert len(figures["city"]["choices"]) == len(CHOICES) * len(BUDGETS) + 2
