"""People, a server and browsers for the tests of signing in."""

import re

import httpx
from fastapi.testclient import TestClient

from assistant.people.account import AccountRole
from assistant.people.people import People
from assistant.settings import Settings
from assistant.web.application import build_app
from tests.fakes import FakeConversation
from tests.people.place import PASSWORD, Place

BUREAU, OTHER_BUREAU = "交通局", "社會局"
ORIGIN = "http://testserver"
SESSION = "city-assistant-session"
BROWSER = "city-assistant-browser"
_CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


class Office:
    """An application with its people, whose clock stands still until it is moved."""

    def __init__(self, place: Place, **settings: object) -> None:
        self.place = place
        self.people: People = self.place.open()
        self.conversation = FakeConversation()
        self.conversation.settings = Settings(home=place.home, **settings)
        self.app = build_app(self.conversation, self.people)

    def browser(self, origin: str = ORIGIN, **headers: str) -> TestClient:
        """Somebody's browser, which says whence its requests come."""
        return TestClient(self.app, origin, headers={"origin": origin, **headers}, follow_redirects=False)

    def program(self, **headers: str) -> TestClient:
        """A program, which says nothing of that kind."""
        return TestClient(self.app, headers=headers, follow_redirects=False)

    def add(self, name: str, role: AccountRole, bureau: str = "") -> None:
        """An account with the password of the tests."""
        self.people.accounts.add(name, role, PASSWORD, by="test", bureau=bureau)

    def signed_in(self, name: str, role: AccountRole = AccountRole.STAFF, bureau: str = "") -> TestClient:
        """The browser of somebody who has a new account and has just signed in."""
        self.add(name, role, bureau)
        browser = self.browser()
        assert sign_in(browser, name).status_code == 303
        return browser

    def close(self) -> None:
        """Let go of the database."""
        self.place.close()


def form_token(page: httpx.Response) -> str:
    """What the form of a page carries."""
    found = _CSRF.search(page.text)
    return found[1] if found else ""


def sign_in(browser: TestClient, name: str, password: str = PASSWORD, next: str = "/", **fields: str) -> httpx.Response:
    """Open the page, fill in the form and send it."""
    token = form_token(browser.get("/sign-in"))
    data = {"name": name, "password": password, "csrf": token, "next": next, **fields}
    return browser.post("/sign-in", data=data)
