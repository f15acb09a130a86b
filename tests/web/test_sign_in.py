"""Signing in and out and choosing another password, as people and as attackers do it."""

import pytest

from assistant.people.account import AccountRole
from assistant.people.keys import new_token
from assistant.web.pages import safe_next
from tests.people.place import OTHER, PASSWORD
from tests.web.accounts import BUREAU, SESSION, form_token, sign_in

WRONG = "帳號或密碼不正確，或這個帳號目前不能登入。"


def role_of(browser) -> int:
    """Whether the browser may ask as staff: 200, or 403."""
    return browser.post("/api/v1/ask", json={"question": "?", "role": "staff"}).status_code


def test_staff_sign_in_and_out(office):
    """The right password gives a session, the page says whose, and signing out ends it on the server."""
    browser = office.signed_in("mei", AccountRole.STAFF, BUREAU)
    token = browser.cookies[SESSION]
    page = browser.get("/sign-out")
    asked = role_of(browser)
    out = browser.post("/sign-out", data={"csrf": form_token(page)})

    assert "mei" in page.text
    assert f"{BUREAU}市府同仁" in page.text
    assert (asked, out.status_code, SESSION in browser.cookies) == (200, 200, False)
    assert office.people.sessions.find(token) is None


def test_the_session_cookie_is_hidden_and_bound(office):
    """No script reads it, no other site's form carries it, and it ends with the browser."""
    office.add("mei", AccountRole.STAFF)
    cookie = sign_in(office.browser(), "mei").headers["set-cookie"].lower()

    assert all(part in cookie for part in ("httponly", "samesite=lax", "path=/"))
    assert "max-age" not in cookie
    assert "domain" not in cookie


def test_over_https_the_session_cookie_is_secure(office):
    """A browser that came by HTTPS never sends it otherwise."""
    office.add("mei", AccountRole.STAFF)
    cookie = sign_in(office.browser("https://testserver"), "mei").headers["set-cookie"]

    assert cookie.startswith(f"__Host-{SESSION}=")
    assert "Secure" in cookie


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/account/password"])
def test_the_pages_are_kept_nowhere(office, path):
    """No cache keeps what a page of an account shows, and no script runs on it."""
    response = office.signed_in("mei").get(path)

    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    assert "<script" not in response.text


def test_the_pages_speak_both_languages(office):
    """The browser's language chooses, and the person may choose another."""
    browser = office.browser()
    english = browser.get("/sign-in", headers={"accept-language": "en-GB"})
    chosen = browser.get("/sign-in?lang=zh-TW", headers={"accept-language": "en-GB"})

    assert '<html lang="en">' in english.text
    assert "Sign in" in english.text
    assert '<html lang="zh-TW">' in chosen.text


def test_whatever_was_wrong_is_told_alike(office):
    """An unknown name, a wrong password, a disabled account and one without password cannot be told apart."""
    office.add("mei", AccountRole.STAFF)
    office.add("old", AccountRole.STAFF)
    office.people.accounts.disable("old", by="test", reason="left")
    office.people.accounts.add("lab", AccountRole.EVALUATOR, None, by="test")
    tries = [("nobody", PASSWORD), ("mei", OTHER), ("old", PASSWORD), ("lab", PASSWORD)]
    told = [sign_in(office.browser(), name, password) for name, password in tries]

    assert {response.status_code for response in told} == {403}
    assert all(WRONG in response.text for response in told)
    assert not any("set-cookie" in response.headers for response in told)


def test_many_attempts_have_to_wait(office):
    """After five wrong passwords the person is told for how long, in words and in the header."""
    office.add("mei", AccountRole.STAFF)
    browser = office.browser()
    for _ in range(6):
        sign_in(browser, "mei", OTHER)
    told = sign_in(browser, "mei", PASSWORD)

    assert (told.status_code, told.headers["retry-after"]) == (429, "1")
    assert "1 秒" in told.text


def test_attempts_count_for_the_address(office):
    """The address of the connection is what attempts count for, not what a client claims in a header."""
    for number in range(31):
        sign_in(office.browser(**{"x-forwarded-for": f"192.0.2.{number}"}), f"name{number}", OTHER)

    assert sign_in(office.browser(**{"x-forwarded-for": "198.51.100.1"}), "fresh", OTHER).status_code == 429


def test_what_was_typed_comes_back_as_text(office):
    """A name with markup is shown as it was typed, and does nothing; the password does not come back at all."""
    page = sign_in(office.browser(), '"><script>alert(1)</script>', "a secret that stays")

    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "a secret that stays" not in page.text


