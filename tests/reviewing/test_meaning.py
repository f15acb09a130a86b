"""Meaning: rewordings agree, near misses do not, as measured on a set of our own."""

import json
from functools import cache

import pytest

from assistant.retrieval.lexicon import load_names
from assistant.reviewing.meaning import Reader
from assistant.schema import Lang
from assistant.settings import PROJECT_ROOT

SET = PROJECT_ROOT / "eval" / "datasets" / "rewordings.jsonl"
LEAST_RECALL = {"dev": 0.9, "test": 0.7}


@cache
def reader() -> Reader:
    return Reader(load_names(PROJECT_ROOT / "corpus" / "kaohsiung"))


def agree(a: str, b: str, lang: Lang = "zh-TW") -> bool:
    return reader().read(a, lang).agrees(reader().read(b, lang))


def test_no_near_miss_agrees() -> None:
    """Another thing, number, direction, person or denial makes another question, in either order."""
    rows = [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]
    misses = [row for row in rows if not row["same"]]
    taken = [row["id"] for row in misses if agree(row["a"], row["b"], row["lang"])]
    taken += [row["id"] for row in misses if agree(row["b"], row["a"], row["lang"])]
    assert (len(misses), taken) == (60, [])


@pytest.mark.parametrize("split", ["dev", "test"])
def test_most_rewordings_agree(split: str) -> None:
    """What says the same in general words is recognised; what is not costs an editor one more wording."""
    rows = [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]
    same = [row for row in rows if row["same"] and row["split"] == split]
    found = sum(agree(row["a"], row["b"], row["lang"]) for row in same)
    assert found >= LEAST_RECALL[split] * len(same)


def test_questions_on_the_moment_never_agree() -> None:
    """No approved text knows what holds now, not even for the same words."""
    assert not agree("現在渡輪有開嗎？", "現在渡輪有開嗎？")
    assert not agree("Is the ferry running today?", "Is the ferry running today?", "en")


def test_a_question_without_any_matter_agrees_with_nothing() -> None:
    """Two questions that only ask are not about the same thing."""
    assert not agree("多少錢？", "請問要多少錢")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("20歲可以申請嗎，青年租屋", "二十歲可以申請嗎，青年租屋"),
        ("民國114年房屋稅何時繳？", "2025年房屋稅何時繳？"),
        ("臺灣好行怎麼搭？", "台灣好行怎麼搭?"),
    ],
)
def test_spellings_of_one_thing_agree(a: str, b: str) -> None:
    """Numerals, eras and variant characters are ways to write, not differences."""
    assert agree(a, b)


def test_names_of_one_thing_agree_by_the_lexicon() -> None:
    """What a city calls by two names is one thing."""
    own = Reader([["公共腳踏車", "YouBike", "微笑單車"]])
    a, b = (own.read(text, "zh-TW") for text in ("微笑單車怎麼租？", "公共腳踏車怎麼租？"))
    assert a.agrees(b)
    assert not a.agrees(own.read("電動機車怎麼租？", "zh-TW"))
