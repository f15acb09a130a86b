"""The child process that becomes a compiled llama.cpp server, which then ends when its parent does."""

import os
import select
import sys

from assistant.lifeline import die_with_parent

# How long threads that wait for each other spin. libgomp's own 300,000 turns cost more than half of the speed where
# other programs want the cores (30 tokens written, two cores, three busy programs: 3.0 a second, with 3,000 turns 7.0,
# with 300 turns 9.4), and on a quiet machine 300 turns cost a quarter (28, 27 and 21 a second).
SPINNING = {"GOMP_SPINCOUNT": "3000"}


def main(command: list[str]) -> None:
    """Replace this process by a program; it keeps the process id, and the kernel's promise to end it.

    The program's environment is ours alone: no variable of this one may change what the command line says.
    """
    die_with_parent()
    if _parent_has_ended():  # before the kernel had promised anything
        sys.exit("the parent has ended")
    os.execve(command[0], command, SPINNING)  # noqa: S606  # the program and its arguments come from `llamacpp.py`


def _parent_has_ended() -> bool:
    """Whether the other end of standard input is closed; the parent holds it open as long as it lives."""
    poll = select.poll()
    poll.register(0, 0)
    return any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poll.poll(0))


if __name__ == "__main__":
    main(sys.argv[1:])
