"""Lets a child process end when its parent does, in whatever way the parent ended."""

import ctypes
import os
import signal
import sys
import threading

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def end_with_parent() -> None:
    """End this process as soon as its standard input closes; the parent holds the other end open.

    On Linux the kernel is also asked to kill this process when its parent dies, for the time in which a
    native library holds the interpreter and the watching thread cannot run.
    """
    threading.Thread(target=_wait_for_end_of_input, name="lifeline", daemon=True).start()
    die_with_parent()


def die_with_parent() -> None:
    """Ask the kernel of Linux to kill this process when its parent dies; for children that read their input."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _wait_for_end_of_input() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)
