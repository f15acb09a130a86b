"""What an account is: its name, role and bureau."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AccountRole(StrEnum):
    """What an account is for; what each may do is decided where it is done."""

    CITIZEN = "citizen"
    STAFF = "staff"
    EDITOR = "editor"
    ADMIN = "admin"
    EVALUATOR = "evaluator"


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it is now.

    Attributes:
        bureau: the one that its holder works for; an editor has one, a citizen none.
        locked: whether its password was guessed wrong too often, until a new one is set.
    """

    id: str
    name: str
    role: AccountRole
    bureau: str
    created_at: datetime
    disabled: bool = False
    locked: bool = False
