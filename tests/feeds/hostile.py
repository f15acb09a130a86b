"""Documents as publishers break them: cut anywhere, and with values of the wrong type."""

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from assistant.errors import FeedMalformed
from assistant.settings import PROJECT_ROOT

SHARED = PROJECT_ROOT.parent / "shared" / "data"
WRONG = (None, True, [], {}, [[]], [None], {"a": {"b": []}}, "", "-", "x", "９", "1e999", -1, 1e300, 10**30, "0000", 0)


def cuts(content: bytes, most: int = 60) -> Iterator[bytes]:
    """The beginnings of a document, at many offsets."""
    step = max(1, len(content) // most)
    yield from (content[:end] for end in range(0, len(content), step))


def noise(content: bytes, most: int = 60) -> Iterator[bytes]:
    """A document with a few bytes changed, differently each time."""
    chance = random.Random(7)
    for _ in range(most):
        broken = bytearray(content)
        for _ in range(chance.randint(1, 6)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        yield bytes(broken)


def wrong_values(document: Any, most: int = 400) -> Iterator[bytes]:
    """A JSON document with one of its values missing, or replaced by something of another type."""
    places = list(_places(document))
    chance = random.Random(7)
    for _ in range(most):
        changed = copy.deepcopy(document)
        path = chance.choice(places)
        holder = changed
        for step in path[:-1]:
            holder = holder[step]
        if chance.random() < 0.1:
            del holder[path[-1]]
        else:
            holder[path[-1]] = chance.choice(WRONG)
        yield json.dumps(changed).encode()


def read_all(parse: Callable[[bytes], Any], contents: Iterator[bytes]) -> list[Any]:
    """What a parser makes of each; whatever it raises but `FeedMalformed` fails the test."""
    results = []
    for content in contents:
        try:
            results.append(parse(content))
        except FeedMalformed:
            results.append(None)
    return results


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in inner:
        yield (*path, name)
        yield from _places(member, (*path, name))
