"""The tools stage keeps the rows of its parts, and writes what they come to."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from assistant.settings import Settings
from eval.tools import stage
from eval.tools.calls import Row
from eval.tools.report import broken_rules, fault_lines
from eval.tools.stage import PARTS, figures_of
from eval.tools.trials import Trial
from tests.doubles import small_settings

BROKEN: Row = {
    "set": "faults",
    "system": "dead",
    "id": "weather/rain/en",
    "service": "weather",
    "feed": "rain",
    "fault": "dead",
    "lang": "en",
    "asked": True,
    "s": 0.5,
    "crash": "",
    "invented": ["12 in “12 mm”"],
    "read_broken": [],
    "unclear": "status answered",
    "unsafe": [],
    "over_time": False,
}


def options(out: Path, **more: Any) -> argparse.Namespace:
    given: dict[str, Any] = {"part": ["faults"], "quick": False, "limit": 0, "resume": False, "split": "all"}
    return argparse.Namespace(out=out, **given | more)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return small_settings(tmp_path / "home")


def test_the_fault_table_is_kept_with_its_rows(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figures with their circumstances, a line a question, and a page to read."""
    monkeypatch.setattr(stage, "load_calls", lambda *_: None)
    monkeypatch.setattr(stage, "trials_of", lambda _: [Trial("weather", "rain", "dead", "en")])
    monkeypatch.setattr(stage, "act_trials_of", lambda _: [])
    monkeypatch.setattr(stage, "run_trials", lambda *_: iter([BROKEN]))
    monkeypatch.setattr(stage, "run_acts", lambda *_: iter([]))
    stage.run(settings, options(tmp_path))
    kept = json.loads((tmp_path / "tools.json").read_text())
    assert kept["figures"]["faults"]["by_fault"]["dead"]["invented"] == 1
    assert kept["figures"]["faults"]["broken_rules"] == {"weather": {"invented": 1, "unclear": 1}}
    assert {"at", "revision", "machine"} <= kept.keys()
    assert "| weather | unclear | 1 |" in (tmp_path / "tools.md").read_text()
    assert json.loads((tmp_path / "tools-items.jsonl").read_text())["id"] == BROKEN["id"]


def test_a_part_that_is_not_measured_stays(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows and figures are those of the run before."""
    earlier = {**BROKEN, "set": "native", "system": "native", "kind": "live", "tools": [], "native": [], "lenient": []}
    (tmp_path / "tools-items.jsonl").write_text(json.dumps({**earlier, "tokens": 1}) + "\n")
    (tmp_path / "tools.json").write_text(json.dumps({"figures": {"routing": {"right": 1.0}}}))
    monkeypatch.setattr(stage, "measure_routing", lambda *_: {})
    stage.run(settings, options(tmp_path, part=["routing"]))
    figures = json.loads((tmp_path / "tools.json").read_text())["figures"]
    assert figures["routing"] == {"right": 1.0}
    assert figures["native"]["n"] == 1


def test_only_rules_of_the_table_count() -> None:
    """A row that breaks none has none."""
    assert broken_rules(BROKEN) == ["invented", "unclear"]
    figures = figures_of([{**BROKEN, "invented": [], "unclear": ""}])["faults"]
    assert figures["broken_rules"] == {"weather": {}}
    assert list(fault_lines(figures))[-1].startswith("| **all** | 1 | 0 | 0 |")


def test_the_parts_are_in_the_order_in_which_they_are_run() -> None:
    """What needs no model comes first."""
    assert PARTS == ("faults", "routing", "answers", "native")


def test_a_sample_is_spread_over_the_set(tmp_path: Path) -> None:
    """So that every kind of question is in it; without a limit all are asked."""
    rows: list[Row] = [{"id": str(number)} for number in range(10)]
    assert [row["id"] for row in stage._sample(rows, options(tmp_path, limit=3), 0, 5)] == ["0", "3", "6"]
    assert len(stage._sample(rows, options(tmp_path, quick=True), 0, 5)) == 5
    assert len(stage._sample(rows, options(tmp_path), 0, 5)) == 10
