"""The retrieval stage ranks, counts, keeps and reports as it says; `python -m eval` runs the measures themselves."""

import argparse
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.schema import STAFF, Chunk, Document, Locator, Passage
from assistant.store import Access
from eval.retrieval import stage
from eval.retrieval.bench import PUBLIC, Bench, Query, each_passage, file_stem, part, rank_of, ranked_names
from eval.retrieval.figures import Measured, Target, by_group, recall_figures, shares
from eval.retrieval.indexes import Indexes, IndexNotBuiltError
from eval.retrieval.kept_vectors import KeptVectors
from eval.retrieval.plot import write_plot
from eval.retrieval.report import lines, write_report
from eval.retrieval.sets import canaries, laws
from tests.doubles import WordEmbeddings, index_city, small_settings


def passage(document_id: str = "d", source: str = "d.txt", *, article: str = "", number: int = 0) -> Passage:
    chunk = Chunk(f"{document_id}:{number}", document_id, number, "text", 0, 4, Locator(article=article or None))
    return Passage(chunk, Document(document_id, source, "title"), 1.0)


def row(ranker: str, rank: int, *groups: str) -> dict[str, object]:
    return {"ranker": ranker, "rank": rank, "groups": groups}


def bench_of(folder: Path, *, quick: bool = False) -> Bench:
    settings = small_settings(folder)
    index_city(settings)
    weights = KeptVectors(WordEmbeddings(), folder / "vectors")
    return Bench(settings, weights, ["product", "keyword", "dense"], quick=quick)


def test_recall_counts_a_hit_within_the_first_k() -> None:
    """Rank 0 is no hit, and rank 11 none among ten."""
    figures = recall_figures([1, 5, 11, 0])
    assert (figures["R@1"], figures["R@5"], figures["R@10"]) == (0.25, 0.5, 0.5)
    assert figures["MRR@10"] == 0.3


def test_figures_are_told_by_ranker_and_group() -> None:
    """Every question counts in `all` and in each of its groups."""
    figures = by_group([row("dense", 1, "en"), row("dense", 0, "zh-TW"), row("keyword", 0, "en")])
    assert figures["dense"]["all"]["R@1"] == 0.5
    assert figures["dense"]["en"]["R@1"] == 1.0
    assert figures["keyword"]["en"]["n"] == 1


def test_a_share_is_over_the_rows_that_have_the_measure() -> None:
    """A question that a measure does not apply to neither helps nor harms it."""
    rows = [row("dense", 1) | {"right": True}, row("dense", 0)]
    assert shares(rows, ["right", "clean"]) == {"dense": {"all": {"n": 2, "right": 1.0}}}


def test_passages_of_one_document_take_one_rank() -> None:
    """A document that was cut into many chunks does not push the next one down."""
    found = [passage("a", "a.txt", number=0), passage("a", "a.txt", number=1), passage("b", "b.txt")]
    assert ranked_names(found, file_stem) == [("a",), ("b",)]
    assert rank_of(frozenset({"b"}), ranked_names(found, file_stem)) == 2


def test_each_passage_can_take_a_rank() -> None:
    """In an answer, a second passage of a wrong document takes the place of a right one."""
    found = [passage("a", number=0), passage("a", number=1), passage("b")]
    assert rank_of(frozenset({"b"}), ranked_names(found, each_passage)) == 3


def test_what_is_not_found_has_rank_0() -> None:
    """No rank is no hit at any depth."""
    assert rank_of(frozenset({"c"}), [("a",), ("b",)]) == 0


def test_an_entry_is_named_by_its_part_of_the_file() -> None:
    """Its document's source ends with the entry's own id."""
    assert part(passage("faq-7", "set/faq.jsonl#faq-7")) == ("faq-7",)


def test_a_chunk_counts_as_each_article_in_it() -> None:
    """Short articles share a chunk."""
    first, second = Locator(article="第1條"), Locator(article="第2條之1")
    found = passage("law", "zh/A001.json", article="第1條")
    both = replace(found, chunk=replace(found.chunk, places=((0, first), (2, second))))
    assert laws.articles(both) == ["A001 第1條", "A001 第2條之1"]


