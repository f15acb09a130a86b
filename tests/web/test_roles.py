"""Claims of a provider as roles."""

from pathlib import Path

import pytest

from assistant.errors import CityDataError
from assistant.people.account import AccountRole
from assistant.people.identities import Grant
from assistant.settings import PROJECT_ROOT
from assistant.web.roles import ClaimRules, Rule, load_claim_rules

BUREAUS = ["Parks", "Roads"]
RULES = ClaimRules(
    (Rule("boss", AccountRole.ADMIN), Rule("writer", AccountRole.EDITOR), Rule("road", AccountRole.STAFF, "Roads"),
     Rule("staff", AccountRole.STAFF), Rule("all", AccountRole.CITIZEN)),
    roles_claim="realm.roles",
    bureau_claim="unit",
    bureaus={"Parks": "Parks", "P1": "Parks"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("claims", "grant"),
    [
        ({"realm": {"roles": ["staff", "boss"]}}, Grant(AccountRole.ADMIN)),
        ({"realm": {"roles": ["staff"]}, "unit": "P1"}, Grant(AccountRole.STAFF, "Parks")),
        ({"realm": {"roles": ["staff"]}, "unit": "Sewers"}, Grant(AccountRole.STAFF)),
        ({"realm": {"roles": ["road"]}, "unit": "P1"}, Grant(AccountRole.STAFF, "Roads")),
        ({"realm": {"roles": "writer"}, "unit": ["x", "Parks"]}, Grant(AccountRole.EDITOR, "Parks")),
        ({"realm.roles": ["all"], "unit": "P1"}, Grant(AccountRole.CITIZEN)),
        ({"realm": {"roles": ["writer"]}}, None),
        ({"realm": {"roles": ["Staff", "staffer"]}}, None),
        ({"realm": ["staff"]}, None),
        ({"realm": {"roles": [["staff"], 1, None]}}, None),
        ({"roles": ["staff"]}, None),
        ({}, None),
    ],
)
def test_the_first_rule_that_fits_counts(claims, grant):
    """Values fit as a whole, bureaus are the city's own, and what fits no rule has no role."""
    assert RULES.grant(claims) == grant


def test_without_a_file_nobody_has_a_role(tmp_path: Path):
    """The default is to deny."""
    assert load_claim_rules(tmp_path, BUREAUS).grant({"groups": ["admin", "staff"]}) is None


@pytest.mark.parametrize(
    "text",
    [
        "rule = 1",
        "[[rule]]\nvalue = 'x'",
        "[[rule]]\nvalue = 'x'\nrole = 'king'",
        "[[rule]]\nvalue = 'x'\nrole = 'evaluator'",
        "[[rule]]\nvalue = 'x'\nrole = 'staff'\nbureau = 'Sewers'",
        "[bureaus]\nS1 = 'Sewers'",
        "not toml",
    ],
)
def test_a_file_that_cannot_be_right_stops_the_start(tmp_path: Path, text: str):
    """A role or bureau that does not exist is an error of the city's data, never a silent refusal."""
    (tmp_path / "sign-in.toml").write_text(text, encoding="utf-8")

    with pytest.raises(CityDataError, match=r"sign-in\.toml"):
        load_claim_rules(tmp_path, BUREAUS)


@pytest.mark.parametrize(
    "path", sorted((PROJECT_ROOT / "corpus").glob("*/sign-in.toml")), ids=lambda path: path.parent.name
)
def test_the_cities_files_can_be_read(path: Path):
    """What ships gives roles to the groups that it names, and to nobody else."""
    rules = load_claim_rules(path.parent, [])

    assert rules.grant({rules.roles_claim: [rules.rules[0].value]}) == Grant(AccountRole.ADMIN)
    assert rules.grant({rules.roles_claim: ["staff", "admin"]}) is None
