"""Which role and bureau the claims of the city's provider of identities give, as the city's data say."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import CityDataError, PeopleError
from assistant.people.account import AccountRole
from assistant.people.accounts import checked_bureau
from assistant.people.identities import Grant

FILE_NAME = "sign-in.toml"


@dataclass(frozen=True, slots=True)
class Rule:
    """Whoever has this value in the roles' claim has this role; the first rule that fits counts.

    Attributes:
        bureau: the one that they work for, by the city's name; empty: what the bureau's claim says.
    """

    value: str
    role: AccountRole
    bureau: str = ""


@dataclass(frozen=True, slots=True)
class ClaimRules:
    """How claims become a role; what no rule names has none.

    Attributes:
        scopes: asked for besides `openid`.
        roles_claim, bureau_claim, name_claim: where the claims stand; dots go into objects, as in `realm_access.roles`.
        bureaus: those that the city has, by every name that the provider may use for them.
    """

    rules: tuple[Rule, ...]
    scopes: tuple[str, ...] = ("profile",)
    roles_claim: str = "groups"
    bureau_claim: str = ""
    name_claim: str = "preferred_username"
    bureaus: Mapping[str, str] | None = None

    def grant(self, claims: Mapping[str, Any]) -> Grant | None:
        """The role that claims give, or None."""
        values = _texts(_claim(claims, self.roles_claim))
        for rule in self.rules:
            if rule.value in values:
                bureau = "" if rule.role == AccountRole.CITIZEN else rule.bureau or self._claimed_bureau(claims)
                try:
                    return Grant(rule.role, checked_bureau(rule.role, bureau))
                except PeopleError:  # an editor of no bureau
                    return None
        return None

    def name(self, claims: Mapping[str, Any]) -> str:
        """What somebody is called; may be empty."""
        value = _claim(claims, self.name_claim)
        return value if isinstance(value, str) else ""

    def is_complete(self, claims: Mapping[str, Any]) -> bool:
        """Whether the claims say something of roles at all."""
        return _claim(claims, self.roles_claim) is not None

    def _claimed_bureau(self, claims: Mapping[str, Any]) -> str:
        known = self.bureaus or {}
        values = _texts(_claim(claims, self.bureau_claim)) if self.bureau_claim else ()
        return next((known[value] for value in values if value in known), "")


def load_claim_rules(folder: Path, bureaus: Collection[str]) -> ClaimRules:
    """Read `sign-in.toml` of a city's folder; without the file nobody has a role by claims.

    Raises:
        CityDataError: the file is not TOML, or names a role or bureau that there is not.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return ClaimRules(())
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        rules = tuple(
            Rule(str(rule["value"]), AccountRole(rule["role"]), str(rule.get("bureau", "")))
            for rule in data.get("rule", ())
        )
        aliases = {str(alias): str(bureau) for alias, bureau in data.get("bureaus", {}).items()}
        names = {key: str(data[key]) for key in ("roles_claim", "bureau_claim", "name_claim") if key in data}
        scopes = tuple(str(scope) for scope in data.get("scopes", ("profile",)))
    except (
        OSError,
        tomllib.TOMLDecodeError,
        UnicodeDecodeError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
    ) as error:
        raise CityDataError(f"{path} cannot be used: {error}.", "docs/adding.md lists its keys.") from error
    unknown = {name for name in (*aliases.values(), *(rule.bureau for rule in rules)) if name} - set(bureaus)
    if unknown:
        message = f"{path} names bureaus that the city does not have: {', '.join(sorted(unknown))}."
        raise CityDataError(message, "Use the names in city.toml.")
    if any(rule.role == AccountRole.EVALUATOR for rule in rules):
        raise CityDataError(f"{path} makes evaluators, who have tokens.", "Take the rule out.")
    return ClaimRules(rules, scopes, **names, bureaus={**{name: name for name in bureaus}, **aliases})


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """The value of a claim: by its whole name (names may be URLs with dots), else along the dots."""
    if name in claims:
        return claims[name]
    value: Any = claims
    for part in name.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def _texts(value: Any) -> tuple[str, ...]:
    """A claim that is one text or a list of them."""
    if isinstance(value, str):
        return (value,)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
