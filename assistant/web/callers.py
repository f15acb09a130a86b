"""Who sent a request: the holder of a session or of an API token, else a citizen."""

import logging
from collections.abc import Collection
from datetime import date
from typing import Any

from starlette.requests import HTTPConnection

from assistant.errors import StoreError
from assistant.people.account import Account, AccountRole
from assistant.people.caller import Caller
from assistant.people.conversations import Owner
from assistant.people.people import People
from assistant.schema import Role
from assistant.settings import Settings
from assistant.store import Access
from assistant.web.cookies import Cookies

__all__ = ["Caller", "Callers", "audiences_of"]

log = logging.getLogger(__name__)
API_PATH = "/api/"
_STAFF = (AccountRole.STAFF, AccountRole.EDITOR, AccountRole.ADMIN)
_STATE = "caller"


class Callers:
    """Tells who sends requests; what proves nothing, or cannot be looked up now, is a citizen's.

    Args:
        people: where sessions and tokens are kept; None: nobody can sign in.
        bureaus: those that the city has; an account of any other reads no bureau's documents.
    """

    def __init__(self, people: People | None, settings: Settings, bureaus: Collection[str] = ()) -> None:
        self.people = people
        self.cookies = Cookies(settings.public_url)
        self._bureaus = frozenset(bureaus)

    def of(self, request: Any) -> Caller:
        """Who sent a request of Starlette's, or one of Gradio's around it; asks the database at most once for each."""
        inner = getattr(request, "request", None)
        connection: HTTPConnection = inner if isinstance(inner, HTTPConnection) else request
        state: dict[str, Any] = connection.scope.setdefault("state", {})
        if not isinstance(state.get(_STATE), Caller):
            state[_STATE] = self._find(connection)
        caller: Caller = state[_STATE]
        return caller

    def session_token(self, request: HTTPConnection) -> str:
        """The token of the session that a request belongs to, or nothing where it belongs to none."""
        return self.cookies.session(request) if self._signed_in(request) is not None else ""

    def _find(self, request: HTTPConnection) -> Caller:
        account = self._signed_in(request)
        if account is not None:
            role: Role = "staff" if account.role in _STAFF else "citizen"
            return self._caller(request, account, role)
        account = self._bearer(request)
        if account is not None:
            # An evaluator asks as what the account was made for: as staff of the bureau that it names, or as a citizen.
            return self._caller(request, account, "staff" if account.bureau in self._bureaus else "citizen")
        mark, is_new = self.cookies.browser(request), not self.cookies.has_browser(request)
        return Caller("citizen", "", None, Owner.browser(mark), _address(request), is_new)

    def _caller(self, request: HTTPConnection, account: Account, role: Role) -> Caller:
        bureau = account.bureau if role == "staff" and account.bureau in self._bureaus else ""
        return Caller(role, bureau, account, Owner.account(account.id), _address(request))

    def _signed_in(self, request: HTTPConnection) -> Account | None:
        token = self.cookies.session(request)
        if self.people is None or not token:
            return None
        try:
            session = self.people.sessions.find(token)
        except (StoreError, ValueError):  # ValueError: a role that this version does not know
            log.exception("a session could not be looked up; its holder counts as a citizen")
            return None
        return session.account if session is not None else None

    def _bearer(self, request: HTTPConnection) -> Account | None:
        """Whose token a request to the API carries; pages know sessions alone."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if self.people is None or scheme.lower() != "bearer" or not request.scope["path"].startswith(API_PATH):
            return None
        try:
            return self.people.tokens.find(token.strip())
        except (StoreError, ValueError):
            log.exception("a token could not be looked up; its holder counts as a citizen")
            return None


def audiences_of(caller: Caller) -> tuple[str, ...]:
    """The audiences whose documents a caller may read today."""
    return Access.of(caller.role, date.max, caller.bureau).audiences


def _address(request: HTTPConnection) -> str:
    return request.client.host if request.client else ""
