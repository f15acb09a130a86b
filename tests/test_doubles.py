"""The doubles keep the promises of what they stand for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.models import CityEmbeddings, embedder
from assistant.models.engine import Engine
from assistant.settings import Settings
from tests.conformance import EmbedderConformance, EngineConformance
from tests.doubles import ScriptedEngine, WordEmbeddings


class TestScriptedEngine(EngineConformance):
    @pytest.fixture
    def make_engine(self) -> Callable[[], Engine]:
        return lambda: ScriptedEngine("one two three four five")

    @pytest.fixture
    def engine(self, make_engine: Callable[[], Engine]) -> Engine:
        engine = make_engine()
        engine.start()
        return engine


class TestWordEmbeddings(EmbedderConformance):
    @pytest.fixture
    def embedder(self) -> CityEmbeddings:
        return WordEmbeddings()


class TestRealEmbeddings(EmbedderConformance):
    @pytest.fixture
    def embedder(self, tmp_path: Path) -> CityEmbeddings:
        return embedder(Settings(home=tmp_path))
