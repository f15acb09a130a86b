"""A booking or a report is sent once, however its answer is lost, and what is unknown is said."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from assistant.settings import PROJECT_ROOT
from assistant.tools import Finding, Line, Request, tool_of
from assistant.tools.base import Desk, Tool, reading_of
from eval.tools.acts import LOST, act_trials_of, run_acts
from eval.tools.calls import Calls, Row, load_calls
from eval.tools.report import broken_rules, fault_figures
from eval.tools.trials import NOW, Trial

SERVICE, FEED = "report_problem", "city-reports"


@pytest.fixture(scope="module")
def calls() -> Calls:
    return load_calls(PROJECT_ROOT / "corpus" / "kaohsiung", NOW)


def run_one(calls: Calls, fault: str) -> Row:
    (row,) = run_acts(calls, [Trial(SERVICE, FEED, fault, "zh-TW")], workers=1)
    return row


def test_every_service_that_acts_is_tried(calls: Calls) -> None:
    """With each of its feeds, and with the answer lost after the city has taken what was sent."""
    trials = act_trials_of(calls)
    assert {trial.service for trial in trials} == {one.name for one in calls.services.values() if one.acts}
    assert sum(trial.fault == LOST for trial in trials) == len({(trial.service, trial.feed) for trial in trials})


@pytest.mark.parametrize("fault", ["dead", "truncated", LOST])
def test_a_report_whose_answer_is_lost_is_not_sent_twice(calls: Calls, fault: str) -> None:
    """The retries give the reference that the city had given, and the trouble is said."""
    row = run_one(calls, fault)
    assert row["asked"]
    assert row["status"] == "feed_unavailable"
    assert broken_rules(row) == []
    assert list(fault_figures([row])["by_fault"]) == [f"act: {fault}"]


def test_a_careless_retry_is_counted(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that sends anew each time makes two reports of one."""
    own = tool_of(calls.services[SERVICE])

    async def act(request: Request, payload: Mapping[str, Any], key: str, desk: Desk) -> Finding:
        source = desk.source(request.service, "reports")
        form = {"service_code": "pothole", "description": "a hole", "address_string": "here"}
        sent = await desk.fetcher.post(source, url=f"{source.url}/requests.json", data=form)
        data = {"reference": json.loads(sent.content)[0]["service_request_id"]}
        return Finding((Line("Sent.", 0),), (reading_of(request, source, data, observed_at=None),))

    monkeypatch.setattr("assistant.tools.report_problem.TOOL", Tool(own.answer, act))
    assert run_one(calls, LOST)["twice"].startswith("retries give")
