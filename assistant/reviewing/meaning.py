"""What a question means in a form that can be compared: its matter, what it asks, its numbers, and its yes or no."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from assistant.numerals import ZH_DIGITS, canonical, numeral_value
from assistant.schema import Lang
from assistant.text import CJK, fold
from assistant.verification.yes_no import asked

_TAKEN = "\0"
_PIECE = re.compile(rf"[{CJK}]|[^\W_{CJK}]+")
_HAN = re.compile(f"[{CJK}]")
_NUMBER = re.compile(
    rf"\d[\d,]*(?:\.\d+)?|[{ZH_DIGITS}]+(?=[歲年月日天元人個次期樓號週周時分秒公坪戶件張度胎名級類歲本點])"
)
_HAN_RUN = re.compile(f"[{CJK}]+")
_LATIN_RUN = re.compile(r"[a-z0-9][a-z0-9 .&'-]*[a-z0-9]")
_LONGEST_NAME = 8  # words
_ROC = range(60, 150)
_ROC_OFFSET = 1911
_PLAIN = ("", "presence")  # axes of a plain fact
_LEAST_PLURAL = 4  # letters


@dataclass(frozen=True, slots=True)
class Meaning:
    """A question as what it says.

    Attributes:
        words: what general words say, without how often, but for denials.
        matter: the other characters (Chinese) or words, in their order, each once.
        numbers: the values of all numbers, in order of size.
        verdict: the axis and sign of a yes/no question; None where it asks for something else.
        directed: whether the order of its matter says something: from here to there.
        now: whether it asks about a moment that passes.
    """

    words: frozenset[str]
    matter: tuple[str, ...]
    numbers: tuple[str, ...]
    verdict: tuple[str, int] | None
    directed: bool
    now: bool

    def agrees(self, other: "Meaning") -> bool:
        """Whether nothing that either question names, counts, denies or asks for is missing in the other."""
        if self.now or other.now or not self.matter:
            return False
        if (self.words, self.numbers) != (other.words, other.numbers) or not _same_verdict(self.verdict, other.verdict):
            return False
        if set(self.matter) != set(other.matter):
            return False
        return self.matter == other.matter or not (self.directed or other.directed)


class Reader:
    """Reads questions of both languages.

    Args:
        names: names that mean the same, as the city's lexicon lists them; the first one stands for the others.
    """

    def __init__(self, names: Iterable[Sequence[str]] = ()) -> None:
        self._first: dict[str, str] = {}
        for entry in names:
            for chinese in (True, False):
                own = [fold(name) for name in entry if bool(_HAN.search(name)) == chinese]
                self._first |= {name: own[0] for name in own[1:] if len(name) > 1 and name not in self._first}
        self._longest = max((len(name) for name in self._first if _HAN.search(name)), default=0)

    def read(self, text: str, lang: Lang) -> Meaning:
        """What a question means."""
        words = _words(lang)
        folded = self._named(fold(text))
        numbers = sorted(_numbers(folded))
        rest = _NUMBER.sub(" ", folded)
        found: Counter[str] = Counter()
        for name, pattern in words.patterns:
            rest, count = pattern.subn(_TAKEN, rest)
            if name:
                found[name] += count
        for name, needless in words.implied.items():
            if found[name]:
                for one in needless:
                    found.pop(one, None)
        denials = found.pop("not", 0)
        said = {name for name, count in found.items() if count} | ({f"not {denials}"} if denials else set())
        request = asked(text)
        matter = tuple(dict.fromkeys(_singular(piece) for piece in _PIECE.findall(rest)))
        verdict = (request.axis, request.sign) if request and not any(name.isupper() for name in said) else None
        directed = words.directed.search(folded) is not None
        return Meaning(frozenset(said), matter, tuple(numbers), verdict, directed, bool(words.now.search(folded)))

    def _named(self, folded: str) -> str:
        """A text with the first name of each thing in the place of its other ones, longer names first."""
        if not self._first:
            return folded
        return _HAN_RUN.sub(self._renamed_run, _LATIN_RUN.sub(self._renamed_words, folded))

    def _renamed_run(self, match: re.Match[str]) -> str:
        run, parts, start = match[0], [], 0
        while start < len(run):
            sizes = range(min(self._longest, len(run) - start), 1, -1)
            name = next((run[start : start + n] for n in sizes if run[start : start + n] in self._first), "")
            parts.append(self._first[name] if name else run[start])
            start += len(name) or 1
        return "".join(parts)

    def _renamed_words(self, match: re.Match[str]) -> str:
        words, parts, start = match[0].split(" "), [], 0
        while start < len(words):
            sizes = range(min(_LONGEST_NAME, len(words) - start), 0, -1)
            size = next((n for n in sizes if " ".join(words[start : start + n]) in self._first), 0)
            parts.append(self._first[" ".join(words[start : start + size])] if size else words[start])
            start += size or 1
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class _Words:
    """`meaning.toml` of one language."""

    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    implied: Mapping[str, Sequence[str]]
    directed: re.Pattern[str]
    now: re.Pattern[str]


@lru_cache(maxsize=2)
def _words(lang: Lang) -> _Words:
    data = tomllib.loads(resources.files(__package__).joinpath("meaning.toml").read_text(encoding="utf-8"))[lang]
    patterns = tuple((name, re.compile(pattern)) for name, pattern in data["word"])
    return _Words(patterns, data["implied"], re.compile(data["directed"]), re.compile(data["now"]))


def _same_verdict(ours: tuple[str, int] | None, theirs: tuple[str, int] | None) -> bool:
    """Whether both ask for no yes or no, or for the same one; whether something is there, words say in many ways."""
    if ours is None or theirs is None:
        return ours is theirs
    return ours[1] == theirs[1] and (ours[0] == theirs[0] or ours[0] in _PLAIN or theirs[0] in _PLAIN)


def _numbers(folded: str) -> list[str]:
    """The values of the numbers in a text; a year of the Republic as that of the calendar."""
    values = []
    for match in _NUMBER.finditer(folded):
        value = numeral_value(match[0].rstrip(","))
        if value is None:
            continue
        of_year = folded[match.end() :].lstrip()[:1] in ("年", "學") and value in _ROC
        values.append(canonical(value + _ROC_OFFSET if of_year else value))
    return values


def _singular(word: str) -> str:
    plural = len(word) >= _LEAST_PLURAL and word.isascii() and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if plural else word
