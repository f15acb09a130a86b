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

from assistant.models import CityEmbeddings

SHARE = 0.6  # of the mean that is taken out

_Vectors = npt.NDArray[np.float32]


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
        self._means: _Vectors | None = None

    def embed(self, question: str) -> list[float]:
        """The question's embedding, of length 1."""
        vector = np.asarray(self._embedder.embed_query(question), dtype=np.float32)
        means = self._language_means()
        nearest = means[int(np.argmax(means / np.linalg.norm(means, axis=1, keepdims=True) @ vector))]
        centred = vector - SHARE * nearest
        result: list[float] = (centred / max(float(np.linalg.norm(centred)), 1e-12)).tolist()
        return result

    def _language_means(self) -> _Vectors:
        with self._lock:
            if self._means is None:
                self._means = self._kept_means()
            return self._means

    def _kept_means(self) -> _Vectors:
        path = self._folder / f"question-means-{self._embedder.fingerprint.replace('/', '-')}.npy"
        samples = load_samples()
        if path.is_file():
            means: _Vectors = np.load(path)
            if means.shape == (len(samples), self._embedder.dimensions):
                return means
        means = mean_vectors(self._embedder, samples)
        _write(path, means)
        return means


def load_samples() -> Mapping[str, Sequence[str]]:
    """The sample questions by language."""
    return tomllib.loads(resources.files(__package__).joinpath("samples.toml").read_text(encoding="utf-8"))


def mean_vectors(embedder: CityEmbeddings, samples: Mapping[str, Sequence[str]]) -> _Vectors:
    """The mean embedding of each language's questions: languages x dimensions."""
    means = [
        np.mean([embedder.embed_query(question) for question in questions], axis=0) for questions in samples.values()
    ]
    return np.asarray(means, dtype=np.float32)


def _write(path: Path, means: _Vectors) -> None:
    """Write the file whole or not at all: another process may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npy", delete=False) as file:
        np.save(file, means)
    os.replace(file.name, path)
