"""A real index in a folder of its own, and what it is searched with."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from assistant.store import Access, Store, open_store
from tests.doubles import WordEmbeddings

TODAY = date(2026, 7, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    opened = open_store(folder, WordEmbeddings.fingerprint)
    yield opened
    opened.close()


class Finder:
    """Searches a store as a person does, and says which documents were found by which leg."""

    def __call__(
        self, store: Store, query: str, *audiences: str, as_of: date = TODAY, meaning: str = ""
    ) -> dict[str, str]:
        access = Access(audiences or ("public",), as_of)
        vector = WordEmbeddings().embed_query(meaning or query)
        legs: dict[str, str] = {}
        for scored in store.search(store.terms(query), vector, access, 20):
            by = ("keyword" if scored.keyword is not None else "") + ("cosine" if scored.cosine is not None else "")
            legs[scored.document.id] = by
        return legs


@pytest.fixture
def find() -> Finder:
    return Finder()
