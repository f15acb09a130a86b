"""The documents stage judges, counts and keeps as it says; the measures themselves are run by `python -m eval`."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from eval.datasets import Paragraph
from eval.documents import fidelity, hard, page, resume, stage, throughput
from eval.documents.error_rate import as_written, bigrams_found, edits, found, letters, rate
from eval.documents.gold import Case, corpus_cases, passages_of, rendered_cases, rendered_text
from eval.documents.index_contents import IndexContents, differences
from eval.documents.long_pdf import page_html, page_texts
from eval.documents.processes import TaskFailedError, run
from eval.documents.raw_text import raw_text

ENTRY = {"question": "多少錢？", "answer": "免費。", "bureau": "社會局", "revise_date": "20240101"}
READ = {"reason": "", "unread": [], "seconds": 0.1, "head_found": None}


def errors(gold: str, reading: str) -> float:
    return rate([edits(gold, reading)])


def test_the_error_rate_counts_wrong_missing_and_added_characters() -> None:
    """One of each over six known characters is a half."""
    assert errors("高雄市政府局", "高雌政府局了") == 0.5


def test_the_error_rate_minds_neither_white_space_nor_width() -> None:
    """Line ends and full-width forms are how a page looks, not what it says."""
    assert errors("電話 １２３，轉4", "電話\n123, 轉 4") == 0.0


def test_the_rate_as_written_tells_full_width_from_half_width() -> None:
    """What is stored as the file says it can be quoted as the file says it."""
    assert edits("電話１", "電話1", as_written).counted == 1


def test_letters_leave_out_what_tables_gain() -> None:
    """A row that is read as a sentence has the same letters as its cells."""
    assert letters("機關：社會局；日期：2024") == letters("機關 社會局 日期 2024")


def test_a_rate_over_several_files_weighs_characters() -> None:
    """A short file that is all wrong does not outweigh a long one that is right."""
    assert rate([edits("錯", "對"), edits("正" * 9, "正" * 9)]) == 0.1
    assert math.isnan(rate([]))


def test_a_passage_is_found_whole_or_not_at_all() -> None:
    """Half of a cell is no cell."""
    assert found(["三月一日", "四月"], "三月 一日；五月").counted == 4


def test_a_beginning_is_found_as_far_as_its_character_pairs_are() -> None:
    """Lines in another order cost little, other characters cost all."""
    assert bigrams_found("甲乙丙丁", "丙丁 甲乙") == pytest.approx(2 / 3)
    assert bigrams_found("甲乙", "戊己") == 0.0
    assert bigrams_found("", "戊己") == 1.0


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("embedded.pdf", "多少錢？主管機關：社會局修訂日期：20240101免費。"),
        ("cid_notembedded.pdf", "多少錢？免費。"),
        ("docx", "多少錢？主管機關社會局修訂日期20240101免費。"),
        ("odt", "多少錢？主管機關：社會局免費。"),
    ],
)
def test_each_rendering_has_the_head_that_its_form_has(form: str, expected: str) -> None:
    """The forms of the shared data differ in their first lines."""
    assert as_written(rendered_text(form, ENTRY)) == expected


def test_tables_are_known_row_by_row_in_every_encoding(tmp_path: Path) -> None:
    """All encodings of a table say the same."""
    (tmp_path / "gold.jsonl").write_text(json.dumps({**ENTRY, "files": {"odt": "a.odt"}}), encoding="utf-8")
    (tmp_path / "faq_utf8.csv").write_text("問題,機關\n何時？,交通局\n", encoding="utf-8")
    odt, *tables = rendered_cases(tmp_path)
    assert odt.path == tmp_path / "a.odt"
    assert {table.text for table in tables} == {"問題 何時？\n機關 交通局"}
    assert len({table.path for table in tables}) == 4


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "a.md",
            "---\ntitle: x\n---\n# 標題\n\n- 一 **二**\n\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n",
            "標題 一二 甲 乙 1 2",
        ),
        ("a.html", "<title>x</title><h1>標題</h1><ul><li><p>一</p></li><li>二</li></ul>", "標題 一 二"),
        ("a.csv", "甲,乙\n1,\n", "甲 乙 1"),
        (
            "a.fods",
            '<o xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><text:p>甲<text:s/>乙</text:p></o>',
            "甲乙",
        ),
    ],
)
def test_a_source_gives_its_headings_paragraphs_items_and_cells(
    tmp_path: Path, name: str, text: str, expected: str
) -> None:
    """What was printed from a source can be looked for piece by piece."""
    source = tmp_path / name
    source.write_text(text, encoding="utf-8")
    assert [letters(passage) for passage in passages_of(source)] == expected.split()


def test_the_corpus_is_known_by_the_rules_that_print_it(tmp_path: Path) -> None:
    """A rule names a document and its source; a scan is a kind of its own."""
    (tmp_path / "print").mkdir()
    (tmp_path / "documents").mkdir()
    rules = "../documents/a.docx: a.md styles.docx\n\t$(WORD)\n\n../documents/b.pdf: b.md\n\t$(SCAN)\n"
    (tmp_path / "print" / "Makefile").write_text(rules, encoding="utf-8")
    for name in ("documents/a.docx", "documents/b.pdf", "print/a.md", "print/b.md"):
        (tmp_path / name).write_text("文", encoding="utf-8")
    assert [(case.kind, case.path.name) for case in corpus_cases(tmp_path)] == [
        ("corpus docx", "a.docx"),
        ("corpus scan", "b.pdf"),
    ]


def test_a_quick_run_takes_the_first_files_of_each_kind() -> None:
    """Every kind is in the sample."""
    cases = [Case(kind, Path(f"{kind}{number}")) for number in range(3) for kind in ("a", "b")]
    assert [case.path.name for case in fidelity.first_of_each_kind(cases, 1)] == ["a0", "b0"]


def test_fidelity_is_summed_by_kind_and_side_with_refusals() -> None:
    """A file that nobody could read is all wrong, and is counted as refused too."""
    item = {"kind": "docx", "side": "product"}
    rates = {"cer_letters": [0, 10], "cer_as_written": [0, 10]}
    rows = [
        {**item, "file": "a", "reason": "", "cer": [1, 10], **rates},
        {**item, "file": "b", "reason": "empty", "cer": [10, 10], **rates},
    ]
    ours = fidelity.summary(rows)["docx"]["product"]
    assert (ours["files"], ours["refused"], ours["cer"]) == (2, 1, 0.55)
    assert ours["worst"] == {"file": "b", "cer": 1.0}


@pytest.mark.parametrize(
    ("reason", "recovered", "locked", "is_wrong"),
    [
        ("", 1.0, False, False),
        ("", 0.49, False, True),
        ("", None, False, False),
        ("no_text", 0.0, False, True),
        ("corrupt", 0.0, False, False),
        ("empty", None, False, False),
        ("encrypted", None, True, False),
        ("", None, True, True),
    ],
)
def test_a_reading_is_wrong_that_loses_text_or_opens_a_lock(
    reason: str, recovered: float | None, locked: bool, is_wrong: bool
) -> None:
    """Text that is there must be read or refused with its true reason, and a password is needed where it is needed."""
    assert bool(hard.wrong(reason, recovered, locked=locked)) is is_wrong


@pytest.mark.parametrize(
    ("entry", "characters"),
    [
        ({"chars": 90, "poppler_chars": 80}, 80),
        ({"chars": 90, "poppler_chars": 80, "image_only": True}, 0),
        ({"chars": 90, "poppler_chars": 80, "error": "broken"}, 0),
        ({"chars": 90}, 0),
    ],
)
def test_a_pdf_is_expected_to_hold_what_two_readers_found(entry: dict[str, Any], characters: int) -> None:
    """Where one reader failed or the text is a picture, nothing is expected."""
    assert hard.listed(entry).characters == characters


def test_hard_files_are_counted_by_outcome() -> None:
    """Read whole, read in part, refused by reason; faults and wrong files by name."""
    rows = [
        {**READ, "file": "a.pdf", "recovered": 1.0, "wrong": ""},
        {**READ, "file": "b.pdf", "recovered": 0.2, "wrong": "less", "unread": ["page 2"]},
        {**READ, "file": "c.odt", "recovered": None, "doubtful": "", "reason": "timeout"},
    ]
    figures = hard.summary(rows)
    assert (figures["read"], figures["read_in_part"], figures["refused"]) == (1, 1, {"timeout": 1})
    assert (figures["timeout"], figures["crashed"]) == (1, 0)
    assert figures["wrong"] == [["b.pdf", "less", 0.2]]
    assert figures["pdf_with_text"] == {"files": 2, "median": 0.6, "share_below_0.9": 0.5}


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.html", "<title>t</title><body><script>x</script><p>甲乙</p></body>", "甲乙"),
        ("a.csv", "甲乙丙丁戊己庚辛\n", "甲乙丙丁戊己庚辛"),
        ("a.docx", "no package", None),
        ("a.doc", "unknown", None),
    ],
)
def test_raw_text_is_known_for_simple_formats_alone(tmp_path: Path, name: str, data: str, expected: str | None) -> None:
    """A broken package and an unknown format give no expectation."""
    path = tmp_path / name
    path.write_text(data, encoding="utf-8")
    text = raw_text(path)
    assert (text if text is None else letters(text)) == expected


def indexing(seconds: float) -> dict[str, Any]:
    taken = {"chunks": 100, "characters": 10_000, "seconds": seconds, "wall_s": seconds + 4}
    return {**taken, "cpu_s": seconds, "peak_mb": 1000, "unchanged": 0, "embedded": 100}


def test_throughput_is_the_median_of_rounds_and_a_ratio_to_the_plain_side() -> None:
    """Half the seconds are half the seconds a character, and twice the chunks a second."""
    figures = throughput.summary({"product": [indexing(5), indexing(5)], "plain": [indexing(8), indexing(12)]})
    assert figures["plain"]["seconds"] == 10
    assert figures["ratios"]["s_per_1000_characters"] == 0.5
    assert figures["ratios"]["chunks_per_s"] == pytest.approx(20 / ((100 / 8 + 100 / 12) / 2), abs=0.001)


def test_throughput_without_the_plain_libraries_says_so() -> None:
    """The product is measured all the same."""
    figures = throughput.summary({"product": [indexing(5)], "plain": []})
    assert "baseline" in figures["note"]
    assert figures["product"]["chunks_per_s"] == 20


def test_the_second_run_is_a_share_of_the_first() -> None:
    """Its time counts with the start of its process and without."""
    figures = throughput.second_run(indexing(16), {**indexing(0.16), "wall_s": 2, "embedded": 0})
    assert (figures["share"], figures["share_with_start"], figures["embedded"]) == (0.01, 0.1, 0)


@pytest.mark.parametrize(
    ("change", "is_text"),
    [
        ({}, True),
        ({"pages": 99}, False),
        ({"chars": 20}, False),
        ({"needs_password": True}, False),
        ({"repaired": True}, False),
    ],
)
def test_only_sound_text_files_take_part_in_throughput(change: dict[str, Any], is_text: bool) -> None:
    """Scans, locked, damaged and very long files would measure something else."""
    assert throughput.is_text_pdf({"pages": 2, "chars": 4000, "poppler_chars": 4000, **change}) is is_text


def test_one_changed_page_is_compared_with_the_first_run() -> None:
    """The windows embedded again are set beside all windows and beside those of the page."""
    runs = {
        "first": {"embedded": 1000, "seconds": 50.0, "windows_on_page": 5},
        "page": {"embedded": 6, "seconds": 5.0, "windows_on_page": 5},
    }
    expected = {"embedded_share": 0.006, "embedded_per_window_on_page": 1.2, "seconds_share": 0.1}
    assert page.ratios(runs) == {"page": expected}
    beside_plain = page.ratios({**runs, "plain": {"seconds": 20.0}})
    assert beside_plain == {"page": {**expected, "seconds_share_of_plain": 0.25}}


def test_another_first_sentence_leaves_the_rest_of_the_page() -> None:
    """The smaller of the two changes is small."""
    assert page.with_other_sentence("第一句。第二句。").endswith("。第二句。")


def test_the_long_pdf_has_a_section_a_page_with_its_text_escaped() -> None:
    """What stands in a paragraph is text, not markup."""
    source = page_html(["甲<乙>", "丙"])
    assert source.count("<section>") == 2
    assert "甲&lt;乙&gt;" in source


def test_pages_are_filled_with_whole_paragraphs() -> None:
    """A page holds as many paragraphs as fit, and there are no more pages than asked for."""
    paragraphs = [Paragraph(id="", title="", text=letter * 400) for letter in "甲乙丙丁戊己"]
    assert ["".join(sorted(set(text))) for text in page_texts(paragraphs, 2)] == ["\n乙甲", "\n丁丙"]


def contents(**changes: Any) -> IndexContents:
    parts = {"documents": [("d",)], "chunks": [("c",)], "files": [], "windows": {"w": {}}, "found": [[("c", 0.5)]]}
    return IndexContents(**(parts | changes))


def test_indexes_differ_in_parts_and_searches() -> None:
    """A lost window and another order of passages are both seen."""
    one = contents(found=[[("a", 0.9), ("b", 0.5)]])
    other = contents(windows={}, found=[[("b", 0.5), ("a", 0.4)]])
    told = differences(one, other)
    assert (told["documents_equal"], told["windows_equal"]) == (True, False)
    assert (told["searches_equal"], told["searches_with_same_passages"]) == (0, 1)
    assert differences(one, one)["searches_equal"] == 1


def test_trials_are_equal_only_where_every_part_is() -> None:
    """One part that differs makes the trial unequal."""
    same = {**differences(contents(), contents()), "killed": True}
    figures = resume.summary([same, {**same, "chunks_equal": False}])
    assert (figures["trials"], figures["killed_at_work"], figures["index_equal"]) == (2, 2, 1)


def test_a_part_measured_alone_keeps_what_was_kept_of_the_others(tmp_path: Path) -> None:
    """Figures and rows of earlier runs are found again; without them there is nothing."""
    (tmp_path / "documents.json").write_text(json.dumps({"figures": {"hard": {"x": 1}}}), encoding="utf-8")
    (tmp_path / "documents-items.jsonl").write_text('{"part": "hard"}\n', encoding="utf-8")
    assert stage.earlier_results(tmp_path, "documents") == ({"hard": {"x": 1}}, [{"part": "hard"}])
    assert stage.earlier_results(tmp_path, "documents-quick") == ({}, [])


def test_a_program_that_was_changed_is_another_program(tmp_path: Path) -> None:
    """Figures of one run belong to one program; a commit does not tell what is not committed."""
    (tmp_path / "a.py").write_text("x = 1", encoding="utf-8")
    before = stage.program_digest(tmp_path)
    (tmp_path / "notes.txt").write_text("no program", encoding="utf-8")
    assert stage.program_digest(tmp_path) == before
    (tmp_path / "a.py").write_text("x = 2", encoding="utf-8")
    assert stage.program_digest(tmp_path) != before


def test_tables_on_the_screen_show_every_side() -> None:
    """The lines can be printed for the figures as they are kept."""
    ours = {"files": 1, "refused": 0, "cer": 0.01}
    table = "\n".join(fidelity.lines({"kinds": {"docx": {"product": ours, "plain": ours}}}))
    assert table.count("0.0100") == 2


def test_a_fault_in_a_measured_process_is_told_with_what_it_printed() -> None:
    """A figure is never made of a process that failed."""
    with pytest.raises(TaskFailedError, match="KeyError"):
        run("eval.documents.reading_task", {})


def test_a_measured_process_is_counted_with_its_children(tmp_path: Path) -> None:
    """The reading task has the parser as its child: both take time and memory."""
    (tmp_path / "a.txt").write_text("高雄市政府", encoding="utf-8")
    reply, usage = run("eval.documents.reading_task", {"home": str(tmp_path), "paths": [str(tmp_path / "a.txt")]})
    assert reply["rows"][0]["text"] == "高雄市政府"
    assert 0 < usage.child_peak_mb < usage.peak_mb
    assert usage.wall_s > 0 < usage.cpu_s
