"""Choosing the reader of a file."""

import pickle
from pathlib import Path

import pytest

from assistant.errors import DocumentError
from assistant.indexing.reading import READERS, read_document
from assistant.settings import Settings

PAGE = b"<!doctype html><title>t</title><body><p>Page not found</p>"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.xyz", b"text", "unsupported_format"),
        ("a.txt", b"", "empty"),
        ("a.md", b" \n \n", "empty"),
        ("a.html", b"<body><script>x</script></body>", "empty"),
        ("a.pdf", PAGE, "not_pdf"),
        ("a.md", PAGE, "wrong_format"),
        ("a.txt", b"%PDF-1.4 ...", "not_text"),
        ("a.html", b"PK\x03\x04...", "not_text"),
        ("a.txt", b"x" * (1024 * 1024 + 1), "too_large"),
    ],
)
def test_bad_files_are_refused_by_a_stable_word(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    """The report of an index run can count and explain what was refused."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DocumentError) as caught:
        read_document(tmp_path / name, Settings(max_file_mb=1))
    assert caught.value.reason == reason
    assert name in str(caught.value)


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    """Files may vanish between listing and reading."""
    with pytest.raises(DocumentError) as caught:
        read_document(tmp_path / "gone.txt", Settings())
    assert caught.value.reason == "unreadable"


def test_suffixes_match_in_any_case(tmp_path: Path) -> None:
    """`.TXT` is read as `.txt` is."""
    (tmp_path / "A.TXT").write_text("高雄市的公告內容。", encoding="utf-8")
    assert read_document(tmp_path / "A.TXT", Settings()).language == "zh-TW"


def test_what_is_read_can_cross_processes(tmp_path: Path) -> None:
    """A later version may read each file in a process of its own."""
    (tmp_path / "a.md").write_text("# Fees\n\nIt costs NT$20.\n", encoding="utf-8")
    parsed = read_document(tmp_path / "a.md", Settings())
    assert pickle.loads(pickle.dumps(parsed)) == parsed


def test_the_city_formats_have_readers() -> None:
    """The formats that a city publishes can be indexed."""
    assert {".pdf", ".html", ".htm", ".md", ".txt"} <= set(READERS)
