"""Notices of the provider that somebody has signed out there: the true ones end sessions, the others nothing."""

import time

import httpx
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import RSAKey

from assistant.web.provider_sign_out import SIGN_OUT_NOTICE
from tests.web import test_oidc
from tests.web.accounts import Office
from tests.web.provider import SIGNED_OUT, LyingProvider, shared_secret
from tests.web.test_oidc import come_back, new_browser

office, provider = test_oidc.office, test_oidc.provider


def signed_in(office: Office, provider: LyingProvider, session: str | None = "s-1") -> TestClient:
    provider.claims["sid"] = session
    browser = new_browser(office)
    assert come_back(browser, provider).status_code == 303
    return browser


def is_staff(browser: TestClient) -> bool:
    return browser.post("/api/v1/ask", json={"question": "?", "role": "staff"}).status_code == 200


def tell(office: Office, token: str) -> httpx.Response:
    return office.program().post(SIGN_OUT_NOTICE, data={"logout_token": token})


@pytest.mark.parametrize(
    "about", [{}, {"sid": "s-1"}, {"sid": "s-1", "sub": None}, {"aud": ["other", "city-assistant"]}]
)
def test_a_notice_ends_the_session(office, provider, about):
    """By person, by the provider's session, or by both; the audit says so, and no cache keeps the reply."""
    browser = signed_in(office, provider)
    assert is_staff(browser)
    told = tell(office, provider.sign_out_token(**about))

    assert (told.status_code, told.headers["cache-control"], is_staff(browser)) == (200, "no-store", False)
    assert [row.what for row in office.people.audit.latest(1)] == ["signed_out"]


def test_other_sessions_go_on(office, provider):
    """One of the provider's sessions is not another, and somebody else's person is not this one."""
    here, there = signed_in(office, provider, "s-1"), signed_in(office, provider, "s-2")
    tell(office, provider.sign_out_token(sid="s-1"))
    statuses = [tell(office, provider.sign_out_token(**one)).status_code for one in ({"sub": "u-2"}, {"sid": "s-3"})]

    assert (is_staff(here), is_staff(there), statuses) == (False, True, [200, 200])


def test_a_session_of_which_the_provider_told_no_name_ends_with_the_person(office, provider):
    """Staying signed in would be the worse mistake."""
    browser = signed_in(office, provider, None)
    tell(office, provider.sign_out_token(sid="s-9"))

    assert not is_staff(browser)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": None},
        {"iat": None},
        {"iat": int(time.time()) - 3600, "exp": None},
        {"iat": int(time.time()) + 3600},
        {"iat": "now"},
        {"exp": 1},
        {"jti": None},
        {"jti": 7},
        {"events": None},
        {"events": {}},
        {"events": [SIGNED_OUT]},
        {"events": {SIGNED_OUT: "yes"}},
        {"nonce": "n"},
        {"nonce": ""},
        {"sub": None},
        {"sub": ""},
        {"sub": ["u-1"]},
        {"sid": {"s-1": 1}},
    ],
)
def test_notices_that_are_not_as_they_have_to_be_end_nothing(office, provider, claims):
    """Issuer, audience, times, id, event, no nonce, and somebody that it is about."""
    browser = signed_in(office, provider)
    told = tell(office, provider.sign_out_token(**claims))

    assert (told.status_code, told.json(), is_staff(browser)) == (400, {"error": "invalid_request"}, True)


@pytest.mark.parametrize("alg", ["none", "HS256", "other key"])
def test_notices_that_others_signed_end_nothing(office, provider, alg):
    """Nobody but the provider signs people out."""
    browser = signed_in(office, provider)
    if alg == "other key":
        provider.signing_key = RSAKey.generate_key(2048, {"kid": "a"})
    else:
        provider.header, provider.signing_key = {"alg": alg}, shared_secret()

    assert (tell(office, provider.sign_out_token()).status_code, is_staff(browser)) == (400, True)


def test_an_id_token_is_no_notice(office, provider):
    """Whoever gets hold of somebody's ID token cannot sign them out with it."""
    browser = signed_in(office, provider)

    assert (tell(office, provider.id_token()).status_code, is_staff(browser)) == (400, True)


def test_a_token_of_another_type_is_no_notice(office, provider):
    """What is typed for another use proves nothing here."""
    browser = signed_in(office, provider)
    provider.header["typ"] = "at+jwt"

    assert (tell(office, provider.sign_out_token()).status_code, is_staff(browser)) == (400, True)


def test_a_notice_is_taken_once(office, provider):
    """One that was overheard does not sign out whoever has come back since."""
    token = provider.sign_out_token()
    signed_in(office, provider)
    first = tell(office, token).status_code
    browser = signed_in(office, provider)

    assert (first, tell(office, token).status_code, is_staff(browser)) == (200, 400, True)


@pytest.mark.parametrize("data", [{}, {"logout_token": ""}, {"logout_token": "a.b.c"}, {"logout_token": "x" * 9000}])
def test_what_is_no_token_is_refused(office, provider, data):
    """Without a fault of ours."""
    assert office.program().post(SIGN_OUT_NOTICE, data=data).status_code == 400
    assert office.program().get(SIGN_OUT_NOTICE).status_code == 405


def test_another_sites_page_cannot_send_one(office, provider):
    """Browsers have no business at this address."""
    browser = signed_in(office, provider)
    evil = office.program(origin="https://evil.example")
    told = evil.post(SIGN_OUT_NOTICE, data={"logout_token": provider.sign_out_token()})

    assert (told.status_code, is_staff(browser)) == (403, True)


def test_unknown_keys_are_asked_for_once_a_minute(office, provider):
    """A flood of made-up tokens is no flood at the provider."""
    signed_in(office, provider)
    before = provider.keys_given
    provider.header["kid"] = "never was"
    statuses = {tell(office, provider.sign_out_token()).status_code for _ in range(5)}

    assert (statuses, provider.keys_given - before) == ({400}, 1)