@pytest.mark.parametrize(
    "next_path",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "evil.example",
        "",
        "/" + "a" * 600,
    ],
)
def test_nobody_is_sent_to_another_site(office, next_path):
    """What a browser could take for another site's address leads home."""
    office.add("mei", AccountRole.STAFF)

    assert safe_next(next_path) == "/"
    assert sign_in(office.browser(), "mei", next=next_path).headers["location"] == "/"


def test_the_way_goes_on_within_the_site(office):
    """Whoever was sent to sign in comes to the page that they wanted."""
    office.add("mei", AccountRole.STAFF)

    assert sign_in(office.browser(), "mei", next="/account/password?lang=en").headers["location"] == (
        "/account/password?lang=en"
    )


def test_a_planted_session_gains_nothing(office):
    """A token that somebody else put into the browser before is worth nothing afterwards (session fixation)."""
    office.add("mei", AccountRole.STAFF)
    attacker, victim, planted = office.browser(), office.browser(), new_token()
    for browser in (attacker, victim):
        browser.cookies.set(SESSION, planted, domain="testserver.local", path="/")
    sign_in(victim, "mei")

    assert victim.cookies[SESSION] != planted
    assert (role_of(attacker), role_of(victim)) == (403, 200)


def test_signing_in_again_ends_the_session_before(office):
    """The token changes with each sign-in, and the old one is gone."""
    browser = office.signed_in("mei")
    before = browser.cookies[SESSION]
    sign_in(browser, "mei")

    assert browser.cookies[SESSION] != before
    assert office.people.sessions.find(before) is None


def test_an_attackers_form_signs_nobody_in(office):
    """A form that another browser was given does not work here, so that nobody is signed in as somebody else."""
    office.add("attacker", AccountRole.STAFF)
    foreign = form_token(office.browser().get("/sign-in"))
    victim = office.browser()
    victim.get("/sign-in")
    data = {"name": "attacker", "password": PASSWORD, "csrf": foreign}
    refused = victim.post("/sign-in", data=data)

    assert (refused.status_code, SESSION in victim.cookies) == (403, False)
    assert victim.post("/sign-in", data={**data, "csrf": form_token(refused)}).status_code == 303


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/account/password"])
def test_a_form_without_its_token_does_nothing(office, path):
    """Origin alone is not relied upon."""
    browser = office.signed_in("mei")
    data = {"name": "mei", "password": PASSWORD, "old": PASSWORD, "new": OTHER, "again": OTHER}

    assert browser.post(path, data=data).status_code == 403
    assert role_of(browser) == 200


def change(browser, old: str, new: str, again: str | None = None):
    """Fill in the form for another password."""
    token = form_token(browser.get("/account/password"))
    return browser.post("/account/password", data={"old": old, "new": new, "again": again or new, "csrf": token})


def test_another_password_ends_the_other_sessions(office):
    """Whoever knew the old password is out at once, and the new one works."""
    browser = office.signed_in("mei")
    elsewhere = office.browser()
    sign_in(elsewhere, "mei")
    changed = change(browser, PASSWORD, OTHER)

    assert (changed.status_code, role_of(browser), role_of(elsewhere)) == (200, 200, 403)
    assert sign_in(office.browser(), "mei", OTHER).status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "text"),
    [
        (OTHER, "seven brown foxes whisper", None, "目前的密碼不正確"),
        (PASSWORD, "short", None, "至少需要 15 個字元"),
        (PASSWORD, "mei mei mei mei mei", None, "太容易猜到"),
        (PASSWORD, "x" * 129, None, "最多 128 個字元"),
        (PASSWORD, OTHER, OTHER + "x", "不一樣"),
    ],
)
def test_a_password_that_may_not_be_chosen_says_why(office, old, new, again, text):
    """The rules are told in the person's language, and the old password stays."""
    browser = office.signed_in("mei")
    told = change(browser, old, new, again)

    assert (told.status_code in (403, 422), text in told.text) == (True, True)
    assert sign_in(office.browser(), "mei", PASSWORD).status_code == 303


def test_the_password_page_asks_to_sign_in_first(office):
    """Without a session there is nothing to change."""
    browser = office.browser()

    assert browser.get("/account/password").headers["location"] == "/sign-in?next=/account/password"
    assert browser.post("/account/password", data={"old": PASSWORD}).status_code == 303


def test_large_forms_are_refused(office):
    """A form cannot be used to fill the memory."""
    assert office.browser().post("/sign-in", data={"name": "a" * 70_000}).status_code == 413
    assert office.browser().post("/sign-in", data={"name": "a" * 300}).status_code == 422


def test_without_accounts_there_are_no_pages(client):
    """A server without people offers nothing to sign in to."""
    assert client.get("/sign-in").status_code == 404
