"""Keeps what was asked and answered for the person who asked, masked, while the answer goes on to them as it is."""

import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, wait
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING, Any

from assistant.errors import PeopleError, StoreError
from assistant.people.conversations import KeptTurn, Owner
from assistant.people.people import People
from assistant.privacy import Known, Purpose, known_of, known_values, mask
from assistant.schema import PUBLIC, Answer, DoneEvent, Event, EventStream, Question
from assistant.wire import answer_json

if TYPE_CHECKING:
    from assistant.conversation import Conversation

log = logging.getLogger(__name__)
_BEGIN_S = 0.3  # an answer's first event waits at most so long for its conversation, which is begun beside the search
_PATIENCE_S = 12.0  # more than the database has
_DETAILS = ("readings", "route", "model", "notice", "choices", "trace_id")


class Keeping:
    """Asks a conversation, and keeps each turn that was answered to its end.

    A fault of the database costs the record, never the answer.

    Args:
        people: where turns are kept; None: nobody keeps any, as with the setting `keep_conversations` off.
    """

    def __init__(self, conversation: "Conversation", people: People | None) -> None:
        self._conversation = conversation
        self._people = people if conversation.settings.keep_conversations else None
        self._known = known_of(conversation.city)
        self._most_chars = conversation.settings.max_question_chars

    def stream(self, question: Question, owner: Owner, conversation_id: str = "") -> EventStream:
        """The events of an answer; the last one carries the ids under which the turn is kept, if it is.

        Args:
            conversation_id: the conversation that goes on. One that the owner does not have begins another, as none
                does; one that is deleted meanwhile is not brought back.
        """
        events = self._conversation.stream(question)
        if self._people is None:
            return events
        people, begun = self._people, _begin(self._people, owner, conversation_id)
        return _KeptStream(events, begun, lambda answer: self._keep(people, question, answer, owner, begun))

    def ask(self, question: Question, owner: Owner, conversation_id: str = "") -> Answer:
        """The whole answer at once."""
        for event in self.stream(question, owner, conversation_id):
            if isinstance(event, DoneEvent):
                return event.answer
        raise AssertionError("a stream ends with its answer")

    def _keep(self, people: People, question: Question, answer: Answer, owner: Owner, begun: Future[str]) -> Answer:
        turn = kept_turn(question, answer, self._known, self._most_chars)
        try:
            conversation_id = begun.result(_PATIENCE_S)
            turn_id = people.conversations.add_turn(owner, conversation_id, turn)
        except PeopleError:  # its owner deleted the conversation while the answer was written
            return answer
        except (StoreError, TimeoutError) as error:
            log.warning("trace %s is not kept: %s", answer.trace_id, error)
            return answer
        return replace(answer, conversation_id=conversation_id, turn_id=turn_id)


class _KeptStream(Iterator[Event]):
    """The events of an answer, which is kept before its last event is given."""

    def __init__(self, events: EventStream, begun: Future[str], keep: Callable[[Answer], Answer]) -> None:
        self._events, self._begun, self._keep = events, begun, keep

    def __next__(self) -> Event:
        """The next event; waits for it."""
        event = next(self._events)
        if isinstance(event, DoneEvent):
            return DoneEvent(self._keep(event.answer))
        wait([self._begun], _BEGIN_S)  # so that whoever has seen an event can have its conversation forgotten
        return event

    def close(self) -> None:
        """End the stream where it stands; what was not answered to its end is not kept."""
        self._events.close()


def kept_turn(question: Question, answer: Answer, known: Known, most_chars: int) -> KeptTurn:
    """A turn as it may be kept: without personal data, but for what published documents say.

    Args:
        known: public values.
        most_chars: of a question; what is longer was not answered.
    """
    is_public = answer.audience == PUBLIC
    published = known | known_values([c.quote for c in answer.citations]) if is_public else known
    given: Mapping[str, str] = {}

    def masked(text: str, known: Known = published) -> str:
        nonlocal given
        result = mask(text, answer.lang, Purpose.STORAGE, known, given)
        given = result.restored_by
        return result.text

    asked = masked(question.text[:most_chars], known)
    values = answer_json(answer)
    details = {name: _each_text(values[name], masked) for name in _DETAILS}
    citations = values["citations"] if is_public else _each_text(values["citations"], masked)
    return KeptTurn(
        question=asked,
        answer=masked(answer.answer),
        status=str(answer.status),
        lang=answer.lang,
        audience=answer.audience,
        details={"citations": citations, **details},
    )


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    """JSON values with each of their texts changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _each_text(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(item, change) for item in value]
    return value


def _begin(people: People, owner: Owner, conversation_id: str) -> Future[str]:
    """The id of the owner's conversation, or of a new one, found while the answer is sought."""
    begun: Future[str] = Future()

    def begin() -> None:
        try:
            known = conversation_id and people.conversations.has(owner, conversation_id)
            begun.set_result(conversation_id if known else people.conversations.start(owner))
        except StoreError as error:
            begun.set_exception(error)

    Thread(target=begin, name="keeping", daemon=True).start()
    return begun
