"""The scale stage: the made-up city is the same each time, and a small index of it is found and measured."""

import argparse
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from assistant.settings import Settings
from assistant.store import Access
from eval.scale import stage
from eval.scale.build import build
from eval.scale.city import DIMENSIONS, PAST, TODAY, MadeUpCity
from eval.scale.search import nearest
from tests.doubles import small_settings

TEXTS = ["高雄市渡輪票價每人三十元，學生半價。" * 3, "垃圾車每週三不收運，請於星期四投放。" * 3]


@pytest.fixture
def city() -> MadeUpCity:
    return MadeUpCity(TEXTS)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return small_settings(tmp_path)


def test_the_same_seed_gives_the_same_city(city: MadeUpCity) -> None:
    """Documents and questions repeat, also where a larger city begins with them."""
    small, large = next(city.batches(20)), next(MadeUpCity(TEXTS).batches(40))
    assert [entry.text for entry in small] == [entry.text for entry in large[:2]]
    assert [q.text for q in city.questions(3, 20)] == [q.text for q in MadeUpCity(TEXTS).questions(3, 20)]


def test_another_seed_gives_another_city(city: MadeUpCity) -> None:
    """The seed is what decides."""
    assert next(city.batches(10))[0].text != next(MadeUpCity(TEXTS, seed=8).batches(10))[0].text


def test_vectors_have_length_one(city: MadeUpCity) -> None:
    """As those of an embedding model have."""
    vectors = city.vectors(0)
    assert vectors.shape[1] == DIMENSIONS
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_labels_are_spread_as_promised(city: MadeUpCity) -> None:
    """About 5 % are for staff or a bureau, and about 2 % are not in force today."""
    allowed = city.may_see(20_000, Access.of("citizen", TODAY))
    assert 0.90 < allowed.mean() < 0.96
    assert 0.5 < city.may_see(20_000, Access.of("citizen", PAST)).mean() < 0.85
    assert not city.may_see(20_000, Access((), date.max)).any()


def test_exact_search_sees_what_the_person_may_see(city: MadeUpCity) -> None:
    """The nearest chunks are those of greatest cosine among the allowed ones."""
    question = city.questions(1, 200)[0]
    access = Access.of("citizen", TODAY)
    cosines = np.where(city.may_see(200, access), city.vectors(0)[:200] @ question.vector, -1)
    assert nearest(city, 200, access, [question])[0] == [city.chunk_id(int(i)) for i in np.argsort(-cosines)[:10]]


def test_the_stage_measures_and_keeps_a_small_index(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run builds, searches and adds, and keeps figures of both legs and of the whole."""
    monkeypatch.setattr(stage, "_in_process", stage._do)
    stage.run(settings, argparse.Namespace(sizes=[200], folder=tmp_path / "indexes", out=tmp_path / "out"))
    figures = json.loads((tmp_path / "out" / "scale.json").read_text(encoding="utf-8"))["figures"]["200"]
    assert figures["search"]["recall@10"]["citizen"] == 1.0
    assert figures["search"]["keywords_agree@10"] == 1.0
    assert figures["search"]["search_ms"]["p95"] > 0
    assert figures["add"]["next_document_s"] > 0


def test_an_index_that_is_there_is_not_built_again(city: MadeUpCity, tmp_path: Path) -> None:
    """A kept folder is measured again with the figures of its building."""
    first = build(city, 20, tmp_path)
    assert build(city, 20, tmp_path) == first
