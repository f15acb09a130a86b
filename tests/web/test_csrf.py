"""Requests that another site's page makes a browser send."""

import pytest

from assistant.people.account import AccountRole
from assistant.web.csrf import SAFE_METHODS
from tests.people.place import PASSWORD, Place
from tests.web.accounts import ORIGIN, Office, sign_in

ASK = {"question": "內部規定？"}
FOREIGN = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://testserver.evil.example"},
    {"origin": "http://testserver:8080"},
    {"origin": "https://testserver"},
    {"origin": "http://sub.testserver"},
    {"origin": "http://testserver@evil.example"},
    {"origin": "not an origin"},
    {"origin": ORIGIN, "sec-fetch-site": "cross-site"},
    {"origin": ORIGIN, "sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "none"},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize(
    "path", ["/api/v1/ask", "/sign-in", "/sign-out", "/account/password", "/gradio_api/queue/join"]
)
def test_other_sites_get_nothing_done(office: Office, path, headers):
    """With the session's cookie or without it, what a browser sends for another site is refused."""
    browser = office.signed_in("mei")
    del browser.headers["origin"]
    refused = browser.post(path, json=ASK, headers=headers)

    assert (refused.status_code, refused.headers["content-type"]) == (403, "application/problem+json")
    assert not office.conversation.asked


@pytest.mark.parametrize("headers", [{"origin": ORIGIN}, {"sec-fetch-site": "same-origin"}])
def test_the_own_page_may(office: Office, headers):
    """What browsers say of the assistant's own page lets the request pass."""
    browser = office.signed_in("mei")
    del browser.headers["origin"]

    assert browser.post("/api/v1/ask", json=ASK, headers=headers).status_code == 200


def test_a_session_without_any_word_of_where_is_refused(office: Office):
    """Every browser of today says whence a POST comes; a session's cookie without that is not believed."""
    browser = office.signed_in("mei")
    del browser.headers["origin"]

    assert browser.post("/api/v1/ask", json=ASK).status_code == 403


def test_programs_need_no_origin(office: Office):
    """A token is no cookie: no browser adds it by itself."""
    office.add("lab", AccountRole.EVALUATOR)
    token = office.people.tokens.issue("lab", "", by="test")

    assert office.program(authorization=f"Bearer {token}").post("/api/v1/ask", json=ASK).status_code == 200
    assert office.program().post("/api/v1/ask", json=ASK).status_code == 200


def test_behind_a_proxy_the_public_address_counts(tmp_path):
    """Where the server sees another host name than people do, the setting says which is ours."""
    office = Office(Place(tmp_path), public_url="https://assistant.example.gov.tw")
    browser = office.browser()
    statuses = [
        browser.post("/api/v1/ask", json=ASK, headers={"origin": origin}).status_code
        for origin in ("https://assistant.example.gov.tw", "https://assistant.example.gov.tw.evil.example")
    ]
    office.close()

    assert statuses == [200, 403]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST", "PROPFIND"])
def test_every_method_that_may_change_something_is_checked(office: Office, method):
    """Only what is safe by RFC 9110, 9.2.1, passes from elsewhere."""
    assert method not in SAFE_METHODS
    assert office.program(origin="https://evil.example").request(method, "/api/v1/ask").status_code == 403


def test_nobody_is_signed_in_from_elsewhere(office: Office):
    """Even with a form's right token another site's page cannot send it."""
    office.add("mei", AccountRole.STAFF)
    browser = office.browser(origin=ORIGIN)
    browser.headers["origin"] = "https://evil.example"

    assert sign_in(browser, "mei", PASSWORD).status_code == 403
