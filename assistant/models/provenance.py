"""The provenance gate: which makers' models a deployment may use."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from assistant.errors import ModelRefused

Deployment = Literal["demo", "production"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the gate found; `demo_only` asks the faces to show a banner, `notice` says why."""

    origin: str
    demo_only: bool = False
    notice: str = ""


def check_provenance(
    model_name: str,
    origin: str,
    deployment: Deployment,
    denied_origins: Collection[str],
    variable: str = "CITY_ASSISTANT_MODEL_ORIGIN",
) -> Provenance:
    """Hold a model's origin against the city's policy.

    Args:
        model_name: for the message.
        origin: ISO 3166-1 country code of the maker, or empty when nobody has stated it.
        deployment: `production` refuses; `demo` allows and marks.
        denied_origins: country codes that the city's policy denies.

        variable: the setting that can state an unknown origin.

    Raises:
        ModelRefused: in production, when the origin is denied or unknown.
    """
    origin = origin.strip().upper()
    denied = {code.strip().upper() for code in denied_origins}
    if origin and origin not in denied:
        return Provenance(origin)
    policy = f"the city's policy denies models from: {', '.join(sorted(denied)) or 'no country'}"
    if origin:
        fault = f"Model {model_name!r} was made in {origin}, and {policy}."
        cure = "Choose a model of another origin (city-assistant models list)."
    else:
        fault = f"The origin of model {model_name!r} is unknown, and production needs a known one; {policy}."
        cure = f"Set {variable} to the country code of its maker, or choose a model that is known here."
    if deployment == "production":
        raise ModelRefused(fault, cure)
    return Provenance(origin, demo_only=True, notice=f"Demonstration only. {fault}")
