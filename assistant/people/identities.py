"""Identities at the city's provider: the accounts that they open, with the role that the provider's claims give."""

import re
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from assistant.errors import PeopleError
from assistant.people.account import Account, AccountRole
from assistant.people.accounts import account_of, checked_bureau, end_access, fold_name, keep_an_admin
from assistant.people.audit import Act, Audit
from assistant.people.keys import Clock, is_token, key_of, new_id
from assistant.people.sessions import Sessions
from assistant.people.sign_in import SignIn, SignInState
from assistant.people.tables import accounts, identities, sessions, sign_out_notices

LONGEST = 255
"""Characters of an issuer or a subject; OpenID Connect Core 1.0, 2, allows a subject no more."""
_UNFIT_IN_NAMES = re.compile(r"[^a-z0-9._@+-]")
_NAME_CHARS, _SUFFIX_CHARS = 64, 16
_REMEMBERED = timedelta(hours=1)
"""How long a notice is known to have been taken; one may be ten minutes old when it comes."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody as a provider knows them.

    Attributes:
        issuer, subject: tell one from all others, for ever; names and e-mail addresses do not.
        name: what the account is called where that is free, such as an e-mail address.
        session: the provider's name for its own session (`sid`); empty where it tells none.
    """

    issuer: str
    subject: str
    name: str
    session: str = ""

    @property
    def key(self) -> str:
        """What the identity is kept under."""
        return _key(self.issuer, self.subject)

    @property
    def session_key(self) -> str | None:
        """What the provider's session is kept under."""
        return _key(self.issuer, self.session) if self.session else None


@dataclass(frozen=True, slots=True)
class SignOutNotice:
    """What a provider says of somebody who has signed out there.

    Attributes:
        id: of the notice; each is taken once.
        subject, session: who signed out, of which of the provider's sessions; one of them may be empty.
    """

    issuer: str
    id: str
    subject: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """What the provider's claims give: a role, and the bureau that its holder works for."""

    role: AccountRole
    bureau: str = ""


