"""The order of the guardrail checks."""

from pathlib import Path

import pytest

from assistant.errors import CityDataError
from assistant.guardrails import Guardrails, check_question, load_guardrails
from assistant.schema import Status
from assistant.settings import PROJECT_ROOT


@pytest.fixture(scope="module")
def guardrails() -> Guardrails:
    return load_guardrails(PROJECT_ROOT / "corpus" / "kaohsiung", max_question_chars=50)


def test_danger_comes_before_any_limit(guardrails: Guardrails) -> None:
    """A cry for help is answered however long it is."""
    stop = check_question("失火了救命" * 100, "zh-TW", guardrails)
    assert stop is not None
    assert stop.status is Status.EMERGENCY


def test_a_breached_limit_blocks(guardrails: Guardrails) -> None:
    """Empty and too long questions are blocked with a text for the person."""
    stops = [check_question(text, "en", guardrails) for text in ("", "x" * 51)]
    assert [stop and stop.status for stop in stops] == [Status.BLOCKED, Status.BLOCKED]
    assert all(stop and stop.text for stop in stops)


def test_an_ordinary_question_passes(guardrails: Guardrails) -> None:
    """No check stops what people usually ask."""
    assert check_question("垃圾車星期幾不收？", "zh-TW", guardrails) is None


def test_a_city_without_emergency_plan_is_refused(tmp_path: Path) -> None:
    """There is no assistant without its emergency plan."""
    with pytest.raises(CityDataError):
        load_guardrails(tmp_path, 1000)
