"""Which documents the API opens to whom, and that nobody opens more by asking for it."""

import pytest

from assistant.people.account import AccountRole
from tests.fakes import DOCUMENTS, STAFF_ONLY
from tests.web.accounts import BUREAU, OTHER_BUREAU, Office

ASK, SEARCH, DOCUMENT = "/api/v1/ask", "/api/v1/search?q=x", f"/api/v1/documents/{STAFF_ONLY.id}"


def test_staff_ask_as_staff_of_their_bureau(office: Office):
    """The role and the bureau come from the session, whatever else the request says."""
    browser = office.signed_in("mei", AccountRole.STAFF, BUREAU)
    body = {"question": "?", "role": "staff", "bureau": OTHER_BUREAU}
    statuses = [browser.post(ASK, json=body).status_code, browser.post(ASK, json={"question": "?"}).status_code]

    assert statuses == [200, 200]
    assert [(asked.role, asked.bureau) for asked in office.conversation.asked] == [("staff", BUREAU)] * 2


def test_staff_may_ask_as_citizens(office: Office):
    """Less than what one may is always allowed."""
    office.signed_in("mei", AccountRole.STAFF, BUREAU).post(ASK, json={"question": "?", "role": "citizen"})

    assert [(asked.role, asked.bureau) for asked in office.conversation.asked] == [("citizen", "")]


@pytest.mark.parametrize(
    ("said", "role"), [({}, "citizen"), ({"role": "citizen"}, "citizen"), ({"role": "staff"}, "staff")]
)
def test_evaluators_ask_as_what_they_say(office: Office, said, role):
    """An evaluator's account with a bureau asks as a citizen unless the request says staff."""
    office.add("lab", AccountRole.EVALUATOR, BUREAU)
    token = office.people.tokens.issue("lab", "", by="test")
    answered = office.program(authorization=f"Bearer {token}").post(ASK, json={"question": "?", **said})

    assert (answered.status_code, office.conversation.asked[0].role) == (200, role)


def test_an_evaluator_without_bureau_is_no_staff(office: Office):
    """The account says what a token may."""
    office.add("lab", AccountRole.EVALUATOR)
    token = office.people.tokens.issue("lab", "", by="test")

    assert (
        office.program(authorization=f"Bearer {token}").post(ASK, json={"question": "?", "role": "staff"}).status_code
        == 403
    )


def test_the_viewer_opens_staff_documents_to_staff_alone(office: Office):
    """What does not exist for a citizen is there for staff."""
    staff, citizen = office.signed_in("mei"), office.browser()

    assert (staff.get(DOCUMENT).status_code, citizen.get(DOCUMENT).status_code) == (200, 404)
    assert staff.get(f"{DOCUMENT}?role=citizen").status_code == 404


def test_another_bureaus_document_does_not_exist(office: Office, monkeypatch):
    """Staff of one bureau get the answer that an unknown document gets."""
    document, text = DOCUMENTS[STAFF_ONLY.id]
    theirs = document.__class__(id="theirs", source="x", title="x", audience=BUREAU)
    monkeypatch.setattr("tests.fakes.DOCUMENTS", {**DOCUMENTS, "theirs": (theirs, text)})
    own = office.signed_in("mei", AccountRole.STAFF, BUREAU).get("/api/v1/documents/theirs")
    other = office.signed_in("lin", AccountRole.STAFF).get("/api/v1/documents/theirs")

    assert (own.status_code, other.status_code) == (200, 404)


@pytest.mark.parametrize("path", [SEARCH + "&role=staff", DOCUMENT + "?role=staff"])
def test_a_role_in_the_query_proves_nothing(office: Office, path):
    """Claiming staff is refused, and no name of a person or bureau in a query or header changes that."""
    refused = office.browser().get(f"{path}&user=mei&bureau={BUREAU}", headers={"x-role": "staff", "role": "staff"})

    assert refused.status_code == 403


@pytest.mark.parametrize("role", ["staff", "admin", "STAFF", "", 1, ["staff"], {"role": "staff"}])
def test_a_role_in_the_body_proves_nothing(office: Office, role):
    """Citizens who claim a role, known or not, are never answered as staff."""
    refused = office.browser().post(ASK, json={"question": "?", "role": role})

    assert refused.status_code in (403, 422)
    assert not office.conversation.asked


def test_anothers_token_is_its_own_only(office: Office):
    """A token that was revoked, or belongs to somebody whose account is gone, opens nothing."""
    office.add("lab", AccountRole.EVALUATOR, BUREAU)
    token = office.people.tokens.issue("lab", "", by="test")
    program = office.program(authorization=f"Bearer {token}")
    before = program.get(f"{SEARCH}&role=staff").status_code
    office.people.accounts.disable("lab", by="test", reason="over")

    assert (before, program.get(f"{SEARCH}&role=staff").status_code) == (200, 403)
