"""Real models for the integration tests, fetched once into the home that the settings name."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.indexing.build import build_index
from assistant.models import embedder
from assistant.models.download import pull
from assistant.settings import load_settings
from assistant.store import open_store

SMALL_MODEL = "gemma3-270m"


@pytest.fixture(scope="session")
def models_home() -> Path:
    """A home with the small model; it is the one that the settings name, so that nothing is fetched twice."""
    settings = load_settings()
    pull(SMALL_MODEL, settings)
    return settings.home


@pytest.fixture(scope="session")
def default_model_home(models_home: Path) -> Path:
    """The same home, with the default model too."""
    settings = load_settings(home=models_home)
    pull(settings.model, settings)
    return models_home


@pytest.fixture
def eventually() -> Callable[..., None]:
    """Wait until a condition holds, for at most so many seconds."""

    def wait(condition: Callable[[], object], timeout_s: float = 30.0) -> None:
        deadline = time.monotonic() + timeout_s
        pause = threading.Event()
        while not condition():
            assert time.monotonic() < deadline, f"still not so after {timeout_s} s"
            pause.wait(0.05)

    return wait


@pytest.fixture(scope="session")
def city_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the index of the shipped corpus; its model files are those of the home that the settings name."""
    shared = load_settings()
    pull(shared.model, shared)
    home = tmp_path_factory.mktemp("city-home")
    (home / "models").symlink_to(shared.models_dir.resolve(), target_is_directory=True)
    settings = load_settings(home=home)
    weights = embedder(settings)
    store = open_store(settings.index_dir, weights.fingerprint)
    report = build_index(settings, store, weights)
    store.close()
    assert report.refused == []
    return home
