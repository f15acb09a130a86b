"""Control characters of documents and questions: none reaches a terminal or a log."""

import logging
import sys
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.settings import Settings
from tests.doubles import QuietJudge, WordEmbeddings, fix_answerability, index_city, small_settings

CLEARS = "\x1b[2J\x1b]0;gone\x07\x9b31m\u202e\u2066"
TEXT = f"燈塔參觀須知{CLEARS}\n\n燈塔門票每人45元{CLEARS}。\n"
ASKED = f"燈塔門票每人多少元？{CLEARS}"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = small_settings(tmp_path_factory.mktemp("city"))
    (settings.city_dir / "documents" / "tower.txt").write_text(TEXT, encoding="utf-8")
    index_city(settings)
    return settings


@pytest.mark.parametrize("words", [(act, ASKED, *form) for act in ("ask", "search") for form in ((), ("--json",))])
def test_nothing_moves_the_cursor(
    settings: Settings,
    words: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Escape sequences, titles of windows and marks of direction are gone from output, faults and log lines."""
    fix_answerability(monkeypatch)
    monkeypatch.setattr("assistant.conversation.embedder", lambda _: WordEmbeddings())
    monkeypatch.setattr("assistant.conversation.AnswerJudge", QuietJudge)
    names = {"HOME": settings.home, "CORPUS": settings.corpus, "CITY": settings.city, "ENGINE": "none"}
    for name, value in names.items():
        monkeypatch.setenv(f"CITY_ASSISTANT_{name}", str(value))
    monkeypatch.setattr(sys, "argv", ["city-assistant", *words])
    with caplog.at_level(logging.DEBUG), pytest.raises(SystemExit) as end:
        main()
    out, err = capfd.readouterr()
    logs = "".join(file.read_text(encoding="utf-8", errors="replace") for file in _files(settings.log_dir))
    assert end.value.code == 0
    assert "45元" in out
    assert not [sign for sign in CLEARS if sign in f"{out}{err}{logs}{caplog.text}" and not sign.isprintable()]


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
