"""The store as one: what is visible to whom and when, what a commit means, and who may write."""

import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import date
from pathlib import Path

import pytest

from assistant.errors import StoreError
from assistant.schema import Chunk
from assistant.settings import PROJECT_ROOT
from assistant.store import Access, Store, open_store, set_aside_outdated
from tests.doubles import WordEmbeddings, add_document

BOTH = "keywordcosine"
Find = Callable[..., dict[str, str]]


def start_writer(folder: Path, code: str) -> subprocess.Popen[str]:
    """Another process that opens the same index as `store` and runs a few lines."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom assistant.store import open_store\nfrom tests.doubles import *\n"
    )
    script += "store = open_store(Path(sys.argv[1]), WordEmbeddings.fingerprint)\n" + textwrap.dedent(code)
    return subprocess.Popen(
        [sys.executable, "-c", script, str(folder)],
        cwd=PROJECT_ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_citizen_never_finds_a_staff_document(store: Store, find: Find) -> None:
    """A staff document stays hidden from a citizen whose words match it exactly, and both legs find it for staff."""
    with store.writing():
        add_document(store, "memo", "加班須於三日前由主管核定。", audience="staff")
        add_document(store, "faq", "垃圾車每日收運。")
    assert "memo" not in find(store, "加班須於三日前由主管核定。")
    assert find(store, "加班須於三日前由主管核定。", "public", "staff")["memo"] == BOTH


def test_a_bureau_document_is_denied_to_citizen_and_staff(store: Store) -> None:
    """What no rule allows is denied, in search, in lists and by its id."""
    with store.writing():
        add_document(store, "secret", "標案底價為一千萬元。", audience="工務局")
    for access in (Access.of("citizen", date.max), Access.of("staff", date.max)):
        assert store.search(store.terms("標案底價"), WordEmbeddings().embed_query("標案底價"), access, 20) == []
        assert store.documents(access) == []
        assert store.document("secret", access) is None


@pytest.mark.parametrize(
    ("day", "visible"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), False),
    ],
)
def test_a_document_is_found_from_its_first_to_its_last_day(store: Store, find: Find, day: date, visible: bool) -> None:
    """Both days count as in force, the days before and after do not."""
    with store.writing():
        add_document(store, "fare", "渡輪票價三十元", effective_from=date(2026, 1, 1), effective_to=date(2026, 6, 30))
    assert find(store, "渡輪票價", as_of=day) == ({"fare": BOTH} if visible else {})


def test_a_document_without_dates_is_always_in_force(store: Store, find: Find) -> None:
    """No date means no limit."""
    with store.writing():
        add_document(store, "faq", "渡輪票價三十元")
    assert find(store, "渡輪票價", as_of=date.min) == find(store, "渡輪票價", as_of=date.max) == {"faq": BOTH}


def test_an_uncommitted_document_is_not_found_even_in_part(store: Store, find: Find) -> None:
    """Before the commit a document is in no search, no list, no count and not readable."""
    add_document(store, "faq", "垃圾車每日收運。", "回收車週三收運。")
    anyone = Access.of("staff", date.max)
    assert find(store, "垃圾車") == {}
    assert (store.counts(), store.documents(anyone), store.document("faq", anyone)) == ((0, 0), [], None)
    store.commit()
    assert find(store, "垃圾車") == {"faq": BOTH}


def test_a_replaced_document_leaves_nothing_behind(store: Store, find: Find) -> None:
    """After a change only the new text is found, in both legs, and the counts are those of the new text."""
    with store.writing():
        add_document(store, "fare", "渡輪票價三十元", "學生半價")
    with store.writing():
        add_document(store, "fare", "公車停靠站位置")
    assert store.counts() == (1, 1)
    assert find(store, "渡輪票價", meaning="停靠站") == {"fare": "cosine"}
    assert find(store, "停靠站") == {"fare": BOTH}


def test_a_document_whose_audience_narrows_leaves_public_search(store: Store, find: Find) -> None:
    """A document that becomes internal is hidden from citizens as soon as that is committed."""
    with store.writing():
        add_document(store, "memo", "加班費計算方式")
    with store.writing():
        add_document(store, "memo", "加班費計算方式", audience="staff")
    assert find(store, "加班費計算方式") == {}
    assert find(store, "加班費計算方式", "public", "staff") == {"memo": BOTH}


def test_a_removed_document_is_gone_at_once(store: Store, find: Find) -> None:
    """Removal needs no commit, and touches nothing else."""
    with store.writing():
        add_document(store, "old", "垃圾車停收公告")
        add_document(store, "new", "垃圾車收運公告")
    store.remove_file("old.md")
    assert find(store, "垃圾車公告") == {"new": BOTH}
    assert set(store.files()) == {"new.md"}


def test_an_index_outlives_its_process(folder: Path, store: Store, find: Find) -> None:
    """What was committed is there when the index is opened again."""
    with store.writing():
        add_document(store, "faq", "垃圾車每日收運。")
    store.close()
    again = open_store(folder, WordEmbeddings.fingerprint)
    assert find(again, "垃圾車") == {"faq": BOTH}
    again.close()


def test_stored_chunks_are_slices_of_the_stored_text(store: Store) -> None:
    """A chunk read back is the text between its offsets, also where characters take more than one code unit."""
    with store.writing():
        add_document(store, "faq", "第一段𠮷野家🙂。", "第二段é。")
    text = store.document("faq", Access.of("citizen", date.max))[1]
    found = store.search(store.terms("段"), WordEmbeddings().embed_query("段"), Access.of("citizen", date.max), 20)
    chunks: list[Chunk] = [scored.chunk for scored in found]
    assert sorted(chunk.text for chunk in chunks) == ["第一段𠮷野家🙂。", "第二段é。"]
    assert all(text[chunk.start : chunk.end] == chunk.text for chunk in chunks)


def test_an_open_store_sees_what_another_process_committed(folder: Path, store: Store, find: Find) -> None:
    """A running server finds new documents, and loses removed ones, at its next search."""
    with store.writing():
        add_document(store, "old", "垃圾車停收公告")
    assert find(store, "垃圾車") == {"old": BOTH}
    writer = start_writer(
        folder,
        """
        with store.writing():
            store.remove(["old"])
            add_document(store, "new", "垃圾車收運公告")
        """,
    )
    _, problems = writer.communicate(timeout=120)
    assert writer.returncode == 0, problems
    assert find(store, "垃圾車") == {"new": BOTH}


def test_searches_never_fail_while_another_process_indexes(folder: Path, store: Store, find: Find) -> None:
    """Citizens keep getting results from a running server during an index run."""
    with store.writing():
        add_document(store, "first", "垃圾車收運路線")
    writer = start_writer(
        folder,
        """
        with store.writing():
            for number in range(30):
                add_document(store, f"route{number}", f"垃圾車收運路線{number}")
                store.commit()
        """,
    )
    searches: list[Future[dict[str, str]]] = []
    with ThreadPoolExecutor(3) as pool:
        while writer.poll() is None:
            searches += [pool.submit(find, store, "垃圾車收運路線") for _ in range(3)]
            wait(searches[-3:])
    assert writer.communicate()[1] == ""
    assert [str(search.exception()) for search in searches if search.exception()] == []
    assert len(find(store, "垃圾車收運路線")) >= 20


def test_a_second_writer_is_refused_with_its_cure(folder: Path, store: Store) -> None:
    """Two index runs at once cannot mix: the second one stops before it writes."""
    other = open_store(folder, WordEmbeddings.fingerprint)
    with store.writing(), pytest.raises(StoreError, match="Another process is indexing") as caught, other.writing():
        raise AssertionError("two writers at once")
    assert "Wait" in caught.value.cure
    other.close()


def test_the_write_lock_ends_with_its_process(folder: Path, store: Store, find: Find) -> None:
    """A run that was killed in the middle of writing blocks nobody and shows nothing half written."""
    writer = start_writer(
        folder,
        """
        with store.writing():
            add_document(store, "half", "垃圾車收運公告")
            print("written", flush=True)
            sys.stdin.read()
        """,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "written\n", writer.communicate()[1]
    writer.kill()
    writer.communicate()
    with store.writing():
        assert find(store, "垃圾車") == {}
        add_document(store, "whole", "垃圾車停收公告")
    assert find(store, "垃圾車") == {"whole": BOTH}


def test_a_failed_run_keeps_what_it_had_finished(store: Store, find: Find) -> None:
    """Whatever ends a run, documents that were written whole are found afterwards."""

    def run() -> None:
        with store.writing():
            add_document(store, "done", "垃圾車收運公告")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run()
    assert find(store, "垃圾車") == {"done": BOTH}


def test_an_index_of_other_embedding_weights_is_refused(folder: Path, store: Store) -> None:
    """Vectors of two models never mix: the message names both fingerprints and the way out."""
    with pytest.raises(StoreError) as caught:
        open_store(folder, "other/2")
    assert "words/1" in str(caught.value)
    assert "other/2" in str(caught.value)
    assert "city-assistant index" in caught.value.cure


def overwrite(folder: Path, pattern: str) -> None:
    for file in folder.glob(pattern):
        file.write_bytes(b"junk" * 300)


@pytest.mark.parametrize(
    "pattern", ["registry.sqlite", "vectors/chroma.sqlite3", "keywords/meta.json", "keywords/*.term"]
)
def test_a_damaged_index_is_refused_with_its_cure(folder: Path, store: Store, pattern: str) -> None:
    """A damaged part is a clear fault at opening, never a crash of the process or an empty answer."""
    with store.writing():
        add_document(store, "faq", "垃圾車每日收運。")
    store.close()
    copy = folder.with_name("damaged")
    shutil.copytree(folder, copy)
    overwrite(copy, pattern)
    with pytest.raises(StoreError, match="damaged") as caught:
        open_store(copy, WordEmbeddings.fingerprint)
    assert "city-assistant index" in caught.value.cure


@pytest.mark.parametrize("part", ["vectors", "keywords"])
def test_an_index_that_lost_a_part_is_refused(folder: Path, store: Store, part: str) -> None:
    """An index whose registry counts documents that one leg has lost must not pass for whole."""
    with store.writing():
        add_document(store, "faq", "垃圾車每日收運。")
    store.close()
    copy = folder.with_name("halved")
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(part))
    with pytest.raises(StoreError):
        open_store(copy, WordEmbeddings.fingerprint)


def test_a_place_that_cannot_be_written_is_a_clear_fault(tmp_path: Path) -> None:
    """Where the index folder cannot be made, the message names the place."""
    (tmp_path / "home").write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="home"):
        open_store(tmp_path / "home" / "index", WordEmbeddings.fingerprint)


def test_an_index_of_an_older_version_is_set_aside(folder: Path, store: Store, find: Find) -> None:
    """It is kept beside the new one, and an index of this version stays where it is."""
    with store.writing():
        add_document(store, "faq", "垃圾車每日收運。")
    assert set_aside_outdated(folder) is None
    store._registry.set_meta("schema", "0")
    store.close()
    aside = set_aside_outdated(folder)
    assert aside == folder.with_name("index.schema-0")
    again = open_store(folder, WordEmbeddings.fingerprint)
    assert (find(again, "垃圾車"), (aside / "registry.sqlite").is_file()) == ({}, True)
    again.close()


def test_a_citizen_claims_no_bureau() -> None:
    """A bureau opens its documents to staff only."""
    assert Access.of("citizen", date.max, "工務局").audiences == ("public",)
    assert Access.of("staff", date.max, "工務局").audiences == ("public", "staff", "工務局")
