"""The emergency classifier: judges by its meaning whether a message is a call for help, beside the word lists."""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.errors import CityDataError, ModelError

FILE = "emergency-weights.json"
HARMLESS = "harmless"
LONGEST_CHARS = 300  # the meaning of a longer text is not that of the cry for help in it: there the lists decide alone
BARE_CHARS = 8  # a shorter text, such as a bare word of danger, means too little to take back an alarm of the lists
SECOND_SHARE = 0.25  # of the probability of all dangers, from which on a second kind is named as well

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the classifier makes of a message."""

    danger: float  # probability, 0 to 1
    kinds: tuple[str, ...]  # the likeliest kind of danger, and a second one that may well be meant


@dataclass(frozen=True, slots=True)
class EmergencyClassifier:
    """A multinomial logistic regression over the embedding of a message; `python -m eval emergencies` fits it."""

    embed: Callable[[str], Sequence[float]]
    classes: tuple[str, ...]
    weights: npt.NDArray[np.float64]  # classes x dimensions
    intercept: npt.NDArray[np.float64]
    alarm: float  # from this probability of danger on it raises an alarm by itself
    deny: float  # up to this one it takes back an alarm of the word lists

    def judge(self, text: str) -> Judgement | None:
        """The judgement on a text in the form that the word lists read, or None where it cannot judge.

        One embedding, about 12 ms; the language model is not asked.
        """
        if len(text) > LONGEST_CHARS or not any(character.isalnum() for character in text):
            return None
        try:
            vector = np.asarray(self.embed(text), dtype=np.float64)
        except ModelError as error:
            _logger.warning("Emergencies are told by word lists alone: %s", error)
            return None
        return self.of_vector(vector)

    def of_vector(self, vector: npt.NDArray[np.float64]) -> Judgement:
        """The judgement on an embedding."""
        scores = self.weights @ vector + self.intercept
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        dangers = {name: float(share) for name, share in zip(self.classes, shares, strict=True) if name != HARMLESS}
        danger = sum(dangers.values())
        first, second = sorted(dangers, key=lambda name: -dangers[name])[:2]
        kinds = (first, second) if dangers[second] >= SECOND_SHARE * danger else (first,)
        return Judgement(danger, kinds)


def load_classifier(
    city_dir: Path, kinds: Sequence[str], embed: Callable[[str], Sequence[float]] | None, fingerprint: str
) -> EmergencyClassifier | None:
    """The city's classifier, or None where it has none that fits its kinds of danger and the embedder.

    Raises:
        CityDataError: the file is malformed.
    """
    path = city_dir / FILE
    if embed is None or not path.is_file():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        unfit = _unfit(data, kinds, fingerprint)
        if unfit:
            _logger.warning("Emergencies are told by word lists alone: %s was fitted to other %s.", path.name, unfit)
            return None
        return _read(data, embed)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CityDataError(f"{path} cannot be used: {error!r}.", "Run `python -m eval emergencies`.") from error


def _unfit(data: dict[str, Any], kinds: Sequence[str], fingerprint: str) -> str:
    if {*data["classes"]} != {*kinds, HARMLESS}:
        return "kinds of danger"
    return "embeddings" if data["fingerprint"] != fingerprint else ""


def _read(data: dict[str, Any], embed: Callable[[str], Sequence[float]]) -> EmergencyClassifier:
    classes, weights, intercept = tuple(data["classes"]), np.array(data["weights"]), np.array(data["intercept"])
    if weights.ndim != 2 or not len(classes) == len(weights) == len(intercept):
        raise ValueError(f"{len(classes)} classes, {len(intercept)} intercepts and weights of shape {weights.shape}")
    return EmergencyClassifier(embed, classes, weights, intercept, float(data["alarm"]), float(data["deny"]))
