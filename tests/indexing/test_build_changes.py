"""What a run keeps when files change: ids, chunks, vectors and versions."""

import json
import shutil
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from assistant.indexing.build import IndexReport, build_index
from assistant.schema import Document
from assistant.settings import Settings
from assistant.store import Access, Store, open_store
from tests.doubles import WordEmbeddings, small_settings

ANYONE = Access(("public", "staff", "交通局"), date(2026, 7, 1))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return small_settings(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    return folder


def opened(settings: Settings) -> closing[Store]:
    return closing(open_store(settings.index_dir, WordEmbeddings.fingerprint))


def build(settings: Settings, *paths: Path, audience: str = "public") -> tuple[IndexReport, list[str]]:
    """The report of a run, and the texts that it embedded."""
    embedder = WordEmbeddings()
    with opened(settings) as store:
        report = build_index(settings, store, embedder, paths, audience)
    return report, embedder.embedded


def documents(settings: Settings, access: Access = ANYONE) -> dict[str, Document]:
    with opened(settings) as store:
        return {document.source: document for document in store.documents(access)}


def paragraphs(count: int) -> list[str]:
    """Paragraphs of about a hundred characters that share no sentence."""
    return [
        f"第{n}號停車場位於第{n}街口，" + f"費率每小時{n}元，月租{n}百元，" * 5 + "假日加成。" for n in range(1, count)
    ]


def test_one_changed_paragraph_embeds_its_neighbourhood_only(settings: Settings, folder: Path) -> None:
    """In a long document without any heading, a change moves only the cuts near it."""
    parts = paragraphs(120)
    (folder / "long.txt").write_text("\n\n".join(parts), encoding="utf-8")
    _, first = build(settings, folder)
    parts[40] = parts[40].replace("假日加成", "假日不加成，另收清潔費")
    (folder / "long.txt").write_text("\n\n".join(parts), encoding="utf-8")
    report, again = build(settings, folder)
    assert (report.changed, report.embedded) == (1, len(again))
    assert any("另收清潔費" in text for text in again)
    assert len(again) <= len(first) / 10


def test_unchanged_chunks_keep_their_ids(settings: Settings, folder: Path) -> None:
    """A citation of an unchanged chunk still finds it after its document changed."""
    parts = paragraphs(60)
    (folder / "long.txt").write_text("\n\n".join(parts), encoding="utf-8")
    build(settings, folder)
    document_id = next(iter(documents(settings).values())).id
    with opened(settings) as store:
        before = {chunk.id for chunk in store._registry.chunks_of(document_id)}
    (folder / "long.txt").write_text("\n\n".join([*parts, "附註：本表自公告日起適用。"]), encoding="utf-8")
    build(settings, folder)
    with opened(settings) as store:
        after = {chunk.id for chunk in store._registry.chunks_of(document_id)}
    assert len(before - after) <= 2


def test_a_moved_file_keeps_its_id_and_its_vectors(settings: Settings, folder: Path) -> None:
    """Renaming and moving files costs no embedding, and links to the document stay right."""
    (folder / "fees.txt").write_text("停車費\n\n停車費每小時30元。", encoding="utf-8")
    (folder / "keep.txt").write_text("公告\n\n渡輪每次30元。", encoding="utf-8")
    build(settings, folder)
    before = documents(settings)[f"{folder}/fees.txt"].id
    (folder / "new").mkdir()
    (folder / "fees.txt").rename(folder / "new" / "parking.txt")
    report, embedded = build(settings, folder)
    assert (report.renamed, report.added, report.removed, report.unchanged, embedded) == (1, 0, 0, 1, [])
    assert documents(settings)[f"{folder}/new/parking.txt"].id == before
    assert build(settings, folder)[0].unchanged == 2


def test_a_new_file_at_an_old_place_is_another_document(settings: Settings, folder: Path) -> None:
    """The old file keeps its id at its new place; what comes to the old place gets an id of its own."""
    (folder / "fees.txt").write_text("停車費\n\n停車費每小時30元。", encoding="utf-8")
    build(settings, folder)
    (folder / "fees.txt").rename(folder / "old-fees.txt")
    build(settings, folder)
    (folder / "fees.txt").write_text("停車費\n\n停車費每小時40元。", encoding="utf-8")
    assert build(settings, folder)[0].added == 1
    assert len({document.id for document in documents(settings).values()}) == 2
    assert build(settings, folder)[0].unchanged == 2


def test_a_moved_file_takes_the_audience_of_its_new_place(settings: Settings, folder: Path) -> None:
    """A file that is moved to an internal folder leaves public search, without being embedded again."""
    (folder / "fees.txt").write_text("停車費\n\n停車費每小時30元。", encoding="utf-8")
    (folder / "other.txt").write_text("渡輪\n\n渡輪每次30元。", encoding="utf-8")
    build(settings, folder)
    inside = folder / "inside"
    inside.mkdir()
    (folder / "fees.txt").rename(inside / "fees.txt")
    (inside / "fees.txt.toml").write_text('audience = "交通局"\nbureau = "交通局"\n', encoding="utf-8")
    report, embedded = build(settings, folder)
    assert (report.renamed, embedded) == (1, [])
    with opened(settings) as store:
        vector = WordEmbeddings().embed_query("停車費")
        seen = {
            access: {found.document.source for found in store.search(store.terms("停車費"), vector, access, 10)}
            for access in (Access.of("staff", date.max), Access.of("staff", date.max, "交通局"))
        }
    assert not any(source.endswith("fees.txt") for source in seen[Access.of("staff", date.max)])
    assert any(source.endswith("inside/fees.txt") for source in seen[Access.of("staff", date.max, "交通局")])


def test_a_refused_file_is_not_read_again_until_it_changes(settings: Settings, folder: Path) -> None:
    """The second run names the same reason without starting a reader."""
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7\nnothing")
    first, _ = build(settings, folder)
    (settings.log_dir / "parser.log").unlink()
    second, _ = build(settings, folder)
    assert [refused.reason for refused in second.refused] == [refused.reason for refused in first.refused]
    assert not (settings.log_dir / "parser.log").exists()
    (folder / "bad.pdf").unlink()
    assert build(settings, folder)[0].refused[0].reason == "empty_folder"


def test_a_sidecar_describes_its_file(settings: Settings, folder: Path) -> None:
    """Title, audience, dates and origin come from the TOML file beside a document, which is no document itself."""
    (folder / "fees.txt").write_text("停車費\n\n停車費每小時30元。", encoding="utf-8")
    sidecar = 'title = "停車費率"\naudience = "staff"\nsource = "https://city.example/fees"\nrepealed = "2026-03-01"\n'
    (folder / "fees.txt.toml").write_text(sidecar, encoding="utf-8")
    report, _ = build(settings, folder)
    found = documents(settings)["https://city.example/fees"]
    assert (report.added, report.refused) == (1, [])
    assert (found.title, found.audience, found.last_day) == ("停車費率", "staff", date(2026, 2, 28))


def test_a_misspelt_audience_hides_the_file_and_says_so(settings: Settings, folder: Path) -> None:
    """An audience that nobody has is a mistake, not a way to publish or to lose a document."""
    (folder / "fees.txt").write_text("停車費\n\n停車費每小時30元。", encoding="utf-8")
    (folder / "fees.txt.toml").write_text('audience = "Staf"\n', encoding="utf-8")
    report, _ = build(settings, folder)
    assert [(refused.reason, "“Staf”" in refused.message) for refused in report.refused] == [("unknown_audience", True)]
    assert documents(settings) == {}


def version(folder: Path, name: str, hourly: int, **metadata: str) -> None:
    (folder / name).write_text(f"停車費\n\n停車費每小時{hourly}元。", encoding="utf-8")
    lines = "\n".join(f'{key} = "{value}"' for key, value in metadata.items())
    (folder / f"{name}.toml").write_text(lines, encoding="utf-8")


def prices(settings: Settings, day: date) -> set[str]:
    """The hourly prices that both legs of a search find on a day."""
    with opened(settings) as store:
        access = Access(("public",), day)
        found = store.search(store.terms("停車費每小時"), WordEmbeddings().embed_query("停車費每小時"), access, 10)
    assert all(hit.keyword is not None and hit.cosine is not None for hit in found)
    return {hit.chunk.text.split("每小時")[1].rstrip("元。") for hit in found}


def test_the_newer_version_ends_the_older_one(settings: Settings, folder: Path) -> None:
    """Of two versions of a rule, each day has the one in force; removing the newer one revives the older one."""
    version(folder, "a.txt", 30, id="fees-1", effective_from="2020-01-01")
    version(folder, "b.txt", 40, id="fees-2", effective_from="2026-01-01", supersedes="fees-1")
    build(settings, folder)
    assert prices(settings, date(2025, 12, 31)) == {"30"}
    assert prices(settings, date(2026, 1, 1)) == {"40"}
    _, embedded = build(settings, folder)
    assert embedded == []
    (folder / "b.txt").unlink()
    (folder / "b.txt.toml").unlink()
    build(settings, folder)
    assert prices(settings, date(2026, 1, 1)) == {"30"}


def test_two_versions_of_a_regulation_need_no_link(settings: Settings, folder: Path) -> None:
    """Regulations of one title with different first days are versions of one rule; notices of one title are not."""
    for number, (first, hourly) in enumerate([("2020-01-01", 30), ("2026-01-01", 40)]):
        version(folder, f"{number}.txt", hourly, title="停車管理辦法", type="regulation", effective_from=first)
    build(settings, folder)
    assert prices(settings, date(2026, 1, 1)) == {"40"}
    for number, (first, hourly) in enumerate([("2020-01-01", 30), ("2026-01-01", 40)]):
        version(folder, f"{number}.txt", hourly, title="停車公告", type="notice", effective_from=first)
    build(settings, folder)
    assert prices(settings, date(2026, 1, 1)) == {"30", "40"}


def test_a_collection_gives_a_document_an_entry(settings: Settings, folder: Path) -> None:
    """Each entry of an FAQ file is a document with its own title, bureau and address; one that goes is removed."""
    entries = [
        {"id": f"q{n}", "question": f"停車證{n}怎麼辦？", "answer": f"到第{n}區公所申請。", "url": f"https://x/{n}"}
        for n in range(3)
    ]
    (folder / "faq.json").write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")
    report, _ = build(settings, folder)
    found = documents(settings)
    assert (report.added, report.documents) == (1, 3)
    assert found[f"{folder}/faq.json#q1"].title == "停車證1怎麼辦？"
    assert found[f"{folder}/faq.json#q1"].url == "https://x/1"
    (folder / "faq.json").write_text(json.dumps(entries[:2], ensure_ascii=False), encoding="utf-8")
    report, embedded = build(settings, folder)
    assert (report.changed, report.documents, embedded) == (1, 2, [])
    assert set(documents(settings)) == {f"{folder}/faq.json#q0", f"{folder}/faq.json#q1"}


def test_a_removed_folder_is_not_taken_for_a_move(settings: Settings, tmp_path: Path, folder: Path) -> None:
    """A copy of a file that still exists elsewhere is a document of its own."""
    (folder / "fees.txt").write_text("停車費\n\n停車費每小時30元。", encoding="utf-8")
    build(settings, folder)
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    report, _ = build(settings, copy)
    assert (report.added, report.renamed, len(documents(settings))) == (1, 0, 2)
