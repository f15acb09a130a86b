"""How long the lists, checks and gatherings of people's databases take, those of two sizes in turns."""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, islice
from typing import cast

from assistant.city import load_city
from assistant.people.conversations import KeptTurn, Owner
from assistant.people.editor import Editor
from assistant.people.people import People, open_people
from assistant.people.reviewed_answer import ReviewState, Source
from assistant.people.unanswered import GroupState
from assistant.reviewing.gathering import Gathering
from assistant.reviewing.matching import WordingIndex
from assistant.reviewing.meaning import Reader
from assistant.reviewing.review import PAUSE_S, Review
from assistant.schema import PUBLIC, STAFF, Document, Locator, Status
from assistant.settings import Settings
from assistant.store import Access, Store
from eval.lists.filling import BUREAUS, FINGERPRINT, TURNS_EACH, embed, owner, question

TAKES, FEW_TAKES = 9, 3
SLOW_MS = 100.0
NEW_QUESTIONS = 50
ASKED = 100
_READING_S = 60.0
ADMIN, EDITOR = Editor("admin"), Editor("editor", BUREAUS[0])
EVERYBODY = (PUBLIC, STAFF)
_QUOTE = "每件收費三十元，臨櫃辦理。"
_NEXT = count(50_000_000)  # numbers of questions that nobody asked before


@dataclass(frozen=True, slots=True)
class Filled:
    """A database with so many rows of each kind."""

    settings: Settings
    people: People
    size: int

    @property
    def middle(self) -> int:
        """How many rows to pass over."""
        return self.size // 2


Measured = Mapping[str, float]
"""Milliseconds by name: the least of several takes, because others may use the machine too."""
_List = Callable[[Filled], object]


class OneDocument:
    """A store with the one document that all reviewed answers rest on."""

    document_id = "rule"

    def document(self, document_id: str, access: Access) -> tuple[Document, str] | None:
        """The document with its text."""
        return Document(self.document_id, "rule.md", "規費標準", audience=PUBLIC), f"第三條 {_QUOTE}"

    def locator_at(self, document_id: str, start: int) -> Locator:
        """Where a text of it stands."""
        return Locator()


def store_of_one() -> Store:
    """The store with one document."""
    return cast(Store, OneDocument())


def source_of_all() -> Source:
    """What the reviewed answers rest on: a quote of that document."""
    return Source(OneDocument.document_id, _QUOTE, False, hashlib.sha256(_QUOTE.encode()).hexdigest())


LISTS: dict[str, _List] = {
    "conversations of a person, first 100": lambda at: at.people.conversations.list(_ordinary(at), EVERYBODY),
    "conversations of who has 1 % of all, first 100": lambda at: at.people.conversations.list(_busy(at), EVERYBODY),
    "one conversation": lambda at: at.people.conversations.turns(_busy(at), _latest(at), EVERYBODY),
    "what one person has, counted": lambda at: at.people.conversations.count(_ordinary(at)),
    "feedback, first 100": lambda at: at.people.feedback.list(EVERYBODY),
    "feedback, thumbs down": lambda at: at.people.feedback.list(EVERYBODY, "down"),
    "feedback on answers for staff": lambda at: at.people.feedback.list((STAFF,)),
    "queue, first page": lambda at: at.people.unanswered.page(ADMIN),
    "queue, page in the middle": lambda at: at.people.unanswered.page(ADMIN, first=int(at.middle * 0.8)),
    "queue, of a bureau": lambda at: at.people.unanswered.page(ADMIN, bureau=BUREAUS[3]),
    "queue, as an editor": lambda at: at.people.unanswered.page(EDITOR),
    "queue, as an editor, page in the middle": lambda at: at.people.unanswered.page(
        EDITOR, first=at.middle // len(BUREAUS)
    ),
    "queue, dismissed": lambda at: at.people.unanswered.page(ADMIN, state=GroupState.DISMISSED),
    "reviewed answers, first page": lambda at: at.people.reviewed.list(ADMIN, limit=50),
    "reviewed answers, page in the middle": lambda at: at.people.reviewed.list(ADMIN, first=at.middle, limit=50),
    "reviewed answers, of a bureau": lambda at: at.people.reviewed.list(ADMIN, bureau=BUREAUS[3], limit=50),
    "reviewed answers, as an editor": lambda at: at.people.reviewed.list(EDITOR, limit=50),
    "reviewed answers, set aside": lambda at: at.people.reviewed.list(ADMIN, state=ReviewState.SET_ASIDE, limit=50),
    "audit, latest 100": lambda at: at.people.audit.latest(100),
    "audit, 100 in the middle": lambda at: list(islice(at.people.audit.rows(at.middle), 100)),
    "has anything changed (each question)": lambda at: at.people.changes.latest(),
}
"""What a page or a request of somebody waits for."""
WORK: dict[str, _List] = {
    "audit, verified": lambda at: at.people.audit.verify(),
    "deleting what is old, nothing is": lambda at: at.people.purge(datetime(2026, 1, 2, tzinfo=UTC)),
}
"""What runs beside."""


