"""What compiling llama.cpp promises, with stand-ins for the source, the compiler and the server."""

import hashlib
import io
import shutil
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import DownloadFailed, ModelNotInstalled
from assistant.models import native_build
from assistant.models.native import Recipe, native_dir, native_path
from assistant.models.native_build import LOG_NAME, BuildFailed, build_engine
from assistant.settings import Settings, load_settings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="compiled servers are for Linux")

BACKEND = """
import os

def prepare_metadata_for_build_wheel(folder, config_settings=None):
    info = "tinyllama-1.0.dist-info"
    os.makedirs(os.path.join(folder, info))
    with open(os.path.join(folder, info, "METADATA"), "w") as file:
        file.write("Metadata-Version: 2.1\\nName: tinyllama\\nVersion: 1.0\\n")
    return info
"""
PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
CMAKE = """#!/bin/sh
if [ "$1" = "-S" ]; then test -f "$2/CMakeLists.txt" && mkdir -p "$4/bin" && cp "$2/server.py" "$4"; exit; fi
echo "[1/2] Building"
echo "[2/2] Linking"
cp "$2/server.py" "$2/bin/llama-server" && chmod +x "$2/bin/llama-server"
"""
SERVER = """
import json, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

if "--version" in sys.argv:
    sys.exit(print("version: 9"))
if {dies}:
    sys.exit("no such instruction")

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def do_POST(self):
        self.send_response(200); self.send_header("Content-Type", "text/event-stream"); self.end_headers()
        choice = {{"index": 0, "finish_reason": "stop", "delta": {{"content": "{answer}"}}}}
        event = {{"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}}
        self.wfile.write(("data: " + json.dumps(event) + "\\n\\ndata: [DONE]\\n\\n").encode())

HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Handler).serve_forever()
"""
Publish = Callable[..., Recipe]


