"""Who is asking, and what nobody becomes by saying so."""

from datetime import timedelta
from types import SimpleNamespace

import gradio as gr
import pytest
from starlette.requests import Request

from assistant.errors import StoreError
from assistant.people.account import AccountRole
from assistant.people.conversations import Owner
from assistant.people.keys import new_token
from assistant.web.callers import Callers, audiences_of
from tests.people.place import PASSWORD
from tests.web.accounts import BROWSER, BUREAU, OTHER_BUREAU, SESSION, Office

API = "/api/v1/ask"


def request(path: str = "/", scheme: str = "http", cookies: dict[str, str] | None = None, **headers: str) -> Request:
    """A request as a server hands it on."""
    given = {**headers, "cookie": "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())}
    raw = [(name.encode(), value.encode()) for name, value in given.items()]
    scope = {"type": "http", "method": "GET", "path": path, "scheme": scheme, "headers": raw, "query_string": b""}
    return Request({**scope, "client": ("192.0.2.7", 1), "server": ("testserver", 80)})


@pytest.fixture
def callers(office: Office) -> Callers:
    return office.app.state.callers


def session_of(office: Office, name: str) -> dict[str, str]:
    """The cookie of somebody who has signed in."""
    return {SESSION: office.people.sign_in.sign_in(name, PASSWORD).token}


@pytest.mark.parametrize(
    ("account_role", "bureau", "role", "audiences"),
    [
        (AccountRole.CITIZEN, "", "citizen", ("public",)),
        (AccountRole.STAFF, "", "staff", ("public", "staff")),
        (AccountRole.STAFF, BUREAU, "staff", ("public", "staff", BUREAU)),
        (AccountRole.EDITOR, BUREAU, "staff", ("public", "staff", BUREAU)),
        (AccountRole.ADMIN, "", "staff", ("public", "staff")),
        (AccountRole.STAFF, OTHER_BUREAU, "staff", ("public", "staff")),  # no bureau of this city
        (AccountRole.EVALUATOR, BUREAU, "citizen", ("public",)),  # evaluators have tokens
    ],
)
def test_a_session_gives_what_its_account_has(office, callers, account_role, bureau, role, audiences):
    """A session reads what the role and the bureau of its account allow, and never more."""
    office.add("mei", account_role, bureau)
    caller = callers.of(request(cookies=session_of(office, "mei")))

    assert (caller.role, audiences_of(caller), caller.account.name) == (role, audiences, "mei")
    assert caller.owner == Owner.account(caller.account.id)


@pytest.mark.parametrize(("bureau", "role"), [(BUREAU, "staff"), ("", "citizen"), (OTHER_BUREAU, "citizen")])
def test_a_token_gives_what_its_account_has(office, callers, bureau, role):
    """An evaluator whose account names a bureau of the city may ask as its staff."""
    office.add("lab", AccountRole.EVALUATOR, bureau)
    token = office.people.tokens.issue("lab", "", by="test")
    caller = callers.of(request(API, authorization=f"Bearer {token}"))

    assert (caller.role, caller.account.name) == (role, "lab")


def test_a_token_opens_no_page(office, callers):
    """Tokens are for the API; a page that is sent one takes no notice."""
    office.add("lab", AccountRole.EVALUATOR, BUREAU)
    token = office.people.tokens.issue("lab", "", by="test")

    assert callers.of(request("/gradio_api/queue/join", authorization=f"Bearer {token}")).account is None


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer cityassistant_" + new_token()},
        {"authorization": "Bearer " + "x" * 100_000},
        {"authorization": "Bearer"},
        {"authorization": "Basic YWRtaW46YWRtaW4="},
        {"x-role": "staff", "x-user": "mei", "x-forwarded-user": "mei", "remote-user": "mei"},
        {"cookie": f"{SESSION}={new_token()}; role=staff; bureau={BUREAU}".encode().decode("latin-1")},
        {"cookie": f"{SESSION}=' OR 1=1 --"},
    ],
)
def test_what_proves_nothing_is_a_citizens(office, callers, headers):
    """Invented tokens, sessions, headers and cookies make nobody staff, and are no error."""
    office.add("mei", AccountRole.STAFF, BUREAU)
    caller = callers.of(request(API, **headers))

    assert (caller.role, caller.bureau, caller.account) == ("citizen", "", None)


