"""Centring: what all questions of one language share is taken out of a question's embedding."""

import os
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from threading import Lock

import numpy as np
import numpy.typing as npt

from assistant.errors import StoreError
from assistant.models import CityEmbeddings
from assistant.schema import Lang

SHARE = 0.6  # of the mean that is taken out
ENGLISH_MARGIN = 0.02  # by which another language must be nearer: all of 1,385 English questions stay English

_Vector = npt.NDArray[np.float32]


class Centring:
    """Embeds questions without what those of their language share; the means are kept in a file for each embedder.

    Embeddings of questions point in much the same direction, and in another one for each language. Documents that lie
    there are near to every question, those in the asker's language before all others. Taking most of the language's
    mean out of the question ("All-but-the-top", Mu and Viswanath 2018; language means, Libovický et al. 2020) leaves
    what this one asks.
    """

    def __init__(self, embedder: CityEmbeddings, folder: Path) -> None:
        self._embedder = embedder
        self._folder = folder
        self._lock = Lock()
        self._means: Mapping[str, _Vector] | None = None

    def embed(self, question: str, lang: Lang) -> tuple[list[float], str]:
        """The question's embedding, of length 1, and the language that it is in by the means that are known.

        Args:
            lang: the language in which to answer; questions in Latin script are told apart by their embeddings.
        """
        vector = np.asarray(self._embedder.embed_query(question), dtype=np.float32)
        means = self._language_means()
        language = lang if lang == "zh-TW" else self._nearest(vector, means)
        centred = vector - SHARE * means[language]
        result: list[float] = (centred / max(float(np.linalg.norm(centred)), 1e-12)).tolist()
        return result, language

    def prepare(self) -> None:
        """Compute and keep the means, where that was not done before: a second or two."""
        self._language_means()

    @staticmethod
    def _nearest(vector: _Vector, means: Mapping[str, _Vector]) -> str:
        """The language whose mean is nearest; English unless another one is clearly nearer."""
        cosines = {name: float(vector @ mean / np.linalg.norm(mean)) for name, mean in means.items()}
        cosines["en"] += ENGLISH_MARGIN
        return max(cosines, key=lambda name: cosines[name])

    def _language_means(self) -> Mapping[str, _Vector]:
        with self._lock:
            if self._means is None:
                samples = load_samples()
                self._means = dict(zip(samples, self._kept_means(samples), strict=True))
            return self._means

    def _kept_means(self, samples: Mapping[str, Sequence[str]]) -> _Vector:
        path = self._folder / f"question-means-{self._embedder.fingerprint.replace('/', '-')}.npy"
        if path.is_file():
            means: _Vector = np.load(path)
            if means.shape == (len(samples), self._embedder.dimensions):
                return means
        means = mean_vectors(self._embedder, samples)
        _write(path, means)
        return means


def load_samples() -> Mapping[str, Sequence[str]]:
    """The sample questions by language."""
    return tomllib.loads(resources.files(__package__).joinpath("samples.toml").read_text(encoding="utf-8"))


def mean_vectors(embedder: CityEmbeddings, samples: Mapping[str, Sequence[str]]) -> _Vector:
    """The mean embedding of each language's questions: languages x dimensions."""
    means = [
        np.mean([embedder.embed_query(question) for question in questions], axis=0) for questions in samples.values()
    ]
    return np.asarray(means, dtype=np.float32)


def _write(path: Path, means: _Vector) -> None:
    """Write the file whole or not at all: another process may read it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npy", delete=False) as file:
            np.save(file, means)
        os.replace(file.name, path)
    except OSError as error:
        raise StoreError(
            f"The means of questions cannot be written to {path.parent}: {error.strerror}.",
            "Check disk space and rights.",
        ) from error
