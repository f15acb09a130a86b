"""Model files on this machine: where they lie, and whether they are the right bytes."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.errors import ModelNotInstalled, UnknownModel
from assistant.models.catalog import TEMPLATE_FROM_FILE, Catalog, CatalogModel, find_model, load_catalog
from assistant.settings import Settings


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What was found when a model file was last hashed; a file that still has this size and time needs no new hash."""

    sha256: str
    size_bytes: int
    mtime_ns: int
    source: str
    checked_at: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of hashing an installed model again; `expected` is empty where nobody has stated a hash."""

    name: str
    path: Path
    sha256: str
    expected: str

    @property
    def ok(self) -> bool:
        """Whether the bytes are the expected ones."""
        return self.sha256 == self.expected


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A model that an engine can open: a GGUF file or a checkpoint folder; `origin` is empty when unknown."""

    name: str
    origin: str
    path: Path
    chat_template: str = TEMPLATE_FROM_FILE


def model_path(name: str, settings: Settings) -> Path:
    """Where the file of a catalog model lies once installed."""
    return settings.models_dir / f"{name}.gguf"


def record_path(name: str, settings: Settings) -> Path:
    """Where the record beside a model file lies."""
    return settings.models_dir / f"{name}.json"


def sha256_of(path: Path) -> str:
    """Hash a whole file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_record(name: str, settings: Settings, sha256: str, source: str) -> None:
    """Remember that the installed file has this hash."""
    stat = model_path(name, settings).stat()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    record = FileRecord(sha256, stat.st_size, stat.st_mtime_ns, source, now)
    record_path(name, settings).write_text(json.dumps(asdict(record), indent=1) + "\n", encoding="utf-8")


def read_record(name: str, settings: Settings) -> FileRecord | None:
    """Read the record of a model file; None where there is none, or it cannot be read."""
    try:
        return FileRecord(**json.loads(record_path(name, settings).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def installed_path(model: CatalogModel, settings: Settings) -> Path | None:
    """The file of a catalog model, checked; None where it is not installed.

    A file that changed since it was last hashed, or that was put there by hand, is hashed once.

    Raises:
        ModelNotInstalled: the file is there but holds other bytes than the catalog's.
    """
    path = model_path(model.name, settings)
    if not path.is_file():
        return None
    record = read_record(model.name, settings)
    stat = path.stat()
    if record is None or (record.size_bytes, record.mtime_ns) != (stat.st_size, stat.st_mtime_ns):
        sha256, source = sha256_of(path), record.source if record else "put there by hand"
    else:
        sha256, source = record.sha256, record.source
    expected = model.sha256 or (record.sha256 if record else sha256)
    if sha256 != expected:
        raise ModelNotInstalled(
            f"The file {path} is damaged, or not {model.title}: its SHA-256 is {sha256}, not {expected}.",
            f"Delete it and run: city-assistant models pull {model.name}",
        )
    if record is None or record.mtime_ns != stat.st_mtime_ns:
        write_record(model.name, settings, sha256, source)
    return path


def verify(name: str, settings: Settings, *, catalog: Catalog | None = None) -> Verification:
    """Hash an installed model again, whatever its record says.

    Raises:
        UnknownModel: the catalog has no such model.
        ModelNotInstalled: there is no file to verify.
    """
    model = find_model(name, catalog or load_catalog())
    path = model_path(name, settings)
    if not path.is_file():
        raise not_installed(model, settings)
    record = read_record(name, settings)
    return Verification(name, path, sha256_of(path), model.sha256 or (record.sha256 if record else ""))


def not_installed(model: CatalogModel, settings: Settings) -> ModelNotInstalled:
    """The error for a catalog model without its file, with the command that fixes it."""
    return ModelNotInstalled(
        f"Model {model.name!r} is not installed in {settings.models_dir}.",
        f"Run: city-assistant models pull {model.name}",
    )


def locate_model(settings: Settings, *, catalog: Catalog | None = None) -> LocalModel:
    """Find what `settings.model` names: a model of the catalog, a GGUF file, or a checkpoint folder.

    Raises:
        UnknownModel: neither in the catalog nor a path.
        ModelNotInstalled: known, or a path, but not on this machine; the message holds the command that fixes it.
    """
    catalog = catalog or load_catalog()
    try:
        model = find_model(settings.model, catalog)
    except UnknownModel:
        path = Path(settings.model).expanduser()
        if path.exists():
            name = path.stem if path.is_file() else path.resolve().name
            return LocalModel(name, settings.model_origin, path.resolve())
        if "/" in settings.model or path.suffix == ".gguf":
            raise ModelNotInstalled(
                f"There is no model at {path}.", "Correct CITY_ASSISTANT_MODEL, or put the file there."
            ) from None
        raise
    installed = installed_path(model, settings)
    if installed is None:
        raise not_installed(model, settings)
    return LocalModel(model.name, model.origin, installed.resolve(), model.chat_template)