class Identities:
    """The identities of one database.

    An identity opens the account that was made for it and no other: one with the same name stays its holder's.

    Raises:
        StoreError: the database cannot be read or written; so do all methods.
    """

    def __init__(self, audit: Audit, sessions: Sessions, clock: Clock) -> None:
        self._audit, self._sessions, self._clock = audit, sessions, clock

    def sign_in(self, identity: Identity, grant: Grant | None, address: str = "", replaces: str = "") -> SignIn:
        """Begin a session for somebody whom the provider has vouched for.

        The account is made at the first sign-in, and has from each on the role that is granted then. Without a grant
        nothing begins, and what an earlier grant began ends.

        Args:
            grant: None: the provider's claims give no role here.
            address: whence the person comes.
            replaces: the session token that the browser had before; that session ends.

        Raises:
            PeopleError: the grant cannot be given (`no_bureau`, `bad_bureau`, `last_admin`), or issuer or subject has
                no or more than 255 characters (`bad_identity`).
        """
        if not (0 < len(identity.issuer) <= LONGEST and 0 < len(identity.subject) <= LONGEST):
            raise PeopleError("bad_identity", "The provider names nobody who can be kept.", "Ask the provider.")
        with self._audit.acting() as act:
            account = _known(act, identity)
            if grant is None or (account is not None and account.disabled):
                if account is not None:
                    end_access(act, account)
                    act.record("provider", "sign_in_refused", account.name, "disabled" if grant else "no role")
                return SignIn(SignInState.WRONG)
            account = self._granted(act, identity, account, grant)
            if is_token(replaces):
                act.connection.execute(sa.delete(sessions).where(sessions.c.key == key_of(replaces)))
            token = self._sessions.start(act.connection, account.id, identity.session_key)
            act.record(account.name, "signed_in", account.name, f"by provider{f' from {address}' if address else ''}")
        return SignIn(SignInState.SIGNED_IN, token, account)

    def sign_out(self, notice: SignOutNotice) -> int:
        """End the sessions that a notice is about; gives their number.

        A notice without a session is about all of the person's. One with a session ends besides those of the person
        that nobody knows the provider's session of, because staying signed in would be the worse mistake.

        Raises:
            PeopleError: it was taken before (`used_notice`), or is about nobody (`bad_identity`).
        """
        if not (notice.subject or notice.session):
            raise PeopleError("bad_identity", "The notice is about nobody.", "Ask the provider.")
        with self._audit.acting() as act:
            self._use_up(act, notice)
            known = identities.c.key == _key(notice.issuer, notice.subject)
            theirs = sessions.c.account_id.in_(sa.select(identities.c.account_id).where(known))
            named = sessions.c.provider_session == _key(notice.issuer, notice.session)
            ended: sa.ColumnElement[bool] = named if notice.session else theirs
            if notice.subject and notice.session:
                ended = theirs & (named | sessions.c.provider_session.is_(None))
            query = sa.select(accounts.c.name).join(sessions, sessions.c.account_id == accounts.c.id).where(ended)
            names = list(act.connection.execute(query).scalars())
            act.connection.execute(sa.delete(sessions).where(ended))
            for name in sorted(set(names)):
                act.record("provider", "signed_out", name, f"sessions: {names.count(name)}")
        return len(names)

    def _use_up(self, act: Act, notice: SignOutNotice) -> None:
        """Take a notice, which then cannot be taken again."""
        now, key = self._clock(), _key(notice.issuer, notice.id)
        old = sign_out_notices.c.seen_at < now - _REMEMBERED
        act.connection.execute(sa.delete(sign_out_notices).where(old))
        if act.connection.execute(sa.select(sign_out_notices).where(sign_out_notices.c.key == key)).first():
            raise PeopleError("used_notice", "This notice was taken before.", "Nothing has to be done.")
        act.connection.execute(sa.insert(sign_out_notices).values(key=key, seen_at=now))

    def _granted(self, act: Act, identity: Identity, account: Account | None, grant: Grant) -> Account:
        bureau = checked_bureau(grant.role, grant.bureau)
        if account is None:
            return self._open(act, identity, Grant(grant.role, bureau))
        if (account.role, account.bureau) == (grant.role, bureau):
            return account
        if grant.role != AccountRole.ADMIN:
            keep_an_admin(act, account)
        end_access(act, account)
        values = {"role": grant.role.value, "bureau": bureau}
        act.connection.execute(sa.update(accounts).where(accounts.c.id == account.id).values(values))
        was = f"{account.role.value} ({account.bureau})"
        act.record("provider", "role_changed", account.name, f"{was} -> {grant.role.value} ({bureau})")
        changed = _known(act, identity)
        assert changed is not None
        return changed

    def _open(self, act: Act, identity: Identity, grant: Grant) -> Account:
        now, account_id = self._clock(), new_id()
        name = _free_name(act, identity)
        row = {"id": account_id, "name": name, "role": grant.role.value, "bureau": grant.bureau, "password": None}
        act.connection.execute(sa.insert(accounts).values({**row, "failures": 0, "created_at": now}))
        link = {"key": identity.key, "account_id": account_id, "created_at": now}
        known_as = {"issuer": identity.issuer, "subject": identity.subject}
        act.connection.execute(sa.insert(identities).values({**link, **known_as}))
        reason = f"{grant.role.value} ({grant.bureau}), {identity.subject} at {identity.issuer}"
        act.record("provider", "account_added", name, reason)
        opened = _known(act, identity)
        assert opened is not None
        return opened


def _key(issuer: str, name: str) -> str:
    return key_of(f"{issuer}\n{name}")


def _known(act: Act, identity: Identity) -> Account | None:
    query = sa.select(accounts).join(identities, identities.c.account_id == accounts.c.id)
    row = act.connection.execute(query.where(identities.c.key == identity.key)).first()
    return account_of(row) if row else None


def _free_name(act: Act, identity: Identity) -> str:
    """The identity's name in the characters that names have; where another account has it, with part of its key."""
    folded = _UNFIT_IN_NAMES.sub("", fold_name(identity.name)).lstrip("._@+-")
    name = folded[:_NAME_CHARS]
    taken = not name or act.connection.execute(sa.select(accounts.c.id).where(accounts.c.name == name)).first()
    if not taken:
        return name
    short = name[: _NAME_CHARS - _SUFFIX_CHARS - 1] or "account"
    return f"{short}+{identity.key[:_SUFFIX_CHARS]}"
