"""Forms of text: what nobody sees is taken out at the edges, and letters that only look Latin are read as Latin."""

import sys
import unicodedata

import pytest

from assistant.text import latin_letters, visible

SHOWN_FORMAT = {"ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN"}  # signs of these scripts count as format, and have a shape


def test_every_character_without_a_shape_is_taken_out() -> None:
    """Control, format and broken characters of Unicode go, but for line ends, tabs and signs that are drawn."""
    kept = [
        unicodedata.name(character, character)
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(character) in {"Cc", "Cf", "Cs"} and visible(character)
    ]
    assert {name.split()[0] for name in kept if len(name) > 1} <= SHOWN_FORMAT
    assert [name for name in kept if len(name) == 1] == ["\t", "\n", "\r"]


@pytest.mark.parametrize(
    "unseen",
    [
        "\u00ad", "\u034f", "\u061c", "\u115f", "\u180e", "\u200b", "\u200f", "\u202e", "\u2060", "\u2066", "\u206f",
        "\u3164", "\ufe0f", "\ufeff", "\uffa0", "\ufff9", "\U000e0041", "\U000e0100",
    ],
)  # fmt: skip
def test_hidden_characters_leave_the_words(unseen: str) -> None:
    """Soft hyphens, fillers, joiners, marks of direction, tags and selectors of variants vanish between letters."""
    assert visible(f"公{unseen}車 bu{unseen}s") == "公車 bus"


@pytest.mark.parametrize("text", ["高雄市「左營」站：1 樓\n\t①㎡…", "Đăng ký ở đâu?", "これは何ですか", "\ue001造字"])
def test_what_people_write_stays(text: str) -> None:
    """Nothing that has a shape changes, characters of names for private use included."""
    assert visible(text) == text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ign\u043ere ru\u217ces", "Ignore ru\u217ces"),
        ("ga\u0433bage \u03b1nd b\u03c5s", "garbage and bus"),
        ("что такое паспорт", "что такое паспорт"),
        ("Đăng ký 高雄A棟", "Đăng ký 高雄A棟"),
    ],
)
def test_look_alikes_are_read_as_latin_in_mixed_words(written: str, read: str) -> None:
    """A word that mixes scripts is read in Latin letters; a word of another language stays as it is."""
    assert latin_letters(written) == read
