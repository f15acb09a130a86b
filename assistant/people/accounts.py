"""Local accounts: names, roles and bureaus, added and changed by admins, each act in the audit."""

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from assistant.errors import PeopleError
from assistant.people import throttle
from assistant.people.account import Account, AccountRole
from assistant.people.audit import Act, Audit
from assistant.people.database import Database
from assistant.people.keys import Clock, new_id
from assistant.people.passwords import PasswordHashes, check_password
from assistant.people.tables import accounts, sessions, tokens
from assistant.people.texts import storable

MOST_FAILURES = 100
"""Wrong passwords in a row after which a password is of no use any more (NIST SP 800-63B-4, 3.2.2)."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


def account_of(row: Any) -> Account:
    """The account that a row of the table holds."""
    return Account(
        row.id,
        row.name,
        AccountRole(row.role),
        row.bureau,
        row.created_at,
        disabled=row.disabled_at is not None,
        locked=row.failures >= MOST_FAILURES,
    )


def fold_name(name: str) -> str:
    """An account's name as it is kept and compared."""
    return storable(name).strip().lower()


class Accounts:
    """The accounts of one database; safe for several threads and processes.

    Args:
        words: what is easy to guess in a password here, such as the name of the city.

    Raises:
        PeopleError: what is asked for may not be done; `reason` is a word for it, such as `name_taken`.
        StoreError: the database cannot be read or written; so do all methods.
    """

    def __init__(
        self, database: Database, audit: Audit, hashes: PasswordHashes, clock: Clock, words: Sequence[str] = ()
    ) -> None:
        self._database, self._audit, self._hashes, self._clock = database, audit, hashes, clock
        self._words = tuple(words)

    def create_first_admin(self, name: str, password: str, by: str) -> Account:
        """Make the account that all others are made by; there is none until somebody chooses its password."""
        return self._create(name, AccountRole.ADMIN, password, by, act="first_admin")

    def add(
        self, name: str, role: AccountRole, password: str | None, by: str, bureau: str = "", reason: str = ""
    ) -> Account:
        """Make an account.

        Args:
            name: letters, digits and `. _ @ + -`, such as an e-mail address; capitals do not count.
            password: may be None for an evaluator, who has API tokens.
            by: who does it, for the audit; so in all methods.
        """
        return self._create(name, role, password, by, bureau, reason)

    def find(self, name: str) -> Account | None:
        """The account of a name, if any."""
        with self._database.reading() as connection:
            row = connection.execute(sa.select(accounts).where(accounts.c.name == fold_name(name))).first()
        return account_of(row) if row else None

    def list(self) -> tuple[Account, ...]:
        """All accounts by name."""
        with self._database.reading() as connection:
            return tuple(map(account_of, connection.execute(sa.select(accounts).order_by(accounts.c.name))))

    def disable(self, name: str, by: str, reason: str) -> Account:
        """Keep an account from signing in, and end its sessions and tokens at once."""
        with self._audit.acting() as act:
            account = self._known(act, name)
            keep_an_admin(act, account)
            end_access(act, account)
            if not account.disabled:
                _update(act, account, disabled_at=self._clock())
            act.record(by, "account_disabled", account.name, reason)
            return self._known(act, name)

    def enable(self, name: str, by: str, reason: str) -> Account:
        """Let a disabled account sign in again."""
        with self._audit.acting() as act:
            account = self._known(act, name)
            _update(act, account, disabled_at=None)
            act.record(by, "account_enabled", account.name, reason)
            return self._known(act, name)

    def change_role(self, name: str, role: AccountRole, by: str, bureau: str = "", reason: str = "") -> Account:
        """Give an account another role or bureau; its sessions and tokens end, so that no old right stays in use."""
        bureau = checked_bureau(role, bureau)
        with self._audit.acting() as act:
            account = self._known(act, name)
            if role != AccountRole.ADMIN:
                keep_an_admin(act, account)
            if role != AccountRole.EVALUATOR and _password(act, account) is None:
                raise PeopleError("no_password", f"{account.name} has no password.", "Set one first.")
            end_access(act, account)
            _update(act, account, role=role.value, bureau=bureau)
            was, becomes = _shown(account.role, account.bureau), _shown(role, bureau)
            act.record(by, "role_changed", account.name, f"{was} -> {becomes}. {reason}".strip())
            return self._known(act, name)

    def set_password(self, name: str, password: str, by: str, reason: str = "") -> None:
        """Give an account another password: its sessions end, and a lock is taken off."""
        known = self.find(name)
        self._check_password(password, name, known.bureau if known else "")
        hashed = self._hashes.hash(password)
        with self._audit.acting() as act:
            account = self._known(act, name)
            store_password(act, account.id, hashed)
            throttle.clear(act.connection, account.name)
            act.record(by, "password_set", account.name, reason)

    def check_new_password(self, password: str, account: Account) -> str:
        """The hash of a password that an account may have from now on."""
        self._check_password(password, account.name, account.bureau)
        return self._hashes.hash(password)

    def _check_password(self, password: str, name: str, bureau: str) -> None:
        check_password(password, (fold_name(name), *re.split(r"[._@+-]", fold_name(name)), bureau, *self._words))

    def _create(
        self,
        name: str,
        role: AccountRole,
        password: str | None,
        by: str,
        bureau: str = "",
        reason: str = "",
        act: str = "account_added",
    ) -> Account:
        folded, bureau = fold_name(name), checked_bureau(role, bureau)
        if not _NAME.fullmatch(folded):
            message = "A name has 1 to 64 letters a-z, digits, and . _ @ + - after the first."
            raise PeopleError("bad_name", message, "Choose another name, such as an e-mail address.")
        if password is None and role != AccountRole.EVALUATOR:
            raise PeopleError("no_password", f"{folded} needs a password.", "Choose one.")
        if password is not None:
            self._check_password(password, folded, bureau)
        hashed = None if password is None else self._hashes.hash(password)
        with self._audit.acting() as acting:
            if act == "first_admin" and _admins(acting):
                raise PeopleError("not_first", "There is an admin already.", "An admin adds further accounts.")
            if acting.connection.execute(sa.select(accounts.c.id).where(accounts.c.name == folded)).first():
                raise PeopleError("name_taken", f"There is an account {folded} already.", "Choose another name.")
            values = {"id": new_id(), "name": folded, "role": role.value, "bureau": bureau, "password": hashed}
            acting.connection.execute(
                sa.insert(accounts).values({**values, "failures": 0, "created_at": self._clock()})
            )
            acting.record(by, act, folded, f"{_shown(role, bureau)}. {reason}".strip())
            return self._known(acting, folded)

    def _known(self, act: Act, name: str) -> Account:
        row = act.connection.execute(sa.select(accounts).where(accounts.c.name == fold_name(name))).first()
        if row is None:
            raise PeopleError("unknown_account", "There is no account of that name.", "Look at the list of accounts.")
        return account_of(row)


