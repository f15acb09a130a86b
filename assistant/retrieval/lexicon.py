"""The lexicon: other names of what a question names, from the city's own list, else from the general dictionary."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from assistant.errors import CityDataError
from assistant.retrieval.dictionary import LONGEST_PHRASE, Dictionary, Tokenize
from assistant.store import Term
from assistant.text import CJK, fold, keyword_tokens

FILE = "lexicon.toml"
_HAN = re.compile(f"[{CJK}]+")
_LONGEST_NAME = 8  # words
_LONGEST_HAN = 12
# Words that carry the grammar of an English question and no subject.
_GRAMMAR = frozenset(
    "a an the of to in on at for by with from as is are be been am was were do does did and or not no yes my our your "
    "his her its their i me we us you he she they them it this that these those there here what which who whom whose "
    "where when how why can could may might must shall should will would have has had if than then so some any about "
    "into before after up out off s t d ll re ve m don doesn get got go let just also too very much many".split()
)


class Lexicon:
    """Gives further terms to search a question with; what it holds never changes."""

    def __init__(self, names: Iterable[Sequence[str]], dictionary: Dictionary | None, tokenize: Tokenize) -> None:
        self._tokenize = lru_cache(maxsize=20_000)(lambda text: tuple(tokenize(text)))
        self._dictionary = dictionary
        self._latin: dict[str, list[Sequence[str]]] = defaultdict(list)
        self._han: dict[str, list[Sequence[str]]] = defaultdict(list)
        for entry in names:
            for name in entry:
                (self._han if _HAN.search(name) else self._latin)[self._key(name)].append(entry)

    def terms(self, question: str) -> list[Term]:
        """A term for each thing that the question names, with its other names as wordings."""
        text = fold(question)
        return [*self._from_latin(text), *self._from_han(text)]

    def _key(self, name: str) -> str:
        return fold(name) if _HAN.search(name) else " ".join(self._stems(name))

    def _stems(self, text: str) -> list[str]:
        """The stems of the Latin words of a text in order, with repetitions."""
        return [stem for word in keyword_tokens(text) if not _HAN.match(word) for stem in self._tokenize(word)]

    def _from_latin(self, text: str) -> Iterator[Term]:
        stems = self._stems(text)
        start = 0
        while start < len(stems):
            taken = 1
            for size in range(min(_LONGEST_NAME, len(stems) - start), 0, -1):
                phrase = " ".join(stems[start : start + size])
                names = self._names(phrase, size)
                if names:
                    yield self._term(names)
                    taken = size
                    break
            start += taken

    def _names(self, phrase: str, size: int) -> Sequence[str]:
        """The other names for a phrase of so many words."""
        if phrase in self._latin:
            return [name for entry in self._latin[phrase] for name in entry]
        if self._dictionary is None or size > LONGEST_PHRASE or _GRAMMAR.issuperset(phrase.split()):
            return ()
        return self._dictionary.chinese(phrase)

    def _from_han(self, text: str) -> Iterator[Term]:
        for run in _HAN.findall(text):
            start = 0
            while start < len(run):
                sizes = range(min(_LONGEST_HAN, len(run) - start), 1, -1)
                name = next((run[start : start + n] for n in sizes if run[start : start + n] in self._han), "")
                others = [other for entry in self._han.get(name, ()) for other in entry if fold(other) != name]
                if others:
                    yield self._term(others)
                start += len(name) or 1

    def _term(self, names: Iterable[str]) -> Term:
        wordings = (self._wording(name) for name in names)
        return Term(tuple(dict.fromkeys(wording for wording in wordings if wording)))

    def _wording(self, name: str) -> tuple[str, ...]:
        """The tokens that must stand together: bigrams of a Chinese name, all words of a Latin one."""
        tokens = self._tokenize(name)
        pairs = tuple(token for token in tokens if len(token) > 1 or not _HAN.match(token))
        return pairs or tokens


def load_names(city_dir: Path) -> list[Sequence[str]]:
    """The names that mean the same thing, from the city's lexicon; empty where it has none.

    Raises:
        CityDataError: the file is malformed.
    """
    path = city_dir / FILE
    if not path.is_file():
        return []
    try:
        entries: list[Mapping[str, Sequence[str]]] = tomllib.loads(path.read_text(encoding="utf-8"))["entry"]
        return [[name for names in entry.values() for name in names] for entry in entries]
    except (OSError, tomllib.TOMLDecodeError, KeyError, AttributeError, TypeError) as error:
        raise CityDataError(f"{path} cannot be used: {error!r}.", "See docs/adding.md.") from error