def test_a_disabled_account_is_a_citizen_at_once(office, callers):
    """A session that began before does not outlive the account."""
    office.add("mei", AccountRole.STAFF)
    cookies = session_of(office, "mei")
    office.people.accounts.disable("mei", by="test", reason="left")

    assert callers.of(request(cookies=cookies)).role == "citizen"


def test_an_ended_session_is_a_citizen(office, callers):
    """An hour without use ends a session without any error."""
    office.add("mei", AccountRole.STAFF)
    cookies = session_of(office, "mei")
    office.place.clock.move(hours=1)

    assert callers.of(request(cookies=cookies)).account is None


def test_an_expired_token_is_a_citizen(office, callers):
    """A token ends when it was said to."""
    office.add("lab", AccountRole.EVALUATOR, BUREAU)
    token = office.people.tokens.issue("lab", "", by="test", valid=timedelta(days=1))
    office.place.clock.move(days=1)

    assert callers.of(request(API, authorization=f"Bearer {token}")).account is None


def test_an_unknown_role_is_a_citizen(office, callers):
    """A role that a later version wrote into the database gives nothing here."""
    office.add("mei", AccountRole.STAFF)
    cookies = session_of(office, "mei")
    office.place.execute("UPDATE accounts SET role = 'superuser'")

    assert callers.of(request(cookies=cookies)).role == "citizen"


def test_a_database_that_is_away_makes_everyone_a_citizen(office, callers, monkeypatch):
    """Citizens are answered while nobody's rights can be looked up."""

    def away(token: str) -> None:
        raise StoreError("away")

    office.add("mei", AccountRole.STAFF)
    cookies = session_of(office, "mei")
    monkeypatch.setattr(office.people.sessions, "find", away)

    assert callers.of(request(cookies=cookies)).role == "citizen"


def test_gradios_requests_are_understood(office, callers):
    """The page's events come with Gradio's request around the server's."""
    office.add("mei", AccountRole.STAFF)

    assert callers.of(gr.Request(request(cookies=session_of(office, "mei")))).account.name == "mei"


def test_a_browser_keeps_its_mark(office, callers):
    """The owner of a browser's conversations is the same with each request, and another browser's is not."""
    mark = new_token()
    same, other = callers.of(request(cookies={BROWSER: mark})), callers.of(request(cookies={BROWSER: new_token()}))

    assert same.owner == Owner.browser(mark) != other.owner
    assert callers.of(request(cookies={BROWSER: "made-up"})).owner != Owner.account("made-up")


def test_the_mark_is_given_out_once(office):
    """The first answer sets it, hidden from scripts, and the next request brings it along."""
    browser = office.browser()
    first = browser.post(API, json={"question": "?"})
    second = browser.post(API, json={"question": "?"})

    cookie = first.headers["set-cookie"].lower()
    assert f"{BROWSER}=" in cookie
    assert all(part in cookie for part in ("httponly", "samesite=lax", "path=/"))
    assert "set-cookie" not in second.headers


def test_over_https_the_cookies_are_bound_to_the_host(office):
    """They are Secure under a __Host- name, and a plain name that a neighbour could have planted is not read."""
    office.add("mei", AccountRole.STAFF)
    planted = session_of(office, "mei")
    callers: Callers = office.app.state.callers
    given = office.browser("https://testserver").post(API, json={"question": "?"}).headers["set-cookie"]

    assert given.startswith(f"__Host-{BROWSER}=")
    assert "secure" in given.lower()
    assert callers.of(request(scheme="https", cookies=planted)).account is None
    assert callers.of(request(scheme="https", cookies={f"__Host-{SESSION}": planted[SESSION]})).role == "staff"


def test_without_accounts_everyone_is_a_citizen():
    """A server without people asks no database and believes nobody."""
    settings = SimpleNamespace(public_url="")
    callers = Callers(None, settings, [BUREAU])

    assert callers.of(request(API, cookies={SESSION: new_token()}, authorization="Bearer x")).account is None
