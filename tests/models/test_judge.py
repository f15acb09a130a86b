"""The judge's way of reading and of keeping weights; what it knows is measured in tests/integration."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from assistant.errors import ModelError
from assistant.models import judge as module
from assistant.models.judge import MOST_TOKENS, AnswerJudge, Judgement, Read, encode, pack, unpack

WORDS = ["<s>", "<pad>", "</s>", "<unk>", "when", "pool", "opens", "at", "six"]


@pytest.fixture
def tokenizer() -> Tokenizer:
    made = Tokenizer(models.WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    return made


def test_question_and_passage_are_read_in_one_row(tokenizer: Tokenizer) -> None:
    """The marks stand between and around them, and offsets count in the text alone, not in its heading."""
    encoded = encode(tokenizer, "when opens", Read("pool", "opens at six"))
    assert [WORDS[one] for one in encoded.ids] == "<s> when opens </s> </s> pool opens at six </s>".split()
    places = [span for span in encoded.offsets if span != (0, 0)]
    assert ["opens at six"[start:end] for start, end in places] == ["opens", "at", "six"]


def test_what_is_too_long_is_cut(tokenizer: Tokenizer) -> None:
    """A row never has more tokens than the model was trained on, and still ends as one."""
    encoded = encode(tokenizer, "when " * 1000, Read("pool", "at six " * 1000))
    assert len(encoded.ids) == len(encoded.offsets) == MOST_TOKENS
    assert WORDS[encoded.ids[-1]] == "</s>"


def test_weights_survive_packing() -> None:
    """Matrices lose less than a 127th of their row's largest value; vectors and heads keep half precision."""
    rng = np.random.default_rng(1)
    tensors: dict[str, Any] = {
        "encoder.layer.0.weight": rng.normal(size=(8, 16)).astype(np.float32),
        "encoder.layer.0.bias": rng.normal(size=8).astype(np.float32),
        "kind.weight": rng.normal(size=(4, 16)).astype(np.float32),
    }
    kept = {name: tensor.numpy() for name, tensor in unpack(pack(tensors, {})).items()}
    assert kept.keys() == tensors.keys()
    largest = np.abs(tensors["encoder.layer.0.weight"]).max(axis=1, keepdims=True)
    assert np.all(np.abs(kept["encoder.layer.0.weight"] - tensors["encoder.layer.0.weight"]) <= largest / 127)
    for name in ("encoder.layer.0.bias", "kind.weight"):
        assert np.allclose(kept[name], tensors[name], rtol=1e-3, atol=1e-6)


def test_a_row_of_nothing_can_be_packed() -> None:
    """A matrix with a row of zeros comes back as it was."""
    zeros = np.zeros((2, 4), np.float32)
    assert np.array_equal(unpack(pack({"encoder.w": zeros}, {}))["encoder.w"].numpy(), zeros)


def test_the_shares_of_the_parts_are_those_of_their_tokens(tokenizer: Tokenizer) -> None:
    """Where the answer begins and where it ends count half each; what is no part of the text counts for none."""
    read = Read("pool", "opens at six", ((0, 5), (6, 12)))
    encoded = encode(tokenizer, "when", read)
    starts = np.full(len(encoded.ids), 9.0, np.float32)
    ends = starts.copy()
    told = [place for place, span in enumerate(encoded.offsets) if span != (0, 0)]
    starts[told], ends[told] = [50.0, 0.0, 0.0], [0.0, 0.0, 50.0]
    kinds = np.array([0.0, 2.0, -50.0, -50.0], np.float32)
    judgement = module._judgement(read, encoded, kinds, starts, ends)
    assert judgement.parts == pytest.approx((0.5, 0.5), abs=1e-6)
    assert judgement.answers == pytest.approx(2.0)


def test_nothing_to_judge_loads_nothing(tmp_path: Path) -> None:
    """Without passages the weights are not touched."""
    assert AnswerJudge(tmp_path).judge("when", []) == []


def test_missing_weights_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what cannot be loaded and what to do."""
    monkeypatch.setattr(module, "WEIGHTS", "no-such.safetensors")
    with pytest.raises(ModelError, match=r"judge of answers cannot be loaded") as caught:
        module.load(tmp_path)
    assert "Install" in caught.value.cure


def test_a_judgement_is_plain_data() -> None:
    """It can be compared and kept."""
    assert Judgement(1.0, -2.0, (0.5,)) == Judgement(1.0, -2.0, (0.5,))
