"""The vector index: nearest first, filters inside the query, and removal."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.store.vectors import VectorIndex, VectorRow

ALWAYS = (0, 99999999)
DAY = 20260701
EAST, NORTH, WEST = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]


def rows(
    chunk_ids: list[str], matrix: list[list[float]], document_id: str, audience: str, days: tuple[int, int]
) -> list[VectorRow]:
    pairs = enumerate(zip(chunk_ids, matrix, strict=True))
    return [
        VectorRow(document_id, str(n), chunk_id, vector, audience, "zh-TW", days) for n, (chunk_id, vector) in pairs
    ]


def add(vectors: VectorIndex, *arguments: Any) -> None:
    """Write the windows of one document: chunk ids, vectors, document id, audience, days."""
    vectors.write([arguments[2]], rows(*arguments))


@pytest.fixture
def vectors(tmp_path: Path) -> VectorIndex:
    return VectorIndex(tmp_path / "vectors")


def test_a_chunk_counts_by_its_nearest_window(vectors: VectorIndex) -> None:
    """Similarity is the cosine of a chunk's best window, best chunk first."""
    add(vectors, ["a", "a", "b"], [WEST, NORTH, [1.0, 1.0, 0.0]], "document", "public", ALWAYS)
    found = vectors.search(NORTH, 10, ["public"], DAY)
    assert [chunk_id for chunk_id, _ in found] == ["a", "b"]
    assert [round(score, 3) for _, score in found] == [1.0, 0.707]


def test_audience_and_date_are_part_of_the_query(vectors: VectorIndex) -> None:
    """A thousand nearer windows that the person may not see never push out the one that they may see."""
    near = (np.array(EAST) + 0.05 * np.random.default_rng(7).standard_normal((1000, 3))).tolist()
    add(vectors, [f"s{n}" for n in range(1000)], near, "staff", "staff", ALWAYS)
    add(vectors, [f"o{n}" for n in range(1000)], near, "over", "public", (0, DAY - 1))
    add(vectors, ["far"], [WEST], "public", "public", ALWAYS)
    assert [chunk_id for chunk_id, _ in vectors.search(EAST, 10, ["public"], DAY)] == ["far"]


def test_the_first_and_the_last_day_are_inside(vectors: VectorIndex) -> None:
    """A window in force for one day is found on that day alone."""
    add(vectors, ["a"], [EAST], "document", "public", (DAY, DAY))
    days = [day for day in (DAY - 1, DAY, DAY + 1) if vectors.search(EAST, 10, ["public"], day)]
    assert days == [DAY]


def test_removal_takes_every_window_of_one_document(vectors: VectorIndex) -> None:
    """The windows of a removed document are gone, those of the others stay."""
    add(vectors, ["a1", "a2"], [EAST, NORTH], "a", "public", ALWAYS)
    add(vectors, ["b1"], [EAST], "b", "public", ALWAYS)
    vectors.write(["a"], [])
    assert [chunk_id for chunk_id, _ in vectors.search(EAST, 10, ["public"], DAY)] == ["b1"]
    assert vectors.count() == 1


def test_an_empty_index_finds_nothing(vectors: VectorIndex) -> None:
    """Searching before anything was indexed is no fault."""
    assert vectors.search(EAST, 10, ["public"], DAY) == []


def test_kept_windows_need_no_vector(vectors: VectorIndex) -> None:
    """Writing a document anew keeps the vectors of windows that it still has, and moves them to their new chunk."""
    add(vectors, ["a", "b"], [EAST, NORTH], "d", "public", ALWAYS)
    assert vectors.known(["d", "other"]) == {"d": {"0", "1"}, "other": set()}
    kept = VectorRow("d", "0", "c", None, "staff", "zh-TW", ALWAYS)
    vectors.write(["d"], [kept, VectorRow("d", "2", "e", WEST, "staff", "zh-TW", ALWAYS)])
    assert vectors.search(EAST, 10, ["public"], DAY) == []
    found = vectors.search(EAST, 10, ["staff"], DAY)
    assert [(chunk_id, round(score, 3)) for chunk_id, score in found] == [("c", 1.0), ("e", -1.0)]


def test_a_document_may_be_relabelled(vectors: VectorIndex) -> None:
    """Another end of validity reaches every window without a new vector."""
    add(vectors, ["a", "b"], [EAST, NORTH], "d", "public", ALWAYS)
    vectors.relabel("d", "public", "zh-TW", (0, DAY - 1))
    assert vectors.search(EAST, 10, ["public"], DAY) == []
    assert len(vectors.search(EAST, 10, ["public"], DAY - 1)) == 2


def test_each_language_brings_its_own_best(vectors: VectorIndex) -> None:
    """Nearer windows of one language take no place of another's, and a move between languages keeps vectors."""
    near = (np.array(EAST) + 0.01 * np.random.default_rng(7).standard_normal((100, 3))).tolist()
    vectors.write(["zh"], [VectorRow("zh", str(n), f"z{n}", v, "public", "zh-TW", ALWAYS) for n, v in enumerate(near)])
    vectors.write(["en"], [VectorRow("en", "0", "e", WEST, "public", "en", ALWAYS)])
    found = vectors.search(EAST, 10, ["public"], DAY)
    assert len(found) == 11
    assert found[-1][0] == "e"
    vectors.relabel("en", "public", "zh-TW", ALWAYS)
    assert "e" not in dict(vectors.search(EAST, 10, ["public"], DAY))
    assert vectors.search(WEST, 1, ["public"], DAY) == [("e", pytest.approx(1.0))]
