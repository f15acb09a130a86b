"""The llama.cpp engine: a GGUF file served on this machine's CPU by a supervised child, compiled or from the wheel."""

import logging
import os
import sys
import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path

from assistant.errors import ModelNotInstalled
from assistant.models.catalog import TEMPLATE_FROM_FILE
from assistant.models.installed import LocalModel, locate_model
from assistant.models.native import choose_server
from assistant.models.provenance import check_provenance
from assistant.models.served import ServedEngine
from assistant.models.supervisor import HOST, Supervisor
from assistant.schema import ModelInfo
from assistant.settings import Settings

logger = logging.getLogger(__name__)

# Prompts that the engine keeps beside its slots, so that the static prefix of each language is read once and survives
# questions in the other one. llama.cpp's own limit of 8 GiB would let its memory grow with every long question.
PROMPT_CACHE_MIB = 512
MAX_NATIVE_STARTS = 2
_NATIVE_WINDOW_S = 60.0

Command = Callable[[int], Sequence[str]]


def open_llamacpp(settings: Settings, denied_origins: Collection[str]) -> ServedEngine:
    """Open a model of the catalog, or a GGUF file, with the compiled llama.cpp where there is one, else the wheel's.

    Raises:
        UnknownModel, ModelNotInstalled: there is no such model, or no file of it.
        ModelRefused: the city's policy does not allow it in this deployment.
    """
    model = _locate_file(settings)
    command: Command = partial(_wheel_command, model, settings)
    native = choose_server(settings).native
    if native:
        window_s = _NATIVE_WINDOW_S + MAX_NATIVE_STARTS * settings.engine_start_timeout_s
        command = NativeFirst(partial(_native_command, native, model, settings), command, window_s)
    return _serve(model, settings, denied_origins, command)


def open_wheel(settings: Settings, denied_origins: Collection[str]) -> ServedEngine:
    """Open the model with the wheel's llama.cpp, whatever is compiled."""
    model = _locate_file(settings)
    return _serve(model, settings, denied_origins, partial(_wheel_command, model, settings))


def open_native(
    settings: Settings, denied_origins: Collection[str], native: Path, log_name: str = "engine.log"
) -> ServedEngine:
    """Open the model with one compiled server, and with nothing else when that fails."""
    model = _locate_file(settings)
    return _serve(model, settings, denied_origins, partial(_native_command, native, model, settings), log_name)


class NativeFirst:
    """The command line of the compiled server until it has ended too often, then that of the wheel.

    Args:
        native, wheel: make the two command lines for a port.
        window_s: so many seconds after a start, an end still counts as a failure to start.
    """

    def __init__(self, native: Command, wheel: Command, window_s: float) -> None:
        self._native = native
        self._wheel = wheel
        self._window_s = window_s
        self._starts: list[float] = []
        self._given_up = False

    def __call__(self, port: int) -> Sequence[str]:
        """The command line of the next child."""
        now = time.monotonic()
        self._starts = [start for start in self._starts if now - start < self._window_s]
        if not self._given_up and len(self._starts) >= MAX_NATIVE_STARTS:
            self._given_up = True
            logger.warning("The compiled llama.cpp ended %d times; the wheel's takes its place.", len(self._starts))
        if self._given_up:
            return self._wheel(port)
        self._starts.append(now)
        return self._native(port)


def _locate_file(settings: Settings) -> LocalModel:
    model = locate_model(settings)
    if not model.path.is_file():
        raise ModelNotInstalled(
            f"{model.path} is a folder; llama.cpp needs a GGUF file.", "Set CITY_ASSISTANT_ENGINE=transformers."
        )
    return model


def _serve(
    model: LocalModel,
    settings: Settings,
    denied_origins: Collection[str],
    command: Command,
    log_name: str = "engine.log",
) -> ServedEngine:
    provenance = check_provenance(model.name, model.origin, settings.deployment, denied_origins)
    supervisor = Supervisor(
        command, log_path=settings.log_dir / log_name, start_timeout_s=settings.engine_start_timeout_s
    )
    info = ModelInfo(model.name, provenance.origin)
    return ServedEngine(info, provenance, supervisor, settings, served_name=model.name)


def _wheel_command(model: LocalModel, settings: Settings, port: int) -> Sequence[str]:
    command = [sys.executable, "-m", "assistant.models.llamacpp_server", "--model", str(model.path)]
    command += ["--alias", model.name, "--port", str(port), "--slots", str(settings.engine_slots)]
    command += ["--threads", str(_threads(settings)), "--context", str(settings.context_tokens)]
    command += ["--prompt-cache-mib", str(PROMPT_CACHE_MIB)]
    if model.chat_template != TEMPLATE_FROM_FILE:
        command += ["--chat-template", model.chat_template]
    return command


def _native_command(native: Path, model: LocalModel, settings: Settings, port: int) -> Sequence[str]:
    """The same settings as in `llamacpp_server.py`, in llama-server's own words."""
    command = [sys.executable, "-m", "assistant.models.native_server", str(native), "--model", str(model.path)]
    command += ["--alias", model.name, "--host", HOST, "--port", str(port), "--parallel", str(settings.engine_slots)]
    command += ["--threads", str(_threads(settings)), "--threads-batch", str(_threads(settings))]
    command += ["--ctx-size", str(settings.context_tokens * settings.engine_slots)]
    command += ["--cache-ram", str(PROMPT_CACHE_MIB), "--cors-origins", f"http://{HOST}"]
    command += ["--swa-full", "--metrics", "--no-slots", "--no-ui", "--offline"]
    if model.chat_template != TEMPLATE_FROM_FILE:
        command += ["--chat-template", model.chat_template, "--no-jinja"]
    return command


def _threads(settings: Settings) -> int:
    return settings.engine_threads or os.cpu_count() or 1
