"""The judge's way of reading; what it knows is measured in tests/integration."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import ModelError
from assistant.models import judge as module
from assistant.models.judge import MOST_TOKENS, AnswerJudge, Judgement, Read, encode
from assistant.models.unigram import Marks, Unigram

WORDS = ["<s>", "</s>", "<unk>", "▁when", "▁pool", "▁opens", "▁at", "▁six"]


@pytest.fixture
def tokenizer() -> Unigram:
    lengths = np.array([len(word) for word in WORDS])
    scores = np.array([-3.0 if "▁" in word else 0.0 for word in WORDS], np.float32)
    return Unigram("".join(WORDS), lengths, scores, Marks(0, 1, 2), {10: " "})


def test_question_and_passage_are_read_in_one_row(tokenizer: Unigram) -> None:
    """The marks stand between and around them, and offsets count in the text alone, not in its heading."""
    encoded = encode(tokenizer, "when opens", Read("pool", "opens at six"))
    assert [WORDS[one] for one in encoded.ids] == "<s> ▁when ▁opens </s> </s> ▁pool ▁opens ▁at ▁six </s>".split()
    places = [span for span in encoded.offsets if span != (0, 0)]
    assert ["opens at six"[start:end] for start, end in places] == ["opens", " at", " six"]


def test_what_is_too_long_is_cut(tokenizer: Unigram) -> None:
    """A row never has more tokens than the model was trained on, and still ends as one."""
    encoded = encode(tokenizer, "when " * 1000, Read("pool", "at six " * 1000))
    assert len(encoded.ids) == len(encoded.offsets) == MOST_TOKENS
    assert WORDS[encoded.ids[-1]] == "</s>"


def test_the_shares_of_the_parts_are_those_of_their_tokens(tokenizer: Unigram) -> None:
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


def test_nothing_to_judge_loads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without passages the weights are not touched."""
    monkeypatch.setattr(module, "WEIGHTS", "no-such.onnx")
    assert AnswerJudge().judge("when", []) == []


@pytest.mark.parametrize("content", [None, b"", b"no graph at all"])
def test_weights_that_cannot_be_read_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    """Where the file is missing or damaged, the error says what cannot be loaded and what to do."""
    monkeypatch.setattr(module, "WEIGHTS", str(tmp_path / "judge.onnx"))
    if content is not None:
        (tmp_path / "judge.onnx").write_bytes(content)
    with pytest.raises(ModelError, match=r"judge of answers cannot be loaded") as caught:
        module.load()
    assert "Install" in caught.value.cure


def test_weights_for_another_encoder_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """They would judge at random."""
    monkeypatch.setattr(module, "E5_NAME", "another-encoder")
    with pytest.raises(ModelError, match="another encoder") as caught:
        module.load()
    assert "train" in caught.value.cure


def test_the_judge_needs_no_torch() -> None:
    """A question is answered long before torch, transformers or the big tokenizer could be loaded."""
    code = (
        "import sys; from assistant.models.judge import AnswerJudge, Read;"
        "AnswerJudge().judge('When?', [Read('', 'At six.')]);"
        "print([name for name in ('torch', 'transformers', 'tokenizers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_judgement_is_plain_data() -> None:
    """It can be compared and kept."""
    assert Judgement(1.0, -2.0, (0.5,)) == Judgement(1.0, -2.0, (0.5,))
