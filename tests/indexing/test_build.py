"""Building the index: what a run adds, changes, removes, refuses and keeps, and what survives its death."""

import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from assistant.errors import CityDataError, StoreError
from assistant.indexing.build import IndexReport, build_index
from assistant.indexing.report import FileOutcome, RunProgress
from assistant.schema import Document
from assistant.settings import PROJECT_ROOT, Settings
from assistant.store import Access, Store, open_store
from tests.doubles import DOCUMENTS, WordEmbeddings, make_city, small_settings

EVERYONE = Access.of("staff", date(2024, 6, 1))


class Builder:
    """Runs the indexing of one home, each run with a store of its own, as the command line does."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.embedder = WordEmbeddings()

    def __call__(self, *paths: Path, audience: str = "public") -> IndexReport:
        with self.store() as store:
            return build_index(self.settings, store, self.embedder, paths, audience)

    def store(self) -> closing[Store]:
        return closing(open_store(self.settings.index_dir, WordEmbeddings.fingerprint))

    def documents(self) -> dict[str, Document]:
        with self.store() as store:
            return {document.id: document for document in store.documents(EVERYONE)}

    def texts(self) -> dict[str, str]:
        """Text by source of everything that can be read."""
        with self.store() as store:
            found = (store.document(document.id, EVERYONE) for document in store.documents(EVERYONE))
            return {document.source: text for document, text in filter(None, found)}


def counts(report: IndexReport) -> tuple[int, int, int, int]:
    """Added, changed, removed, unchanged."""
    return report.added, report.changed, report.removed, report.unchanged


def reasons(report: IndexReport) -> dict[str, str]:
    """Reason by file name of what was refused."""
    return {Path(refused.source).name: refused.reason for refused in report.refused}


@pytest.fixture
def build(tmp_path: Path) -> Builder:
    return Builder(small_settings(tmp_path))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A plain folder without any `sources.toml`."""
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "faq.md").write_text("# 常見問題\n垃圾車每週三停收。\n", encoding="utf-8")
    (folder / "notice.txt").write_text("渡輪公告\n\n渡輪每次30元。\n", encoding="utf-8")
    (folder / "page.html").write_text(
        "<html><head><title>Ferry</title></head><body><h1>Ferry</h1><p>The ferry costs NT$30.</p></body></html>",
        encoding="utf-8",
    )
    return folder


def test_a_first_run_adds_every_document(build: Builder) -> None:
    """Everything under the city's documents is in the index after one run."""
    report = build()
    assert counts(report) == (len(DOCUMENTS), 0, 0, 0)
    assert report.chunks >= len(DOCUMENTS)
    assert report.refused == []


def test_a_second_run_changes_nothing_and_embeds_nothing(build: Builder) -> None:
    """Running twice is safe, and quick."""
    build()
    embedded = len(build.embedder.embedded)
    assert counts(build()) == (0, 0, 0, len(DOCUMENTS))
    assert len(build.embedder.embedded) == embedded


def test_only_what_changed_is_indexed_again(build: Builder) -> None:
    """One changed, one new and one deleted file are counted as such; the rest is untouched."""
    build()
    documents = build.settings.city_dir / "documents"
    (documents / "garbage-en.md").write_text("# Rubbish trucks\nNew text about glass.\n", encoding="utf-8")
    (documents / "new.md").write_text("# 新文件\n圖書館週一休館。\n", encoding="utf-8")
    sources = build.settings.city_dir / "sources.toml"
    sources.write_text(sources.read_text(encoding="utf-8").split('[[document]]\nid = "old-fare"')[0], encoding="utf-8")
    (documents / "old-fare.md").unlink()
    assert counts(build()) == (1, 1, 1, len(DOCUMENTS) - 2)
    assert any("glass" in text for text in build.texts().values())
    assert "old-fare" not in build.documents()


def test_new_metadata_is_a_change(build: Builder) -> None:
    """A document that becomes internal is indexed again although its file is the same."""
    build()
    sources = build.settings.city_dir / "sources.toml"
    text = sources.read_text(encoding="utf-8")
    sources.write_text(text.replace('id = "ferry"', 'id = "ferry"\naudience = "staff"'), encoding="utf-8")
    assert counts(build()) == (0, 1, 0, len(DOCUMENTS) - 1)
    assert build.documents()["ferry"].audience == "staff"


def test_metadata_comes_from_sources_toml(build: Builder) -> None:
    """Id, title, office, dates and audience are those that the city gives."""
    build()
    documents = build.documents()
    assert (documents["garbage"].title, documents["garbage"].bureau) == ("垃圾清運", "環境保護局")
    assert str(documents["old-fare"].effective_to) == "2024-12-31"
    assert documents["memo"].audience == "staff"
    assert documents["garbage"].source == "corpus/smalltown/documents/garbage.md"


