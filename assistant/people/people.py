"""All parts of people on one database, and what is forgotten when its time has come."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher

from assistant.people import throttle
from assistant.people.accounts import Accounts
from assistant.people.api_tokens import ApiTokens
from assistant.people.audit import Audit
from assistant.people.audit_anchors import FILE_NAME, Anchors
from assistant.people.changes import Changes
from assistant.people.conversations import Conversations
from assistant.people.database import Database, Subject, database_url
from assistant.people.feedback import Feedback
from assistant.people.identities import Identities
from assistant.people.keys import Clock, utc_now
from assistant.people.passwords import PasswordHashes
from assistant.people.reviewed import ReviewedAnswers
from assistant.people.sessions import Lifetime, Sessions
from assistant.people.sign_in import SignIns
from assistant.people.topics import Topics
from assistant.people.unanswered import Unanswered
from assistant.settings import Settings

_UNANSWERED = timedelta(hours=1)  # after which nobody waits for the first answer of a conversation any more


@dataclass(frozen=True, slots=True)
class Purged:
    """How many of each were deleted."""

    turns: int
    conversations: int
    sessions: int
    tokens: int
    attempts: int


class People:
    """People and what is kept of them; safe for several threads and processes.

    Attributes:
        accounts: who may sign in, and as what.
        sign_in: signing in and changing one's password.
        identities: signing in by a provider of the city's.
        sessions: who is signed in.
        tokens: who may use the API.
        conversations: what was asked and answered.
        feedback: what people say of answers.
        changes: whether reviewed answers or topics have changed.
        reviewed: answers that an editor approved.
        topics: what the assistant does not speak of for a while.
        unanswered: the queue of questions that found no answer.
        audit: who did what.
    """

    def __init__(self, settings: Settings, clock: Clock, hasher: PasswordHasher | None) -> None:
        database = Database(database_url(settings))
        hashes = PasswordHashes(hasher)
        idle, whole = timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
        self._database, self._retention = database, timedelta(days=settings.retention_days)
        self.audit = Audit(database, Anchors(settings.log_dir / FILE_NAME, database.name), clock)
        self.accounts = Accounts(database, self.audit, hashes, clock, (settings.city, "city", "assistant"))
        self.sessions = Sessions(database, clock, Lifetime(idle, whole))
        self.sign_in = SignIns(database, self.audit, hashes, self.sessions, self.accounts, clock)
        self.identities = Identities(self.audit, self.sessions, clock)
        self.tokens = ApiTokens(database, self.audit, clock)
        self.conversations = Conversations(database, clock)
        self.feedback = Feedback(database, clock)
        self.changes = Changes(database)
        self.reviewed = ReviewedAnswers(database, self.audit, clock)
        self.topics = Topics(database, self.audit, clock)
        self.unanswered = Unanswered(database, self.audit, self.reviewed, clock)

    def purge(self, now: datetime) -> Purged:
        """Delete turns that are older than the retention time, and sessions, tokens and attempts that have ended.

        The audit stays: it holds what staff did, not what people asked.

        Raises:
            StoreError: the database cannot be written.
        """
        turns, conversations = self.conversations.forget_before(now - self._retention)
        conversations += self.conversations.forget_empty(now - _UNANSWERED)
        self.unanswered.forget_empty()
        with self._database.writing(Subject.ACTS) as connection:
            sessions = self.sessions.forget_ended(connection, now)
            tokens = self.tokens.forget_expired(connection, now)
            attempts = throttle.forget_attempts(connection, now)
        return Purged(turns, conversations, sessions, tokens, attempts)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


def open_people(settings: Settings, clock: Clock = utc_now, hasher: PasswordHasher | None = None) -> People:
    """Open the database of people, made or brought up to date where needed.

    Args:
        clock: tells the time; tests set it.
        hasher: how passwords are hashed; tests make it quick.

    Raises:
        SettingsError: `database_url` cannot be used.
        StoreError: the database cannot be opened.
    """
    return People(settings, clock, hasher)
