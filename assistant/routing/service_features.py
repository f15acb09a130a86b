"""What the model of services sees of a message: its embedding as written and without names, and its characters."""

import zlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from assistant.moments import find_moments
from assistant.places import PlaceMention
from assistant.places.place import DISTRICT
from assistant.routing.live_words import live_words
from assistant.text import detect_language, fold

Matrix = npt.NDArray[np.float32]

DIMENSIONS = 4096  # of the hashed character sequences: 8192 tell services apart no better
_LONGEST = 3  # characters of a sequence
_TIME = " ◷ "
_ANY_DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)  # where a time stands does not depend on the day


def generic_wording(text: str, mentions: Sequence[PlaceMention]) -> str:
    """The text with each place as what it is, 「左營」 as 「這一區」, so that names do not count."""
    words = live_words(detect_language(text)).generic
    parts, place = [], 0
    for mention in mentions:
        parts += [text[place : mention.start], words.get(_kind(mention), words["place"])]
        place = mention.end
    return "".join([*parts, text[place:]])


def character_counts(generic: str) -> Matrix:
    """Counts of the sequences of up to three characters within words, hashed with signs, where times are one sign."""
    folded = fold(generic)
    parts, place = [], 0
    for moment in find_moments(folded, _ANY_DAY):
        parts += [folded[place : moment.start], _TIME]
        place = moment.end
    words = (f" {word} " for word in "".join([*parts, folded[place:]]).split())
    sequences = Counter(
        word[start : start + size]
        for word in words
        for size in range(1, _LONGEST + 1)
        for start in range(len(word) - size + 1)
    )
    counts = np.zeros(DIMENSIONS, dtype=np.float32)
    for sequence, count in sequences.items():
        code = zlib.crc32(sequence.encode())
        counts[code % DIMENSIONS] += (1 + np.log(count)) * (1 if code >> 31 else -1)
    return counts


def rarity(counts: Matrix) -> Matrix:
    """The weight of each sequence: the logarithm of how few of the messages have it, as in tf-idf."""
    frequency = np.count_nonzero(counts, axis=0)
    weights: Matrix = (np.log((1 + len(counts)) / (1 + frequency)) + 1).astype(np.float32)
    return weights


def of_length_one(matrix: Matrix) -> Matrix:
    """The rows of a matrix, scaled to length 1."""
    scaled: Matrix = matrix / np.maximum(np.linalg.norm(matrix, axis=-1, keepdims=True), 1e-9)
    return scaled


def _kind(mention: PlaceMention) -> str:
    """The kind of a place; of a name that a district shares with its station, the district."""
    if DISTRICT in mention.kinds:
        return DISTRICT
    return mention.entries[0].kind if mention.entries else "road"
