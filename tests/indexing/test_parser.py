"""Reading in a child process: what a hostile file costs, and that it costs only itself."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import DocumentError
from assistant.indexing.parser import Parser
from tests.doubles import small_settings


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.md"
    path.write_text("# 停車費\n\n停車費每小時30元。\n", encoding="utf-8")
    return path


@pytest.fixture
def parser(tmp_path: Path) -> Iterator[Parser]:
    with Parser(small_settings(tmp_path, parse_timeout_s=2, parse_s_per_mb=0, parse_memory_mb=600)) as opened:
        yield opened


def refusal(parser: Parser, path: Path) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        parser.read(path)
    return caught.value


def test_a_file_comes_back_as_it_was_read(parser: Parser, good: Path) -> None:
    """Title, blocks and places cross the border between the processes unchanged."""
    document = parser.read(good).documents[0]
    assert (document.title, document.language) == ("停車費", "zh-TW")
    assert [(block.kind, block.text) for block in document.blocks] == [
        ("heading", "停車費"),
        ("paragraph", "停車費每小時30元。"),
    ]


def test_a_refusal_comes_back_with_its_reason(parser: Parser, tmp_path: Path) -> None:
    """Reason, message and cure are those of the reader."""
    (tmp_path / "not.pdf").write_bytes(b"PK\x03\x04 no pdf")
    error = refusal(parser, tmp_path / "not.pdf")
    assert error.reason == "not_pdf"
    assert "not.pdf" in error.message
    assert error.cure


def test_an_endless_file_costs_its_time_only(parser: Parser, tmp_path: Path, good: Path) -> None:
    """A file that takes too long is refused with the reason `timeout`, and the next one is read."""
    fifo = tmp_path / "endless.md"
    os.mkfifo(fifo)
    impatient = Parser(small_settings(tmp_path, parse_timeout_s=0.5, parse_s_per_mb=0))
    with impatient:
        assert refusal(impatient, fifo).reason == "timeout"
        assert impatient.read(good).documents


def test_a_file_that_needs_too_much_memory_is_refused(tmp_path: Path, good: Path) -> None:
    """The limit holds for the child alone, and the reason is `too_large`."""
    (tmp_path / "huge.txt").write_bytes("大".encode() * 60_000_000)
    with Parser(small_settings(tmp_path, parse_memory_mb=600, max_file_mb=500)) as parser:
        assert refusal(parser, tmp_path / "huge.txt").reason == "too_large"
        assert parser.read(good).documents


def test_a_reader_that_dies_costs_its_file_only(parser: Parser, good: Path, tmp_path: Path) -> None:
    """A crash of the child is a refusal with the reason `crashed`; the next file gets a new child."""
    parser.read(good)
    child = parser._child
    assert child is not None
    os.kill(child.pid, signal.SIGSEGV)
    assert refusal(parser, good).reason == "crashed"
    assert parser.read(good).documents


def test_closing_ends_the_child(tmp_path: Path, good: Path) -> None:
    """No process is left behind."""
    parser = Parser(small_settings(tmp_path))
    parser.read(good)
    child = parser._child
    parser.close()
    assert child is not None
    assert child.returncode is not None