def test_english_articles_are_paired_by_number(tmp_path: Path) -> None:
    """`Article 2-1` is 第2條之1; one without a Chinese one, and one too short to say anything, make no pair."""
    texts = {"Article 1": "A" * 50, "Article 2-1": "B" * 50, "Article 3": "(Deleted)", "Article 9": "C" * 50}
    chinese = {"第 1 條": "一", "第 2-1 條": "二", "第 3 條": "三"}
    for lang, articles in (("en", texts), ("zh", chinese)):
        (tmp_path / lang).mkdir()
        contents = [{"條號": number, "條文內容": text} for number, text in articles.items()]
        (tmp_path / lang / "A001.json").write_text(json.dumps({"法規內容": contents}), encoding="utf-8")
    assert [pair.id for pair in laws.article_pairs(tmp_path)] == ["A001 第1條", "A001 第2條之1"]


def test_laws_are_halved_the_same_way_in_each_run() -> None:
    """Both halves hold about as many laws, and a law never changes sides."""
    codes = [f"A{number:07}" for number in range(400)]
    assert 150 < sum(laws.is_test_law(code) for code in codes) < 250
    assert laws.is_test_law("A0030020") is laws.is_test_law("A0030020")


def test_a_vector_is_made_once_and_kept_for_the_next_run(tmp_path: Path) -> None:
    """A second run embeds nothing, and gets the same vectors."""
    first, second = WordEmbeddings(), WordEmbeddings()
    with KeptVectors(first, tmp_path) as kept:
        before = (kept.embed_query("公車"), kept.embed_documents(["票價", "票價"]))
    with KeptVectors(second, tmp_path) as kept:
        after = (kept.embed_query("公車"), kept.embed_documents(["票價", "票價"]))
    assert (first.embedded, second.embedded) == (["票價"], [])
    assert after == before


def test_an_index_of_texts_is_built_once(tmp_path: Path) -> None:
    """The second opening finds the index whole and reads no document again; other texts make another index."""
    settings = small_settings(tmp_path)
    counting = WordEmbeddings()
    for _ in range(2):
        indexes = Indexes(settings, KeptVectors(counting, tmp_path / "vectors"))
        store, folder = indexes.of_texts("set", {"a.txt": "公車票價為十五元。"})
        assert store.counts() == (1, 1)
        indexes.close()
    assert len(counting.embedded) == 1
    assert indexes.of_texts("set", {"a.txt": "別的文字。"})[1] != folder


def test_a_quick_run_builds_no_large_index(tmp_path: Path) -> None:
    """It says that the index is missing, so that the set is skipped."""
    indexes = Indexes(small_settings(tmp_path), KeptVectors(WordEmbeddings(), tmp_path), only_small=True)
    with pytest.raises(IndexNotBuiltError, match="--quick"):
        indexes.of_texts("set", {"a.txt": "公車" * 60_000})


def test_every_ranker_finds_the_document_with_the_words_of_the_question(tmp_path: Path) -> None:
    """All rankers search the same index, each in its own way."""
    bench = bench_of(tmp_path)
    index = bench.of_texts("set", {"a.txt": "公車票價為十五元。", "b.txt": "圖書館週一休館。"})
    rows = bench.ask(index, [Query("q", "公車票價", "zh-TW", frozenset({"a"}), groups=("zh-TW",))], file_stem)
    bench.close()
    assert [(r["ranker"], r["rank"]) for r in rows] == [("product", 1), ("keyword", 1), ("dense", 1)]


def test_a_limited_run_asks_the_same_questions_each_time(tmp_path: Path) -> None:
    """A sample is drawn with a fixed seed."""
    settings = small_settings(tmp_path)
    weights = KeptVectors(WordEmbeddings(), tmp_path)
    draws = [Bench(settings, weights, [], 5).sampled(range(100)) for _ in range(2)]
    assert draws[0] == draws[1]
    assert len(set(draws[0])) == 5


def test_no_canary_leaks_and_its_owner_finds_it(tmp_path: Path) -> None:
    """The audience stands inside both legs; the set is not empty of what could leak."""
    bench = bench_of(tmp_path)
    figures = canaries.measure(bench).figures
    bench.close()
    leaks = [groups[group]["leaks"] for groups in figures.values() for group in groups]
    assert leaks == [0] * 9
    assert figures["keyword"]["owners"]["R@1"] == 1.0