def test_an_id_may_be_renamed(build: Builder) -> None:
    """Another id for the same file is a change, and the old id is gone."""
    build()
    sources = build.settings.city_dir / "sources.toml"
    sources.write_text(
        sources.read_text(encoding="utf-8").replace('id = "ferry"', 'id = "harbour-ferry"'), encoding="utf-8"
    )
    assert counts(build()) == (0, 1, 0, len(DOCUMENTS) - 1)
    assert {"harbour-ferry"} == {name for name in build.documents() if "ferry" in name}


def test_a_folder_may_get_its_sources_later(build: Builder) -> None:
    """Files that were indexed without metadata take it when `sources.toml` comes."""
    sources = build.settings.city_dir / "sources.toml"
    text = sources.read_text(encoding="utf-8")
    sources.unlink()
    build()
    sources.write_text(text, encoding="utf-8")
    build()
    assert set(build.documents()) >= {"garbage", "ferry", "garbage-en", "memo", "old-fare"}


def test_a_document_may_move_to_another_file(build: Builder) -> None:
    """An id that names another file afterwards belongs to that file, and both files stay in the index."""
    build()
    city = build.settings.city_dir
    (city / "documents" / "a-ferry.txt").write_text("旗津渡輪新票價\n\n渡輪全票每次40元。\n", encoding="utf-8")
    sources = city / "sources.toml"
    sources.write_text(sources.read_text(encoding="utf-8").replace("/ferry.txt", "/a-ferry.txt"), encoding="utf-8")
    build()
    assert build.documents()["ferry"].source.endswith("/a-ferry.txt")
    assert any(source.endswith("/ferry.txt") for source in build.texts())
    assert counts(build()) == (0, 0, 0, len(DOCUMENTS) + 1)


def test_a_listed_file_is_indexed_wherever_it_lies(build: Builder) -> None:
    """What `sources.toml` lists is in the index with its audience, also outside of `documents/`."""
    city = build.settings.city_dir
    (city / "extra.md").write_text("# 補充\n補充說明。\n", encoding="utf-8")
    with (city / "sources.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[document]]\nid = "extra"\npath = "extra.md"\ntitle = "補充"\naudience = "staff"\n')
    build()
    assert build.documents()["extra"].audience == "staff"


def test_an_unlisted_file_takes_title_and_language_from_itself(build: Builder, folder: Path) -> None:
    """Without metadata a file is public, and describes itself."""
    build(folder)
    documents = {Path(document.source).name: document for document in build.documents().values()}
    assert (documents["faq.md"].title, documents["faq.md"].language) == ("常見問題", "zh-TW")
    assert (documents["page.html"].title, documents["page.html"].language) == ("Ferry", "en")
    assert {document.audience for document in documents.values()} == {"public"}


def test_the_given_audience_holds_where_nothing_says_otherwise(build: Builder, folder: Path) -> None:
    """`--audience` describes unlisted files, and listed ones without an audience."""
    build(folder, build.settings.city_dir, audience="staff")
    documents = build.documents()
    assert (documents["garbage"].audience, documents["ferry"].audience) == ("public", "staff")
    assert {d.audience for d in documents.values() if d.source.startswith(str(folder))} == {"staff"}


def test_a_changed_audience_reaches_search(build: Builder, folder: Path) -> None:
    """Indexing the same folder for staff hides it from citizens."""
    build(folder)
    assert counts(build(folder, audience="staff")) == (0, 3, 0, 0)
    with build.store() as store:
        assert store.documents(Access.of("citizen", EVERYONE.as_of)) == []


def test_folders_do_not_disturb_each_other(build: Builder, folder: Path) -> None:
    """Indexing one folder neither removes nor touches what came from another one."""
    build()
    assert counts(build(folder)) == (3, 0, 0, 0)
    assert counts(build()) == (0, 0, 0, len(DOCUMENTS))
    assert len(build.documents()) == len(DOCUMENTS) + 3


def test_a_folder_beside_one_of_the_same_beginning_stays(build: Builder, folder: Path) -> None:
    """`papers` is not a part of `pap`."""
    short = folder.with_name("pap")
    short.mkdir()
    (short / "a.md").write_text("# 短\n短文。\n", encoding="utf-8")
    build(folder)
    assert counts(build(short)) == (1, 0, 0, 0)


def test_a_single_file_can_be_indexed_and_removed(build: Builder, folder: Path) -> None:
    """A path may name a file; once it is gone from disk, the next run with that path removes it."""
    assert counts(build(folder / "faq.md")) == (1, 0, 0, 0)
    (folder / "faq.md").unlink()
    assert counts(build(folder / "faq.md")) == (0, 0, 1, 0)
    assert build.documents() == {}


def test_hidden_and_temporary_files_are_left_out(build: Builder, folder: Path) -> None:
    """Editors' and systems' own files are no documents."""
    for name in (".hidden.md", "~$faq.md", ".git/notes.md"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("# 秘密\n內容。\n", encoding="utf-8")
    assert counts(build(folder)) == (3, 0, 0, 0)


def test_unusable_files_cost_only_themselves(build: Builder, folder: Path) -> None:
    """Each refused file has a stable reason and a message with its name; the others are indexed."""
    (folder / "empty.md").write_bytes(b"")
    (folder / "blank.txt").write_text(" \n\n ", encoding="utf-8")
    (folder / "picture.md").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    (folder / "table.xlsx").write_bytes(b"PK\x03\x04")
    (folder / "drawing.dwg").write_bytes(b"AC1032")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<<")
    (folder / "fake.pdf").write_text("<!doctype html><html><body>404</body></html>")
    report = build(folder)
    assert counts(report)[0] == 3
    assert (
        reasons(report).items()
        >= {
            "empty.md": "empty",
            "blank.txt": "empty",
            "picture.md": "not_text",
            "table.xlsx": "corrupt",
            "drawing.dwg": "unsupported_format",
            "fake.pdf": "not_pdf",
        }.items()
    )
    assert "broken.pdf" in reasons(report)
    assert all(Path(refused.source).name in refused.message for refused in report.refused)


def test_a_file_over_the_size_limit_is_refused(tmp_path: Path, folder: Path) -> None:
    """The limit of the settings holds, and the message names it."""
    build = Builder(small_settings(tmp_path, max_file_mb=1))
    (folder / "big.txt").write_text("大" * 600_000, encoding="utf-8")
    report = build(folder)
    assert reasons(report) == {"big.txt": "too_large"}


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + bytes(200)])
def test_a_file_that_can_no_longer_be_read_keeps_its_last_good_version(
    build: Builder, folder: Path, content: bytes
) -> None:
    """A damaged copy is reported, and what was indexed before still answers."""
    build(folder)
    before = build.texts()
    (folder / "faq.md").write_bytes(content)
    report = build(folder)
    assert list(reasons(report)) == ["faq.md"]
    assert build.texts() == before


