"""Who looks after answers: an editor for a bureau, an admin for all of them, or whoever is at the machine's console."""

from dataclasses import dataclass

from assistant.errors import PeopleError
from assistant.people.account import Account, AccountRole
from assistant.schema import PUBLIC, STAFF


@dataclass(frozen=True, slots=True)
class Editor:
    """Somebody who may approve answers, close topics and work on the queue.

    Attributes:
        name: for the audit.
        bureau: whose answers they look after; empty: those of every bureau.
    """

    name: str
    bureau: str = ""

    @classmethod
    def of(cls, account: Account | None) -> "Editor":
        """What an account may look after.

        Raises:
            PeopleError: nothing (`not_allowed`): it is no editor's and no admin's, or it is disabled or locked.
        """
        if account is not None and not (account.disabled or account.locked):
            if account.role == AccountRole.ADMIN:
                return cls(account.name)
            if account.role == AccountRole.EDITOR and account.bureau:
                return cls(account.name, account.bureau)
        raise PeopleError(
            "not_allowed", "Answers are looked after by editors and admins.", "Ask an admin for the role."
        )

    @property
    def audiences(self) -> tuple[str, ...] | None:
        """Whose documents and questions they may read; None: everybody's."""
        return (PUBLIC, STAFF, self.bureau) if self.bureau else None

    def check(self, bureau: str) -> None:
        """Refuse what belongs to another bureau.

        Raises:
            PeopleError: it does (`other_bureau`).
        """
        if self.bureau and bureau != self.bureau:
            message = f"This belongs to {bureau or 'no bureau'}, and you are an editor of {self.bureau}."
            raise PeopleError("other_bureau", message, "Ask an editor of that bureau, or an admin.")
