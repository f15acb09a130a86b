"""API tokens of evaluators: shown once, kept hashed, with an end and a label."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from assistant.errors import PeopleError
from assistant.people.account import Account, AccountRole
from assistant.people.accounts import account_of, fold_name
from assistant.people.audit import Audit
from assistant.people.database import Database, Subject
from assistant.people.keys import Clock, is_token, key_of, new_token
from assistant.people.tables import accounts, tokens
from assistant.people.texts import storable

PREFIX = "cityassistant_"
"""What every token begins with, so that scanners for secrets find one that was published."""
LONGEST = timedelta(days=366)
_ROLES = (AccountRole.EVALUATOR,)
_USED_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ApiToken:
    """What may be shown of a token after it was issued: everything but itself."""

    id: str
    account: str
    label: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


class ApiTokens:
    """The tokens of one database.

    Raises:
        PeopleError: what is asked for may not be done; `reason` is a word for it.
        StoreError: the database cannot be read or written; so do all methods.
    """

    def __init__(self, database: Database, audit: Audit, clock: Clock) -> None:
        self._database, self._audit, self._clock = database, audit, clock

    def issue(self, name: str, label: str, by: str, valid: timedelta = timedelta(days=90)) -> str:
        """A new token of an evaluator's account; nobody can read it again later."""
        if not timedelta() < valid <= LONGEST:
            raise PeopleError("bad_validity", f"A token is valid for 1 to {LONGEST.days} days.", "Choose another time.")
        secret, now, token_id = new_token(), self._clock(), secrets.token_hex(4)
        with self._audit.acting() as act:
            row = act.connection.execute(sa.select(accounts).where(accounts.c.name == fold_name(name))).first()
            if row is None or row.disabled_at is not None or row.role not in _ROLES:
                message = "API tokens are for accounts of evaluators that are not disabled."
                raise PeopleError("no_evaluator", message, "Add such an account first.")
            values = {"id": token_id, "key": key_of(secret), "account_id": row.id, "label": storable(label)[:100]}
            act.connection.execute(sa.insert(tokens).values({**values, "created_at": now, "expires_at": now + valid}))
            act.record(by, "token_issued", row.name, f"{token_id} {storable(label)[:100]}".strip())
        return PREFIX + secret

    def find(self, token: str) -> Account | None:
        """The account of a token, if it is valid now."""
        if not token.startswith(PREFIX) or not is_token(token.removeprefix(PREFIX)):
            return None
        mine, now = tokens.c.key == key_of(token.removeprefix(PREFIX)), self._clock()
        query = sa.select(accounts, tokens.c.expires_at, tokens.c.used_at).join(tokens).where(mine)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        if row is None or row.disabled_at is not None or row.role not in _ROLES:
            return None
        if now >= row.expires_at:
            self._delete(mine)  # so that it is not valid again should the clock go back
            return None
        if row.used_at is None or now - row.used_at >= _USED_EVERY:
            with self._database.writing(Subject.ACTS) as connection:
                connection.execute(sa.update(tokens).where(mine).values(used_at=now))
        return account_of(row)

    def list(self, name: str = "") -> tuple[ApiToken, ...]:
        """The tokens of an account, or of all, the newest first."""
        query = sa.select(tokens, accounts.c.name).join(accounts).order_by(tokens.c.created_at.desc(), tokens.c.id)
        if name:
            query = query.where(accounts.c.name == fold_name(name))
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(ApiToken(r.id, r.name, r.label, r.created_at, r.expires_at, r.used_at) for r in rows)

    def revoke(self, token_id: str, by: str, reason: str = "") -> None:
        """End a token at once."""
        token_id = storable(token_id)
        with self._audit.acting() as act:
            query = sa.select(accounts.c.name).join(tokens).where(tokens.c.id == token_id)
            name = act.connection.execute(query).scalar()
            if name is None:
                raise PeopleError("unknown_token", "There is no token of that id.", "Look at the list of tokens.")
            act.connection.execute(sa.delete(tokens).where(tokens.c.id == token_id))
            act.record(by, "token_revoked", name, f"{token_id} {reason}".strip())

    def forget_expired(self, connection: sa.Connection, now: datetime) -> int:
        """Within a transaction: delete the tokens that have expired; gives their number."""
        return connection.execute(sa.delete(tokens).where(tokens.c.expires_at <= now)).rowcount

    def _delete(self, which: sa.ColumnElement[bool]) -> None:
        with self._database.writing(Subject.ACTS) as connection:
            connection.execute(sa.delete(tokens).where(which))
