"""Material of training: what is read, what is refused, and what the examples say."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import DocumentError
from assistant.training import examples_of, load_material, load_squad
from assistant.training.examples import LONGEST, cropped

POOL = "泳池每日 6 時至 21 時開放。每週一休館。65 歲以上市民免費入場。"
HALL = "球館每日 9 時至 22 時開放。場地費每小時 200 元。"
ROW: dict[str, Any] = {
    "id": "p-1",
    "lang": "zh-TW",
    "title": "泳池",
    "text": POOL,
    "questions": [
        {"lang": "zh-TW", "kind": "fact", "question": "幾點關門？", "answer": "21 時"},
        {"lang": "en", "kind": "yesno", "question": "Is it open on Mondays?", "answer": "每週一休館", "verdict": "no"},
        {"lang": "zh-TW", "kind": "near", "question": "學生票多少錢？"},
    ],
}

OTHER = ROW | {"id": "p-2", "title": "球館", "text": HALL, "questions": []}


def written(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "material.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def test_material_is_read_with_its_labels(tmp_path: Path) -> None:
    """A fact is an answer, a yes/no question has its verdict, a near miss nothing."""
    (material,) = load_material(written(tmp_path, ROW))
    assert [(asked.label, asked.answer) for asked in material.questions] == [
        ("answer", "21 時"),
        ("no", "每週一休館"),
        ("none", ""),
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"answer": "22 時"}, "no part of the text"),
        ({"answer": ""}, "no part of the text"),
        ({"kind": "guess"}, "guess"),
        ({"kind": "yesno", "verdict": "maybe"}, "maybe"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, change: dict[str, str], said: str) -> None:
    """The error says file, line and what is wrong."""
    wrong = ROW | {"questions": [ROW["questions"][0] | change]}
    with pytest.raises(DocumentError, match="line 2") as caught:
        load_material(written(tmp_path, ROW, wrong))
    assert said in str(caught.value)


def test_an_example_points_to_its_answer(tmp_path: Path) -> None:
    """Start and end cut the answer out of the text, however this was shortened; what has no answer points nowhere."""
    materials = load_material(
        written(tmp_path, ROW, ROW | {"id": "p-2", "title": "球館", "text": HALL, "questions": []})
    )
    pointed = {"21 時", "每週一休館"}
    for seed in range(30):
        for example in examples_of(materials, seed):
            if example.label == "none":
                assert (example.start, example.end) == (-1, -1)
            else:
                assert example.text[example.start : example.end] in pointed


def test_answerable_questions_are_asked_without_their_answer_too(tmp_path: Path) -> None:
    """The same question is an example without answer on a passage that lacks it, or on another one."""
    materials = load_material(
        written(tmp_path, ROW, ROW | {"id": "p-2", "title": "球館", "text": HALL, "questions": []})
    )
    without = [
        example
        for seed in range(30)
        for example in examples_of(materials, seed)
        if example.question == "幾點關門？" and example.label == "none"
    ]
    assert {example.title for example in without} == {"泳池", "球館"}
    assert not [example for example in without if "21 時" in example.text]


def test_a_long_text_is_cut_at_sentences_around_its_answer() -> None:
    """Whole sentences, within the limit, with the answer where it is said to be."""
    text = "。".join(f"第{n}條的規定如下" for n in range(200)) + "。"
    start = text.index("第77條")
    cut, at, end = cropped(text, start, start + 4, LONGEST["zh-TW"], random.Random(1))
    assert len(cut) <= LONGEST["zh-TW"]
    assert cut[at:end] == "第77條"
    assert cut.endswith("。")


def squad(text: str, question: str, answer: str) -> str:
    asked = {"id": "q1", "question": question, "answers": [{"text": answer, "answer_start": text.index(answer)}]}
    return json.dumps({"data": [{"title": "t", "paragraphs": [{"context": text, "qas": [asked]}]}]})


def test_reading_sets_in_two_languages_are_asked_in_both(tmp_path: Path) -> None:
    """Files with the same questions give each passage both wordings, and Chinese becomes Traditional."""
    english, chinese = tmp_path / "en.json", tmp_path / "zh.json"
    english.write_text(squad("The bridge is 40 m long.", "How long is the bridge?", "40 m"), encoding="utf-8")
    chinese.write_text(squad("这座桥长40米。", "桥有多长？", "40米"), encoding="utf-8")
    first, second = load_squad([english, chinese])
    assert [asked.question for asked in first.questions] == ["How long is the bridge?", "橋有多長？"]
    assert (second.text, second.questions[0].answer) == ("這座橋長40米。", "40米")