def test_a_leak_is_counted_by_audience_and_by_token() -> None:
    """A public document that carries the token leaks it too."""
    found = passage()
    secret = replace(found, document=replace(found.document, audience=STAFF))
    quoting = replace(found, chunk=replace(found.chunk, text="the code is XYZ"))
    assert canaries.is_leak(secret, PUBLIC, [])
    assert canaries.is_leak(quoting, PUBLIC, ["XYZ"])
    assert not canaries.is_leak(secret, Access.of("staff", date(2026, 1, 1)), ["XYZ"])


def test_a_target_holds_at_its_bound() -> None:
    """A recall is a least value, a count of leaks a greatest."""
    assert Target("all", "R@1", 0.96).holds(0.96)
    assert not Target("all", "leaks", 0, most=True).holds(1)


def options(folder: Path, *names: str) -> argparse.Namespace:
    return argparse.Namespace(out=folder, quick=False, limit=0, set=names, ranker=None, dataset=Path())


def test_a_set_without_its_data_is_skipped_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has no shared data still gets all other sets."""
    missing = stage.RetrievalSet(lambda bench: Measured({}), (tmp_path / "DRCD_dev.json",))
    monkeypatch.setitem(stage.SETS, "drcd", missing)
    monkeypatch.setattr(stage, "embedder", lambda settings: WordEmbeddings())
    stage.run(small_settings(tmp_path), options(tmp_path, "drcd"))
    kept = json.loads((tmp_path / "retrieval.json").read_text(encoding="utf-8"))
    assert kept["figures"]["drcd"]["skipped"] == "DRCD_dev.json of the shared data is absent."


def test_a_set_measured_alone_leaves_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its figures and rows take the place of its own earlier ones only."""
    for name, rank in (("city", 1), ("drcd", 2), ("drcd", 3)):
        rows = [{"id": "q", "lang": "en", "ranker": "product", "groups": (), "rank": rank, "top": []}]
        monkeypatch.setitem(
            stage.SETS, name, stage.RetrievalSet(lambda bench, rows=rows: Measured(by_group(rows), rows))
        )
        monkeypatch.setattr(stage, "embedder", lambda settings: WordEmbeddings())
        stage.run(small_settings(tmp_path), options(tmp_path, name))
    figures, items = stage.earlier_results(tmp_path, "retrieval")
    assert list(figures) == ["city", "drcd"]
    assert [(item["set"], item["rank"]) for item in items] == [("city", 1), ("drcd", 3)]


def test_the_report_says_which_target_is_missed(tmp_path: Path) -> None:
    """The table of targets comes first, with the other rankers beside the product."""
    target = {"group": "all", "measure": "R@1", "bound": 0.9, "most": False, "value": 0.5, "holds": False}
    rankers = {"product": {"all": {"n": 2, "R@1": 0.5}}, "dense": {"all": {"n": 2, "R@1": 0.25}}}
    figures = {"revision": "abc", "seconds": 1.0, "note": "", "targets": [target], "rankers": rankers}
    table = write_report(tmp_path, "retrieval", {"city": figures}).read_text(encoding="utf-8")
    assert "| city | all | R@1 >= 0.9 | 0.500 | 0.250 | **no** |" in table
    assert "  MISSED all R@1 >= 0.9: 0.5" in lines("city", figures)


def test_the_plot_shows_the_sets_that_were_measured(tmp_path: Path) -> None:
    """A skipped set takes no place in it, and the same figures give the same file."""
    pytest.importorskip("matplotlib")
    rankers = {"product": {"all": {"R@1": 0.5, "R@5": 0.75}}}
    figures = {"drcd": {"rankers": rankers}, "laws-zh": {"skipped": "absent"}}
    first, again = (write_plot(tmp_path, name, figures) for name in ("first", "again"))
    assert first is not None
    assert again is not None
    drawing = first.read_text(encoding="utf-8")
    assert "DRCD" in drawing
    assert "laws zh" not in drawing
    assert drawing == again.read_text(encoding="utf-8")
