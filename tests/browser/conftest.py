"""A real Chromium against a real server with the fake conversation."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from assistant.quiet import silence_libraries
from tests.browser.serving import free_port, serve_in_thread, wait_until_ready
from tests.fakes import FakeConversation

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
NO_CHROMIUM = "The browser tests need Chromium and CJK fonts: apt-get install chromium fonts-noto-cjk"
DESKTOP = (1280, 800)

silence_libraries(offline=True)
expect.set_options(timeout=15_000)

OpenPage = Callable[..., Page]


def find_chromium() -> str | None:
    """The path of the system's Chromium."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def launch_chromium(playwright: Playwright) -> Browser:
    """The system's Chromium, without any traffic of its own."""
    return playwright.chromium.launch(executable_path=find_chromium(), args=list(CHROMIUM_FLAGS))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder, and skip it loudly where there is no Chromium."""
    for item in items:
        if "browser" in item.path.parent.parts[-1:]:
            item.add_marker(pytest.mark.browser)
            if find_chromium() is None:
                item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a file; while it is open its event loop runs, and no other test could run one."""
    with sync_playwright() as playwright:
        chromium = launch_chromium(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def gate() -> threading.Semaphore:
    """Each release lets the fake say one more sentence."""
    return threading.Semaphore(0)


@pytest.fixture
def conversation() -> FakeConversation:
    """A fake that answers at once; a test that wants to look in between overrides it."""
    return FakeConversation()


@pytest.fixture
def gated_conversation(gate: threading.Semaphore) -> FakeConversation:
    """A fake that waits for the gate before each sentence."""
    return FakeConversation(gate=gate)


@pytest.fixture
def app_url(conversation: FakeConversation) -> Iterator[str]:
    """The whole web application in front of the fake."""
    yield from _serve(conversation)


@pytest.fixture
def gated_url(gated_conversation: FakeConversation) -> Iterator[str]:
    """The whole web application in front of the gated fake."""
    yield from _serve(gated_conversation)


@pytest.fixture(scope="session")
def real_app_url() -> Iterator[str]:
    """The shipped application in a process of its own: real index, real model, ready to answer."""
    environment = {**os.environ, "CITY_ASSISTANT_PORT": str(free_port())}
    subprocess.run([sys.executable, "-m", "assistant", "setup"], check=True, env=environment, capture_output=True)
    url = f"http://127.0.0.1:{environment['CITY_ASSISTANT_PORT']}"
    with subprocess.Popen([sys.executable, "app.py"], env=environment) as app:
        try:
            wait_until_ready(url, timeout_s=120)
            yield url
        finally:
            app.terminate()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens a page in a browser profile of its own: `open_page(url, locale=..., size=...)`."""
    contexts: list[BrowserContext] = []

    def open_in_new_profile(url: str, locale: str = "zh-TW", size: tuple[int, int] = DESKTOP) -> Page:
        context = browser.new_context(locale=locale, viewport={"width": size[0], "height": size[1]})
        contexts.append(context)
        page = context.new_page()
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.requests = requests  # type: ignore[attr-defined]  # read by the test on external requests
        page.goto(url)
        expect(page.locator("#send")).not_to_be_empty()
        return page

    yield open_in_new_profile
    for context in contexts:
        context.close()


def ask(page: Page, question: str) -> None:
    """Type a question and press Enter, as a person does."""
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")


def expect_answered(page: Page, question: str) -> None:
    """Wait until the exchange on the page is this one, and finished."""
    expect(page.locator("#current .bubble")).to_have_text(question)
    expect(page.locator("#current .turn.is-done")).to_be_visible(timeout=60_000)


def _serve(conversation: FakeConversation) -> Iterator[str]:
    from assistant.ui.citizen import mount_ui  # here: Gradio must be imported after it is silenced
    from assistant.web.application import build_app

    app = build_app(conversation)  # type: ignore[arg-type]  # the fake has the same methods
    mount_ui(app, conversation)  # type: ignore[arg-type]
    with serve_in_thread(app) as url:
        yield url
