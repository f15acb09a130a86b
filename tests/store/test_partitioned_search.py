"""Search over partitions: rows move with their labels, keep their vectors, and are found on the right days."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from assistant.store import Store, open_store
from assistant.store.registry import FIRST_DAY, LAST_DAY, day_number
from assistant.store.vectors import VectorIndex, VectorRow
from tests.doubles import WordEmbeddings, add_document

BOTH = "keywordcosine"
TODAY = date.today()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
LONG_AGO = date(2010, 1, 1)
OPEN = (FIRST_DAY, LAST_DAY)
Find = Callable[..., dict[str, str]]


def number(day: date) -> int:
    return day_number(day, FIRST_DAY)


def test_a_bureau_finds_its_own_documents_in_both_legs(store: Store, find: Find) -> None:
    """A bureau with a Chinese name is an audience as any other."""
    with store.writing():
        add_document(store, "tender", "標案底價審議", audience="工務局")
        add_document(store, "other", "標案底價審議", audience="水利局")
    assert find(store, "標案底價", "public", "staff", "工務局") == {"tender": BOTH}
    assert find(store, "標案底價", "public", "staff") == {}


def test_a_past_day_finds_what_had_begun_and_not_ended(store: Store, find: Find) -> None:
    """Standing, ended and coming documents are each found on their own days, by both legs."""
    with store.writing():
        add_document(store, "always", "渡輪票價", effective_from=None)
        add_document(store, "recent", "渡輪票價", effective_from=date(2020, 1, 1))
        add_document(store, "former", "渡輪票價", effective_from=date(2005, 1, 1), effective_to=date(2019, 12, 31))
        add_document(store, "coming", "渡輪票價", effective_from=TOMORROW)
    assert find(store, "渡輪票價", as_of=LONG_AGO) == {"always": BOTH, "former": BOTH}
    assert find(store, "渡輪票價", as_of=TODAY) == {"always": BOTH, "recent": BOTH}
    assert find(store, "渡輪票價", as_of=TOMORROW) == {"always": BOTH, "recent": BOTH, "coming": BOTH}


def test_a_later_start_changes_what_a_day_finds(store: Store, find: Find) -> None:
    """A standing document that is added later, with a later first day, stays hidden before it."""
    with store.writing():
        add_document(store, "first", "渡輪票價", effective_from=LONG_AGO)
    assert find(store, "渡輪票價", as_of=LONG_AGO) == {"first": BOTH}
    with store.writing():
        add_document(store, "second", "渡輪票價", effective_from=date(2020, 1, 1))
    assert find(store, "渡輪票價", as_of=date(2019, 12, 31)) == {"first": BOTH}
    assert find(store, "渡輪票價", as_of=date(2020, 1, 1)) == {"first": BOTH, "second": BOTH}


def test_an_ended_document_may_come_back_into_force(store: Store, find: Find) -> None:
    """A version is superseded, then the newer one is withdrawn: both legs follow, and its vectors are kept."""
    with store.writing():
        document = add_document(store, "rule", "渡輪票價")
    with store.writing():
        store.supersede(document, YESTERDAY)
    assert find(store, "渡輪票價", as_of=TODAY) == {}
    assert find(store, "渡輪票價", as_of=LONG_AGO) == {"rule": BOTH}
    with store.writing():
        store.supersede(document, None)
    assert find(store, "渡輪票價", as_of=TODAY) == {"rule": BOTH}


def test_a_window_left_in_two_partitions_is_mended(tmp_path: Path) -> None:
    """What a killed run left twice is once where it belongs after the next write, with its vector."""
    vectors = VectorIndex(tmp_path)
    vectors.write(["d"], [VectorRow("d", "0", "c", [1.0, 0.0], "public", "zh-TW", OPEN)])
    moved = VectorRow("d", "0", "c", None, "staff", "zh-TW", OPEN)
    vectors._place(moved.partition, {moved.id: moved}, vectors._rows(["d"]))
    assert vectors.count() == 2
    vectors.write(["d"], [moved])
    assert vectors.count() == 1
    assert vectors.search([1.0, 0.0], 5, ["public"], number(TODAY)) == []
    assert vectors.search([1.0, 0.0], 5, ["staff"], number(TODAY)) == [("c", pytest.approx(1.0))]


def test_two_processes_may_index_in_turn(folder: Path, store: Store, find: Find) -> None:
    """A store that was open while another one wrote writes on from there, and loses none of it."""
    other = open_store(folder, WordEmbeddings.fingerprint)
    for number_, writer in enumerate((other, store, other)):
        with writer.writing():
            add_document(writer, f"d{number_}", "渡輪票價")
    other.close()
    assert find(store, "渡輪票價") == {"d0": BOTH, "d1": BOTH, "d2": BOTH}


def test_chunks_are_looked_up_by_their_ids(store: Store, find: Find) -> None:
    """A search reads the chunks that it found and no others: SQLite goes by their ids, not through all documents."""
    plans: list[str] = []

    def explain(connection: sa.Connection, cursor: object, statement: str, parameters: object, *more: object) -> None:
        if "chunk_text" in statement and not statement.startswith("EXPLAIN"):
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
            plans.extend(row[3] for row in rows)

    with store.writing():
        add_document(store, "fare", "渡輪票價")
    sa.event.listen(store._registry._engine, "before_cursor_execute", explain)
    assert find(store, "渡輪票價") == {"fare": BOTH}
    assert plans
    assert all("autoindex" in plan for plan in plans)


@pytest.mark.parametrize("query", ["", "？！。，" * 100, "的" * 1000, "渡輪" + "甲乙丙丁" * 250, "' OR 1=1 --", "\x00"])
def test_no_question_is_a_fault(store: Store, find: Find, query: str) -> None:
    """Empty, huge, repeated and hostile questions are searched as any other."""
    with store.writing():
        add_document(store, "fare", "渡輪票價")
        add_document(store, "memo", "渡輪票價", audience="staff")
    assert set(find(store, query)) <= {"fare"}
