"""Whose rates and turns a request counts for: an account's, or a browser's and its address's."""

from assistant.people.account import AccountRole
from assistant.people.caller import Caller
from assistant.people.throttle import address_key
from assistant.schema import Asker


def asker_of(caller: Caller) -> Asker:
    """The keys of whoever sent a request.

    A browser that shows no mark yet counts as its address: whoever throws marks away is nobody new each time.
    """
    account = caller.account
    if account is not None and account.role != AccountRole.CITIZEN:
        return Asker("evaluator" if account.role == AccountRole.EVALUATOR else "staff", caller.owner.key)
    address = address_key(caller.address)
    return Asker("citizen", address if caller.is_new_browser else caller.owner.key, address)
