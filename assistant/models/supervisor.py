"""Keeps a server in a child process running: starts it, watches its health, restarts it, ends it."""

import logging
import socket
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from assistant.models.backend import State
from assistant.models.bounded_log import BoundedLog
from assistant.settings import PROJECT_ROOT

logger = logging.getLogger(__name__)

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """When to look, when to lose patience, and when to give up; all times in seconds."""

    poll_s: float = 0.1
    health_every_s: float = 2.0
    health_timeout_s: float = 5.0
    failed_checks: int = 3
    first_delay_s: float = 0.5
    max_delay_s: float = 10.0
    max_deaths: int = 5
    deaths_within_s: float = 60.0
    stop_timeout_s: float = 5.0

    def delay_s(self, deaths: int) -> float:
        """How long to wait after so many recent deaths: nothing at first, then doubling up to the cap."""
        return 0.0 if deaths <= 1 else min(self.max_delay_s, self.first_delay_s * 2.0 ** (deaths - 2))


class Supervisor:
    """A child process that serves HTTP on a free loopback port and answers 200 on `/health` once it is ready.

    The child's standard input is a pipe that stays open as long as this process lives: a child that calls
    `end_with_parent` therefore never outlives it, not even after kill -9.

    Args:
        command: makes the child's command line for a port; its paths are absolute.
        log_path: where its output goes; bounded in size.
        start_timeout_s: a child that is not ready by then is replaced.
        policy: the restart policy.
    """

    def __init__(
        self,
        command: Callable[[int], Sequence[str]],
        *,
        log_path: Path,
        start_timeout_s: float,
        policy: RestartPolicy | None = None,
    ) -> None:
        self._command = command
        self._log = BoundedLog(log_path)
        self._start_timeout_s = start_timeout_s
        self._policy = policy or RestartPolicy()
        self._state: State = "off"
        self._port = 0
        self._pid = 0
        self._failure = ""
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> State:
        """Where the child stands; `off` before the start and after the end."""
        return self._state

    @property
    def base_url(self) -> str:
        """Root address of the running child; it changes when the child is restarted."""
        return f"http://{HOST}:{self._port}"

    @property
    def api_url(self) -> str:
        """Base address of the running child's OpenAI protocol."""
        return f"{self.base_url}/v1"

    @property
    def pid(self) -> int:
        """Process id of the latest child; 0 before the start."""
        return self._pid

    @property
    def failure(self) -> str:
        """Why the child is down, with the last lines of its log; empty while it is not."""
        return self._failure

    def start(self) -> None:
        """Start the child in the background; does nothing while it runs, tries anew after it was given up."""
        with self._changed:
            if self._closing.is_set() or (self._thread is not None and self._state != "down"):
                return
            self._failure = ""
            self._state = "starting"
            self._thread = threading.Thread(target=self._supervise, name="supervisor", daemon=True)
            self._thread.start()

    def wait_ready(self, timeout_s: float) -> bool:
        """Wait until the child is ready, was given up, or the time is over; whether it is ready."""
        with self._changed:
            self._changed.wait_for(lambda: self._state in ("ready", "down", "off"), timeout_s)
            return self._state == "ready"

    def close(self) -> None:
        """End the child and wait for its end; may be called twice."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()
        self._set_state("off")

    def _set_state(self, state: State) -> None:
        with self._changed:
            if state != self._state:
                logger.info("Engine process: %s -> %s.", self._state, state)
            self._state = state
            self._changed.notify_all()

    def _supervise(self) -> None:
        deaths: deque[float] = deque()
        try:
            while not self._closing.is_set():
                self._set_state("starting")
                reason = self._run_child()
                if self._closing.is_set():
                    return
                now = time.monotonic()
                deaths.append(now)
                while deaths and now - deaths[0] > self._policy.deaths_within_s:
                    deaths.popleft()
                if len(deaths) >= self._policy.max_deaths:
                    self._give_up(reason, len(deaths))
                    return
                logger.warning("Engine process %s; it is started again.", reason)
                self._closing.wait(self._policy.delay_s(len(deaths)))
        except OSError as error:
            self._give_up(f"cannot be started: {error}", 1)

    def _give_up(self, reason: str, deaths: int) -> None:
        self._failure = f"The engine process {reason} ({deaths} times); its last words: {self._log.tail()}"
        logger.error("%s", self._failure)
        self._set_state("down")

    def _run_child(self) -> str:
        """Run one child until it ends, hangs, or this supervisor closes; why it ended."""
        self._port = _free_port()
        child = subprocess.Popen(
            self._command(self._port),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us; we end the child
            cwd=PROJECT_ROOT,  # `python -m assistant...` works there, installed or not
        )
        self._pid = child.pid
        reader = threading.Thread(target=self._log.copy_from, args=(child.stdout,), name="engine-log", daemon=True)
        reader.start()
        try:
            return self._watch(child)
        finally:
            self._end(child)
            reader.join()

    def _watch(self, child: subprocess.Popen[bytes]) -> str:
        policy = self._policy
        give_up_at = time.monotonic() + self._start_timeout_s
        next_check = failed = 0.0
        ready = False
        with httpx.Client(base_url=self.base_url, timeout=policy.health_timeout_s, trust_env=False) as client:
            while not self._closing.wait(policy.poll_s):
                code = child.poll()
                if code is not None:
                    return f"ended with code {code}" if code >= 0 else f"was killed by signal {-code}"
                if time.monotonic() < next_check:
                    continue
                if _is_healthy(client):
                    failed, ready = 0, True
                    self._set_state("ready")
                elif not ready and time.monotonic() > give_up_at:
                    return f"was not ready within {self._start_timeout_s:.0f} s"
                elif ready:
                    failed += 1
                    if failed >= policy.failed_checks:
                        return "stopped answering"
                next_check = time.monotonic() + (policy.health_every_s if ready else policy.poll_s)
        return "was closed"

    def _end(self, child: subprocess.Popen[bytes]) -> None:
        if child.stdin is not None:
            child.stdin.close()
        child.terminate()
        try:
            child.wait(self._policy.stop_timeout_s)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _is_healthy(client: httpx.Client) -> bool:
    try:
        return client.get("/health").status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
