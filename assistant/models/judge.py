"""Judges whether a passage answers a question, where in it, and with yes or no: a small cross-encoder, trained here."""

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import ModelError
from assistant.models.e5_file import Array, E5File, EmbeddingLayer
from assistant.models.e5_wheel import E5_NAME, wheel_weights
from assistant.models.unigram import Unigram

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]  # has no types

WEIGHTS = "judge.onnx"
MOST_TOKENS = 320
QUESTION_CHARS = 300
KINDS = ("none", "answer", "yes", "no")
_MOST_THREADS = 8  # a passage has too little work for more
_LEFT_OUT = ["SkipLayerNormFusion"]  # the operator that it makes is four times as slow as the two that it replaces


@dataclass(frozen=True, slots=True)
class Read:
    """A passage to be judged: what stands above it, its text, and the parts of the text that may be pointed to."""

    heading: str
    text: str
    parts: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a passage holds of an answer.

    Attributes:
        answers: log odds that the answer is there at all.
        yes: log odds of yes against no, where the question asks for one of them.
        parts: for each part of the text the share, 0..1, of where the answer would stand; they sum to 1 or less.
    """

    answers: float
    yes: float
    parts: tuple[float, ...]


class AnswerJudge:
    """The judge with its weights, which are loaded at the first use; safe to call from several threads.

    The encoder is that of the embedding model (multilingual-e5-small, Wang et al. 2024, arXiv 2402.05672) with layers
    that `city-assistant train judge` has tuned; they ship beside this module in 8 bits. It reads question and passage
    together and has two heads: the kind of passage (no answer, an answer, yes, no), and where an answer begins and
    ends, as in Devlin et al. 2019 (arXiv 1810.04805, section 4.3). Its first use takes a fifth of a second and 100 MB.
    """

    def __init__(self, models_dir: Path | None = None) -> None:
        """Take the models' folder, as all models do; nothing is read from it or written to it."""
        self._lock = threading.Lock()
        self._reader: Reader | None = None

    def judge(self, question: str, passages: Sequence[Read]) -> list[Judgement]:
        """A judgement of each passage for a question, in either language; of a long one the beginning is read.

        Raises:
            ModelError: the weights cannot be loaded.
        """
        if not passages:
            return []
        with self._lock:
            reader = self._reader = self._reader or load()
        return [reader.judge(question, read) for read in passages]


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids of `<s> question </s></s> heading, text </s>`, and for each the characters of the text, or (0, 0)."""

    ids: list[int]
    offsets: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Reader:
    """What it takes to read a passage: the encoder's tokens and their vectors, and the layers after them."""

    tokenizer: Unigram
    embed: EmbeddingLayer
    layers: "InferenceSession"

    def judge(self, question: str, read: Read) -> Judgement:
        """The judgement of one passage: padding several to one length would cost more than it saves."""
        encoded = encode(self.tokenizer, question, read)
        kinds, places = self.layers.run(["kinds", "places"], {"embedded": self.embed(encoded.ids)[None]})
        return _judgement(read, encoded, kinds[0], places[0, :, 0], places[0, :, 1])


def encode(tokenizer: Unigram, question: str, read: Read) -> Encoded:
    """What the model reads, cut at `MOST_TOKENS`."""
    begin, end, _ = tokenizer.marks
    asked = tokenizer.tokens(question[:QUESTION_CHARS])
    head = f"{read.heading}\n" if read.heading else ""
    front = [begin, *(token.id for token in asked), end, end]
    room = MOST_TOKENS - len(front) - 1
    told = tokenizer.tokens(head + read.text)[:room]
    offsets = [(max(0, token.start - len(head)), max(0, token.end - len(head))) for token in told]
    return Encoded([*front, *(token.id for token in told), end], [*[(0, 0)] * len(front), *offsets, (0, 0)])


def load() -> Reader:
    """What reads for the judge, with its shipped weights.

    Raises:
        ModelError: the weights are missing, damaged, or made for another encoder.
    """
    from onnxruntime import InferenceSession, SessionOptions
    from onnxruntime.capi import onnxruntime_pybind11_state as ort  # type: ignore[import-untyped]  # has no types

    # Its exceptions have no base of their own.
    faults = (ort.Fail, ort.InvalidArgument, ort.InvalidGraph, ort.InvalidProtobuf, ort.NoSuchFile, ort.NotImplemented)
    options = SessionOptions()
    options.intra_op_num_threads = min(os.cpu_count() or 1, _MOST_THREADS)
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # the language model uses the same cores
    try:
        file = E5File(wheel_weights())
        with resources.as_file(resources.files(__package__).joinpath(WEIGHTS)) as path:
            session = InferenceSession(path, options, ["CPUExecutionProvider"], disabled_optimizers=_LEFT_OUT)
    except (OSError, *faults) as error:
        why = str(error).strip().split("\n")[0][:200]
        raise ModelError(f"The judge of answers cannot be loaded: {why}", "Install the project again.") from error
    about = session.get_modelmeta().custom_metadata_map
    if (about.get("encoder"), about.get("kinds")) != (E5_NAME, " ".join(KINDS)):
        raise ModelError(f"{WEIGHTS} is made for another encoder.", "Train it again: city-assistant train judge.")
    return Reader(Unigram.of(file), EmbeddingLayer(file), session)


def _judgement(read: Read, encoded: Encoded, kinds: Array, starts: Array, ends: Array) -> Judgement:
    told = [place for place, (start, end) in enumerate(encoded.offsets) if end > start]
    weights = (_softmax(starts[told]) + _softmax(ends[told])) / 2 if told else np.zeros(0, np.float32)
    centres = [sum(encoded.offsets[place]) / 2 for place in told]
    shares = tuple(
        float(sum(weight for weight, at in zip(weights, centres, strict=True) if start <= at < end))
        for start, end in read.parts
    )
    some = np.logaddexp.reduce(kinds[1:])
    return Judgement(float(some - kinds[0]), float(kinds[2] - kinds[3]), shares)


def _softmax(values: Array) -> Array:
    powers = np.exp(values - values.max())
    return np.asarray(powers / powers.sum(), np.float32)
