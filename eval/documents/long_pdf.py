"""A long PDF with real text, one known text a page, printed by Chromium."""

import html
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from assistant.errors import AssistantError
from eval.datasets import Paragraph

_PAGE_CHARACTERS = 900  # fits on a page at the size below
_STYLE = """@page { size: A4; margin: 20mm } body { font: 11pt/1.7 'Noto Serif CJK TC', serif }
section { break-after: page }"""
_PRINT_LIMIT_S = 300
_OPTIONS = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update "
    "--disable-sync --no-first-run --no-pdf-header-footer"
).split()


class PrintingFailedError(AssistantError):
    """Chromium printed nothing."""


def chromium() -> str | None:
    """The path of Chromium, where it is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def page_texts(paragraphs: Iterable[Paragraph], pages: int) -> list[str]:
    """Texts that fill a page each, of whole paragraphs; fewer where the paragraphs do not suffice."""
    texts: list[str] = []
    filling: list[str] = []
    for paragraph in paragraphs:
        if filling and sum(map(len, filling)) + len(paragraph.text) > _PAGE_CHARACTERS:
            texts.append("\n".join(filling))
            filling = []
        filling.append(paragraph.text[:_PAGE_CHARACTERS])
        if len(texts) == pages:
            break
    return texts[:pages]


def page_html(texts: Sequence[str]) -> str:
    """A web page that prints one text a page."""
    pages = ([f"<p>{html.escape(part)}</p>" for part in text.splitlines()] for text in texts)
    sections = "".join(f"<section>{''.join(paragraphs)}</section>" for paragraphs in pages)
    return f'<!doctype html><html lang="zh-TW"><meta charset="utf-8"><style>{_STYLE}</style>{sections}'


def print_pdf(texts: Sequence[str], path: Path, folder: Path) -> Path:
    """Print the texts to a path, working in a folder.

    Raises:
        PrintingFailedError: Chromium made no file.
    """
    page = folder / "pages.html"
    page.write_text(page_html(texts), encoding="utf-8")
    profile = f"--user-data-dir={folder / 'profile'}"
    command = [str(chromium()), *_OPTIONS, profile, f"--print-to-pdf={path}", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PRINT_LIMIT_S, check=False)
    if not path.is_file():
        raise PrintingFailedError(f"Chromium printed nothing: {done.stderr[-500:]}", "Try the command by hand.")
    return path