def test_a_missing_path_is_reported(build: Builder, tmp_path: Path) -> None:
    """A mistyped path says so, and indexes nothing."""
    report = build(tmp_path / "typo")
    assert (counts(report), reasons(report)) == ((0, 0, 0, 0), {"typo": "not_found"})


def test_an_empty_folder_is_reported(build: Builder, tmp_path: Path) -> None:
    """A folder without files says so."""
    (tmp_path / "nothing" / "inside").mkdir(parents=True)
    report = build(tmp_path / "nothing")
    assert (counts(report), reasons(report)) == ((0, 0, 0, 0), {"nothing": "empty_folder"})


def test_a_malformed_sources_file_stops_the_run_before_it_writes(build: Builder) -> None:
    """Nothing is indexed with the wrong audience because the metadata could not be read."""
    (build.settings.city_dir / "sources.toml").write_text("[[document]\n")
    with pytest.raises(CityDataError, match=r"sources\.toml"):
        build()
    assert build.documents() == {}


def test_two_runs_at_once_are_refused(build: Builder) -> None:
    """The second run stops with a clear fault and leaves the first one alone."""
    with build.store() as store, store.writing(), pytest.raises(StoreError, match="Another process"):
        build()
    assert counts(build())[0] == len(DOCUMENTS)


def test_progress_is_told_for_every_file(build: Builder) -> None:
    """The person who waits sees each file's turn and the end."""
    told: list[str] = []

    class Listener(RunProgress):
        def begin(self, sizes: Mapping[str, int]) -> None:
            told.extend(f"begin {source}" for source, size in sizes.items() if size)

        def ended(self, outcome: FileOutcome) -> None:
            told.append(f"{outcome.outcome} {outcome.source}")

    with build.store() as store:
        build_index(build.settings, store, build.embedder, progress=Listener())
    begun = [line.removeprefix("begin ") for line in told if line.startswith("begin")]
    assert len(begun) == len(DOCUMENTS)
    assert told[len(begun) :] == [f"added {source}" for source in begun]


def test_every_stored_chunk_is_a_slice_of_its_document(build: Builder, folder: Path) -> None:
    """Whatever the format, the offsets of each chunk point at its text."""
    build(build.settings.city_dir, folder)
    with build.store() as store:
        found = store.search(store.terms("垃圾車渡輪ferry加班"), build.embedder.embed_query("渡輪"), EVERYONE, 50)
        texts = {s.document.id: (store.document(s.document.id, EVERYONE) or ("", ""))[1] for s in found}
    assert len(texts) == len(DOCUMENTS) + 3
    assert all(texts[s.document.id][s.chunk.start : s.chunk.end] == s.chunk.text for s in found)


