"""Judges whether a passage answers a question, where in it, and with yes or no: a small cross-encoder, trained here."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.errors import ModelError
from assistant.models.e5_wheel import encoder_folder
from assistant.models.progress import hide_progress_bars

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor
    from torch.nn import Module

# torch costs seconds to import: it is imported where the judge is loaded, which `warm_up` does in the background.

WEIGHTS = "judge.safetensors"
MOST_TOKENS = 320
QUESTION_CHARS = 300
KINDS = ("none", "answer", "yes", "no")
HEADS = ("kind", "place")
_MOST_ROWS = 8
_MARKS = ("<s>", "</s>")

Array = np.ndarray[Any, np.dtype[np.float32]]


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
    ends, as in Devlin et al. 2019 (arXiv 1810.04805, section 4.3).
    """

    def __init__(self, models_dir: Path) -> None:
        self._models_dir = models_dir
        self._lock = threading.Lock()
        self._loaded: tuple[Module, Tokenizer] | None = None

    def judge(self, question: str, passages: Sequence[Read]) -> list[Judgement]:
        """A judgement of each passage for a question, in either language; of a long one the beginning is read.

        Raises:
            ModelError: the weights cannot be loaded.
        """
        if not passages:
            return []
        with self._lock:
            model, tokenizer = self._loaded = self._loaded or load(encoder_folder(self._models_dir))
        judged: list[Judgement] = []
        for first in range(0, len(passages), _MOST_ROWS):
            some = passages[first : first + _MOST_ROWS]
            encoded = [encode(tokenizer, question, read) for read in some]
            kinds, starts, ends = _run(model, [one.ids for one in encoded])
            judged += [_judgement(*values) for values in zip(some, encoded, kinds, starts, ends, strict=True)]
        return judged


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids of `<s> question </s></s> heading, text </s>`, and for each the characters of the text, or (0, 0)."""

    ids: list[int]
    offsets: list[tuple[int, int]]


def encode(tokenizer: "Tokenizer", question: str, read: Read) -> Encoded:
    """What the model reads, cut at `MOST_TOKENS`."""
    begin, end = (tokenizer.token_to_id(mark) or 0 for mark in _MARKS)
    asked = tokenizer.encode(question[:QUESTION_CHARS], add_special_tokens=False)
    head = f"{read.heading}\n" if read.heading else ""
    told = tokenizer.encode(head + read.text, add_special_tokens=False)
    front = [begin, *asked.ids, end, end]
    room = MOST_TOKENS - len(front) - 1
    offsets = [(max(0, a - len(head)), max(0, b - len(head))) for a, b in told.offsets[:room]]
    return Encoded([*front, *told.ids[:room], end], [*[(0, 0)] * len(front), *offsets, (0, 0)])


def build(encoder: Path, *, fast: bool = False) -> "Module":
    """The network with the embedding model's own layers and untrained heads; `fast`: in bf16, to be used as it is.

    Raises:
        ModelError: the embedding model cannot be prepared.
    """
    import torch
    from transformers import AutoModel

    hide_progress_bars()
    dtype = torch.bfloat16 if fast else torch.float32

    class Judge(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = AutoModel.from_pretrained(
                encoder, dtype=dtype, attn_implementation="sdpa", local_files_only=True
            )
            self.kind = torch.nn.Linear(self.encoder.config.hidden_size, len(KINDS), dtype=dtype)
            self.place = torch.nn.Linear(self.encoder.config.hidden_size, 2, dtype=dtype)

        def forward(self, ids: "Tensor", mask: "Tensor") -> "tuple[Tensor, Tensor, Tensor]":
            hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
            start, end = self.place(hidden).unbind(-1)
            return self.kind(hidden[:, 0]), start, end

    return Judge()


def load(encoder: Path) -> "tuple[Module, Tokenizer]":
    """The judge with its shipped weights, in bf16 where the CPU multiplies it in hardware, and its tokenizer.

    Raises:
        ModelError: the weights are missing, damaged, or made for another encoder.
    """
    import torch
    from tokenizers import Tokenizer

    path = resources.files(__package__).joinpath(WEIGHTS)
    try:
        tensors = unpack(path.read_bytes())
        model = build(encoder, fast=torch.cpu._is_avx512_bf16_supported())
        unknown = model.load_state_dict(tensors, strict=False).unexpected_keys
        tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    except (OSError, ValueError, RuntimeError) as error:
        why = str(error).strip().split("\n")[0][:200]
        raise ModelError(f"The judge of answers cannot be loaded: {why}", "Install the project again.") from error
    if unknown:
        raise ModelError(
            f"The weights of {WEIGHTS} are made for another encoder.", "Train it again: city-assistant train judge."
        )
    return model.eval(), tokenizer


def pack(tensors: Mapping[str, Array], about: Mapping[str, str]) -> bytes:
    """Tensors as safetensors: matrices in 8 bits with a scale for each row, all else in half precision."""
    from safetensors.numpy import save

    kept: dict[str, np.ndarray[Any, Any]] = {}
    for name, tensor in sorted(tensors.items()):
        if tensor.ndim < 2 or name.startswith(HEADS):
            kept[name] = tensor.astype(np.float16)
            continue
        scale = np.abs(tensor).max(axis=1, keepdims=True) / 127
        kept[f"{name}.rows"] = np.round(tensor / np.maximum(scale, 1e-12)).astype(np.int8)
        kept[f"{name}.scale"] = scale.astype(np.float16)
    return save(kept, {**about, "packed": json.dumps(list(KINDS))})


def unpack(data: bytes) -> "dict[str, Tensor]":
    """The tensors that `pack` wrote, in full precision."""
    import torch
    from safetensors.numpy import load

    kept, tensors = load(data), {}
    for name, values in kept.items():
        stem = name.removesuffix(".rows")
        if name.endswith(".scale"):
            continue
        full = values.astype(np.float32)
        tensors[stem] = torch.from_numpy(full * kept[f"{stem}.scale"] if name.endswith(".rows") else full)
    return tensors


def _run(model: "Module", rows: Sequence[Sequence[int]]) -> tuple[Array, Array, Array]:
    import torch

    longest = max(map(len, rows))
    ids, mask = torch.ones(len(rows), longest, dtype=torch.long), torch.zeros(len(rows), longest, dtype=torch.long)
    for row, values in enumerate(rows):
        ids[row, : len(values)] = torch.tensor(values)
        mask[row, : len(values)] = 1
    with torch.inference_mode():
        kinds, starts, ends = (values.float().numpy() for values in model(ids, mask))
    return kinds, starts, ends


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