def keep_an_admin(act: Act, account: Account) -> None:
    """Within an act: refuse to take the last admin away.

    Raises:
        PeopleError: the account is it (`last_admin`).
    """
    if _admins(act) == {account.id}:
        raise PeopleError("last_admin", f"{account.name} is the last admin.", "Make another account an admin first.")


def store_password(act: Act, account_id: str, hashed: str) -> None:
    """Within an act: keep the hash of a new password, take off a lock, and end the sessions that the old one began."""
    mine = accounts.c.id == account_id
    act.connection.execute(sa.update(accounts).where(mine).values(password=hashed, failures=0))
    act.connection.execute(sa.delete(sessions).where(sessions.c.account_id == account_id))


def _password(act: Act, account: Account) -> str | None:
    return act.connection.execute(sa.select(accounts.c.password).where(accounts.c.id == account.id)).scalar()


def _update(act: Act, account: Account, **values: object) -> None:
    act.connection.execute(sa.update(accounts).where(accounts.c.id == account.id).values(values))


def _admins(act: Act) -> set[str]:
    is_admin = (accounts.c.role == AccountRole.ADMIN.value) & accounts.c.disabled_at.is_(None)
    return set(act.connection.execute(sa.select(accounts.c.id).where(is_admin)).scalars())


def end_access(act: Act, account: Account) -> None:
    """Within an act: end all sessions and tokens of an account."""
    for table in (sessions, tokens):
        act.connection.execute(sa.delete(table).where(table.c.account_id == account.id))


def checked_bureau(role: AccountRole, bureau: str) -> str:
    """The bureau that an account of a role may have, without spaces around it.

    Raises:
        PeopleError: a role that needs one lacks it, or one that has none is given one (`no_bureau`, `bad_bureau`).
    """
    bureau = bureau.strip()
    if role == AccountRole.EDITOR and not bureau:
        raise PeopleError("no_bureau", "An editor looks after the documents of a bureau.", "Name the bureau.")
    if role == AccountRole.CITIZEN and bureau:
        raise PeopleError("bad_bureau", "A citizen works for no bureau.", "Leave it out, or choose another role.")
    if len(bureau) > 100:
        raise PeopleError(
            "bad_bureau", "The name of a bureau has at most 100 characters.", "Use the city's name for it."
        )
    return bureau


def _shown(role: AccountRole, bureau: str) -> str:
    return f"{role.value} ({bureau})" if bureau else role.value
