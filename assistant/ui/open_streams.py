"""The answers under way in each browser session, so that whoever leaves frees the model at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from assistant.schema import EventStream


class OpenStreams:
    """Streams by session; Gradio itself lets go of one only at its next event."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._streams: dict[str, list[EventStream]] = {}

    def __len__(self) -> int:
        """How many sessions have an answer under way."""
        return len(self._streams)

    @contextmanager
    def holding(self, session: str, stream: EventStream) -> Iterator[EventStream]:
        """Hold a stream of a session while it is read; it is closed in any case."""
        with self._lock:
            self._streams.setdefault(session, []).append(stream)
        try:
            yield stream
        finally:
            stream.close()
            with self._lock:
                left = [other for other in self._streams.pop(session, []) if other is not stream]
                if left:
                    self._streams[session] = left

    def close(self, session: str) -> None:
        """End what is under way in a session."""
        with self._lock:
            streams = self._streams.get(session, [])
        for stream in streams:
            stream.close()