def write_program(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a home with a model file."""
    file = tmp_path / "m.gguf"
    file.write_bytes(b"GGUF")
    return load_settings(home=tmp_path / "home", model=str(file), engine_start_timeout_s=60)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH, with stand-ins for the compilers and for cmake and ninja."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("g++", "gcc", "ninja"):
        write_program(folder / name, "#!/bin/sh\n")
    write_program(folder / "cmake", CMAKE)
    for name in ("sh", "mkdir", "cp", "chmod", "test"):
        (folder / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def publish(wheelhouse: Path) -> Publish:
    """Put a source package into the registry and return the recipe that pins it."""

    def write(answer: str = "In Taiwan.", dies: bool = False, sha256: str = "") -> Recipe:
        server = f"#!{sys.executable}\n" + SERVER.format(answer=answer, dies=dies)
        files = {"PKG-INFO": "Metadata-Version: 2.1\nName: tinyllama\nVersion: 1.0\n", "pyproject.toml": PYPROJECT}
        files |= {"backend.py": BACKEND, "vendor/CMakeLists.txt": "", "vendor/server.py": server}
        path = wheelhouse / "tinyllama-1.0.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            for name, text in files.items():
                member = tarfile.TarInfo(f"tinyllama-1.0/{name}")
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
        return Recipe(
            package="tinyllama",
            version="1.0",
            sha256=sha256 or hashlib.sha256(path.read_bytes()).hexdigest(),
            folder="vendor",
            needed_mb=1,
            flags=(),
            tools={name: {"requirement": f"{name}==1.0", "file": f"bin/{name}"} for name in ("cmake", "ninja")},
        )

    return write


def build(settings: Settings, recipe: Recipe) -> list[str]:
    """Build with a recipe; the lines that were said."""
    lines: list[str] = []
    build_engine(settings, lines.append, recipe=recipe)
    return lines


def leftovers(settings: Settings) -> list[str]:
    """What lies where compiled servers are, but for the lock."""
    return [path.name for path in native_dir(settings).iterdir() if path.name != ".lock"]


@pytest.mark.usefixtures("programs")
def test_a_server_that_answers_is_put_in_place(settings: Settings, publish: Publish) -> None:
    """Source to server: fetched, compiled with progress, asked, and then the only thing that is left."""
    lines = build(settings, publish())
    assert native_path(settings).is_file()
    assert {"100 % (2 of 2)", "It answers: In Taiwan."} <= set(lines)
    assert leftovers(settings) == [native_path(settings).parent.name]


@pytest.mark.usefixtures("programs")
def test_building_twice_does_nothing(settings: Settings, publish: Publish, wheelhouse: Path) -> None:
    """What is compiled already needs neither source nor compiler."""
    recipe = publish()
    build(settings, recipe)
    shutil.rmtree(wheelhouse)
    assert "already" in build(settings, recipe)[0]


@pytest.mark.usefixtures("programs")
@pytest.mark.parametrize("answer", ["", "@@@@@@@@"])
def test_a_server_that_answers_nonsense_is_not_kept(settings: Settings, publish: Publish, answer: str) -> None:
    """Broken arithmetic shows in the answer, and the wheel stays."""
    with pytest.raises(BuildFailed, match=r"wheel's llama\.cpp stays in use"):
        build(settings, publish(answer))
    assert leftovers(settings) == []


@pytest.mark.usefixtures("programs")
def test_a_server_that_dies_is_not_kept(settings: Settings, publish: Publish) -> None:
    """A server that does not start on this machine is thrown away, and its last words are passed on."""
    with pytest.raises(BuildFailed, match="no such instruction"):
        build(settings, publish(dies=True))
    assert leftovers(settings) == []


def test_a_compiler_that_fails_leaves_its_words(settings: Settings, publish: Publish, programs: Path) -> None:
    """The error names the log, and the log holds what the compiler said."""
    write_program(programs / "cmake", "#!/bin/sh\necho unknown type name\nexit 2\n")
    log = settings.log_dir / LOG_NAME
    with pytest.raises(BuildFailed, match=str(log)):
        build(settings, publish())
    assert "unknown type name" in log.read_text(encoding="utf-8")
    assert leftovers(settings) == []


def test_a_missing_compiler_comes_with_the_command_that_installs_it(
    settings: Settings, publish: Publish, programs: Path
) -> None:
    """Nothing is fetched for a machine that cannot compile, and the error says what to type."""
    (programs / "g++").unlink()
    with pytest.raises(BuildFailed, match=r"apt-get install g\+\+"):
        build(settings, publish())


@pytest.mark.usefixtures("programs")
def test_a_full_disk_is_said_before_anything_is_fetched(settings: Settings, publish: Publish) -> None:
    """The error says how much is needed."""
    recipe = publish().model_copy(update={"needed_mb": 10**12})
    with pytest.raises(BuildFailed, match="too full"):
        build(settings, recipe)


@pytest.mark.usefixtures("programs")
def test_a_full_disk_on_the_way_is_said_too(settings: Settings, publish: Publish, programs: Path) -> None:
    """A disk that fills up while compiling is not taken for a broken compiler."""
    write_program(programs / "cmake", "#!/bin/sh\necho fatal: No space left on device\nexit 2\n")
    with pytest.raises(BuildFailed, match="too full"):
        build(settings, publish())


@pytest.mark.usefixtures("programs")
def test_another_file_under_the_pinned_name_is_refused(settings: Settings, publish: Publish) -> None:
    """A source with another hash is not even unpacked."""
    with pytest.raises(DownloadFailed, match="another file"):
        build(settings, publish(sha256="0" * 64))
    assert leftovers(settings) == []


@pytest.mark.usefixtures("programs")
def test_without_a_registry_it_ends_at_once(settings: Settings, publish: Publish, wheelhouse: Path) -> None:
    """Offline, the error says that the source could not be reached and that the wheel stays."""
    recipe = publish()
    (wheelhouse / "tinyllama-1.0.tar.gz").unlink()
    with pytest.raises(DownloadFailed, match=r"could not be reached.*stays in use"):
        build(settings, recipe)


def test_missing_tools_are_fetched(settings: Settings, publish: Publish, programs: Path) -> None:
    """Where PATH has no ninja, its wheel is asked for; the error names it where there is none."""
    (programs / "ninja").unlink()
    with pytest.raises(DownloadFailed, match=r"ninja==1\.0"):
        build(settings, publish())


@pytest.mark.usefixtures("programs")
def test_without_a_model_nothing_is_compiled(settings: Settings, publish: Publish) -> None:
    """A server that nobody can try is not built; the error says how to get a model."""
    missing = settings.model_copy(update={"model": "qwen2.5-coder-1.5b-instruct"})
    with pytest.raises(ModelNotInstalled, match="city-assistant models pull"):
        build(missing, publish())


def test_another_system_is_refused(settings: Settings, publish: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the processor cannot be known, nothing is compiled for it."""
    monkeypatch.setattr(native_build, "cpu_fingerprint", str)
    with pytest.raises(BuildFailed, match="only on Linux"):
        build(settings, publish())
