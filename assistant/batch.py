"""Batch files: questions in, one JSON line out for each, written as soon as it is known."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from pydantic import BaseModel, ConfigDict, ValidationError
from rich.console import Console
from rich.progress import track

from assistant.errors import SettingsError
from assistant.schema import Lang, Question, Role, Turn
from assistant.text import strip_control

_LONE_SURROGATES = "backslashreplace"  # which is how JSON writes them


class BatchTurn(BaseModel):
    """An earlier exchange in a batch line."""

    question: str
    answer: str = ""


class BatchLine(BaseModel):
    """One line of a batch file; unknown fields are ignored."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str = ""
    question: str
    lang: str | None = None
    role: Role | None = None
    bureau: str = ""
    as_of: date | datetime | None = None
    history: list[BatchTurn] = []


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be used: its id where it has one, and what is wrong with it."""

    id: str
    message: str


def read_questions(path: Path, role: Role, lang: Lang | None, bureau: str = "") -> list[Question | BadLine]:
    """The questions of a JSONL file in order; only a line feed ends a line.

    Raises:
        SettingsError: the file cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.", "Give a UTF-8 JSONL file.") from error
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    return [_question(path, number, line, role, lang, bureau) for number, line in lines]


def run_batch(
    questions: Sequence[Question | BadLine],
    answer: Callable[[Question], dict[str, Any]],
    refuse: Callable[[BadLine], dict[str, Any]],
    out: Path | None,
    console: Console,
) -> bool:
    """Write one JSON line a question, in order; whether every line of the input could be used.

    Args:
        answer: the record of a question.
        refuse: the record of a line that cannot be used.
    """
    usable = True
    with _open_output(out) as stream:
        for question in track(questions, console=console, description="Batch", transient=True):
            if isinstance(question, BadLine):
                usable = False
                console.print(question.message, style="yellow", markup=False, highlight=False, soft_wrap=True)
                record = refuse(question)
            else:
                record = answer(question)
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
            stream.flush()
    return usable


def _question(path: Path, number: int, line: str, role: Role, lang: Lang | None, bureau: str) -> Question | BadLine:
    try:
        parsed = BatchLine.model_validate_json(line)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        message = f"{path.name} line {number}: {where} {problem['msg']}".replace("  ", " ")
        return BadLine(_id_of(line), message)
    asked_lang: Lang | None = lang
    if parsed.lang in ("zh-TW", "en"):
        asked_lang = parsed.lang  # type: ignore[assignment]  # narrowed by the line above
    return Question(
        text=strip_control(parsed.question),
        id=parsed.id or str(number),
        lang=asked_lang,
        role=parsed.role or role,
        bureau=parsed.bureau or bureau,
        as_of=parsed.as_of,
        history=tuple(Turn(turn.question, turn.answer) for turn in parsed.history),
    )


def _id_of(line: str) -> str:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    given = data.get("id") if isinstance(data, dict) else None
    return str(given) if isinstance(given, str | int | float) and not isinstance(given, bool) else ""


def _open_output(out: Path | None) -> IO[str]:
    if out is None:
        return open(sys.stdout.fileno(), "w", encoding="utf-8", errors=_LONE_SURROGATES, closefd=False)
    try:
        return out.open("w", encoding="utf-8", errors=_LONE_SURROGATES)
    except OSError as error:
        raise SettingsError(f"{out} cannot be written: {error.strerror}.", "Choose another --out.") from error
