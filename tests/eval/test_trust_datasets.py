"""The question sets for trust are well formed: counts, splits, verdicts, documents and telephone numbers."""

import re
import tomllib
from collections import Counter
from typing import Any

import pytest

from assistant.settings import PROJECT_ROOT
from assistant.verification.language import has_simplified
from eval.datasets import HERE, load_items, load_rows

POLARITY = load_rows(HERE / "polarity.jsonl")
UNANSWERABLE = load_rows(HERE / "unanswerable.jsonl")
EMERGENCIES = load_rows(HERE / "emergencies.jsonl")
NUMBERS = {"110", "113", "118", "119", "1922", "1925", "1995"}
VERDICTS = {"yes", "no"}
CHINESE = re.compile(r"[一-鿿]")

each_set = pytest.mark.parametrize(
    ("rows", "prefix"),
    [(POLARITY, "po"), (UNANSWERABLE, "un"), (EMERGENCIES, "em")],
    ids=["polarity", "unanswerable", "emergencies"],
)


def texts_of(row: dict[str, Any]) -> list[str]:
    return [wording["text"] for wording in row["wordings"]] if "wordings" in row else [row["question"]]


def public_documents() -> set[str]:
    listed = tomllib.loads((PROJECT_ROOT / "corpus/kaohsiung/sources.toml").read_text(encoding="utf-8"))["document"]
    return {one["id"] for one in listed if one["audience"] == "public"}


@each_set
def test_ids_are_numbered_without_a_gap(rows: list[dict[str, Any]], prefix: str) -> None:
    """Each line has the id that its place in the file gives it."""
    assert [row["id"] for row in rows] == [f"{prefix}-{number:03d}" for number in range(1, len(rows) + 1)]


@each_set
def test_halves_are_equal_in_each_language(rows: list[dict[str, Any]], prefix: str) -> None:
    """Dev and test hold equally many questions of a language, up to one."""
    halves = Counter((row["lang"], row["split"]) for row in rows)
    assert {split for _, split in halves} == {"dev", "test"}
    assert all(abs(halves[lang, "dev"] - halves[lang, "test"]) <= 1 for lang in ("zh-TW", "en"))


@each_set
def test_no_question_is_asked_twice(rows: list[dict[str, Any]], prefix: str) -> None:
    """All texts of a set differ and none has white space around it."""
    texts = [text for row in rows for text in texts_of(row)]
    assert len(texts) == len(set(texts))
    assert [text for text in texts if not text or text != text.strip()] == []


@each_set
def test_each_text_is_in_its_language(rows: list[dict[str, Any]], prefix: str) -> None:
    """Chinese questions have Chinese characters, none Simplified outside Taiwanese (个); English ones have letters."""
    chinese = [text for row in rows if row["lang"] == "zh-TW" for text in texts_of(row)]
    mandarin = [
        text for row in rows if row["lang"] == "zh-TW" and "Taiwanese" not in row["note"] for text in texts_of(row)
    ]
    english = [text for row in rows if row["lang"] == "en" for text in texts_of(row)]
    assert [text for text in chinese if not CHINESE.search(text)] == []
    assert [text for text in mandarin if has_simplified(text)] == []
    assert [text for text in english if len(CHINESE.findall(text)) > len(text) // 4] == []


def test_polarity_has_sixty_questions_in_five_wordings_each() -> None:
    """36 questions are Chinese and 24 English, yes and no are even in each language and split."""
    assert Counter(row["lang"] for row in POLARITY) == {"zh-TW": 36, "en": 24}
    assert {len(row["wordings"]) for row in POLARITY} == {5}
    verdicts = Counter((row["lang"], row["split"], row["verdict"]) for row in POLARITY)
    assert set(verdicts.values()) == {9, 6}


def test_polarity_verdicts_are_yes_or_no_and_the_first_is_the_questions() -> None:
    """The first wording asks the affirmative form, whose answer is the verdict of the question."""
    assert [row["id"] for row in POLARITY if row["wordings"][0]["verdict"] != row["verdict"]] == []
    assert {wording["verdict"] for row in POLARITY for wording in row["wordings"]} == VERDICTS


def test_polarity_documents_are_public_ones_of_the_corpus() -> None:
    """Each question names at least one document, and a citizen may see all that it names."""
    known = public_documents()
    named = {name for row in POLARITY for name in row["documents"]}
    assert [row["id"] for row in POLARITY if not row["documents"] or not row["deciding"]] == []
    assert {name for name in named if name not in known and re.sub(r"-\d{3}$", "", name) not in known} == set()


def test_unanswerable_questions_load_as_items_without_an_answer() -> None:
    """The layout is that of the starter set, with no document and no fact."""
    items = load_items(HERE / "unanswerable.jsonl")
    assert Counter(item.lang for item in items) == {"zh-TW": 65, "en": 35}
    assert Counter(item.style for item in items) == {"near": 60, "absent": 20, "outside": 20}
    assert [item.id for item in items if item.answerable or item.documents or item.key_facts] == []


def test_emergencies_name_real_numbers_and_harmless_questions_none() -> None:
    """Every call for help has a number to name, and no harmless question has one."""
    calls = [row for row in EMERGENCIES if row["emergency"]]
    harmless = [row for row in EMERGENCIES if not row["emergency"]]
    assert Counter(row["lang"] for row in calls) == {"zh-TW": 72, "en": 48}
    assert Counter(row["lang"] for row in harmless) == {"zh-TW": 130, "en": 70}
    assert [row["id"] for row in calls if not row["numbers"] or not set(row["numbers"]) <= NUMBERS] == []
    assert [row["id"] for row in harmless if row["numbers"]] == []


def test_kinds_of_calls_and_topics_of_harmless_questions_are_in_both_halves() -> None:
    """Nothing is only tuned on or only reported."""
    halves = Counter((row["emergency"], row["kind"], row["split"]) for row in EMERGENCIES)
    kinds = {(row["emergency"], row["kind"]) for row in EMERGENCIES}
    assert [kind for kind in kinds if not halves[*kind, "dev"] or not halves[*kind, "test"]] == []
