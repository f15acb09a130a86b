"""A thumb up or down over the API."""

import pytest

from tests.web.accounts import Office

ASK = {"question": "公共腳踏車怎麼收費？"}


def test_feedback_is_given_changed_and_taken_back(office: Office) -> None:
    """One for each answer; the reason is kept without personal data."""
    browser = office.browser()
    told = browser.post("/api/v1/ask", json=ASK).json()
    path = f"/api/v1/turns/{told['turn_id']}/feedback"
    assert browser.put(path, json={"verdict": "up"}).status_code == 204
    assert browser.put(path, json={"verdict": "down", "reason": "太短，請打0912-345-678給我"}).status_code == 204
    said = office.people.feedback.list(["public"])
    assert [(one.verdict, one.reason) for one in said] == [("down", "太短，請打〔電話1〕給我")]
    assert "0912" not in office.place.dump()
    assert browser.delete(path).status_code == 204
    assert office.people.feedback.list(["public"]) == ()


@pytest.mark.parametrize(
    "body", [{}, {"verdict": "maybe"}, {"verdict": "up", "reason": 7}, {"verdict": "up", "reason": "x" * 2001}, []]
)
def test_malformed_feedback_is_refused(office: Office, body: object) -> None:
    """The page says what is wrong, and nothing is kept."""
    browser = office.browser()
    told = browser.post("/api/v1/ask", json=ASK).json()
    refused = browser.put(f"/api/v1/turns/{told['turn_id']}/feedback", json=body)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert office.people.feedback.list(["public"]) == ()
