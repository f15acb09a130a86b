"""How often somebody may try to sign in: by account name and by address, with a delay that grows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

import sqlalchemy as sa

from assistant.people.keys import key_of
from assistant.people.tables import attempts

NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Limit:
    """What may be tried: `free` times at once, then after 1, 2, 4 ... seconds up to `longest`.

    After `forgotten` without another attempt the count begins anew.
    """

    free: int
    longest: timedelta
    forgotten: timedelta

    def delay(self, tries: int) -> timedelta:
        """How long to wait after so many attempts."""
        if tries < self.free:
            return NOTHING
        return min(timedelta(seconds=2 ** min(tries - self.free, 32)), self.longest)


BY_NAME = Limit(free=5, longest=timedelta(minutes=15), forgotten=timedelta(days=1))
BY_ADDRESS = Limit(free=30, longest=timedelta(minutes=1), forgotten=timedelta(hours=1))
"""More for an address, behind which a whole office may be."""


def name_key(name: str) -> str:
    """The key of a name, also of one that no account has; hashed, as people type passwords into the wrong field."""
    return key_of(f"name {name[:256].strip().lower()}")


def address_key(address: str) -> str:
    """The key of an address; of IPv6 the first 64 bits, which are one customer's (RFC 6177)."""
    try:
        parsed = ip_address(address[:64])
    except ValueError:
        return key_of(f"address {address[:256]}")
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is None:
            return key_of(f"address {int(parsed) >> 64:x}")
        parsed = parsed.ipv4_mapped
    return key_of(f"address {parsed}")


def keys_of(name: str, address: str) -> dict[str, Limit]:
    """What an attempt counts for; without an address, for the name alone."""
    return {name_key(name): BY_NAME} | ({address_key(address): BY_ADDRESS} if address else {})


def admit(connection: sa.Connection, keys: Mapping[str, Limit], now: datetime) -> timedelta:
    """Count an attempt before it is made, so that many at once are no more than one after the other.

    Returns:
        nothing where it may be made; else how long to wait, and then it is not counted.
    """
    tried: dict[str, int] = {}
    wait = NOTHING
    for key, limit in keys.items():
        row = connection.execute(sa.select(attempts).where(attempts.c.key == key)).first()
        if row is not None and row.last_at > now:  # the clock went back: the delay begins now, and ends once
            connection.execute(sa.update(attempts).where(attempts.c.key == key).values(last_at=now))
        last_at = min(row.last_at, now) if row is not None else now
        tried[key] = row.tries if row is not None and now - last_at < limit.forgotten else 0
        wait = max(wait, last_at + limit.delay(tried[key]) - now)
    if wait > NOTHING:
        return wait
    for key, tries in tried.items():
        connection.execute(sa.delete(attempts).where(attempts.c.key == key))
        connection.execute(sa.insert(attempts).values(key=key, tries=tries + 1, last_at=now))
    return NOTHING


def clear(connection: sa.Connection, name: str, address: str = "") -> None:
    """Forget the attempts under a name, because the last one was right; that one does not count for its address."""
    connection.execute(sa.delete(attempts).where(attempts.c.key == name_key(name)))
    if address:
        this = (attempts.c.key == address_key(address)) & (attempts.c.tries > 0)
        connection.execute(sa.update(attempts).where(this).values(tries=attempts.c.tries - 1))


def forget_attempts(connection: sa.Connection, now: datetime) -> int:
    """Delete what no limit remembers any more; gives the number of rows."""
    longest = max(BY_NAME.forgotten, BY_ADDRESS.forgotten)
    return connection.execute(sa.delete(attempts).where(attempts.c.last_at < now - longest)).rowcount
