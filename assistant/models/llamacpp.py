"""The llama.cpp engine: a GGUF file served by a supervised child process on this machine's CPU."""

import os
import sys
from collections.abc import Collection, Sequence

from assistant.errors import ModelNotInstalled
from assistant.models.catalog import TEMPLATE_FROM_FILE
from assistant.models.installed import LocalModel, locate_model
from assistant.models.provenance import check_provenance
from assistant.models.served import ServedEngine
from assistant.models.supervisor import Supervisor
from assistant.schema import ModelInfo
from assistant.settings import Settings


def open_llamacpp(settings: Settings, denied_origins: Collection[str]) -> ServedEngine:
    """Open a model of the catalog, or a GGUF file, with llama.cpp.

    Raises:
        UnknownModel, ModelNotInstalled: there is no such model, or no file of it.
        ModelRefused: the city's policy does not allow it in this deployment.
    """
    model = locate_model(settings)
    if not model.path.is_file():
        raise ModelNotInstalled(
            f"{model.path} is a folder; llama.cpp needs a GGUF file.", "Set CITY_ASSISTANT_ENGINE=transformers."
        )
    provenance = check_provenance(model.name, model.origin, settings.deployment, denied_origins)
    supervisor = Supervisor(
        lambda port: _command(model, settings, port),
        log_path=settings.log_dir / "engine.log",
        start_timeout_s=settings.engine_start_timeout_s,
    )
    info = ModelInfo(model.name, provenance.origin)
    return ServedEngine(info, provenance, supervisor, settings, served_name=model.name)


def _command(model: LocalModel, settings: Settings, port: int) -> Sequence[str]:
    command = [sys.executable, "-m", "assistant.models.llamacpp_server", "--model", str(model.path)]
    command += ["--alias", model.name, "--port", str(port), "--slots", str(settings.engine_slots)]
    command += ["--threads", str(settings.engine_threads or os.cpu_count() or 1)]
    command += ["--context", str(settings.context_tokens)]
    if model.chat_template != TEMPLATE_FROM_FILE:
        command += ["--chat-template", model.chat_template]
    return command
