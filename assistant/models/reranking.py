"""Reranks a few passages with a cross-encoder, which reads question and passage together: better, and much slower."""

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from assistant.errors import ModelError
from assistant.models.progress import hide_progress_bars

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

# sentence-transformers loads torch, which costs seconds: it is imported where a reranker is used at all.


class CrossEncoderReranker:
    """Any sentence-transformers CrossEncoder by name or path; its weights are loaded at the first use."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers the question, 0..1.

        Raises:
            ModelError: the model cannot be loaded.
        """
        from torch.nn import Sigmoid

        if not texts:
            return []
        with self._lock:
            pairs = [(question, text) for text in texts]
            values = self._model.predict(pairs, activation_fn=Sigmoid(), show_progress_bar=False)
        return [float(value) for value in values]

    @cached_property
    def _model(self) -> "CrossEncoder":
        from sentence_transformers import CrossEncoder

        hide_progress_bars()
        try:
            try:
                model: CrossEncoder = CrossEncoder(self._name, num_labels=1, local_files_only=True)
            except OSError:
                model = CrossEncoder(self._name, num_labels=1)  # not on this machine yet: ask the hub
        except (OSError, ValueError, RuntimeError) as error:
            why = str(error).strip().split("\n")[0][:200]
            raise ModelError(
                f"The reranker “{self._name}” cannot be loaded: {why}",
                "Name a sentence-transformers CrossEncoder folder, fetch the model while online, or clear "
                "CITY_ASSISTANT_RERANKER.",
            ) from error
        return model
