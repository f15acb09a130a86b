"""Messages over a pipe between the index run and its parser: a length, then that many bytes."""

import os
import selectors
import time
from typing import IO

_HEADER_BYTES = 8
_READ_BYTES = 1 << 20


def write_frame(pipe: IO[bytes], data: bytes) -> None:
    """Write a message.

    Raises:
        BrokenPipeError: the other process is gone.
    """
    pipe.write(len(data).to_bytes(_HEADER_BYTES, "big"))
    pipe.write(data)
    pipe.flush()


def read_frame(pipe: IO[bytes], limit_s: float | None = None) -> bytes:
    """Read a message from an unbuffered pipe.

    Args:
        limit_s: seconds within which the whole message must be there; None: wait for ever.

    Raises:
        EOFError: the other process is gone.
        TimeoutError: the time is over.
    """
    deadline = None if limit_s is None else time.monotonic() + limit_s
    size = int.from_bytes(_read_exactly(pipe.fileno(), _HEADER_BYTES, deadline), "big")
    return _read_exactly(pipe.fileno(), size, deadline)


def _read_exactly(descriptor: int, size: int, deadline: float | None) -> bytes:
    parts: list[bytes] = []
    missing = size
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while missing:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if not selector.select(left):
                raise TimeoutError
            part = os.read(descriptor, min(missing, _READ_BYTES))
            if not part:
                raise EOFError
            parts.append(part)
            missing -= len(part)
    return b"".join(parts)
