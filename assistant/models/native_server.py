"""The child process that becomes a compiled llama.cpp server, which then ends when its parent does."""

import os
import select
import sys

from assistant.lifeline import die_with_parent

# Threads that wait for each other do not spin: where other programs want the cores, spinning costs most of the speed
# (measured with a load of 11 on two cores: 7.5 tokens a second written, and about 1 with spinning).
_ENVIRONMENT = {"OMP_WAIT_POLICY": "passive"}


def main(command: list[str]) -> None:
    """Replace this process by a program; it keeps the process id, and the kernel's promise to end it.

    The program's environment is ours alone: no variable of this one may change what the command line says.
    """
    die_with_parent()
    if _parent_has_ended():  # before the kernel had promised anything
        sys.exit("the parent has ended")
    os.execve(command[0], command, _ENVIRONMENT)  # noqa: S606  # the program and its arguments come from `llamacpp.py`


def _parent_has_ended() -> bool:
    """Whether the other end of standard input is closed; the parent holds it open as long as it lives."""
    poll = select.poll()
    poll.register(0, 0)
    return any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poll.poll(0))


if __name__ == "__main__":
    main(sys.argv[1:])
