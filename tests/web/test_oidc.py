"""Signing in by a provider, and answers of it that are forged, stale or meant for somebody else."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import RSAKey

from assistant.errors import SettingsError
from assistant.people.account import AccountRole
from assistant.settings import Settings
from assistant.web.oidc import CALLBACK, START, Provider
from assistant.web.roles import ClaimRules
from tests.people.place import Place
from tests.web.accounts import BUREAU, ORIGIN, SESSION, Office
from tests.web.provider import CLIENT_ID, CLIENT_SECRET, LyingProvider, running_provider, shared_secret

RULES = f"""
roles_claim = "groups"
bureau_claim = "department"
[[rule]]
value = "admins"
role = "admin"
[[rule]]
value = "editors"
role = "editor"
[[rule]]
value = "staff"
role = "staff"
[bureaus]
TRAFFIC = "{BUREAU}"
"""
STAFF = {"groups": ["other", "staff"], "department": "TRAFFIC", "preferred_username": "Mei.Lin@city"}


@pytest.fixture
def provider() -> Iterator[LyingProvider]:
    with running_provider() as provider:
        provider.claims = dict(STAFF)
        yield provider


@pytest.fixture
def office(provider: LyingProvider, place: Place, tmp_path: Path) -> Iterator[Office]:
    folder = tmp_path / "corpus" / "fakecity"
    folder.mkdir(parents=True)
    (folder / "sign-in.toml").write_text(RULES, encoding="utf-8")
    office = Office(
        place,
        corpus=tmp_path / "corpus",
        city="fakecity",
        public_url=ORIGIN.replace("testserver", "localhost"),
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
    )
    yield office
    office.close()


def new_browser(office: Office) -> TestClient:
    return office.browser("http://localhost")


def come_back(browser: TestClient, provider: LyingProvider, **changes: str):
    """Go to the provider and come back with a code; `changes` are what the address says otherwise."""
    state = provider.remember(browser.get(START).headers["location"])
    return browser.get(CALLBACK, params={"code": "c", "state": state, **changes})


def refuses(office: Office, provider: LyingProvider, **changes: str) -> bool:
    """Whether nobody is signed in and no account is made."""
    browser = new_browser(office)
    told = come_back(browser, provider, **changes)
    return told.status_code == 502 and SESSION not in browser.cookies and office.people.accounts.list() == ()


def test_the_provider_signs_staff_in(office, provider):
    """The first sign-in makes the account with the role and the bureau that the claims give."""
    browser = new_browser(office)
    done = come_back(browser, provider)
    asked = browser.post("/api/v1/ask", json={"question": "?"}).status_code
    account = office.people.accounts.list()[0]

    assert (done.status_code, done.headers["location"], asked) == (303, "/", 200)
    assert (account.name, account.role, account.bureau) == ("mei.lin@city", AccountRole.STAFF, BUREAU)
    assert office.conversation.asked[0].role == "staff"


def test_the_request_carries_what_protects_it(office, provider):
    """Code flow, PKCE by hash, state and nonce, and an address to come back to that no header changes."""
    location = new_browser(office).get(START, headers={"host": "evil.example"}).headers["location"]
    provider.remember(location)

    asked = provider.asked
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == f"http://localhost{CALLBACK}"
    assert min(len(asked["state"]), len(asked["nonce"]), len(asked["code_challenge"])) >= 20


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "forged"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": None},
        {"aud": [CLIENT_ID, "another-client"], "azp": "another-client"},
        {"exp": 1},
        {"exp": None},
        {"iat": int(time.time()) + 3600},
        {"sub": None},
    ],
)
def test_claims_that_are_not_for_us_are_refused(office, provider, claims):
    """Nonce, issuer, audience and times have to be those of this attempt."""
    provider.claims |= claims

    assert refuses(office, provider)


@pytest.mark.parametrize("alg", ["none", "HS256", "other key"])
def test_signatures_of_others_are_refused(office, provider, alg):
    """Unsigned tokens, tokens signed with what a client knows, and ones of another key prove nothing."""
    if alg == "other key":
        provider.signing_key = RSAKey.generate_key(2048, {"kid": "a"})
    else:
        provider.header = {"alg": alg}
        provider.signing_key = shared_secret()

    assert refuses(office, provider)


def test_an_answer_without_identity_is_refused(office, provider):
    """Being allowed to call the provider says nothing of who somebody is."""
    provider.without_id_token = True

    assert refuses(office, provider)


@pytest.mark.parametrize(
    "changes", [{"state": "forged"}, {"state": ""}, {"iss": "https://evil.example"}, {"error": "access_denied"}]
)
def test_answers_to_other_questions_are_refused(office, provider, changes):
    """State and the issuer's parameter have to be those of this attempt."""
    assert refuses(office, provider, **changes)


