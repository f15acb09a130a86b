"""Evidence: which sentences of the passages are chosen, how many, and where they stand."""

from datetime import date

import pytest

from assistant.retrieval import retrieve, select_evidence
from assistant.retrieval.evidence import BUDGET, MOST_SENTENCES, PASSAGES, coverage
from assistant.schema import EvidenceSentence, Lang
from assistant.store import Access, Store
from tests.doubles import WordEmbeddings, add_document

ANYONE = Access.of("citizen", date(2026, 7, 1))


def choose(
    store: Store, question: str, lang: Lang = "zh-TW", *boilerplate: str, budget: float = 1.0
) -> list[EvidenceSentence]:
    embedder = WordEmbeddings()
    vector = embedder.embed_query(question)
    passages = retrieve(store, store.terms(question), vector, ANYONE, lang)
    return select_evidence(store, question, vector, passages, lang, embedder.embed_few, boilerplate, budget)


def test_evidence_stands_verbatim_in_the_stored_text(store: Store) -> None:
    """Text and offsets of each sentence are those of the document, in every chunk of it."""
    with store.writing():
        add_document(store, "faq", "序言。", "渡輪票價三十元。學生半價。", "　渡輪\n每日六時開航！還有🙂船票。")
    text = store.document("faq", ANYONE)[1]
    evidence = choose(store, "渡輪票價與船票")
    assert {"渡輪票價三十元。", "還有🙂船票。"} <= {sentence.text for sentence in evidence}
    assert all(text[sentence.start : sentence.end] == sentence.text for sentence in evidence)


def test_evidence_is_in_reading_order(store: Store) -> None:
    """Within a passage sentences keep their order, whichever covers the question best."""
    with store.writing():
        add_document(store, "faq", "渡輪在旗津。船班很多。渡輪票價三十元。")
    starts = [sentence.start for sentence in choose(store, "渡輪票價")]
    assert starts == sorted(starts)
    assert len(starts) == 3


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_evidence_keeps_to_its_budget(store: Store, lang: Lang) -> None:
    """However long the passages, the model reads no more characters and sentences than it may."""
    sentence = (
        "渡輪票價第{}種為三十元整。" if lang == "zh-TW" else "The ferry fare number {} is thirty dollars a trip. "
    )
    with store.writing():
        for number in range(6):
            texts = "".join(sentence.format(number * 100 + part) for part in range(60))
            add_document(store, f"d{number}", texts, language=lang)
    evidence = choose(store, "渡輪票價" if lang == "zh-TW" else "ferry fare", lang)
    assert 0 < sum(len(chosen.text) for chosen in evidence) <= BUDGET[lang]
    assert len(evidence) <= MOST_SENTENCES


def test_one_long_sentence_is_still_evidence(store: Store) -> None:
    """A sentence longer than the whole budget is shown alone rather than nothing."""
    long = f"渡輪票價{'，依附表規定辦理' * 80}。"
    with store.writing():
        add_document(store, "law", f"{long}另行公告。")
    assert [sentence.text for sentence in choose(store, "渡輪票價附表規定")] == [long]


def test_the_sentences_that_cover_the_question_are_chosen_first(store: Store) -> None:
    """Of many sentences, the one with the question's rare words is among the evidence and covers most."""
    filler = "".join(f"本案第{n}項由承辦機關另行公告並刊登公報周知各界。" for n in range(40))
    with store.writing():
        add_document(store, "faq", f"{filler}旗津渡輪每次三十元。{filler}")
    best = max(choose(store, "旗津渡輪多少錢"), key=lambda sentence: sentence.coverage)
    assert best.text == "旗津渡輪每次三十元。"


def test_titles_and_headings_are_no_evidence(store: Store) -> None:
    """A line that repeats the title or the heading path says nothing that the citation's place does not."""
    with store.writing():
        add_document(
            store, "faq", "渡輪票價\n票種\n渡輪全票三十元。\n票種說明如下。", title="渡輪票價", section="收費 > 票種"
        )
    assert [sentence.text for sentence in choose(store, "渡輪票價票種")] == ["渡輪全票三十元。", "票種說明如下。"]


def test_the_notice_of_a_citys_documents_is_no_evidence(store: Store) -> None:
    """Neither as a sentence nor as a row of a table, which begins with the name of its column."""
    with store.writing():
        add_document(
            store, "faq", "起始文件，渡輪資料。\n項目：說明；內容：起始文件，渡輪票價。\n項目：渡輪；內容：三十元。"
        )
    assert [found.text for found in choose(store, "渡輪", "zh-TW", "起始文件")] == ["項目：渡輪；內容：三十元。"]


