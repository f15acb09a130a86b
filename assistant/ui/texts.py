"""The interface's texts as data, one table a language, complete in each."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from assistant.city import LANGUAGES
from assistant.errors import SettingsError
from assistant.schema import Lang

DEFAULT_LANG: Lang = "zh-TW"
TEXTS_PATH = Path(__file__).with_name("texts.toml")

Texts = Mapping[str, str]


def load_texts(path: Path = TEXTS_PATH) -> Mapping[Lang, Texts]:
    """Read the texts of every language.

    Raises:
        SettingsError: the file cannot be read, or a language lacks a key that another one has.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"The interface texts {path} cannot be read: {error}.", "Restore the file.") from error
    every_key = {key for lang in LANGUAGES for key in tables.get(lang, {})}
    for lang in LANGUAGES:
        missing = sorted(every_key - set(tables.get(lang, {})))
        if missing or not every_key:
            raise SettingsError(
                f"The interface texts {path} lack {', '.join(missing) or 'every key'} in {lang}.",
                f"Add the lines to the table of {lang}.",
            )
    return {lang: tables[lang] for lang in LANGUAGES}


def choose_lang(accept_language: str) -> Lang:
    """The interface language for a browser's Accept-Language header (RFC 9110, 12.5.4); default zh-TW."""
    best: tuple[float, Lang] = (0.0, DEFAULT_LANG)
    for part in accept_language.lower().split(","):
        tag, _, parameters = part.strip().partition(";")
        lang: Lang | None = "zh-TW" if tag.startswith("zh") else "en" if tag.startswith("en") else None
        weight = _parse_weight(parameters)
        if lang and weight > best[0]:
            best = (weight, lang)
    return best[1]


def _parse_weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
