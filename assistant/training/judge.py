"""Trains the judge of answers: all layers of the embedding model but its word vectors, and two heads."""

import hashlib
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from assistant.models.judge import KINDS, Read, build, encode, pack
from assistant.training.examples import Example

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor
    from torch.nn import Module

BATCH_TOKENS = 2600
LEARNING_RATE = 1.5e-4
HEADS_LEARNING_RATE = 5e-4
WARM_UP_STEPS = 100
LEAST_RATE = 0.02  # of the learning rate, at the end of its linear fall
KIND_WEIGHT = 2.0
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
    start_from: "dict[str, Tensor] | None" = None,
    seed: int = 0,
) -> bytes:
    """Train on each phase's examples once, in order, and pack the weights.

    Two cores train about 1,500 tokens a second in bf16. There is no dropout: it doubles the time on a CPU, and few
    epochs do not need it.

    Args:
        encoder: the folder of the embedding model.
        start_from: weights of an earlier judge.
    """
    import torch
    from tokenizers import Tokenizer

    torch.manual_seed(seed)
    rng = random.Random(seed)  # noqa: S311  # a shuffle
    model, tokenizer = build(encoder), Tokenizer.from_file(str(encoder / "tokenizer.json"))
    if start_from:
        model.load_state_dict(start_from, strict=False)
    for phase in phases:
        _train(model, _rows(tokenizer, phase), rng, told)
    tensors = {name: value for name, value in model.state_dict().items() if not name.startswith("encoder.embeddings")}
    return pack({name: value.float().numpy() for name, value in tensors.items()}, {"encoder": encoder.name})


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


def _rows(tokenizer: "Tokenizer", examples: Sequence[Example]) -> list[_Row]:
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
