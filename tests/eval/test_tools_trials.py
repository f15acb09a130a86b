"""The fault table asks every service with each of its feeds broken, and counts what a careless tool says."""

from collections.abc import Awaitable, Callable

import pytest

from assistant.settings import PROJECT_ROOT
from assistant.tools import Finding, Line, Request
from assistant.tools.base import Desk, Tool
from eval.tools.calls import LANGUAGES, WORDS, Calls, load_calls
from eval.tools.report import broken_rules, fault_figures, fault_lines
from eval.tools.trials import ANSWER_FAULTS, NOW, Trial, run_trials, trials_of

SERVICE = "air_quality"
QUICK = [fault for fault in ANSWER_FAULTS if fault != "slow"]  # which takes its seconds


@pytest.fixture(scope="module")
def calls() -> Calls:
    return load_calls(PROJECT_ROOT / "corpus" / "kaohsiung", NOW)


def run_one(calls: Calls, fault: str) -> dict[str, object]:
    *_, row = run_trials(calls, [Trial(SERVICE, "air-quality", fault, "en")], workers=1)
    return row


def use(monkeypatch: pytest.MonkeyPatch, answer: Callable[[Request, Desk], Awaitable[Finding]]) -> None:
    monkeypatch.setattr("assistant.tools.air_quality.TOOL", Tool(answer))


def test_every_service_is_asked_in_both_languages_with_known_arguments(calls: Calls) -> None:
    """A new service is no part of the table until its words are there."""
    assert set(calls.words) == set(calls.services)
    for service in calls.services.values():
        for lang in LANGUAGES:
            given = {name for request in calls.requests(service.name, lang) for name in request.arguments.values}
            assert given <= set(service.arguments) or not service.arguments
    assert WORDS.name == "requests.toml"


def test_each_feed_is_broken_in_each_way_in_one_language_after_the_other(calls: Calls) -> None:
    """Only one feed at a time."""
    trials = trials_of(calls, services=[SERVICE])
    assert [trial.fault for trial in trials] == list(ANSWER_FAULTS)
    assert [trial.lang for trial in trials] == [LANGUAGES[place % 2] for place in range(len(trials))]


def test_a_good_tool_breaks_no_rule(calls: Calls) -> None:
    """Every fault is said, and nothing else."""
    rows = list(run_trials(calls, trials_of(calls, QUICK, [SERVICE]), workers=2))
    assert {row["fault"]: broken_rules(row) for row in rows if broken_rules(row)} == {}
    assert all(row["asked"] for row in rows)
    assert {row["status"] for row in rows if row["fault"] in ("dead", "truncated", "huge")} == {"feed_unavailable"}
    figures = fault_figures(rows)
    assert figures["all"]["asked"] == len(QUICK) + len(LANGUAGES)
    assert sum(line.startswith("| dead |") for line in fault_lines(figures)) == 1


def test_an_invented_value_and_silence_are_counted(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that fills in what a dead feed did not say breaks two rules."""

    async def answer(request: Request, desk: Desk) -> Finding:
        await desk.fetcher.get(desk.source(request.service, "stations"))
        return Finding((Line("The air quality index is 42."),))

    use(monkeypatch, answer)
    assert broken_rules(run_one(calls, "truncated")) == ["invented", "unclear"]


def test_a_crash_is_counted_and_ends_nothing(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception of a tool is a figure of the table."""

    async def answer(request: Request, desk: Desk) -> Finding:
        raise KeyError("aqi")

    use(monkeypatch, answer)
    row = run_one(calls, "dead")
    assert broken_rules(row) == ["crash"]
    assert "KeyError" in str(row["crash"])


def test_a_request_that_does_not_read_the_feed_does_not_count(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its good answer says nothing about the fault."""

    async def answer(request: Request, desk: Desk) -> Finding:
        return Finding((Line("No data is needed."),))

    use(monkeypatch, answer)
    row = run_one(calls, "dead")
    assert not row["asked"]
    assert broken_rules(row) == []
    assert fault_figures([row])["all"]["not_asked"] == 1
