"""The city lexicon: the form that its entries must keep."""

import tomllib
from collections import Counter

import pytest

from assistant.settings import PROJECT_ROOT
from assistant.text import cjk_share
from assistant.verification.language import has_simplified

LEXICON = PROJECT_ROOT / "corpus" / "kaohsiung" / "lexicon.toml"
TEXT = LEXICON.read_text(encoding="utf-8")
ENTRIES: list[dict[str, list[str]]] = tomllib.loads(TEXT)["entry"]
LANGUAGES = ("zh", "en", "vi", "id")
TRANSLATED = ("vi", "id")

each_language = pytest.mark.parametrize("language", LANGUAGES)


def names_of(language: str) -> list[str]:
    """All names that the entries give in one language."""
    return [name for entry in ENTRIES for name in entry.get(language, [])]


def test_the_header_says_what_the_lexicon_is() -> None:
    """The first lines say that it is unofficial, of which day, from which sources and under which licence."""
    header = TEXT.split("[[entry]]")[0]

    assert all(word in header for word in ("Unofficial", "2026-11-22", "Sources", "CC BY 4.0"))


def test_the_lexicon_is_large_enough() -> None:
    """A lexicon of a city holds at least 700 things."""
    assert len(ENTRIES) >= 700


def test_every_entry_has_chinese_and_english_names() -> None:
    """An entry without a name in both languages could not lead from one to the other."""
    assert [entry for entry in ENTRIES if not entry.get("zh") or not entry.get("en")] == []


def test_entries_have_known_languages_only() -> None:
    """Every key of an entry is a language of the lexicon, and holds at least one name."""
    assert [entry for entry in ENTRIES if not set(entry) <= set(LANGUAGES) or not all(entry.values())] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_migrants_words_are_covered(language: str) -> None:
    """At least 150 things have a name in each language of the largest migrant groups."""
    assert sum(language in entry for entry in ENTRIES) >= 150


@each_language
def test_no_name_stands_twice(language: str) -> None:
    """A name that stood in two entries of a language would lead to two different things."""
    counts = Counter(name.casefold() for name in names_of(language))

    assert [name for name, count in counts.items() if count > 1] == []


@each_language
def test_names_have_no_stray_spaces(language: str) -> None:
    """A name with a space too many is never found in a question."""
    assert [name for name in names_of(language) if name != " ".join(name.split())] == []


def test_chinese_names_are_two_to_twelve_characters_long() -> None:
    """A single character means too many things, and nobody writes a longer name in a question."""
    assert [name for name in names_of("zh") if not 2 <= len(name) <= 12] == []


def test_chinese_names_are_written_as_in_taiwan() -> None:
    """No Chinese name has Simplified-only characters."""
    assert [name for name in names_of("zh") if has_simplified(name)] == []


@pytest.mark.parametrize("language", ["en", *TRANSLATED])
def test_other_names_are_in_latin_letters(language: str) -> None:
    """A name in Latin letters has at least two of them, at most ten words and no Chinese characters."""
    assert [name for name in names_of(language) if cjk_share(name) or len(name) < 2 or len(name.split()) > 10] == []
