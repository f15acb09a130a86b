"""Which approved wording a question means, and which closed topic it belongs to."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from assistant.reviewing.meaning import Meaning, Reader
from assistant.schema import Lang
from assistant.text import CJK, detect_language, fold, squeeze

# Cosines of centred embeddings. On `eval/datasets/rewordings.jsonl` no rewording lies below .70, and of 21,642 pairs of
# unrelated questions .1 % above .68; near misses lie as high as rewordings, so that agreement has to tell those apart.
LEAST_ALIKE = 0.70
# Of the unrelated pairs none lies above .77; of the rewordings 95 % above .84.
LEAST_ON_TOPIC = 0.78
_REMEMBERED = 2000

Vector = npt.NDArray[np.float32]
Embed = Callable[[str, Lang], Vector]
_HAN = re.compile(f"[{CJK}]")
_Key = tuple[str, frozenset[str], frozenset[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Wording:
    """An approved wording, and the id of its answer."""

    owner: str
    text: str
    meaning: Meaning


@dataclass
class WordingIndex:
    """The approved wordings by what they mean: one question is compared with the few that name the same things.

    Whoever adds and removes does so in one thread; questions may look things up meanwhile.
    """

    reader: Reader
    embed: Embed
    _by_key: dict[_Key, tuple[Wording, ...]] = field(default_factory=dict)
    _keys: dict[str, tuple[_Key, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Remember embeddings of approved wordings, never of what people ask."""
        self._vector = lru_cache(maxsize=_REMEMBERED)(self.embed)

    def __len__(self) -> int:
        """The number of answers."""
        return len(self._keys)

    def put(self, owner: str, wordings: Mapping[Lang, Sequence[str]]) -> None:
        """Put an answer's wordings in the place of those that it had."""
        self.remove(owner)
        keys = []
        for lang, texts in wordings.items():
            for text in texts:
                meaning = self.reader.read(text, lang)
                key = _key(meaning, lang)
                self._by_key[key] = (*self._by_key.get(key, ()), Wording(owner, text, meaning))
                keys.append(key)
        self._keys[owner] = tuple(keys)

    def remove(self, owner: str) -> None:
        """Forget an answer's wordings."""
        for key in self._keys.pop(owner, ()):
            left = tuple(one for one in self._by_key.get(key, ()) if one.owner != owner)
            if left:
                self._by_key[key] = left
            else:
                self._by_key.pop(key, None)

    def find(self, question: str, lang: Lang) -> tuple[str, ...]:
        """The answers with a wording that means the same as a question; most questions need no embedding for that."""
        meaning = self.reader.read(question, lang)
        alike = [one for one in self._by_key.get(_key(meaning, lang), ()) if one.meaning.agrees(meaning)]
        plain = squeeze(question)
        same = {one.owner for one in alike if squeeze(one.text) == plain}
        others = [one for one in alike if one.owner not in same]
        if others:
            own = self.embed(question, lang)
            for one in others:  # one wording of an answer is enough
                if one.owner not in same and float(own @ self._vector(one.text, lang)) >= LEAST_ALIKE:
                    same.add(one.owner)
        return tuple(dict.fromkeys(one.owner for one in alike if one.owner in same))


class TopicMatcher:
    """Tells whether a question has the words of a topic, or is much like one of its examples."""

    def __init__(self, wordings: Iterable[str], embed: Embed) -> None:
        self._embed = embed
        self._wordings = [(text, detect_language(text)) for text in wordings]
        self._vectors: dict[Lang, list[Vector]] = {}
        self._phrases = [_phrase(text) for text, _ in self._wordings]

    def has_words(self, question: str) -> bool:
        """Whether the whole of a wording stands in a question."""
        texts = fold(question), _run_on(question)
        return any(phrase.search(text) for phrase in self._phrases for text in texts)

    def is_like(self, vector: Vector, lang: Lang) -> bool:
        """Whether a question's embedding is near to an example in its language."""
        return any(float(example @ vector) >= LEAST_ON_TOPIC for example in self._examples(lang))

    def _examples(self, lang: Lang) -> list[Vector]:
        """The embeddings of the wordings in a language, made when they are first needed: its words close at once."""
        if lang not in self._vectors:
            self._vectors[lang] = [self._embed(text, one) for text, one in self._wordings if one == lang]
        return self._vectors[lang]


def _key(meaning: Meaning, lang: Lang) -> _Key:
    return lang, meaning.words, frozenset(meaning.matter), meaning.numbers


def _run_on(text: str) -> str:
    """Chinese without spaces and without 的, which stands between the same words or not."""
    return squeeze(text).replace("的", "")


def _phrase(text: str) -> re.Pattern[str]:
    """A wording without its last marks: Chinese anywhere, Latin words whole."""
    bare = fold(text).strip(" ?!。.,，、")
    if _HAN.search(bare):
        return re.compile(re.escape(_run_on(bare)))
    words = r"\s+".join(re.escape(word) for word in bare.split())
    return re.compile(rf"(?<!\w){words or '(?!)'}(?:e?s)?(?!\w)")
