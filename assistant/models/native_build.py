"""Compiles llama.cpp once for this machine's processor, tries it on the installed model, and puts it in place."""

import errno
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path

from filelock import FileLock

from assistant.errors import DownloadFailed, EngineUnavailable, ModelError
from assistant.models.installed import locate_model, sha256_of
from assistant.models.llamacpp import open_native
from assistant.models.native import (
    PROGRAM,
    Recipe,
    cpu_fingerprint,
    load_recipe,
    native_dir,
    native_path,
    server_version,
)
from assistant.models.pip_mirror import call_pip
from assistant.settings import Settings

MB = 1_000_000
LOG_NAME = "engine-build.log"
TEST_QUESTION = (("user", "高雄市在哪一個國家？請用一句話回答。"),)
_CXX = ("c++", "g++", "clang++")
_CC = ("cc", "gcc", "clang")
_STEP = re.compile(r"^\[(\d+)/(\d+)\]")

Say = Callable[[str], None]


class BuildFailed(ModelError):
    """llama.cpp could not be compiled, or what came out does not work; the wheel stays in use."""


def build_engine(settings: Settings, say: Say, *, jobs: int = 0, recipe: Recipe | None = None) -> Path:
    """Compile the server and put it in place; does nothing where that has been done.

    Nothing half-made ever stands in its place, and a server that does not answer is not kept.

    Args:
        settings: `home` takes the server; the model that it names is asked to try it.
        say: called with one line for each step.
        jobs: files to compile at once; 0: one for each core.
        recipe: instead of the shipped one.

    Raises:
        BuildFailed: something is missing on this machine, or compiling or trying failed; the message names the log.
        DownloadFailed: the registry could not be reached, or has another source.
        UnknownModel, ModelNotInstalled: there is no model to try the server with.
    """
    recipe = recipe or load_recipe()
    locate_model(settings)
    target = native_path(settings)
    native_dir(settings).mkdir(parents=True, exist_ok=True)
    settings.log_dir.mkdir(parents=True, exist_ok=True)
    with FileLock(native_dir(settings) / ".lock"):
        if target.is_file():
            say("It is compiled already; city-assistant engine remove deletes it.")
            return target
        work = native_dir(settings) / ".build"
        shutil.rmtree(work, ignore_errors=True)  # of a run that was killed
        log = (settings.log_dir / LOG_NAME).resolve()
        log.write_text("", encoding="utf-8")
        try:
            _check_machine(recipe, native_dir(settings))
            work.mkdir()
            built = _compile(recipe, work, log, say, jobs or os.cpu_count() or 1)
            _try_out(built, settings, log, say)
            _install(built, target)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise _disk_full(recipe, native_dir(settings)) from error
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return target


def _check_machine(recipe: Recipe, folder: Path) -> None:
    if sys.platform != "linux" or not cpu_fingerprint():
        raise BuildFailed("llama.cpp is compiled only on Linux, where the processor says what it knows.", _WHEEL_STAYS)
    for kind, names in (("C++", _CXX), ("C", _CC)):
        if not any(map(shutil.which, names)):
            raise BuildFailed(
                f"There is no {kind} compiler ({', '.join(names)}).",
                "Install one: apt-get install g++ (Debian, Ubuntu), dnf install gcc-c++ (Fedora, RHEL), "
                f"apk add g++ (Alpine). {_WHEEL_STAYS}",
            )
    if shutil.disk_usage(folder).free < recipe.needed_mb * MB:
        raise _disk_full(recipe, folder)


def _compile(recipe: Recipe, work: Path, log: Path, say: Say, jobs: int) -> Path:
    say(f"Fetching the source: {recipe.package} {recipe.version}.")
    source = _fetch_source(recipe, work) / recipe.folder
    tools = {name: _find_tool(name, recipe, work, say) for name in recipe.tools}
    build = work / "build"
    say("Configuring.")
    generator = ["-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={tools['ninja']}"]
    _run([tools["cmake"], "-S", str(source), "-B", str(build), *generator, *recipe.flags], log)
    say(f"Compiling with {jobs} jobs; this takes some minutes. Log: {log}")
    command = [tools["cmake"], "--build", str(build), "--target", PROGRAM, "--parallel", str(jobs)]
    nice = shutil.which("nice")  # a city that is being served comes first
    _run([nice, "-n", "10", *command] if nice else command, log, _Tenths(say))
    return build / "bin" / PROGRAM


