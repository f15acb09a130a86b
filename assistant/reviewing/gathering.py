"""Gathers questions that found no answer into groups of the same question: leader clustering over their embeddings."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from assistant.people.people import People
from assistant.people.unanswered import NewGroup, Waiting
from assistant.reviewing.matching import Embed, Vector
from assistant.schema import Lang

# Of centred embeddings: 95 % of rewordings lie above .83 (`eval/datasets/rewordings.jsonl`), and of 21,642 pairs of
# unrelated questions none above .77.
LEAST_SAME = 0.80
_FIRST_ROOM = 64

BureauOf = Callable[[str, Lang, str], str]


@dataclass
class _Pile:
    """The vectors of the groups of one language and audience, which may grow to a hundred thousand."""

    vectors: npt.NDArray[np.float32]
    numbers: list[int] = field(default_factory=list)

    def add(self, number: int, vector: Vector) -> None:
        if len(self.numbers) == len(self.vectors):
            grown = np.zeros((max(_FIRST_ROOM, 2 * len(self.vectors)), len(vector)), dtype=np.float32)
            if self.numbers:
                grown[: len(self.vectors)] = self.vectors
            self.vectors = grown
        self.vectors[len(self.numbers)] = vector
        self.numbers.append(number)

    def nearest(self, vector: Vector) -> int | None:
        """The group that is most alike, if it is alike enough."""
        if not self.numbers:
            return None
        cosines = self.vectors[: len(self.numbers)] @ vector
        best = int(cosines.argmax())
        return self.numbers[best] if cosines[best] >= LEAST_SAME else None


class Gathering:
    """Keeps the queue in step with what is kept; each question is embedded once, so that a run costs what is new.

    Leader clustering (Hartigan, Clustering Algorithms, 1975): a question joins the nearest group that is near enough,
    else it leads a new one. Groups never move, so that an editor's decision stays with what it was made about.

    Args:
        embed: the embedding of a question, of length 1.
        fingerprint: of the embedder.
        bureau_of: the bureau of the documents nearest to a question, by its language and audience.
    """

    def __init__(self, people: People, embed: Embed, fingerprint: str, bureau_of: BureauOf) -> None:
        self._people, self._embed, self._fingerprint, self._bureau_of = people, embed, fingerprint, bureau_of
        self._piles: dict[tuple[str, str], _Pile] = {}
        self._last = 0

    def gather(self, limit: int = 500) -> int:
        """Put up to so many waiting questions into groups; gives how many there were.

        Raises:
            StoreError: the database cannot be read or written.
        """
        self._people.unanswered.forget_empty()
        self._follow()
        waiting = self._people.unanswered.waiting(limit)
        for turn in waiting:
            self._place(turn)
        return len(waiting)

    def _place(self, turn: Waiting) -> None:
        lang: Lang = "en" if turn.lang == "en" else "zh-TW"
        vector = self._embed(turn.question, lang)
        near = self._pile(lang, turn.audience).nearest(vector)
        if near is not None and self._people.unanswered.place(turn, near) is not None:
            return
        bureau = self._bureau_of(turn.question, lang, turn.audience)
        new = NewGroup(bureau, self._fingerprint, vector.astype(np.float16).tobytes())
        if self._people.unanswered.place(turn, new) is not None:
            self._follow()

    def _follow(self) -> None:
        """Know the groups that others began too."""
        for group in self._people.unanswered.vectors_after(self._last, self._fingerprint):
            vector = np.frombuffer(group.vector, dtype=np.float16).astype(np.float32)
            self._pile(group.lang, group.audience).add(group.number, vector)
            self._last = group.number

    def _pile(self, lang: str, audience: str) -> _Pile:
        return self._piles.setdefault((lang, audience), _Pile(np.zeros((0, 0), dtype=np.float32)))
