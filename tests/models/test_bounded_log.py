"""What the child's log promises."""

import io
from pathlib import Path

from assistant.models.bounded_log import BoundedLog


def test_a_log_does_not_outgrow_two_files(tmp_path: Path) -> None:
    """However much a child writes, the disk holds at most two files of the given size."""
    log = BoundedLog(tmp_path / "engine.log", max_bytes=1000)
    log.copy_from(io.BytesIO(b"a line of a child\n" * 1000))
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) <= 2
    assert max(sizes) < 1100


def test_the_last_lines_are_at_hand(tmp_path: Path) -> None:
    """The end of the log can be put into an error, also when it is not valid UTF-8."""
    log = BoundedLog(tmp_path / "engine.log")
    log.copy_from(io.BytesIO(b"first\n" * 50 + b"last \xff words"))
    assert log.tail().endswith("first / last \ufffd words")
