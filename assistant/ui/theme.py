"""The look of the pages: system fonts only, colours with a contrast of at least 4.5 to 1."""

from pathlib import Path

import gradio as gr

STATIC_DIR = Path(__file__).with_name("static")
STATIC_PATH = "/ui-static"
FONTS = (
    "Noto Sans TC",
    "Noto Sans CJK TC",
    "PingFang TC",
    "Microsoft JhengHei",
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "sans-serif",
)


def build_theme() -> gr.themes.Base:
    """Gradio's plain theme with the fonts of the person's own machine; the colours are in `static/chat.css`."""
    fonts = [gr.themes.Font(name) for name in FONTS]
    mono = [gr.themes.Font(name) for name in ("ui-monospace", "Consolas", "monospace")]
    return gr.themes.Base(primary_hue="cyan", neutral_hue="slate", font=fonts, font_mono=mono)


def page_head() -> str:
    """What the pages add to the document's head; relative, so that a path prefix of a proxy holds."""
    return f'<script src=".{STATIC_PATH}/chat.js" defer></script>'
