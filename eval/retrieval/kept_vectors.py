"""An embedder that keeps on disk what it embedded, so that later runs and rebuilt indexes embed only what is new."""

from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from assistant.models import CityEmbeddings


class KeptVectors(CityEmbeddings):
    """The vectors of another embedder; those of questions and of passages are kept in a file each."""

    def __init__(self, weights: CityEmbeddings, folder: Path) -> None:
        self._weights = weights
        made_by = weights.fingerprint.replace("/", "-")
        self._questions = _VectorFile(folder / f"vectors-{made_by}-questions.npz")
        self._passages = _VectorFile(folder / f"vectors-{made_by}-passages.npz")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.keep()

    def keep(self) -> None:
        """Write what is new to disk."""
        self._questions.write()
        self._passages.write()

    @property
    def fingerprint(self) -> str:
        """Which weights make the vectors."""
        return self._weights.fingerprint

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._weights.dimensions

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        return self._questions.vectors_of([text], lambda new: [self._weights.embed_query(one) for one in new])[0]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of passages."""
        return self._passages.vectors_of(texts, self._weights.embed_documents)

    def embed_few(self, texts: list[str]) -> list[list[float]]:
        """The vectors of a few passages."""
        return self._passages.vectors_of(texts, self._weights.embed_few)


class _VectorFile:
    """Vectors by a digest of their text, read at first use."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: dict[str, Any] | None = None
        self._new = False

    def vectors_of(self, texts: Sequence[str], embed: Callable[[list[str]], list[list[float]]]) -> list[list[float]]:
        """The vectors of some texts; those that are not known are made by `embed`."""
        rows = self._rows = self._rows if self._rows is not None else self._read()
        keys = [_digest(text) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in rows}
        if new:
            vectors = np.asarray(embed(list(new.values())), np.float32)
            rows.update(zip(new, vectors, strict=True))
            self._new = True
        return [rows[key].tolist() for key in keys]

    def write(self) -> None:
        """Put the file in place whole."""
        if self._rows and self._new:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part = self._path.with_suffix(".part.npz")
            np.savez(part, keys=np.array(list(self._rows)), vectors=np.stack(list(self._rows.values())))
            part.replace(self._path)
            self._new = False

    def _read(self) -> dict[str, Any]:
        if not self._path.is_file():
            return {}
        with np.load(self._path) as kept:
            return dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
