"""A made-up city of any size: documents whose words and vectors are spread as those of real ones are."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from assistant.schema import PUBLIC, STAFF, Chunk, Document, Locator
from assistant.store import Access, Entry, StoredWindow

DIMENSIONS = 384
CHUNKS_A_DOCUMENT = 10
DOCUMENTS_A_BATCH = 200
CHUNKS_A_BATCH = CHUNKS_A_DOCUMENT * DOCUMENTS_A_BATCH
_ASKED_BATCHES = 10
TODAY = date(2026, 7, 1)
PAST = date(2016, 7, 1)
ENDED, COMING = date(2025, 6, 30), date(2027, 1, 1)
BUREAU = "工務局"
_VOCABULARY = 200_000
_CHARACTERS = 190  # the average chunk of the starter corpus
_CLUSTERS, _RANK = 2000, 48  # embeddings lie near a surface of far fewer dimensions than they have
_CJK = re.compile(r"[\u4e00-\u9fff]+")

Matrix = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its embedding."""

    text: str
    vector: Matrix


class MadeUpCity:
    """Documents and questions by the number of a seed: the same seed gives the same city, however much of it is asked.

    Words are the pairs of characters of real texts, as frequent as there, and by Zipf's law pairs that stand in none of
    them, as new documents bring new words; between them stand single characters. Vectors lie in clusters. 4 % of the
    documents are for staff and 1 % for a bureau, 1 % have ended and 1 % begin later; half of the others name a first
    day between 2006 and 2025. Each chunk has one window.
    """

    def __init__(self, texts: Sequence[str], seed: int = 7) -> None:
        self._seed = seed
        random = np.random.default_rng(seed)
        runs = [run for text in texts for run in _CJK.findall(text)]
        characters = Counter("".join(runs))
        self._characters = np.array(list(characters))
        self._character_shares = np.array(list(characters.values())) / characters.total()
        pairs = Counter(run[i : i + 2] for run in runs for i in range(len(run) - 1))
        new = random.choice(self._characters, (_VOCABULARY - len(pairs), 2))
        self._words = np.array([*(pair for pair, _ in pairs.most_common()), *("".join(pair) for pair in new)])
        tail = len(pairs) / (len(pairs) + np.arange(len(new)) + 1)  # Zipf's law goes on from the pairs that stand once
        self._word_shares = np.cumsum([*(count for _, count in pairs.most_common()), *tail])
        self._word_shares /= self._word_shares[-1]
        self._surface = random.standard_normal((_RANK, DIMENSIONS), dtype=np.float32)
        self._centres = random.standard_normal((_CLUSTERS, _RANK), dtype=np.float32)

    def batches(self, chunks: int, first: int = 0) -> Iterator[list[Entry]]:
        """Documents that hold so many chunks, from the `first` one on, some hundred at a time."""
        end = first + chunks // CHUNKS_A_DOCUMENT
        for start in range(first, end, DOCUMENTS_A_BATCH):
            batch = start // DOCUMENTS_A_BATCH
            bodies, vectors = self._bodies(batch), self.vectors(batch)
            yield [self._entry(n, bodies, vectors) for n in range(start, min(start + DOCUMENTS_A_BATCH, end))]

    def vectors(self, batch: int) -> Matrix:
        """The vectors of a full batch of chunks, in order."""
        random = np.random.default_rng([self._seed, batch, 1])
        return self._near(random, random.integers(0, _CLUSTERS, CHUNKS_A_BATCH))

    def label(self, number: int) -> tuple[str, date | None, date | None]:
        """Who may see a document, and its first and last day."""
        random = np.random.default_rng([self._seed, number, 2])
        share = random.random()
        audience = STAFF if share < 0.04 else BUREAU if share < 0.05 else PUBLIC
        validity = random.random()
        if validity < 0.02:
            return audience, COMING if validity < 0.01 else None, None if validity < 0.01 else ENDED
        begun = date(2006, 1, 1) + timedelta(days=int(random.integers(0, 7000))) if random.random() < 0.5 else None
        return audience, begun, None

    def may_see(self, chunks: int, access: Access) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        """Which of the first chunks a search may find: the filter of both legs, worked out one by one."""
        labels = (self.label(number) for number in range(chunks // CHUNKS_A_DOCUMENT))
        seen = [
            audience in access.audiences and (begun or date.min) <= access.as_of <= (ended or date.max)
            for audience, begun, ended in labels
        ]
        return np.repeat(np.array(seen, dtype=bool), CHUNKS_A_DOCUMENT)

    def questions(self, count: int, chunks: int) -> list[Question]:
        """Questions of about twenty characters on chunks taken at random: half of the words are theirs."""
        random = np.random.default_rng([self._seed, 3])
        rows = random.integers(0, min(chunks, CHUNKS_A_BATCH), count)
        batches = np.sort(random.choice(random.integers(0, max(1, chunks // CHUNKS_A_BATCH), _ASKED_BATCHES), count))
        questions: list[Question] = []
        for batch in np.unique(batches):
            bodies, vectors = self._bodies(int(batch)), self.vectors(int(batch))
            questions += [self._question(random, bodies[row], vectors[row]) for row in rows[batches == batch]]
        return questions

    def text(self, random: np.random.Generator, characters: int) -> str:
        """Running text of about so many characters."""
        words = self._words[np.searchsorted(self._word_shares, random.random(characters * 2 // 5))]
        between = random.choice(self._characters, len(words), p=self._character_shares)
        joined = [
            f"{word}{c if n % 2 else ''}{'，' if n % 6 == 5 else ''}"
            for n, (word, c) in enumerate(zip(words, between, strict=True))
        ]
        return "".join(joined) + "。"

    def common_words(self, count: int) -> str:
        """The most common words, in one line."""
        return "".join(self._words[:count])

    def chunk_id(self, number: int) -> str:
        """The id of a chunk by its place in the city."""
        document, ordinal = divmod(number, CHUNKS_A_DOCUMENT)
        return f"made-up-{document}:{ordinal}"

    def _question(self, random: np.random.Generator, body: str, near: Matrix) -> Question:
        body = body.replace("，", "")
        starts = random.integers(0, len(body) - 4, 3)
        theirs = "".join(body[start : start + 3] for start in starts)
        vector = near + 0.03 * random.standard_normal(DIMENSIONS, dtype=np.float32)
        return Question(f"{theirs}{self.text(random, 10)[:-1]}嗎？", vector / np.linalg.norm(vector))

    def _bodies(self, batch: int) -> list[str]:
        random = np.random.default_rng([self._seed, batch])
        text = self.text(random, CHUNKS_A_BATCH * _CHARACTERS)
        cuts = np.linspace(0, len(text), CHUNKS_A_BATCH + 1).astype(int)
        return [text[start:end] for start, end in pairwise(cuts)]

    def _near(self, random: np.random.Generator, clusters: "np.ndarray[Any, np.dtype[np.int64]]") -> Matrix:
        inside = self._centres[clusters] + 0.7 * random.standard_normal((len(clusters), _RANK), dtype=np.float32)
        rows = inside @ self._surface + 1.5 * random.standard_normal((len(clusters), DIMENSIONS), dtype=np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)

    def _entry(self, number: int, bodies: Sequence[str], vectors: Matrix) -> Entry:
        audience, begun, ended = self.label(number)
        name = f"made-up-{number}"
        rows = range(
            number % DOCUMENTS_A_BATCH * CHUNKS_A_DOCUMENT, (number % DOCUMENTS_A_BATCH + 1) * CHUNKS_A_DOCUMENT
        )
        title = bodies[rows[0]][:12]
        document = Document(name, f"{name}.md", title, audience=audience, effective_from=begun, effective_to=ended)
        chunks, windows, start = [], [], 0
        for ordinal, row in enumerate(rows):
            end = start + len(bodies[row])
            chunks.append(Chunk(f"{name}:{ordinal}", name, ordinal, bodies[row], start, end, Locator()))
            windows.append(StoredWindow(str(ordinal), f"{name}:{ordinal}", vectors[row]))
            start = end
        return Entry(document.source, document, "".join(bodies[row] for row in rows), chunks, windows)


def texts_of(folder: Path) -> list[str]:
    """The text files of a folder of documents."""
    return [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.md"))]
