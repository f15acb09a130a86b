"""What a server does beside answering, each hour: deletes what is past its time, and keeps the editors' queue."""

import logging
from collections.abc import Callable, Mapping
from threading import Event, Thread
from typing import TYPE_CHECKING

from assistant.errors import StoreError
from assistant.people.keys import utc_now
from assistant.people.people import People

if TYPE_CHECKING:
    from assistant.conversation import Conversation

log = logging.getLogger(__name__)
EVERY_S = 3600.0
_BATCH = 50  # questions put into groups before the server looks whether it has to stop

Task = Callable[[], bool]


class Upkeep:
    """A thread that does its tasks, from `start` until `close`; several servers on one database may each have one.

    Args:
        tasks: by name; one that returns true has more to do, and is done again at once. A task whose database cannot
            be reached is put off until the next time.
        every_s: seconds between two rounds.
    """

    def __init__(self, tasks: Mapping[str, Task], every_s: float = EVERY_S) -> None:
        self._tasks, self._every_s = tasks, every_s
        self._ended = Event()
        self._thread = Thread(target=self._work, name="upkeep", daemon=True)

    @property
    def is_running(self) -> bool:
        """Whether the thread lives."""
        return self._thread.is_alive()

    def start(self) -> "Upkeep":
        """Begin with a round."""
        self._thread.start()
        return self

    def close(self) -> None:
        """End, after the step that is under way, if one is."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def do_all(self) -> None:
        """One round."""
        for name, task in self._tasks.items():
            try:
                while task() and not self._ended.is_set():
                    pass
            except StoreError as error:
                log.warning("%s is put off: %s", name, error)
            if self._ended.is_set():
                return

    def _work(self) -> None:
        while not self._ended.is_set():
            self.do_all()
            self._ended.wait(self._every_s)


def upkeep_tasks(people: People, conversation: "Conversation") -> Mapping[str, Task]:
    """Deleting first, so that nothing is read that is past its time."""
    desk = conversation.desk(people)

    def delete() -> bool:
        people.purge(utc_now())
        return False

    def check() -> bool:
        desk.check()
        return False

    return {
        "Deleting what is past its time": delete,
        "Comparing reviewed answers with their documents": check,
        "Grouping questions without an answer": lambda: desk.gather(_BATCH) == _BATCH,
    }
