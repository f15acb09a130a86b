"""Editors: which accounts may look after answers, and whose."""

from dataclasses import replace

import pytest

from assistant.errors import PeopleError
from assistant.people.account import Account, AccountRole
from assistant.people.editor import Editor
from tests.people.place import START

PARKS = Account("1" * 32, "mei", AccountRole.EDITOR, "Parks", START)


@pytest.mark.parametrize(
    "account",
    [
        None,
        *(replace(PARKS, role=role) for role in (AccountRole.CITIZEN, AccountRole.STAFF, AccountRole.EVALUATOR)),
        replace(PARKS, disabled=True),
        replace(PARKS, locked=True),
        replace(PARKS, role=AccountRole.ADMIN, disabled=True),
        replace(PARKS, bureau=""),
    ],
)
def test_others_look_after_nothing(account: Account | None) -> None:
    """Neither another role nor an account that was turned off opens the editors' desk."""
    with pytest.raises(PeopleError) as refusal:
        Editor.of(account)
    assert refusal.value.reason == "not_allowed"


def test_an_editor_has_one_bureau_and_an_admin_all() -> None:
    """What belongs to another bureau is refused, and what its staff read is not read."""
    editor, admin = Editor.of(PARKS), Editor.of(replace(PARKS, role=AccountRole.ADMIN))
    editor.check("Parks")
    admin.check("Roads")
    assert (editor.audiences, admin.audiences) == (("public", "staff", "Parks"), None)
    with pytest.raises(PeopleError) as refusal:
        editor.check("Roads")
    assert refusal.value.reason == "other_bureau"
