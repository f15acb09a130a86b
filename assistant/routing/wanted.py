"""What a message wants of live services: a service with its arguments, and what is still missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.moments import Moment
from assistant.places import Place
from assistant.routing.arguments import Filled
from assistant.services import Service


@dataclass(frozen=True, slots=True)
class Wanted:
    """A service that is asked for.

    Attributes:
        values: the words of each argument as the person wrote them; of a list the value's key, of a time ISO 8601.
        places: what the gazetteer has for each place, the likeliest first.
        moment: the time that is meant; None where it is now.
        text: the wording, with that of the turns that it goes on from.
        missing: required arguments that nobody has said.
    """

    service: Service
    values: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    moment: Moment | None = None
    text: str = ""
    missing: tuple[str, ...] = ()


def wanted_of(service: Service, filled: Filled, text: str) -> Wanted:
    """A service with the arguments that were found, and those that are missing."""
    missing = tuple(name for name, one in service.arguments.items() if one.required and not filled.values.get(name, ""))
    return Wanted(service, filled.values, filled.places, filled.moment, text, missing)
