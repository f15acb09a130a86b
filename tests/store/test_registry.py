"""The registry: every field of a document and chunk comes back, and only whole documents are shown."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.schema import Chunk, Document, Locator
from assistant.store.records import Entry, FileNote, FileRecord
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
    repealed=date(2027, 1, 1),
    supersedes="fees-2025",
    superseded=date(2026, 11, 1),
    unofficial=True,
)
PLACES = ((4, Locator(3, "第一章", "第12條", "一")), (9, Locator(4, "第一章", "第12條", "二")))
CHUNK = Chunk("fees:1", "fees", 0, TEXT[4:], 4, len(TEXT), Locator(3, "第一章", "第12條", "二"), PLACES)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    opened = Registry(tmp_path / "registry.sqlite")
    opened.begin_documents([Entry("documents/fees.pdf", DOCUMENT, TEXT, [CHUNK], ())])
    yield opened
    opened.close()


def test_documents_and_chunks_come_back_as_they_were(registry: Registry) -> None:
    """No field is lost or changed on the way to disk and back."""
    registry.complete(["fees"], [], {})
    assert registry.document("fees", ["staff"]) == (DOCUMENT, TEXT)
    assert registry.chunks(["fees:1"], ["staff"]) == {"fees:1": (CHUNK, DOCUMENT)}


def test_an_incomplete_document_is_known_but_not_shown(registry: Registry) -> None:
    """An interrupted run leaves a trace for repair and nothing for readers."""
    assert registry.documents_of("documents/fees.pdf") == ["fees"]
    assert registry.chunks(["fees:1"], ["staff"]) == {}
    assert registry.counts() == (0, 0)


def test_text_is_given_to_its_audience_only(registry: Registry) -> None:
    """Whoever is not in the audience cannot tell the document from one that does not exist."""
    registry.complete(["fees"], [], {})
    assert registry.document("fees", ["public"]) is None
    assert registry.chunks(["fees:1"], ["public"]) == {}
    assert registry.documents(["public"]) == []


def test_days_compare_as_numbers() -> None:
    """A day is YYYYMMDD, and a missing one stands before or after every other."""
    assert day_number(date(2026, 7, 1), FIRST_DAY) == 20260701
    assert day_number(None, FIRST_DAY) < day_number(date.min, FIRST_DAY) < day_number(date.max, LAST_DAY)
    assert day_number(date.max, LAST_DAY) < day_number(None, LAST_DAY)


def test_what_is_known_of_a_file_comes_back(registry: Registry) -> None:
    """Hashes, conditions and notes are kept, and follow a file to its new place."""
    record = FileRecord("a.zip", "a", "c0", "f1", "ocr", "f0", (FileNote("in.pdf", "corrupt", "in.pdf is damaged."),))
    registry.put_file(record)
    registry.rename_file("a.zip", "b.zip")
    assert registry.files() == {"b.zip": replace(record, source="b.zip")}


def test_a_document_ends_before_the_first_of_its_ends() -> None:
    """Its own last day, the day before its repeal, the day before the newer version: whichever is first."""
    assert DOCUMENT.last_day == date(2026, 10, 31)
    assert replace(DOCUMENT, superseded=None).last_day == date(2026, 12, 31)
    assert Document("a", "a", "a").last_day is None