def _fetch_source(recipe: Recipe, work: Path) -> Path:
    """Fetch and unpack the package's source, after its hash; pip checks the hash too, before it looks inside."""
    requirements = work / "requirements.txt"
    pinned = f"{recipe.package}=={recipe.version}"
    requirements.write_text(f"{pinned} --hash=sha256:{recipe.sha256}\n", encoding="utf-8")
    arguments = ["--no-deps", f"--no-binary={recipe.package}", "--retries=1", "--timeout=20"]
    _call_pip("download", [*arguments, "--dest", str(work), "--requirement", str(requirements)], pinned)
    archives = list(work.glob("*.tar.gz"))
    if len(archives) != 1 or sha256_of(archives[0]) != recipe.sha256:
        raise DownloadFailed(f"What came for {pinned} is not the expected file.", _WHEEL_STAYS)
    unpacked = work / "source"
    with tarfile.open(archives[0]) as archive:
        archive.extractall(unpacked, filter="data")
    archives[0].unlink()
    return next(unpacked.iterdir())


def _find_tool(name: str, recipe: Recipe, work: Path, say: Say) -> str:
    """A program of PATH, else of its wheel."""
    found = shutil.which(name)
    if found:
        return found
    tool = recipe.tools[name]
    say(f"Fetching {tool.requirement}, because there is no {name} here.")
    folder = work / "tools"
    arguments = ["--no-deps", "--only-binary=:all:", "--retries=1", "--timeout=20"]
    _call_pip("install", [*arguments, "--target", str(folder / name), tool.requirement], tool.requirement)
    return str(folder / name / tool.file)


def _call_pip(command: str, arguments: Sequence[str], what: str) -> None:
    try:
        call_pip(command, arguments, what)
    except DownloadFailed as failure:
        raise DownloadFailed(
            f"llama.cpp cannot be compiled: {failure.message}.",
            f"Check the network and run the command again. {_WHEEL_STAYS}",
        ) from failure


def _run(command: Sequence[str], log: Path, on_line: Say | None = None) -> None:
    with (
        log.open("a", encoding="utf-8") as out,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as child,
    ):
        assert child.stdout is not None
        for line in child.stdout:
            out.write(line)
            if on_line:
                on_line(line)
    if child.returncode != 0:
        if "No space left" in log.read_text(encoding="utf-8"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        raise BuildFailed(f"Compiling failed with exit code {child.returncode}; see {log}.", _WHEEL_STAYS)


class _Tenths:
    """Says how far ninja is, each time another tenth is done."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._said = 0

    def __call__(self, line: str) -> None:
        step = _STEP.match(line)
        if step:
            tenths = 10 * int(step[1]) // int(step[2])
            if tenths > self._said:
                self._said = tenths
                self._say(f"{10 * tenths} % ({step[1]} of {step[2]})")


def _try_out(built: Path, settings: Settings, log: Path, say: Say) -> None:
    say(f"Trying it on {settings.model}.")
    engine = None
    try:
        server_version(built)
        engine = open_native(settings, [], built, LOG_NAME)
        engine.start()
        if not engine.wait_ready(settings.engine_start_timeout_s):
            raise EngineUnavailable(engine.backend.failure or "It did not become ready in time.")
        answer = engine.complete(TEST_QUESTION, max_tokens=40)
    except EngineUnavailable as error:
        raise BuildFailed(f"What was compiled does not work: {error.message} See {log}.", _WHEEL_STAYS) from error
    finally:
        if engine:
            engine.close()
    if len(set(answer.strip())) < 3:  # broken arithmetic gives nothing, or one character again and again
        raise BuildFailed(f"What was compiled answered {answer!r}; see {log}.", _WHEEL_STAYS)
    say(f"It answers: {answer.strip()}")


def _install(built: Path, target: Path) -> None:
    folder = built.parent.parent / "install"
    folder.mkdir()
    os.replace(built, folder / PROGRAM)
    shutil.rmtree(target.parent, ignore_errors=True)
    os.replace(folder, target.parent)


def _disk_full(recipe: Recipe, folder: Path) -> BuildFailed:
    free_mb = shutil.disk_usage(folder).free // MB
    return BuildFailed(
        f"The disk of {folder} is too full: {recipe.needed_mb} MB needed, {free_mb} MB available.",
        f"Free the space, or set CITY_ASSISTANT_HOME to a larger disk. {_WHEEL_STAYS}",
    )


_WHEEL_STAYS = "The wheel's llama.cpp stays in use."
