"""The judge as an ONNX graph, beside PyTorch's own transformer layer."""

from typing import Any

import numpy as np
import pytest
import torch
from onnxruntime import InferenceSession

from assistant.training.judge_graph import count_layers, export_judge, exported_weights, smoothed_inputs

HIDDEN, HEADS, INNER = 32, 2, 256
NAMES = {
    "self_attn.out_proj": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "linear1": "intermediate.dense",
    "linear2": "output.dense",
    "norm2": "output.LayerNorm",
}
Arrays = dict[str, "np.ndarray[Any, np.dtype[np.float32]]"]


@pytest.fixture(scope="module")
def layer() -> torch.nn.TransformerEncoderLayer:
    torch.manual_seed(3)
    made = torch.nn.TransformerEncoderLayer(
        HIDDEN, HEADS, INNER, 0.0, "gelu", layer_norm_eps=1e-12, batch_first=True
    ).eval()
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return made


@pytest.fixture(scope="module")
def weights(layer: torch.nn.TransformerEncoderLayer) -> Arrays:
    state = {name: value.detach().numpy() for name, value in layer.state_dict().items()}
    made: Arrays = {}
    for kind in ("weight", "bias"):
        for place, part in enumerate(("query", "key", "value")):
            made[f"attention.self.{part}.{kind}"] = np.split(state[f"self_attn.in_proj_{kind}"], 3)[place]
        made |= {f"{ours}.{kind}": state[f"{theirs}.{kind}"] for theirs, ours in NAMES.items()}
    made = {f"encoder.encoder.layer.0.{name}": values for name, values in made.items()}
    rng = np.random.default_rng(5)
    for head, outputs in (("kind", 4), ("place", 2)):
        made[f"{head}.weight"] = rng.normal(size=(outputs, HIDDEN)).astype(np.float32)
        made[f"{head}.bias"] = rng.normal(size=outputs).astype(np.float32)
    return made


@pytest.fixture(scope="module")
def embedded() -> Any:
    """Nine tokens with one channel far larger than all others, as those of E5 have."""
    made = np.random.default_rng(11).normal(size=(1, 9, HIDDEN)).astype(np.float32)
    made[..., 7] *= 60
    return made


def ranges(embedded: Any) -> Arrays:
    query, dense = smoothed_inputs(1)
    return {query: np.abs(embedded).max(axis=(0, 1)), dense: np.ones(HIDDEN, np.float32)}


def run(data: bytes, embedded: Any) -> tuple[Any, Any]:
    kinds, places = InferenceSession(data).run(["kinds", "places"], {"embedded": embedded})
    return kinds, places


def expected(layer: torch.nn.TransformerEncoderLayer, weights: Arrays, embedded: Any) -> tuple[Any, Any]:
    with torch.inference_mode():
        hidden = layer(torch.from_numpy(embedded)).numpy()
    kinds = hidden[:, 0] @ weights["kind.weight"].T + weights["kind.bias"]
    return kinds, hidden @ weights["place.weight"].T + weights["place.bias"]


def test_the_graph_computes_a_layer_and_both_heads(
    layer: torch.nn.TransformerEncoderLayer, weights: Arrays, embedded: Any
) -> None:
    """In eight bits the outputs, of size 5 or so, are within a few hundredths."""
    data = export_judge(weights, ranges(embedded), HEADS, {})
    for found, right in zip(run(data, embedded), expected(layer, weights, embedded), strict=True):
        assert found.shape == right.shape
        assert np.abs(found - right).max() < 0.15


def test_a_large_channel_is_smoothed_away(
    layer: torch.nn.TransformerEncoderLayer, weights: Arrays, embedded: Any
) -> None:
    """With the channels' ranges the outputs are at least twice as near as without."""
    right = expected(layer, weights, embedded)[1]
    smoothed, plain = (
        np.abs(run(export_judge(weights, known, HEADS, {}), embedded)[1] - right).mean()
        for known in (ranges(embedded), {})
    )
    assert smoothed < plain / 2


def test_weights_can_be_taken_out_again(weights: Arrays, embedded: Any) -> None:
    """All of them, each as near as eight bits allow; what is no matrix of a layer exactly."""
    taken = exported_weights(export_judge(weights, ranges(embedded), HEADS, {}))
    assert taken.keys() == weights.keys()
    for name, values in weights.items():
        if values.ndim == 2 and name.startswith("encoder."):
            assert np.abs(taken[name] - values).max() < np.abs(values).max() / 30
        else:
            assert np.array_equal(taken[name], values)


def test_the_file_says_what_it_is_made_for(weights: Arrays, embedded: Any) -> None:
    """The encoder and the kinds stand in it, and it reads passages of any length."""
    session = InferenceSession(export_judge(weights, ranges(embedded), HEADS, {"encoder": "some-encoder"}))
    about = session.get_modelmeta().custom_metadata_map
    assert about == {"encoder": "some-encoder", "kinds": "none answer yes no"}
    assert session.get_inputs()[0].shape == [1, "length", HIDDEN]


def test_layers_are_counted(weights: Arrays) -> None:
    """By their names."""
    more = {name.replace("layer.0.", "layer.11."): values for name, values in weights.items()}
    assert count_layers(weights | more) == 2
