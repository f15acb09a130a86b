"""The transformers engine: a checkpoint folder, or a GGUF file converted once, in a supervised child process."""

import hashlib
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from assistant.models.installed import LocalModel, locate_model
from assistant.models.provenance import check_provenance
from assistant.models.served import ServedEngine
from assistant.models.supervisor import Supervisor
from assistant.schema import ModelInfo
from assistant.settings import Settings

CONVERSION_TIMEOUT_S = 900.0


def open_transformers(settings: Settings, denied_origins: Collection[str]) -> ServedEngine:
    """Open a model of the catalog, a GGUF file, or any local checkpoint folder with transformers.

    Raises:
        UnknownModel, ModelNotInstalled: there is no such model, or no file of it.
        ModelRefused: the city's policy does not allow it in this deployment.
    """
    model = locate_model(settings)
    provenance = check_provenance(model.name, model.origin, settings.deployment, denied_origins)
    folder = model.path if model.path.is_dir() else _converted_folder(model, settings)
    timeout_s = settings.engine_start_timeout_s
    supervisor = Supervisor(
        lambda port: _command(model, folder, port),
        log_path=settings.log_dir / "engine.log",
        start_timeout_s=timeout_s if folder.is_dir() else max(timeout_s, CONVERSION_TIMEOUT_S),
    )
    info = ModelInfo(model.name, provenance.origin)
    return ServedEngine(info, provenance, supervisor, settings, served_name=str(folder))


def _converted_folder(model: LocalModel, settings: Settings) -> Path:
    """Where the converted model lies: another folder for another file, also when the name is the same."""
    stat = model.path.stat()
    identity = f"{model.path} {stat.st_size} {stat.st_mtime_ns}"
    digest = hashlib.sha256(identity.encode()).hexdigest()[:8]
    return settings.models_dir.resolve() / "converted" / f"{model.name}-{digest}"


def _command(model: LocalModel, folder: Path, port: int) -> Sequence[str]:
    command = [sys.executable, "-m", "assistant.models.transformers_server"]
    command += ["--folder", str(folder), "--port", str(port)]
    if model.path.is_file():
        command += ["--gguf", str(model.path), "--chat-template", model.chat_template]
    return command
