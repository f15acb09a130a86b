"""What the download bar promises."""

import io

from rich.console import Console

from assistant.models.progress import download_bar


def test_the_bar_shows_what_is_fetched_and_how_much() -> None:
    """A person who waits sees the model's name and the bytes, also before the size is known."""
    console = Console(file=io.StringIO(), force_terminal=True, width=120)
    with download_bar("tiny", console) as show:
        show(10, 0)
        show(5_000_000, 10_000_000)
    console.file.seek(0)
    shown = console.file.read()
    assert "tiny" in shown
    assert "5.0/10.0 MB" in shown