def contents(settings: Settings) -> object:
    """Everything that a reader of the index can tell apart: documents, texts, and what each leg finds."""
    with closing(open_store(settings.index_dir, WordEmbeddings.fingerprint)) as store:
        queries = ["垃圾車", "渡輪票價", "加班費", "rubbish", "公車"]
        found = [
            sorted((s.chunk.id, s.chunk.text, s.keyword is not None, round(s.cosine or 0, 3)) for s in hits)
            for hits in (store.search(store.terms(q), WordEmbeddings().embed_query(q), EVERYONE, 50) for q in queries)
        ]
        return store.counts(), store.files(), store.all_documents(), store._vectors.count(), found


@pytest.fixture
def undisturbed(tmp_path: Path) -> object:
    """The contents of an index that was built in one run."""
    settings = small_settings(tmp_path / "undisturbed")
    Builder(settings)()
    return contents(settings)


def test_a_run_that_failed_in_the_embedder_is_made_good_by_the_next_one(build: Builder, undisturbed: object) -> None:
    """An exception between reading and writing leaves an index that the next run completes."""
    build.embedder.dies_at = "渡輪"
    with pytest.raises(MemoryError):
        build()
    build.embedder.dies_at = ""
    build()
    assert contents(build.settings) == undisturbed


KILL_POINTS = [
    "assistant.store.registry.Registry.put_file:1",
    "assistant.store.registry.Registry.put_file:4",
    "assistant.store.registry.Registry.begin_documents:2",
    "assistant.store.keywords.KeywordIndex.remove_document:3",
    "assistant.store.keywords.KeywordIndex.add:3",
    "assistant.store.vectors.VectorIndex.write:1",
    "assistant.store.vectors.VectorIndex.write:4",
    "assistant.store.base.Store.commit:1",
    "assistant.store.base.Store.commit:3",
    "assistant.store.keywords.KeywordIndex.commit:2",
    "assistant.store.registry.Registry.complete:2",
    "assistant.store.registry.Registry.set_meta:4",
]
KILLED_RUN = """
import importlib, os, signal, sys
from pathlib import Path
from assistant.indexing import build, writing
from assistant.store import open_store
from tests.doubles import WordEmbeddings, small_settings

where, count = sys.argv[2].split(":")
module, kind, name = where.rsplit(".", 2)
kind, left = getattr(importlib.import_module(module), kind), int(count)
real = getattr(kind, name)

def die_at(*args, **more):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **more)

setattr(kind, name, die_at)
writing._BATCH_WINDOWS = 1  # a commit after each document
settings = small_settings(Path(sys.argv[1]))
build.build_index(settings, open_store(settings.index_dir, WordEmbeddings.fingerprint), WordEmbeddings())
"""


def run_until_killed(home: Path, point: str) -> None:
    """Index in another process, which kills itself with signal 9 at one point of the run."""
    command = [sys.executable, "-c", KILLED_RUN, str(home), point]
    run = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == -signal.SIGKILL, run.stderr


@pytest.mark.parametrize("point", KILL_POINTS, ids=lambda point: ".".join(point.split(".")[-2:]))
def test_a_killed_run_is_made_good_by_the_next_one(
    tmp_path: Path, build: Builder, undisturbed: object, point: str
) -> None:
    """Killed with signal 9 anywhere, a run leaves whole documents only, and the next one ends as if undisturbed."""
    run_until_killed(tmp_path, point)
    whole = {Path(source).name for source in build.texts()}
    with build.store() as store:
        assert store.counts()[0] == len(whole) < len(DOCUMENTS)
    report = build()
    assert contents(build.settings) == undisturbed
    assert report.unchanged == len(whole)


def test_a_killed_update_never_loses_the_document(tmp_path: Path, build: Builder) -> None:
    """A run killed while it replaces a document: the next one has the new text, in every part of the index."""
    build()
    ferry = build.settings.city_dir / "documents" / "ferry.txt"
    ferry.write_text("旗津渡輪票價\n\n渡輪全票每次40元。\n", encoding="utf-8")
    run_until_killed(tmp_path, "assistant.store.base.Store.commit:1")
    build()
    fresh = small_settings(tmp_path / "fresh")
    make_city(fresh.corpus)
    (fresh.city_dir / "documents" / "ferry.txt").write_bytes(ferry.read_bytes())
    Builder(fresh)()
    assert contents(build.settings) == contents(fresh)


def test_a_report_can_be_written_as_json(build: Builder, folder: Path) -> None:
    """The report holds plain values only, under the names that the command line promises."""
    (folder / "empty.md").write_bytes(b"")
    report = asdict(build(folder))
    assert {"added", "changed", "removed", "unchanged", "refused", "chunks", "seconds"} <= set(report)
    assert set(report["refused"][0]) >= {"source", "reason"}
