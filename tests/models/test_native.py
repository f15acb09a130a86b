"""What is promised about the compiled llama.cpp: that it is used only on the processor it was made for."""

from pathlib import Path

import pytest

from assistant.models import native
from assistant.models.native import (
    choose_server,
    cpu_fingerprint,
    engine_status,
    load_recipe,
    native_path,
    remove_native,
)
from assistant.settings import Settings

CPU = "processor : 0\nflags : fma avx2\ncpu MHz : 2000\n\nprocessor : 1\nflags : fma avx2\ncpu MHz : 1999\n"


@pytest.fixture
def cpuinfo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A processor that can be exchanged."""
    path = tmp_path / "cpuinfo"
    path.write_text(CPU, encoding="utf-8")
    monkeypatch.setattr(native, "CPUINFO", path)
    return path


def install(settings: Settings, program: str) -> Path:
    """Put a script where the compiled server of this processor lies."""
    path = native_path(settings)
    path.parent.mkdir(parents=True)
    path.write_text(program, encoding="utf-8")
    path.chmod(0o755)
    return path


def test_the_fingerprint_is_that_of_the_instructions(cpuinfo: Path) -> None:
    """Clock and core count do not matter; one instruction set less does."""
    first = cpu_fingerprint()
    cpuinfo.write_text(CPU.replace("2000", "3000").split("\n\n")[0], encoding="utf-8")
    assert cpu_fingerprint() == first
    cpuinfo.write_text(CPU.replace("fma ", ""), encoding="utf-8")
    assert cpu_fingerprint() != first


def test_a_system_that_says_nothing_has_no_fingerprint(cpuinfo: Path) -> None:
    """Where the processor is not known, nothing can be known to fit it."""
    cpuinfo.unlink()
    assert cpu_fingerprint() == ""


@pytest.mark.usefixtures("cpuinfo")
def test_the_wheel_serves_where_nothing_is_compiled(settings: Settings) -> None:
    """Without a compiled server the wheel serves, and the reason names the command that makes one."""
    choice = choose_server(settings)
    assert choice.native is None
    assert "city-assistant engine build" in choice.reason


@pytest.mark.usefixtures("cpuinfo")
def test_the_compiled_server_serves_on_its_own_processor(settings: Settings) -> None:
    """What was compiled here is what runs, and its own words say which it is."""
    path = install(settings, "#!/bin/sh\necho version: 9\n")
    assert choose_server(settings).native == path
    assert engine_status(settings)["runs"] == "compiled"
    assert "version: 9" in engine_status(settings)["reason"]


def test_a_server_for_another_processor_is_not_used(settings: Settings, cpuinfo: Path) -> None:
    """A home that moved to another machine falls back to the wheel and says why."""
    install(settings, "#!/bin/sh\n")
    cpuinfo.write_text(CPU.replace("fma ", ""), encoding="utf-8")
    choice = choose_server(settings)
    assert choice.native is None
    assert "another CPU" in choice.reason


@pytest.mark.usefixtures("cpuinfo")
@pytest.mark.parametrize("program", ["#!/bin/sh\nexit 4\n", "#!/no/such/interpreter\n"])
def test_a_server_that_does_not_run_is_said(settings: Settings, program: str) -> None:
    """The status tries the program instead of believing its name."""
    install(settings, program)
    status = engine_status(settings)
    assert status["runs"] == "wheel"
    assert "does not run here" in status["reason"]


@pytest.mark.usefixtures("cpuinfo")
def test_another_engine_is_named_as_such(settings: Settings) -> None:
    """Where llama.cpp is not the engine, the status says which one is."""
    assert engine_status(settings.model_copy(update={"engine": "endpoint"}))["runs"] == "endpoint"


@pytest.mark.usefixtures("cpuinfo")
def test_removing_brings_the_wheel_back(settings: Settings) -> None:
    """What is removed is gone, and removing nothing is no fault."""
    path = install(settings, "#!/bin/sh\n")
    assert (remove_native(settings), remove_native(settings)) == (1, 0)
    assert not path.exists()
    assert choose_server(settings).native is None


def test_the_recipe_pins_its_source() -> None:
    """The shipped recipe names one file of one version, by its hash."""
    recipe = load_recipe()
    assert len(recipe.sha256) == 64
    assert all("==" in tool.requirement for tool in recipe.tools.values())
