"""What the fields of published data mean, by the names that publishers give them."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources

_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
_NAMESPACE = re.compile(r"\{[^}]*\}")
_SHORTEST_ENDING = 2

Rank = tuple[int, int]


@lru_cache(maxsize=16384)
def role_rank(name: str, section: str, role: str) -> Rank | None:
    """How well a field's name fits a role of `fields.toml`, smaller is better; None where it does not.

    The first figure is 0 where the whole name is one of the role's and 1 where only its end is.
    """
    known = _names(section, role)
    endings = _endings(name)
    ranks = [
        (int(position > 0), known[ending])
        for position, ending in enumerate(endings)
        if ending in known and (position == 0 or len(ending) > 1)
    ]
    return min(ranks, default=None)


def has_role(name: str, section: str, role: str) -> bool:
    """Whether a name as a whole is one of a role's."""
    rank = role_rank(name, section, role)
    return rank is not None and rank[0] == 0


def field_of(names: Iterable[str], section: str, role: str, *, whole: bool = False) -> str | None:
    """The name that fits a role best, or None; with `whole`, the end of a name is not enough."""
    ranked = [(rank, name) for name in names if (rank := role_rank(name, section, role)) and not (whole and rank[0])]
    return min(ranked)[1] if ranked else None


def role_words(section: str, role: str) -> tuple[str, ...]:
    """The names of a role, folded as `fold_name` does."""
    return tuple(_names(section, role))


def fold_name(name: str) -> str:
    """A field's name without case, spaces, marks and XML namespace."""
    return "".join(_tokens(name)).casefold()


@lru_cache(maxsize=4096)
def _endings(name: str) -> tuple[str, ...]:
    """The whole name and its endings, folded: by words where it has words, by characters in Chinese."""
    tokens = _tokens(name)
    endings = ["".join(tokens[start:]).casefold() for start in range(len(tokens))]
    last = tokens[-1] if tokens else ""
    if last and not last.isascii():
        endings.extend(last[start:] for start in range(1, len(last) - _SHORTEST_ENDING + 1))
    return tuple(endings)


def _tokens(name: str) -> list[str]:
    return _TOKEN.findall(unicodedata.normalize("NFKC", _NAMESPACE.sub("", name)))


@lru_cache(maxsize=128)
def _names(section: str, role: str) -> dict[str, int]:
    """The folded names of a role, each with its place in the table."""
    return {fold_name(name) or name: order for order, name in enumerate(_table()[section][role])}


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(resources.files(__package__).joinpath("fields.toml").read_text(encoding="utf-8"))
