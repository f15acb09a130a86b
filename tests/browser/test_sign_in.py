"""Signing in through a real browser: by password, and by a real provider of identities."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from assistant.people.account import AccountRole
from assistant.people.people import open_people
from assistant.settings import Settings
from tests.browser.conftest import ask, expect_answered
from tests.browser.serving import free_port, serve_in_thread
from tests.fakes import FakeConversation
from tests.people.place import PASSWORD, quick_hasher

PACKAGE = "oidc-provider@9.13.3"
SCRIPT = Path(__file__).with_name("oidc_provider.mjs")
CLIENT = ("city-assistant", "a secret of the client")
BIKE = "公共腳踏車怎麼收費？"


class Site:
    """The whole web application with accounts in front of the fake; `url` is where it listens."""

    def __init__(self, settings: Settings) -> None:
        self.conversation = FakeConversation()
        self.conversation.settings = settings
        self.people = open_people(settings, hasher=quick_hasher())
        self.url = ""

    def build(self) -> Any:
        """The application."""
        from assistant.ui.citizen import mount_ui  # here: Gradio must be imported after it is silenced
        from assistant.web.application import build_app

        app = build_app(self.conversation, self.people)  # type: ignore[arg-type]  # the fake has the same methods
        return mount_ui(app, self.conversation)


def running(settings: Settings, port: int = 0) -> Iterator[Site]:
    site = Site(settings)
    with serve_in_thread(site.build(), port=port) as url:
        site.url = url
        yield site
    site.people.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    yield from running(Settings(home=tmp_path))


@pytest.fixture(scope="module")
def provider_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where the provider's package is installed."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("The provider needs node and npm.")
    folder = tmp_path_factory.mktemp("provider")
    command = [npm, "install", "--no-audit", "--no-fund", "--no-save", "--prefix", str(folder), PACKAGE]
    try:
        installed = subprocess.run(command, capture_output=True, timeout=240)
    except subprocess.TimeoutExpired:
        pytest.skip(f"{PACKAGE} did not come in time.")
    if installed.returncode != 0:
        pytest.skip(f"{PACKAGE} cannot be installed here.")
    shutil.copy(SCRIPT, folder)
    return folder


@pytest.fixture
def provided(provider_folder: Path, tmp_path: Path) -> Iterator[Site]:
    """A site whose staff sign in by the provider."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    addresses = f"{url}/sign-in/provider/callback", f"{url}/sign-in/provider/sign-out-notice"
    command = ["node", SCRIPT.name, addresses[0], *CLIENT, addresses[1]]
    with subprocess.Popen(command, cwd=provider_folder, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        try:
            assert process.stdout is not None
            issuer = process.stdout.readline().strip()
            given = {"oidc_issuer": issuer, "oidc_client_id": CLIENT[0], "oidc_client_secret": CLIENT[1]}
            yield from running(Settings(home=tmp_path, public_url=url, **given), port)
        finally:
            process.terminate()


def follow_account(page: Page) -> None:
    """Follow the link to sign in or out, once the page's script lets it stay in this tab."""
    page.locator("body > .unseen[role=status]").wait_for(state="attached")
    page.locator("#account a").click()
    page.wait_for_url("**/sign-*")


def sign_in_at_provider(page: Page, name: str) -> None:
    """Type a name at the provider and agree to what the assistant asks for."""
    page.locator("a.button").click()
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill("any")
    page.locator("button[type=submit]").click()
    page.locator("button[type=submit]").click()


def test_staff_sign_in_ask_and_sign_out(open_page, site):
    """A member of staff signs in with the keyboard, is answered as staff, sees so, and signs out."""
    site.people.accounts.add("mei", AccountRole.STAFF, PASSWORD, by="test", bureau="交通局")
    page = open_page(site.url)
    follow_account(page)
    page.get_by_label("帳號").fill("mei")
    page.get_by_label("密碼").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#account")).to_contain_text("mei · 交通局")
    ask(page, BIKE)
    expect_answered(page, BIKE)
    follow_account(page)
    page.get_by_role("button", name="登出").click()
    page.get_by_role("link", name="回到市民助理").click()
    expect(page.locator("#account")).to_contain_text("市府同仁登入")
    ask(page, BIKE)
    expect_answered(page, BIKE)

    assert [(asked.role, asked.bureau) for asked in site.conversation.asked] == [("staff", "交通局"), ("citizen", "")]


def test_what_staff_asked_is_not_sent_again_after_they_left(open_page, site):
    """A page that stayed open forgets what was asked under an account that is signed out elsewhere."""
    site.people.accounts.add("mei", AccountRole.STAFF, PASSWORD, by="test")
    page = open_page(f"{site.url}/")
    token = site.people.sign_in.sign_in("mei", PASSWORD).token
    page.context.add_cookies([{"name": "city-assistant-session", "value": token, "url": site.url}])
    ask(page, BIKE)
    expect_answered(page, BIKE)
    site.people.sessions.end(token)
    ask(page, "care")
    expect_answered(page, "care")

    assert [(asked.role, len(asked.history)) for asked in site.conversation.asked] == [("staff", 0), ("citizen", 0)]


def test_a_wrong_password_is_told_to_everyone(open_page, site):
    """The message is announced, the page fits a small phone, and nothing is loaded from elsewhere."""
    page = open_page(site.url, size=(320, 640))
    follow_account(page)
    page.get_by_label("帳號").fill("nobody")
    page.get_by_label("密碼").fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("帳號或密碼不正確")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert [url for url in page.requests if not url.startswith((site.url, "data:", "blob:"))] == []


def test_another_sites_page_cannot_act_for_staff(open_page, site):
    """A form on another origin that asks as staff, or signs them out, gets nothing done."""
    site.people.accounts.add("mei", AccountRole.STAFF, PASSWORD, by="test")
    page = open_page(site.url)
    token = site.people.sign_in.sign_in("mei", PASSWORD).token
    page.context.add_cookies([{"name": "city-assistant-session", "value": token, "url": site.url}])
    page.goto(f"data:text/html,<form method=post action='{site.url}/sign-out'><button>x</button></form>")
    with page.expect_response(f"{site.url}/sign-out") as refused:
        page.get_by_role("button").click()

    assert refused.value.status == 403
    assert site.people.sessions.find(token) is not None


def test_staff_sign_in_by_the_citys_provider(open_page, provided):
    """The browser goes to a real provider and comes back signed in, with the role that its claims give."""
    page = open_page(provided.url)
    follow_account(page)
    sign_in_at_provider(page, "mei")
    expect(page.locator("#account")).to_contain_text("mei.lin")
    ask(page, BIKE)
    expect_answered(page, BIKE)

    assert provided.conversation.asked[0].role == "staff"
    assert [account.role for account in provided.people.accounts.list()] == [AccountRole.STAFF]


def test_who_signs_out_at_the_provider_is_signed_out_here(open_page, provided):
    """The provider tells the assistant so from server to server, and the page is a citizen's when it is loaded anew."""
    page = open_page(provided.url)
    follow_account(page)
    sign_in_at_provider(page, "mei")
    expect(page.locator("#account")).to_contain_text("mei.lin")
    page.goto(f"{provided.conversation.settings.oidc_issuer}/session/end")
    page.locator("button[value=yes]").click()
    page.wait_for_url("**/session/end/success**")
    page.goto(provided.url)

    expect(page.locator("#account")).to_contain_text("市府同仁登入")
    assert [row.what for row in provided.people.audit.latest(1)] == ["signed_out"]


def test_guests_of_the_provider_stay_outside(open_page, provided):
    """Somebody whom the provider knows and the city's rules do not is told so, and has no account."""
    page = open_page(provided.url)
    follow_account(page)
    sign_in_at_provider(page, "guest")

    expect(page.get_by_role("heading", level=1)).to_contain_text("沒有使用權限")
    assert provided.people.accounts.list() == ()
