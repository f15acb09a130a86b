"""Cuts text into the tokens of E5 and tells where in the text each stands: a small reading of the Unigram model."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any, NamedTuple, Self
from unicodedata import combining, normalize

import numpy as np

from assistant.models.e5_file import Array, E5File, Ids

_SPACE = "▁"  # what pieces have for a space
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_AT_ONCE = 1 << 14  # pieces that are hashed together: all at once would take 40 MB
_UNKNOWN_PENALTY = 10.0  # below the least likely piece, as in SentencePiece

Hashes = np.ndarray[Any, np.dtype[np.uint64]]


class Token(NamedTuple):
    """A token's id and the characters of the text that it stands for."""

    id: int
    start: int
    end: int


class Marks(NamedTuple):
    """Ids of the tokens around a text, and of what is no piece."""

    begin: int
    end: int
    unknown: int


class Unigram:
    """The tokenizer of multilingual E5: the most likely pieces (Kudo 2018, arXiv 1804.10959, section 3.2).

    It gives the tokens that the `tokenizers` library gives, without that library's 300 MB for 250,000 pieces: they are
    kept as 64-bit hashes, 12 bytes a piece, and all parts of a text are looked up at once.
    """

    def __init__(self, pieces: str, lengths: Ids, scores: Array, marks: Marks, replacements: Mapping[int, str]) -> None:
        """Take a vocabulary.

        Args:
            pieces: all pieces, one after another.
            lengths: of the pieces, in characters.
            scores: their log probabilities; pieces of 0 are marks that no text holds.
            marks: their ids.
            replacements: what is read instead of a character, by its code.
        """
        self.marks, self._replacements = marks, replacements
        self._scores = scores
        known = np.flatnonzero(scores < 0)
        self._longest = int(lengths[known].max())
        self._unknown_score = float(scores.min()) - _UNKNOWN_PENALTY
        hashes = _hash_pieces(pieces, lengths)[known]
        order = np.argsort(hashes)
        self._hashes, self._ids = hashes[order], known[order].astype(np.int32)

    @classmethod
    def of(cls, file: E5File) -> Self:
        """The tokenizer with a file's vocabulary and normaliser."""
        return cls(*file.pieces(), Marks(file.bos, file.eos, file.unknown), file.replacements)

    def tokens(self, text: str) -> list[Token]:
        """The tokens of a text, without marks around them; unknown characters that follow each other are one token."""
        read, places = self._normalised(text)
        if not read:
            return []
        starts, ends, ids = self._pieces_in(_codes(read))
        best, back = [-np.inf] * (len(read) + 1), [(0, 0)] * (len(read) + 1)
        best[0] = 0.0
        for start, end, one, score in zip(starts, ends, ids, self._scores_of(ids), strict=True):
            if best[start] + score > best[end]:
                best[end], back[end] = best[start] + score, (start, one)
        found: list[Token] = []
        end = len(read)
        while end:
            start, one = back[end]
            found.append(Token(one, places[start][0], places[end - 1][1]))
            end = start
        return self._fused(found[::-1])

    def _normalised(self, text: str) -> tuple[str, list[tuple[int, int]]]:
        """The text as it is read, and for each of its characters the part of the text that it comes from."""
        read: list[str] = []
        places: list[tuple[int, int]] = []
        for at, character in enumerate(text):
            if read and combining(character) and len(composed := normalize("NFC", read[-1] + character)) == 1:
                read[-1], places[-1] = composed, (places[-1][0], at + 1)
                continue
            for one in self._replacements.get(ord(character), character):
                if one == " " and read[-1:] == [_SPACE]:
                    places[-1] = (at, at + 1)  # of several spaces the last
                    continue
                read.append(_SPACE if one == " " else one)
                places.append((at, at + 1))
        if read and read[0] != _SPACE:
            read.insert(0, _SPACE)
            places.insert(0, places[0])
        return "".join(read), places

    def _pieces_in(self, codes: Hashes) -> tuple[list[int], list[int], list[int]]:
        """Starts, ends and ids of all pieces in a text and of each of its characters as an unknown, by their starts."""
        every = np.arange(len(codes))
        found = [(every, every + 1, np.full(len(codes), self.marks.unknown))]
        hashes = np.zeros_like(codes)
        for length in range(1, min(self._longest, len(codes)) + 1):
            count = len(codes) - length + 1
            hashes = hashes[:count] * _FACTOR + codes[length - 1 :]
            nearest = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
            starts = np.flatnonzero(self._hashes[nearest] == hashes)
            found.append((starts, starts + length, self._ids[nearest[starts]]))
        starts, ends, ids = (np.concatenate(column) for column in zip(*found, strict=True))
        order = np.argsort(starts, kind="stable")
        return starts[order].tolist(), ends[order].tolist(), ids[order].tolist()

    def _scores_of(self, ids: list[int]) -> list[float]:
        scores: list[float] = self._scores[ids].tolist()
        return [
            self._unknown_score if one == self.marks.unknown else score for one, score in zip(ids, scores, strict=True)
        ]

    def _fused(self, tokens: list[Token]) -> list[Token]:
        fused: list[Token] = []
        for one, group in groupby(tokens, key=lambda token: token.id):
            run = list(group)
            fused += [Token(one, run[0].start, run[-1].end)] if one == self.marks.unknown else run
        return fused


def _codes(text: str) -> Hashes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)


def _hash_pieces(pieces: str, lengths: Ids) -> Hashes:
    """The hash of each piece, made of its characters one by one as for the parts of a text."""
    hashes = np.zeros(len(lengths), np.uint64)
    ends = np.cumsum(lengths)
    for first in range(0, len(lengths), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        begin = int(ends[some][0] - lengths[some][0])
        codes = _codes(pieces[begin : ends[some][-1]])
        starts = ends[some] - lengths[some] - begin
        for place in range(int(lengths[some].max())):
            longer = np.flatnonzero(lengths[some] > place)
            hashes[first + longer] = hashes[first + longer] * _FACTOR + codes[starts[longer] + place]
    return hashes