def test_a_document_of_one_line_is_its_own_evidence(store: Store) -> None:
    """Where the title is all there is, as in a notice of one line, it can be quoted."""
    with store.writing():
        add_document(store, "notice", "渡輪全票三十元。", title="渡輪全票三十元。")
    assert [sentence.text for sentence in choose(store, "渡輪全票")] == ["渡輪全票三十元。"]


def test_an_opening_brings_the_lines_that_it_announces(store: Store) -> None:
    """A sentence that ends in a colon is worth nothing without the list after it."""
    with store.writing():
        add_document(store, "faq", "補發圖書證應備文件：\n身分證\n印章\n照片兩張\n館員將於櫃檯受理。")
    texts = [sentence.text for sentence in choose(store, "補發圖書證應備文件")]
    assert texts[:4] == ["補發圖書證應備文件：", "身分證", "印章", "照片兩張"]


def test_a_row_is_found_by_the_heading_above_it(store: Store) -> None:
    """A table row that lacks the question's words is chosen where its heading has them."""
    rows = "".join(f"\n對象：第{number}類；金額：{number}00元" for number in range(40))
    with store.writing():
        add_document(
            store, "fees", "對象：學生；金額：十五元", "對象：居民；金額：免費", title="船費", section="渡輪票價"
        )
        add_document(store, "other", f"渡輪票價以外的收費{rows}", title="其他規費")
    assert "對象：學生；金額：十五元" in [found.text for found in choose(store, "渡輪票價學生")]


def test_a_sentence_that_refers_back_brings_the_one_before(store: Store) -> None:
    """What begins with 該 or "It" cannot be read alone."""
    filler = "".join(f"第{n}項由承辦機關另行公告並刊登公報周知各界人士知悉。" for n in range(40))
    with store.writing():
        add_document(store, "faq", f"{filler}旗津設有一個碼頭。該處渡輪票價每次三十元整。{filler}")
    texts = [found.text for found in choose(store, "渡輪票價三十元")]
    assert {"旗津設有一個碼頭。", "該處渡輪票價每次三十元整。"} <= set(texts)


def test_passages_of_both_languages_give_evidence(store: Store) -> None:
    """Where the best passage is in one language and the next in another, sentences of both may be quoted."""
    with store.writing():
        add_document(store, "en", "The ferry fare is thirty dollars.", language="en")
        add_document(store, "zh", "渡輪票價對學生有優惠。")
    assert {found.passage.document.id for found in choose(store, "ferry fare", "en")} == {"en", "zh"}


def test_a_larger_budget_brings_more_of_the_passages(store: Store) -> None:
    """The budget is given in multiples of the usual one."""
    with store.writing():
        add_document(store, "faq", "".join(f"渡輪票價第{n}種為三十元，依公告辦理。" for n in range(60)))
    taken = [sum(len(found.text) for found in choose(store, "渡輪票價", budget=budget)) for budget in (0.1, 0.3)]
    assert taken[0] <= 0.1 * BUDGET["zh-TW"] < taken[1] <= 0.3 * BUDGET["zh-TW"]


def test_evidence_comes_from_the_best_passages_only(store: Store) -> None:
    """Passages beyond the best few are never quoted."""
    with store.writing():
        for number in range(PASSAGES + 4):
            add_document(store, f"d{number}", f"渡輪票價第{number}號。")
    assert len({sentence.passage.document.id for sentence in choose(store, "渡輪票價")}) == PASSAGES


def test_sentences_of_another_language_are_chosen_by_meaning(store: Store) -> None:
    """Where no word can match, the sentence nearest in meaning covers most."""
    with store.writing():
        add_document(store, "faq", "圖書館週一休館。垃圾週三不收。房屋稅五月開徵。")
    evidence = choose(store, "rubbish wednesday", "en")
    assert max(evidence, key=lambda sentence: sentence.coverage).text == "垃圾週三不收。"


def test_no_passages_give_no_evidence(store: Store) -> None:
    """Nothing found, nothing quoted."""
    assert choose(store, "渡輪票價") == []


def test_coverage_is_the_share_of_the_question_that_a_text_holds(store: Store) -> None:
    """All words give 1, none give 0, and a rare word counts for more than a common one."""
    with store.writing():
        add_document(store, "a", "渡輪票價")
        add_document(store, "b", "公車票價")
    terms = store.terms("渡輪票價")
    assert coverage(store, terms, "渡輪票價三十元") == pytest.approx(1)
    assert coverage(store, terms, "圖書館") == coverage(store, [], "渡輪") == 0
    assert coverage(store, terms, "渡輪") > coverage(store, terms, "票價")
