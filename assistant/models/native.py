"""The llama.cpp that was compiled for this machine: where it lies, and whether it or the wheel serves."""

import hashlib
import shutil
import subprocess
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from assistant.errors import EngineUnavailable
from assistant.settings import Settings

RECIPE_PATH = Path(__file__).with_name("native.toml")
CPUINFO = Path("/proc/cpuinfo")
PROGRAM = "llama-server"
VERSION_TIMEOUT_S = 20.0
_FACTS = {"vendor_id", "cpu family", "model", "flags"}  # x86
_FACTS |= {"CPU implementer", "CPU architecture", "CPU part", "Features"}  # ARM

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class Tool(BaseModel):
    """A program that compiling needs, and the wheel that holds it."""

    model_config = _FROZEN

    requirement: str
    file: str


class Recipe(BaseModel):
    """What is compiled, and how."""

    model_config = _FROZEN

    package: str
    version: str
    sha256: str
    folder: str
    needed_mb: int
    flags: tuple[str, ...]
    tools: Mapping[str, Tool]


@dataclass(frozen=True, slots=True)
class ServerChoice:
    """Which llama.cpp serves, and why; `native` is None where it is the wheel's."""

    native: Path | None
    reason: str


def load_recipe(path: Path = RECIPE_PATH) -> Recipe:
    """Read the recipe that ships beside this module."""
    return Recipe.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def cpu_fingerprint() -> str:
    """The kind of processor and the instructions it knows, as a short hash; empty where the system does not say."""
    if not CPUINFO.is_file():
        return ""
    lines = CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines()
    facts = sorted({line for line in lines if line.partition(":")[0].strip() in _FACTS})
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:12] if facts else ""


def native_dir(settings: Settings) -> Path:
    """Where compiled servers lie, one folder for each version and processor."""
    return settings.home.resolve() / "engines" / "llama.cpp"


def native_path(settings: Settings) -> Path:
    """Where the server of this version lies once it is compiled for this processor."""
    return native_dir(settings) / f"{load_recipe().version}-{cpu_fingerprint()}" / PROGRAM


def choose_server(settings: Settings) -> ServerChoice:
    """The compiled server where there is one for this processor and version, else the wheel's."""
    path = native_path(settings)
    if path.is_file():
        return ServerChoice(
            path, f"llama.cpp of {load_recipe().package} {load_recipe().version}, compiled for this CPU"
        )
    if any(native_dir(settings).glob(f"*/{PROGRAM}")):
        return ServerChoice(None, "what was compiled is of another version or for another CPU; compile it again")
    return ServerChoice(None, "none is compiled for this CPU; city-assistant engine build makes one")


def engine_status(settings: Settings) -> dict[str, str]:
    """Which engine would run, why, and where the compiled server lies; as plain words for the command line."""
    if settings.engine != "llamacpp":
        return {"runs": settings.engine, "reason": f"CITY_ASSISTANT_ENGINE is {settings.engine}", "path": ""}
    choice = choose_server(settings)
    if choice.native is None:
        return {"runs": "wheel", "reason": choice.reason, "path": ""}
    try:
        reason = f"{choice.reason}; {server_version(choice.native)}"
    except EngineUnavailable as error:
        return {"runs": "wheel", "reason": str(error), "path": str(choice.native)}
    return {"runs": "compiled", "reason": reason, "path": str(choice.native)}


def server_version(path: Path) -> str:
    """What a compiled server says of itself.

    Raises:
        EngineUnavailable: it does not run on this machine.
    """
    try:
        done = subprocess.run(
            [path, "--version"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=VERSION_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _does_not_run(path, type(error).__name__) from error
    said = (done.stdout + done.stderr).strip()
    if done.returncode != 0 or not said:
        raise _does_not_run(path, f"exit code {done.returncode}")
    return said.splitlines()[0]


def remove_native(settings: Settings) -> int:
    """Delete every compiled server; how many there were."""
    found = list(native_dir(settings).glob(f"*/{PROGRAM}"))
    for program in found:
        shutil.rmtree(program.parent)
    return len(found)


def _does_not_run(path: Path, how: str) -> EngineUnavailable:
    return EngineUnavailable(f"The compiled {path} does not run here ({how}).", "Run: city-assistant engine remove")
