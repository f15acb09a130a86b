"""The fit of the emergency classifier: its limits keep their promise, and the fresh set stays fresh."""

import random
from pathlib import Path

import pytest

from assistant.guardrails.classifier import FILE, HARMLESS, load_classifier
from eval.emergencies import (
    FALSE_ALARMS,
    LISTS_ERR,
    Message,
    choose_limits,
    cross_validated,
    fit,
    load_fresh,
    load_training,
    write,
)

np = pytest.importorskip("numpy")
KINDS = ("fire", "crime")


@pytest.fixture
def messages() -> list[Message]:
    calls = [Message(f"{kind} {number}", kind, near=True) for kind in KINDS for number in range(60)]
    lookalikes = [Message(f"near {number}", HARMLESS, near=True) for number in range(200)]
    return [*calls, *lookalikes, *(Message(f"plain {number}", HARMLESS, near=False) for number in range(50))]


def vector(message: Message) -> list[float]:
    drawn = random.Random(message.text)
    places = (*KINDS, HARMLESS)
    return [drawn.gauss(float(message.kind == place), 0.3) for place in places]


def test_the_limits_keep_false_alarms_low(messages: list[Message]) -> None:
    """With lists as they are on unseen messages, few look-alikes alarm, and most calls are heard."""
    vectors = np.array([vector(message) for message in messages])
    danger = cross_validated(vectors, messages)
    limits = choose_limits(danger, messages)
    near = danger[[message.near and message.kind == HARMLESS for message in messages]]
    false = LISTS_ERR * np.mean(near > limits.deny) + (1 - LISTS_ERR) * np.mean(near >= limits.alarm)
    assert false <= FALSE_ALARMS + 0.005
    assert np.mean(danger[:120] >= limits.alarm) > 0.5


def test_what_is_written_is_what_was_fitted(messages: list[Message], tmp_path: Path) -> None:
    """The product judges with the file as the stage did."""
    vectors = np.array([vector(message) for message in messages])
    made = fit(
        vectors, messages, choose_limits(cross_validated(vectors, messages), messages), lambda _: (1.0, 0.0, 0.0)
    )
    write(tmp_path / FILE, made, "e5")
    read = load_classifier(tmp_path, KINDS, made.embed, "e5")
    assert read is not None
    assert read.judge("x") == made.judge("x")


def test_the_fresh_set_is_not_fitted() -> None:
    """What reports is never trained on."""
    assert {message.text for message in load_training()}.isdisjoint(message.text for message in load_fresh())


def test_every_class_of_the_training_set_is_a_kind_of_the_citys_plan() -> None:
    """A message is harmless or of a kind that the city answers."""
    fresh, fitted = ({message.kind for message in read()} for read in (load_fresh, load_training))
    assert fresh == fitted
