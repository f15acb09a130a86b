"""The emergency classifier: it hears what lists miss, takes back their false alarms, and steps aside where unfit."""

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import CityDataError, ModelError
from assistant.guardrails import check_question, load_guardrails
from assistant.guardrails.classifier import FILE, LONGEST_CHARS, EmergencyClassifier, load_classifier
from assistant.guardrails.emergency import find_emergency, load_emergency_plan
from assistant.schema import Status
from assistant.settings import PROJECT_ROOT

KAOHSIUNG = PROJECT_ROOT / "corpus" / "kaohsiung"
KINDS = ("fire", "crime")
WEIGHTS: dict[str, Any] = {
    "fingerprint": "e5",
    "alarm": 0.9,
    "deny": 0.1,
    "classes": ["crime", "fire", "harmless"],
    "intercept": [0.0, 0.0, 0.0],
    "weights": [[9.0, 0.0, 0.0], [0.0, 9.0, 0.0], [0.0, 0.0, 9.0]],
}
VECTORS = {"crime": (1.0, 0.0, 0.0), "fire": (0.0, 1.0, 0.0), "both": (1.0, 0.9, 0.0), "harmless": (0.0, 0.0, 1.0)}


def embed(text: str) -> Sequence[float]:
    """The first word names the vector; anything else lies between all."""
    return VECTORS["harmless"] if text == "fireish" else VECTORS.get(text.split()[0], (0.0, 0.0, 0.1))


def broken(_: str) -> Sequence[float]:
    raise ModelError("The weights are gone.", "Install them.")


@pytest.fixture
def city(tmp_path: Path) -> Path:
    replies = "".join(
        f'[[kind]]\nname = "{name}"\nhappening = "{name}ish"\nalways = "{name} now"\n'
        f'[kind.reply]\nen = "{name}: {number}"\n"zh-TW" = "{number}"\n'
        for name, number in (("fire", 119), ("crime", 110))
    )
    lists = ("now", "here", "pleas", "question", "past", "supposed", "asks")
    context = "".join(f'{name} = ""\n' for name in lists)
    head = f'[read_as]\n[words]\n[harmless]\nwordings = ""\n[context]\n{context}'
    (tmp_path / "emergency.toml").write_text(head + replies, encoding="utf-8")
    (tmp_path / FILE).write_text(json.dumps(WEIGHTS), encoding="utf-8")
    return tmp_path


def load(city: Path) -> EmergencyClassifier:
    classifier = load_classifier(city, KINDS, embed, "e5")
    assert classifier is not None
    return classifier


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("fire", "fire: 119"),
        ("crime", "crime: 110"),
        ("both", "crime: 110\n\nfire: 119"),
        ("harmless", None),
        ("harmless fireish", None),
        ("unsure fireish", "fire: 119"),
        ("unsure", None),
        ("crime fireish", "fire: 119"),
        ("harmless fire now", "fire: 119"),
        ("fireish", "fire: 119"),
    ],
)
def test_lists_and_classifier_decide_together(city: Path, text: str, reply: str | None) -> None:
    """A sure classifier alarms or takes back an alarm; else the lists decide, also where a word is sure or alone."""
    assert find_emergency(text, "en", load_emergency_plan(city), load(city)) == reply


@pytest.mark.parametrize("text", ["harmless " + "fireish " * LONGEST_CHARS, "harmless " + "x" * LONGEST_CHARS])
def test_a_long_text_is_left_to_the_lists(city: Path, text: str) -> None:
    """The meaning of a long text does not take back the cry for help in it."""
    assert load(city).judge(text) is None
    assert bool(find_emergency(text, "en", load_emergency_plan(city), load(city))) is ("fireish" in text)


@pytest.mark.parametrize("text", ["", " ", "?!"])
def test_nothing_is_not_judged(city: Path, text: str) -> None:
    """A text without letters has no meaning to judge."""
    assert load(city).judge(text) is None


def test_the_same_message_is_always_judged_the_same(city: Path) -> None:
    """Nothing is left to chance, and the probability is one."""
    first, second = load(city).judge("both"), load(city).judge("both")
    assert first == second
    assert first is not None
    assert 0.9 < first.danger < 1.0


def test_lists_alone_decide_where_the_embedder_fails(city: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A missing embedding model stops no cry for help, and the log says what is missing."""
    guardrails = load_guardrails(city, 100, broken, "e5")
    stop = check_question("harmless fireish", "en", guardrails)
    assert stop is not None
    assert stop.status is Status.EMERGENCY
    assert "word lists alone" in caplog.text


@pytest.mark.parametrize(
    ("kinds", "fingerprint", "reason"),
    [(("fire", "flood"), "e5", "kinds of danger"), (KINDS, "other", "embeddings")],
)
def test_an_unfit_classifier_steps_aside(
    city: Path, caplog: pytest.LogCaptureFixture, kinds: tuple[str, ...], fingerprint: str, reason: str
) -> None:
    """Weights that were fitted to other kinds or another embedder are not used, and the log says why."""
    with caplog.at_level(logging.WARNING):
        assert load_classifier(city, kinds, embed, fingerprint) is None
    assert reason in caplog.text


def test_without_embedder_or_weights_there_is_no_classifier(city: Path) -> None:
    """Both are optional: the lists work alone."""
    assert load_classifier(city, KINDS, None, "e5") is None
    (city / FILE).unlink()
    assert load_classifier(city, KINDS, embed, "e5") is None


@pytest.mark.parametrize(
    "content", ["{", "[]", "{}", json.dumps({**WEIGHTS, "weights": [1.0]}), json.dumps({**WEIGHTS, "intercept": [0.0]})]
)
def test_malformed_weights_are_a_clear_fault(city: Path, content: str) -> None:
    """The file is named, and how to write it again."""
    (city / FILE).write_text(content, encoding="utf-8")
    with pytest.raises(CityDataError, match=FILE):
        load_classifier(city, KINDS, embed, "e5")


def test_the_citys_weights_fit_its_plan() -> None:
    """Whoever adds a kind of danger is told to fit the classifier again."""
    kinds = [kind.name for kind in load_emergency_plan(KAOHSIUNG).kinds]
    fingerprint = json.loads((KAOHSIUNG / FILE).read_text(encoding="utf-8"))["fingerprint"]
    classifier = load_classifier(KAOHSIUNG, kinds, embed, fingerprint)
    assert classifier is not None
    assert 0 < classifier.deny < classifier.alarm < 1