def test_a_missing_issuer_is_refused_where_it_is_promised(office, provider):
    """A provider that announces RFC 9207's parameter sends it always."""
    provider.metadata = {"authorization_response_iss_parameter_supported": True}

    assert refuses(office, provider)


def test_another_browser_cannot_finish_an_attempt(office, provider):
    """A link with somebody's code and state signs in nobody else: they lack the cookie of the attempt."""
    victim, attacker = new_browser(office), new_browser(office)
    state = provider.remember(attacker.get(START).headers["location"])
    told = victim.get(CALLBACK, params={"code": "c", "state": state})

    assert (told.status_code, SESSION in victim.cookies, provider.exchanged) == (502, False, [])


def test_an_attempt_is_good_once(office, provider):
    """The same answer a second time begins nothing."""
    browser = new_browser(office)
    state = provider.remember(browser.get(START).headers["location"])
    statuses = [browser.get(CALLBACK, params={"code": "c", "state": state}).status_code for _ in range(2)]

    assert statuses == [303, 502]


def test_a_forged_attempt_cookie_is_refused(office, provider):
    """What the cookie holds is signed."""
    browser = new_browser(office)
    state = provider.remember(browser.get(START).headers["location"])
    name = next(name for name in browser.cookies if name.endswith("provider"))
    value = browser.cookies[name]
    browser.cookies.clear()
    browser.cookies.set(name, ("A" if value[0] != "A" else "B") + value[1:])

    assert browser.get(CALLBACK, params={"code": "c", "state": state}).status_code == 502


def test_a_provider_with_another_name_is_refused(office, provider):
    """What the provider calls itself is what the setting says, letter by letter."""
    provider.metadata = {"issuer": "https://evil.example"}

    assert new_browser(office).get(START).status_code == 502


@pytest.mark.parametrize(
    "claims",
    [{"groups": ["visitors"]}, {"groups": []}, {"groups": {"staff": 1}}, {"groups": ["editors"], "department": "?"}],
)
def test_whoever_has_no_role_stays_outside(office, provider, claims):
    """Claims that no rule names give nothing: no session and no account."""
    provider.claims |= claims
    browser = new_browser(office)

    assert (come_back(browser, provider).status_code, SESSION in browser.cookies) == (403, False)
    assert office.people.accounts.list() == ()


def test_claims_may_come_from_the_userinfo_page(office, provider):
    """Where the ID token says nothing of roles the provider is asked, and has to speak of the same person."""
    provider.claims["groups"] = None
    provider.userinfo = {"groups": "staff"}
    first = come_back(new_browser(office), provider).status_code
    provider.userinfo["sub"] = "u-2"

    assert (first, come_back(new_browser(office), provider).status_code) == (303, 502)


def test_a_role_that_is_taken_away_ends_what_it_began(office, provider):
    """Sessions of before end when the provider gives another role, or none."""
    browser = new_browser(office)
    come_back(browser, provider)
    provider.claims["groups"] = []
    come_back(new_browser(office), provider)

    assert browser.post("/api/v1/ask", json={"question": "?", "role": "staff"}).status_code == 403


def test_the_way_goes_on_within_the_site(office, provider):
    """The page that somebody wanted is remembered through the provider, and no other site's."""
    browser = new_browser(office)
    locations = []
    for wanted in ("/account/password", "//evil.example"):
        state = provider.remember(browser.get(START, params={"next": wanted}).headers["location"])
        locations.append(browser.get(CALLBACK, params={"code": "c", "state": state}).headers["location"])

    assert locations == ["/account/password", "/"]


def test_the_sign_in_page_offers_the_provider(office):
    """Staff need not know an address."""
    assert f'href="{START}"' in new_browser(office).get("/sign-in").text


@pytest.mark.parametrize(
    "changed",
    [
        {"oidc_client_id": ""},
        {"oidc_client_secret": ""},
        {"public_url": ""},
        {"public_url": "http://assistant.example.gov.tw"},
        {"oidc_issuer": "http://id.example.gov.tw"},
    ],
)
def test_settings_that_would_leak_are_refused(changed):
    """A client without secret, or secrets over plain HTTP, stop the start."""
    given = {
        "oidc_issuer": "https://id.example.gov.tw",
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET,
        "public_url": "https://assistant.example.gov.tw",
    }

    with pytest.raises(SettingsError):
        Provider(Settings(**{**given, **changed}), ClaimRules(()))
