"""A real index of a few documents in two languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.store import Store, open_store
from tests.doubles import WordEmbeddings


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "index", WordEmbeddings.fingerprint)
    yield opened
    opened.close()
