"""Who is asking: what they may read, whose conversations they have, and from which address they come."""

from dataclasses import dataclass

from assistant.people.account import Account
from assistant.people.conversations import Owner
from assistant.schema import Role


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent a request.

    Attributes:
        role: what they may read at most; a request may ask for less.
        bureau: the one whose documents they may read besides, by the city's name for it; empty: none.
        account: whose session or token the request carries; None: nobody's.
        owner: whose conversations they may see.
        address: the network address, that of the client where trusted proxies stand in between; may be empty.
        is_new_browser: whether the request showed no browser's mark, so that its owner was made up just now.
    """

    role: Role
    bureau: str
    account: Account | None
    owner: Owner
    address: str
    is_new_browser: bool = False
