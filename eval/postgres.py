"""A PostgreSQL for tests and measurements: a private cluster in a folder, on a socket there, gone with its parent."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant.lifeline import die_with_parent

_READY = "ready to accept connections"
_USERS = ("postgres", "nobody")  # whom it runs as for root, whom it refuses


def find_binaries() -> Path | None:
    """The folder of initdb and postgres, the newest where there are several."""
    on_path = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    return Path(on_path).resolve().parent if on_path else None


def find_user() -> str | None:
    """Whom to run it as: oneself, or for root another user; None where there is none."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid()).pw_name
    known = {user.pw_name for user in pwd.getpwall()}
    return next((name for name in _USERS if name in known), None)


@contextmanager
def running_postgres(binaries: Path, user: str) -> Iterator[Path]:
    """Start a cluster, and give the folder of its socket; its user is `people`, who needs no password there."""
    folder = Path(tempfile.mkdtemp(prefix="people-pg-", dir="/tmp"))
    try:
        os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        data = folder / "data"
        quick = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--username=people"]
        _start([binaries / "initdb", "--pgdata", data, *quick], user).communicate(timeout=60)
        process = _start(
            [binaries / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-F", "-B", "16MB"], user
        )
        try:
            assert process.stdout is not None
            lines: list[str] = []
            for line in process.stdout:
                lines.append(line)
                if _READY in line:
                    break
            assert _READY in lines[-1], "".join(lines)
            threading.Thread(target=process.stdout.read, daemon=True).start()  # a full pipe would stop the server
            yield folder
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(command: list[str | Path], user: str) -> subprocess.Popen[str]:
    other: dict[str, Any] = {}
    if os.getuid() == 0:
        other = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        env={"LC_ALL": "C", "PATH": os.defpath},
        preexec_fn=die_with_parent,
        **other,
    )
