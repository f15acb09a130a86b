"""The reranker: a real CrossEncoder of a few random weights, loaded from a folder."""

from pathlib import Path

import pytest

from assistant.errors import ModelError
from assistant.models import CrossEncoderReranker

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "渡", "輪", "票", "價", "垃", "圾", "車"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CrossEncoder with one layer, saved as sentence-transformers does."""
    import torch
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    plain = tmp_path_factory.mktemp("plain")
    (plain / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=1,
    )
    BertForSequenceClassification(config).save_pretrained(plain)
    BertTokenizer(str(plain / "vocab.txt")).save_pretrained(plain)
    made = tmp_path_factory.mktemp("cross-encoder")
    CrossEncoder(str(plain), num_labels=1).save_pretrained(str(made))
    return made


def test_each_text_gets_a_score(folder: Path) -> None:
    """Scores are shares, in the order of the texts, and the same each time."""
    reranker = CrossEncoderReranker(str(folder))
    scores = reranker.scores("渡輪票價", ["渡輪票", "垃圾車"])
    assert len(scores) == 2
    assert all(0 < score < 1 for score in scores)
    assert scores[0] != scores[1]
    assert reranker.scores("渡輪票價", ["渡輪票", "垃圾車"]) == scores


def test_nothing_to_read_loads_nothing() -> None:
    """Without passages the model is not touched."""
    assert CrossEncoderReranker("no-such-model").scores("渡輪", []) == []


def test_a_missing_model_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The error says which model, and which setting to clear."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="no-such-model") as caught:
        CrossEncoderReranker(str(tmp_path / "no-such-model")).scores("渡輪", ["票"])
    assert "CITY_ASSISTANT_RERANKER" in caught.value.cure
