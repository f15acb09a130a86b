"""The interface's texts."""

import re
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.schema import Status
from assistant.ui import citizen, rendering
from assistant.ui.texts import choose_lang, load_texts

FIELDS = re.compile(r"{(\w+)}")


def test_every_language_has_the_same_places_to_fill():
    """A text and its translation take the same values."""
    texts = load_texts()

    for key, text in texts["zh-TW"].items():
        assert sorted(FIELDS.findall(text)) == sorted(FIELDS.findall(texts["en"][key])), key


def test_every_text_that_the_pages_use_exists():
    """A key written in the code is a key of the file, and every status has a title."""
    source = Path(rendering.__file__).read_text("utf-8") + Path(citizen.__file__).read_text("utf-8")
    used = set(re.findall(r'texts\["(\w+)"\]', source))
    used |= {f"status_{status}" for status in Status if status is not Status.ANSWERED} | {
        "searching",
        "writing",
        "stopped",
    }

    assert used <= set(load_texts()["en"])


def test_no_text_is_left_over():
    """A text that no page shows is removed."""
    source = Path(rendering.__file__).read_text("utf-8") + Path(citizen.__file__).read_text("utf-8")
    unused = {key for key in load_texts()["en"] if f'"{key}"' not in source and not key.startswith("status_")}

    assert not unused


def test_a_missing_key_stops_the_start(tmp_path):
    """The error names the key and the language that lacks it."""
    path = tmp_path / "texts.toml"
    path.write_text('["zh-TW"]\nsend = "送出"\nstop = "停止"\n[en]\nsend = "Send"\n', encoding="utf-8")

    with pytest.raises(SettingsError, match=r"stop in en"):
        load_texts(path)


@pytest.mark.parametrize("content", ["", "not toml", '["zh-TW"]\n'])
def test_a_broken_file_stops_the_start(tmp_path, content):
    """An empty or malformed file is a clear error."""
    path = tmp_path / "texts.toml"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(SettingsError, match=r"texts\.toml"):
        load_texts(path)


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-TW"),
        ("en-GB,en;q=0.9", "en"),
        ("en;q=0.4, zh;q=0.6", "zh-TW"),
        ("fr, en;q=0.5", "en"),
        ("fr", "zh-TW"),
        ("", "zh-TW"),
        ("en;q=nonsense", "zh-TW"),
    ],
)
def test_the_browser_chooses_the_language(header, lang):
    """The first language of the browser that the page speaks, else Chinese."""
    assert choose_lang(header) == lang
