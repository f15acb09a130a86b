"""The vector index: nearest first, filters inside the query, and removal."""

from pathlib import Path

import numpy as np
import pytest

from assistant.store.vectors import VectorIndex

ALWAYS = (0, 99999999)
DAY = 20260701
EAST, NORTH, WEST = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]


@pytest.fixture
def vectors(tmp_path: Path) -> VectorIndex:
    return VectorIndex(tmp_path / "vectors")


def test_a_chunk_counts_by_its_nearest_window(vectors: VectorIndex) -> None:
    """Similarity is the cosine of a chunk's best window, best chunk first."""
    vectors.add(["a", "a", "b"], [WEST, NORTH, [1.0, 1.0, 0.0]], "document", "public", ALWAYS)
    found = vectors.search(NORTH, 10, ["public"], DAY)
    assert [chunk_id for chunk_id, _ in found] == ["a", "b"]
    assert [round(score, 3) for _, score in found] == [1.0, 0.707]


def test_audience_and_date_are_part_of_the_query(vectors: VectorIndex) -> None:
    """A thousand nearer windows that the person may not see never push out the one that they may see."""
    near = (np.array(EAST) + 0.05 * np.random.default_rng(7).standard_normal((1000, 3))).tolist()
    vectors.add([f"s{n}" for n in range(1000)], near, "staff", "staff", ALWAYS)
    vectors.add([f"o{n}" for n in range(1000)], near, "over", "public", (0, DAY - 1))
    vectors.add(["far"], [WEST], "public", "public", ALWAYS)
    assert [chunk_id for chunk_id, _ in vectors.search(EAST, 10, ["public"], DAY)] == ["far"]


def test_the_first_and_the_last_day_are_inside(vectors: VectorIndex) -> None:
    """A window in force for one day is found on that day alone."""
    vectors.add(["a"], [EAST], "document", "public", (DAY, DAY))
    days = [day for day in (DAY - 1, DAY, DAY + 1) if vectors.search(EAST, 10, ["public"], day)]
    assert days == [DAY]


def test_removal_takes_every_window_of_one_document(vectors: VectorIndex) -> None:
    """The windows of a removed document are gone, those of the others stay."""
    vectors.add(["a1", "a2"], [EAST, NORTH], "a", "public", ALWAYS)
    vectors.add(["b1"], [EAST], "b", "public", ALWAYS)
    vectors.remove_document("a")
    assert [chunk_id for chunk_id, _ in vectors.search(EAST, 10, ["public"], DAY)] == ["b1"]
    assert vectors.count() == 1


def test_an_empty_index_finds_nothing(vectors: VectorIndex) -> None:
    """Searching before anything was indexed is no fault."""
    assert vectors.search(EAST, 10, ["public"], DAY) == []
