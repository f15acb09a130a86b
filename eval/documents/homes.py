"""Fresh homes for measured runs: nothing in them but the embedding model, so that nothing is fetched."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from langchain_core.embeddings import Embeddings

from assistant.settings import Settings


def fresh_home(folder: Path, settings: Settings) -> Path:
    """An empty home that shares the model files of the usual one."""
    settings.models_dir.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True)
    (folder / "models").symlink_to(settings.models_dir.resolve(), target_is_directory=True)
    return folder


def warm(weights: Embeddings) -> None:
    """Load the embedding model's engine for many texts, and make its files, before any clock starts."""
    weights.embed_documents([f"passage {number}" for number in range(32)])


def copied(paths: Sequence[Path], folder: Path) -> Path:
    """A folder with copies of the files under numbered names, away from what their own folders say of them."""
    folder.mkdir(parents=True)
    for number, path in enumerate(paths):
        shutil.copyfile(path, folder / f"{number:03d}-{path.name}")
    return folder