def measure(filled: Sequence[Filled], takes: int = TAKES) -> dict[int, Measured]:
    """Milliseconds of lists and of work, by size and name."""
    found: dict[int, dict[str, float]] = {one.size: {} for one in filled}
    few = min(takes, FEW_TAKES)
    for name, act in {**LISTS, **WORK}.items():
        for _ in range(takes if name in LISTS else few):
            for one in filled:
                _keep_least(found[one.size], name, _timed(act, one))
    for _ in range(few):
        for one in filled:
            for name, ms in _gatherings(one):
                _keep_least(found[one.size], name, ms)
    return dict(found)


def measure_review(settings: Settings, takes: int = TAKES) -> Measured:
    """What reviewed answers cost: reading them all at the first question of a server, and then each question."""
    people, now = open_people(settings), datetime.now(UTC)
    total = people.reviewed.list()[1]
    review = Review(lambda: people, load_city(settings.city_dir), store_of_one(), embed, Reader())
    found: dict[str, float] = {}
    for _ in range(min(takes, FEW_TAKES)):
        _keep_least(found, "reading them all, once", _timed(_read_all, people))
    given = [number * total // ASKED for number in range(ASKED)]
    known = [question(number - number % 20) for number in given]  # those are active
    until = time.monotonic() + _READING_S
    while _ask(review, known, now) < ASKED:
        assert time.monotonic() < until, "the reviewed answers were not read in time"
        time.sleep(0.1)
    time.sleep(PAUSE_S)  # after a first reading that took long, the database is not asked for a while
    unknown = [question(next(_NEXT)) for _ in range(ASKED)]
    for name, questions in (("a question that has one", known), ("a question that has none", unknown)):
        for _ in range(takes):
            _keep_least(found, name, _timed(_ask, review, questions, now) / ASKED)
    review.close()
    return found


def _ask(review: Review, questions: Sequence[str], now: datetime) -> int:
    """Look for each question as the flow does; gives how many had an answer."""
    hits = 0
    for text in questions:
        if review.follow():
            hits += review.answer(text, "zh-TW", Access.of("staff", now.date()), now) is not None
    return hits


def _read_all(people: People) -> int:
    index = WordingIndex(Reader(), embed)
    for answer in people.reviewed.changed_after(0):
        index.put(answer.id, answer.wordings)
    return len(index)


def _gatherings(at: Filled) -> Iterator[tuple[str, float]]:
    """A gathering by a process that knows no groups yet, and the next one of the same process."""
    gathering = Gathering(at.people, embed, FINGERPRINT, lambda text, lang, audience: BUREAUS[0])
    for name in ("first of a process", "next ones"):
        _ask_new(at)
        yield f"{NEW_QUESTIONS} new questions gathered, {name}", _timed(gathering.gather, NEW_QUESTIONS)


def _ask_new(at: Filled) -> None:
    """Keep new turns: half of them ask what a group asks, the others what nobody has asked."""
    who = Owner.account("f" * 32)
    conversation = at.people.conversations.start(who)
    for number in range(NEW_QUESTIONS):
        text = question(number * at.size // NEW_QUESTIONS if number % 2 else next(_NEXT))
        turn = KeptTurn(text, "-", str(Status.NO_EVIDENCE), "zh-TW", PUBLIC)
        at.people.conversations.add_turn(who, conversation, turn)


def _timed(act: Callable[..., object], *arguments: object) -> float:
    """Milliseconds that a call takes."""
    started = time.perf_counter()
    act(*arguments)
    return (time.perf_counter() - started) * 1000


def _keep_least(found: dict[str, float], name: str, ms: float) -> None:
    found[name] = min(ms, found.get(name, ms))


def _ordinary(at: Filled) -> Owner:
    conversations = at.size // TURNS_EACH
    return owner(conversations // 2, conversations)


def _busy(at: Filled) -> Owner:
    return owner(0, at.size // TURNS_EACH)


def _latest(at: Filled) -> str:
    return at.people.conversations.list(_busy(at), EVERYBODY, limit=1)[0].id
