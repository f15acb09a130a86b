"""The indexes that the sets are asked of: built once by the product's own run, and kept for later runs."""

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path

from rich.console import Console

from assistant.errors import AssistantError
from assistant.indexing.build import INDEXING_VERSION, build_index
from assistant.models import CityEmbeddings
from assistant.reporting import index_bar
from assistant.settings import Settings
from assistant.store import Store, open_store
from assistant.store.registry import SCHEMA_VERSION
from eval.retrieval.kept_vectors import KeptVectors

_BUILT = "built.json"
_SMALL_BYTES = 100_000  # of input: built within a quick run


class IndexNotBuiltError(AssistantError):
    """A quick run needs an index that is too large to build in it."""


class Indexes:
    """Opens indexes under `eval/` in the home; one whose input, program version or embedder changed is built anew."""

    def __init__(self, settings: Settings, weights: CityEmbeddings, *, only_small: bool = False) -> None:
        self._settings = settings
        self._weights = weights
        self._only_small = only_small
        self._open: dict[Path, Store] = {}

    def close(self) -> None:
        """Release every index."""
        for store in self._open.values():
            store.close()
        self._open.clear()

    @property
    def folder(self) -> Path:
        """Where the indexes are kept."""
        return self._settings.home / "eval"

    def of_city(self) -> tuple[Store, Path]:
        """The city's own index, and its folder."""
        folder = self._settings.index_dir
        if folder not in self._open:
            self._open[folder] = open_store(folder, self._weights.fingerprint)
        return self._open[folder], folder

    def of_files(self, name: str, paths: Iterable[Path]) -> tuple[Store, Path]:
        """An index of files and folders as they are, and its folder."""
        roots = list(paths)
        files = [file for root in roots for file in ([root] if root.is_file() else sorted(root.rglob("*")))]
        content = b"\0".join(str(file).encode() + b"\0" + file.read_bytes() for file in files if file.is_file())
        return self._built(self._folder_of(name, content), roots)

    def of_texts(self, name: str, texts: Mapping[str, str]) -> tuple[Store, Path]:
        """An index of texts, each written as a file under its name, and its folder."""
        folder = self._folder_of(name, json.dumps(texts, sort_keys=True).encode())
        documents = folder.with_name(f"{folder.name}-documents")
        if not (folder / _BUILT).is_file():
            documents.mkdir(parents=True, exist_ok=True)
            for file, text in texts.items():
                (documents / file).write_text(text, encoding="utf-8")
        return self._built(folder, [documents])

    def _folder_of(self, name: str, content: bytes) -> Path:
        made_by = f"{INDEXING_VERSION} {SCHEMA_VERSION} {self._weights.fingerprint} ".encode()
        folder = self.folder / f"{name}-{blake2b(made_by + content, digest_size=6).hexdigest()}"
        if self._only_small and len(content) > _SMALL_BYTES and not (folder / _BUILT).is_file():
            raise IndexNotBuiltError(f"The index {name} is not built yet.", "Run the stage once without --quick.")
        return folder

    def _built(self, folder: Path, roots: list[Path]) -> tuple[Store, Path]:
        if folder not in self._open:
            store = self._open[folder] = open_store(folder, self._weights.fingerprint)
            if not (folder / _BUILT).is_file():
                with index_bar(Console(stderr=True)) as bar:
                    report = build_index(self._settings, store, self._weights, roots, progress=bar)
                if isinstance(self._weights, KeptVectors):
                    self._weights.keep()
                done = {"documents": report.documents, "chunks": report.chunks, "windows": report.embedded}
                refused = [f"{refused.source}: {refused.reason}" for refused in report.refused]
                record = {**done, "seconds": report.seconds, "refused": refused}
                (folder / _BUILT).write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
        return self._open[folder], folder
