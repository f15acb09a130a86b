"""Faults while a tool acts: what is said of a booking whose answer is lost, and whether a retry books twice."""

import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

from assistant.schema import Lang
from assistant.tools import Draft, Finding, Live, LiveServices, Request
from eval.tools.calls import LANGUAGES, Calls, Row, has_tool
from eval.tools.checks import Broken, check_broken, check_sound, words_of
from eval.tools.faults import Door
from eval.tools.trials import (
    ACT_S,
    BREAKING,
    WORKERS,
    BrokenCity,
    Trial,
    crash_row,
    finding_row,
    hushed,
    open_broken_city,
    open_city,
    two_doors,
)

LOST = "lost_answer"
ACT_FAULTS = (*BREAKING, LOST)
_RETRIES = 2


def act_trials_of(calls: Calls, services: Iterable[str] = ()) -> list[Trial]:
    """Every service that acts, with each of its feeds broken in each way, and with the answer lost on its way."""
    chosen = set(services) or set(calls.services)
    acting = [one for one in calls.services.values() if one.acts and one.name in chosen and has_tool(one)]
    triples = [(one.name, feed, fault) for one in acting for feed in one.feeds.values() for fault in ACT_FAULTS]
    return [Trial(*triple, LANGUAGES[number % 2]) for number, triple in enumerate(triples)]


def run_acts(calls: Calls, trials: Sequence[Trial], workers: int = WORKERS) -> Iterator[Row]:
    """A row for each trial, as soon as it is done."""
    with hushed(), open_broken_city(calls, workers) as city, ThreadPoolExecutor(workers) as pool:
        yield from pool.map(lambda trial: _run_act(calls, city, trial), trials)


def _run_act(calls: Calls, city: BrokenCity, trial: Trial) -> Row:
    """Draft in a city of its own, act while it is broken, and act again, with the same key, once it is sound."""
    with two_doors(city) as (door, other), TemporaryDirectory() as folder:
        door.app = other.app = open_city(calls, Path(folder))
        source = calls.sources(door.url)[trial.feed]
        sources = {**calls.sources(other.url), trial.feed: source}
        with closing(LiveServices(Live(calls.city, calls.gazetteer, sources))) as live:
            drafted = _drafted(live, calls, trial.service, trial.lang)
            if drafted:
                row = _acted(live, door, trial, *drafted, calls.broken(source, trial.lang))
            else:
                request = calls.requests(trial.service, trial.lang)[0]
                row = {**crash_row(trial, request, 0.0, ""), "status": "no draft", "asked": False, "twice": ""}
    return {**row, "set": "acts"}


def _acted(live: LiveServices, door: Door, trial: Trial, request: Request, draft: Draft, broken: Broken) -> Row:
    """The row of an act through a door that breaks now; retries come when it is sound again."""
    key, started = token_hex(8), time.monotonic()
    door.fault, door.asked = trial.fault, 0
    door.lost.clear()
    try:
        finding = live.act(request, draft, key)
        took_s = time.monotonic() - started
        asked, door.fault = bool(door.asked), ""
        again = [_reference(live.act(request, draft, key)) for _ in range(_RETRIES)]
    except Exception:  # noqa: BLE001  # a crash of a tool is a figure of this table, and ends nothing
        row = crash_row(trial, request, time.monotonic() - started, traceback.format_exc())
        return {**row, "asked": True, "twice": ""}
    check = check_broken if asked else check_sound
    verdict = check(finding, request, replace(broken, known=(*broken.known, words_of(draft))))
    row = finding_row(trial, request, finding, verdict, took_s, ACT_S)
    return {**row, "asked": asked, "twice": _twice(again, door.lost)}


def _drafted(live: LiveServices, calls: Calls, service: str, lang: Lang) -> tuple[Request, Draft] | None:
    for request in calls.requests(service, lang):
        (finding,) = live.call([request])
        if finding.draft:
            return request, finding.draft
    return None


def _reference(finding: Finding) -> str:
    return next((str(reading.data["reference"]) for reading in finding.readings if "reference" in reading.data), "")


def _twice(references: Sequence[str], lost: Sequence[bytes]) -> str:
    """Why it may have been done twice; empty where all retries give one reference, and it is the lost one."""
    if not all(references):
        return "a retry gives no reference"
    if len(set(references)) > 1:
        return f"retries give {', '.join(references)}"
    known = not lost or any(references[0].encode() in body for body in lost)
    return "" if known else f"the lost answer did not name {references[0]}"
