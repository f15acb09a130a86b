"""Batch files: lines that cannot be used keep their id, and names are shown as they are."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from assistant.batch import BadLine, read_questions, run_batch
from assistant.cli import _print_table, _refuse_question
from assistant.schema import Answer
from assistant.wire import answer_json


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ('{"id": "a", "q": 1}', "a"),
        ('{"id": 7}', "7"),
        ('{"id": [1]}', ""),
        ('{"id": true}', ""),
        ("[1]", ""),
        ("{", ""),
    ],
)
def test_a_bad_line_keeps_its_id(tmp_path: Path, line: str, given: str) -> None:
    """Whoever joins output to input by id finds the line that failed."""
    (tmp_path / "q.jsonl").write_text(line, encoding="utf-8")
    (bad,) = read_questions(tmp_path / "q.jsonl", "citizen", None)
    assert isinstance(bad, BadLine)
    assert bad.id == given


def test_a_refused_question_has_every_field_of_an_answer() -> None:
    """Scripts need no special case for it."""
    record = _refuse_question(BadLine("a", "broken"))
    assert record.keys() == answer_json(Answer("", record["status"], "en", "")).keys()
    assert (record["id"], record["status"], record["citations"], record["answer"]) == ("a", "error", [], "broken")


def test_brackets_and_lone_surrogates_are_no_crash(tmp_path: Path) -> None:
    """What a line holds is written and shown as it is."""
    screen = io.StringIO()

    def refuse(line: BadLine) -> dict[str, Any]:
        return {"id": line.id}

    lines = [BadLine("\ud800", "[/red] wrong")]
    assert not run_batch(lines, lambda q: {}, refuse, tmp_path / "out.jsonl", Console(file=screen))
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["id"] == "\ud800"
    assert "[/red] wrong" in screen.getvalue()


def test_a_piped_table_is_never_cut(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Names stay whole at any width."""
    monkeypatch.setenv("COLUMNS", "20")
    _print_table(("name", "origin"), [("a-very-long-model-name" * 5, "TW")])
    assert capsys.readouterr().out.splitlines()[1] == "a-very-long-model-name" * 5 + "\tTW"
