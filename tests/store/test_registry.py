"""The registry: every field of a document and chunk comes back, and only whole documents are shown."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from assistant.schema import Chunk, Document, Locator
from assistant.store.registry import FIRST_DAY, LAST_DAY, Registry, day_number

TEXT = "第一章\n第12條　費用為30元。"
DOCUMENT = Document(
    id="fees",
    source="documents/fees.pdf",
    title="收費辦法",
    bureau="交通局",
    language="zh-TW",
    audience="staff",
    type="regulation",
    topic="transport",
    licence="CC-BY-4.0",
    url="https://www.example.gov.tw/fees",
    published=date(2026, 1, 2),
    effective_from=date(2026, 2, 1),
    effective_to=date(2026, 12, 31),
    unofficial=True,
)
CHUNK = Chunk("fees:1", "fees", 0, TEXT[4:], 4, len(TEXT), Locator(3, "第一章", "第12條", "二"))


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    opened = Registry(tmp_path / "registry.sqlite")
    opened.begin_document(DOCUMENT, TEXT, "abc", [CHUNK])
    yield opened
    opened.close()


def test_documents_and_chunks_come_back_as_they_were(registry: Registry) -> None:
    """No field is lost or changed on the way to disk and back."""
    registry.complete_documents(["fees"])
    assert registry.document("fees", ["staff"]) == (DOCUMENT, TEXT)
    assert registry.chunks(["fees:1"], ["staff"]) == {"fees:1": (CHUNK, DOCUMENT)}


def test_an_incomplete_document_is_known_but_not_shown(registry: Registry) -> None:
    """An interrupted run leaves a trace for repair and nothing for readers."""
    assert registry.fingerprints() == {"documents/fees.pdf": ("fees", "abc", False)}
    assert registry.chunks(["fees:1"], ["staff"]) == {}
    assert registry.counts() == (0, 0)


def test_text_is_given_to_its_audience_only(registry: Registry) -> None:
    """Whoever is not in the audience cannot tell the document from one that does not exist."""
    registry.complete_documents(["fees"])
    assert registry.document("fees", ["public"]) is None
    assert registry.chunks(["fees:1"], ["public"]) == {}
    assert registry.documents(["public"]) == []


def test_days_compare_as_numbers() -> None:
    """A day is YYYYMMDD, and a missing one stands before or after every other."""
    assert day_number(date(2026, 7, 1), FIRST_DAY) == 20260701
    assert day_number(None, FIRST_DAY) < day_number(date.min, FIRST_DAY) < day_number(date.max, LAST_DAY)
    assert day_number(date.max, LAST_DAY) < day_number(None, LAST_DAY)
