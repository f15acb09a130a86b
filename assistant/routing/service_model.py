"""Scores a message for each service: regularised least squares over its embeddings and characters."""

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.errors import StoreError
from assistant.models import CityEmbeddings
from assistant.places import Gazetteer
from assistant.routing.live_words import live_words
from assistant.routing.service_examples import ASIDES, DOCUMENTS, Example
from assistant.routing.service_features import (
    Matrix,
    character_counts,
    generic_wording,
    of_length_one,
    rarity,
)

# One-vs-all regularised least squares (Rifkin and Klautau 2004, "In Defense of One-Vs-All Classification"): as good
# here as support vector machines, in closed form, so that it is fitted without a library and always alike. The width of
# the kernel and the ridge were chosen by leaving out one example at a time; neighbouring values do as well.
WIDTH = 2.0
RIDGE = 0.3
VERSION = 3
_KEY_CHARS = 16


@dataclass(frozen=True, slots=True)
class Scores:
    """How much a text looks like what each label is asked with: about 1 for a sure one, about 0 for a foreign one."""

    services: tuple[tuple[str, float], ...]  # the best first
    documents: float
    asides: float

    @property
    def none(self) -> float:
        """How much it looks like what needs no live service."""
        return self.documents + self.asides


@dataclass(frozen=True, slots=True)
class ServiceModel:
    """The fitted model: the examples' vectors, centred, and how much each of them counts for each label."""

    labels: tuple[str, ...]
    means: Matrix  # 2 x dimensions: of the vectors as written, and without names
    vectors: Matrix  # 2 x examples x dimensions
    weights: Matrix  # examples x labels
    rarity: Matrix
    characters: Matrix  # hashed sequences x labels

    def score(self, texts: Sequence[str], gazetteer: Gazetteer, embedder: CityEmbeddings) -> list[Scores]:
        """The scores of each text; about 12 ms a text without places, and twice that with any."""
        generic = [generic_wording(text, gazetteer.find_places(text)) for text in texts]
        kept = {text: embedder.embed_query(text) for text in dict.fromkeys((*texts, *generic))}
        queries = np.array([[kept[text] for text in texts], [kept[text] for text in generic]], dtype=np.float32)
        alike = _alike(of_length_one(queries - self.means[:, None]), self.vectors)
        counts = of_length_one(np.stack([character_counts(text) for text in generic]) * self.rarity)
        return [self._scores(row) for row in alike @ self.weights + counts @ self.characters]

    def _scores(self, row: Matrix) -> Scores:
        by_label = {label: float(score) for label, score in zip(self.labels, row, strict=True)}
        documents, asides = by_label.pop(DOCUMENTS, 0.0), by_label.pop(ASIDES, 0.0)
        return Scores(tuple(sorted(by_label.items(), key=lambda one: -one[1])), documents, asides)


def fit(examples: Sequence[Example], vectors: Matrix, counts: Matrix) -> ServiceModel:
    """Fit the model.

    Args:
        vectors: 2 x examples x dimensions: of the texts as written, and without names.
        counts: of character sequences: examples x hashed sequences.
    """
    labels = tuple(sorted({label for example in examples for label in example.labels}))
    targets = np.array([[label in example.labels for label in labels] for example in examples], dtype=np.float32)
    means = vectors.mean(axis=1)
    centred = of_length_one(vectors - means[:, None])
    weighed = rarity(counts)
    characters = of_length_one(counts * weighed)
    kernel = _alike(centred, centred) + characters @ characters.T
    kernel[np.diag_indices(len(kernel))] += RIDGE
    weights = np.linalg.solve(kernel, targets).astype(np.float32)
    return ServiceModel(labels, means, centred, weights, weighed, characters.T @ weights)


def open_model(
    folder: Path, examples: Sequence[Example], gazetteer: Gazetteer, embedder: CityEmbeddings
) -> ServiceModel:
    """The model of these examples, from its file or fitted and kept there.

    Raises:
        StoreError: the file cannot be written.
    """
    path, key = folder / "services.npz", _key(examples, gazetteer, embedder.fingerprint)
    kept = _load(path)
    if kept and kept[0] == key:
        return kept[1]
    generic = [generic_wording(one.text, gazetteer.find_places(one.text)) for one in examples]
    vectors = _vectors(folder, [*(one.text for one in examples), *generic], embedder)
    model = fit(examples, vectors.reshape(2, len(examples), -1), np.stack([character_counts(one) for one in generic]))
    _save(path, key, model)
    return model


def _alike(left: Matrix, right: Matrix) -> Matrix:
    """How alike texts are, by a Gaussian of the distance of their vectors, as written and without names."""
    shares: Matrix = np.exp(WIDTH * (left @ right.transpose(0, 2, 1) - 1)).sum(axis=0)
    return shares


def _key(examples: Sequence[Example], gazetteer: Gazetteer, fingerprint: str) -> str:
    """What the model depends on, in short."""
    said = [[one.text, *one.labels] for one in examples]
    names = [[place.kind, *place.names] for place in gazetteer.places]
    generic = [dict(live_words("zh-TW").generic), dict(live_words("en").generic)]
    content = json.dumps([VERSION, WIDTH, RIDGE, fingerprint, said, names, generic], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _vectors(folder: Path, texts: Sequence[str], embedder: CityEmbeddings) -> Matrix:
    """The embeddings of texts as questions; those that were embedded before are kept in a file."""
    path = folder / f"service-vectors-{embedder.fingerprint.replace('/', '-')}.npz"
    keys = [hashlib.sha256(text.encode()).hexdigest()[:_KEY_CHARS] for text in texts]
    known: dict[str, Matrix] = {}
    if path.is_file():
        with np.load(path) as kept:
            known = dict(zip(kept["keys"].tolist(), kept["vectors"].astype(np.float32), strict=True))
    unknown = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    vectors = embedder.embed_queries(list(unknown.values()))
    known |= {key: np.asarray(vector, dtype=np.float32) for key, vector in zip(unknown, vectors, strict=True)}
    used = list(dict.fromkeys(keys))
    _write(path, keys=np.array(used), vectors=np.stack([known[key] for key in used]).astype(np.float16))
    return np.stack([known[key] for key in keys])


def _load(path: Path) -> tuple[str, ServiceModel] | None:
    if not path.is_file():
        return None
    with np.load(path) as kept:
        arrays = {name: kept[name] for name in kept.files}
    numbers = {
        name: arrays[name].astype(np.float32) for name in ("means", "vectors", "weights", "rarity", "characters")
    }
    return str(arrays["key"]), ServiceModel(tuple(arrays["labels"].tolist()), **numbers)


def _save(path: Path, key: str, model: ServiceModel) -> None:
    _write(
        path,
        key=np.array(key),
        labels=np.array(model.labels),
        means=model.means,
        vectors=model.vectors.astype(np.float16),
        weights=model.weights,
        rarity=model.rarity,
        characters=model.characters,
    )


def _write(path: Path, **arrays: npt.NDArray[Any]) -> None:
    """Write the file whole or not at all: another process may read it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as file:
            np.savez(file, allow_pickle=False, **arrays)
        os.replace(file.name, path)
    except OSError as error:
        raise StoreError(
            f"The model of services cannot be written to {path.parent}: {error.strerror}.",
            "Check disk space and rights.",
        ) from error
