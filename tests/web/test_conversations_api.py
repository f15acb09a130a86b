"""One's own conversations over the API, and nobody else's."""

import json

import pytest
from fastapi.testclient import TestClient

from assistant.people.account import AccountRole
from assistant.people.conversations import KeptTurn, Owner
from assistant.people.keys import new_id, new_token
from tests.web.accounts import BROWSER, BUREAU, Office

API = "/api/v1/conversations"
BIKE = {"question": "公共腳踏車怎麼收費？"}


def ask(browser: TestClient, **more: str) -> dict[str, str]:
    return browser.post("/api/v1/ask", json=BIKE | more).json()


def test_a_conversation_is_listed_read_exported_and_deleted(office: Office) -> None:
    """What one asked is there with its answers, as a file too, and gone when one says so; no cache keeps any of it."""
    browser = office.browser()
    first = ask(browser)
    second = ask(browser, conversation_id=first["conversation_id"])
    name = first["conversation_id"]
    listed = browser.get(API).json()["conversations"]
    assert [(one["id"], one["title"]) for one in listed] == [(name, BIKE["question"])]
    read = browser.get(f"{API}/{name}")
    assert [turn["id"] for turn in read.json()["turns"]] == [first["turn_id"], second["turn_id"]]
    exported = browser.get(f"{API}/{name}/export")
    assert exported.json() == read.json()
    assert exported.headers["content-disposition"] == f'attachment; filename="conversation-{name}.json"'
    assert browser.delete(f"{API}/{name}").status_code == 204
    assert browser.get(f"{API}/{name}").status_code == 404
    assert {one.headers["cache-control"] for one in (read, exported, browser.get(API))} == {"no-store"}


def test_forget_me_forgets_me_alone(office: Office) -> None:
    """All of one's own conversations, and no other person's."""
    mei, lin = office.browser(), office.browser()
    for browser in (mei, mei, lin):
        ask(browser)
    assert mei.delete(API).json() == {"forgotten": 2}
    assert mei.get(API).json() == {"conversations": []}
    assert len(lin.get(API).json()["conversations"]) == 1


def test_anothers_id_is_answered_as_one_that_never_was(office: Office) -> None:
    """By a citizen, by staff, by an admin and with a forged mark: the same status, the same words, nothing changed."""
    owner = office.browser()
    told = ask(owner)
    strangers = [
        office.browser(),
        office.signed_in("staff"),
        office.signed_in("admin", AccountRole.ADMIN),
        office.browser(cookie=f"{BROWSER}={new_token()}"),
        office.browser(cookie=f"{BROWSER}=browser:{'0' * 64}"),
    ]
    answers = set()
    for stranger in strangers:
        for name, turn in ((told["conversation_id"], told["turn_id"]), (new_id(), new_id()), ("%25", "'--")):
            for path in (f"{API}/{name}", f"{API}/{name}/export"):
                answers.add((path.count("export"), *said(stranger.get(path))))
            answers.add(("delete", *said(stranger.delete(f"{API}/{name}"))))
            body = {"verdict": "down", "reason": "mine"}
            answers.add(("feedback", *said(stranger.put(f"/api/v1/turns/{turn}/feedback", json=body))))
            answers.add(("withdraw", *said(stranger.delete(f"/api/v1/turns/{turn}/feedback"))))
        assert ask(stranger, conversation_id=told["conversation_id"])["conversation_id"] != told["conversation_id"]
    assert len(answers) == 5
    assert {status for _, status, _ in answers} == {404}
    assert [turn["feedback"] for turn in owner.get(f"{API}/{told['conversation_id']}").json()["turns"]] == [None]


def said(response: object) -> tuple[int, str]:
    return response.status_code, response.text


def test_what_a_browser_claims_to_be_is_not_believed(office: Office) -> None:
    """The owner as it stands in the table, sent as a mark, opens nothing; neither does an account's id."""
    office.add("mei", AccountRole.STAFF)
    account = office.people.accounts.find("mei")
    assert account is not None
    kept = office.people.conversations.start(Owner.account(account.id))
    office.people.conversations.add_turn(Owner.account(account.id), kept, KeptTurn("q", "a", "answered", "en"))
    for mark in (f"account:{account.id}", account.id, Owner.account(account.id).key.ljust(43, "x")[:43]):
        forger = office.browser(cookie=f"{BROWSER}={mark}")
        assert forger.get(f"{API}/{kept}").status_code == 404
        assert forger.get(API).json() == {"conversations": []}


@pytest.mark.parametrize("lost", ["bureau", "account"])
def test_who_lost_the_bureau_does_not_read_its_answers(office: Office, lost: str) -> None:
    """Reading, listing and exporting are by what the account may read today."""
    browser = office.signed_in("mei", AccountRole.STAFF, BUREAU)
    account = office.people.accounts.find("mei")
    assert account is not None
    owner = Owner.account(account.id)
    kept = office.people.conversations.start(owner)
    secret = KeptTurn("What is the code?", "The code is canary-71.", "answered", "en", audience=BUREAU)
    office.people.conversations.add_turn(owner, kept, secret)
    assert "canary-71" in browser.get(f"{API}/{kept}").text
    if lost == "bureau":
        office.people.accounts.change_role("mei", AccountRole.STAFF, by="test", bureau="", reason="moved")
        browser = office.browser()
        browser.cookies.set(
            "city-assistant-session", office.people.sign_in.sign_in("mei", "stapled violet harbours").token
        )
        withheld = browser.get(f"{API}/{kept}/export").json()
        assert (withheld["turns"], withheld["withheld"]) == ([], 1)
        assert [one["title"] for one in browser.get(API).json()["conversations"]] == [""]
    else:
        office.people.accounts.disable("mei", by="test", reason="left")
        assert browser.get(f"{API}/{kept}").status_code == 404
    assert "code" not in browser.get(f"{API}/{kept}").text


def test_another_site_forgets_nothing(office: Office) -> None:
    """A page elsewhere cannot have a visitor's conversations deleted or read."""
    browser = office.browser()
    told = ask(browser)
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    for refused in (
        browser.delete(API, headers=foreign),
        browser.delete(f"{API}/{told['conversation_id']}", headers=foreign),
        browser.put(f"/api/v1/turns/{told['turn_id']}/feedback", json={"verdict": "down"}, headers=foreign),
    ):
        assert refused.status_code == 403
    read = browser.get(API, headers=foreign)
    assert "access-control-allow-origin" not in read.headers
    assert len(browser.get(API).json()["conversations"]) == 1


def test_a_stream_ends_with_the_ids(office: Office) -> None:
    """Server-sent events carry them where the answer is whole, and the fields of the contract stay."""
    plain = ask(office.browser())
    body = office.browser().post("/api/v1/ask", json=BIKE | {"stream": True}).text
    done = json.loads(body.rpartition("data: ")[2])
    assert set(done) == set(plain)
    assert len(done["conversation_id"]) == len(done["turn_id"]) == 32


def test_the_contract_is_unchanged_where_nothing_is_kept(client: TestClient) -> None:
    """Without a database an answer has no ids, and there is nothing to list."""
    told = ask(client)
    assert not {"conversation_id", "turn_id"} & set(told)
    assert client.get(API).status_code == 404


def test_turns_are_gone_after_their_time(office: Office) -> None:
    """By a set clock: after the retention time the API knows them no more."""
    browser = office.browser()
    name = ask(browser)["conversation_id"]
    office.place.clock.move(days=31)
    office.people.purge(office.place.clock.now)
    assert browser.get(f"{API}/{name}").status_code == 404
