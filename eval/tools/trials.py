"""The fault table: each feed broken in each way, one at a time, for each service that reads it, and what it says."""

import logging
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from starlette.types import ASGIApp

from assistant.demo import open_demo_city
from assistant.demo.scene import Scenario
from assistant.feeds.base import FeedSource
from assistant.schema import Lang
from assistant.tools import Finding, Live, LiveServices, Request
from assistant.tools.texts import attribution
from eval.tools.calls import LANGUAGES, Calls, Row, has_tool
from eval.tools.checks import CHECKS, Broken, Verdict, check_broken, check_sound, sentences
from eval.tools.faults import Door, open_doors
from eval.tools.remembered import Remembered

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=ZoneInfo("Asia/Taipei"))  # a Monday; the same table each time
BEHIND = timedelta(days=20)  # longer than any feed of the city may be old
SOUND, STALE = "none", "stale"
BREAKING = ("dead", "slow", "error_500", "truncated", "html_page", "other_json", "text", "huge")
HOSTILE = ("hostile_texts", "hostile_names")
ANSWER_FAULTS = (*BREAKING, STALE, *HOSTILE)
ANSWER_S, ACT_S, SLACK_S = 3.5, 10.0, 0.5
WORKERS = 4
_LOADED_ONCE = "gtfs"  # the standard whose document takes longer to load than one question may last
_WARM_UP_ASKS, _WARM_S = 4, 1.0


@dataclass(frozen=True, slots=True)
class Trial:
    """One service asked in one language while one of its feeds is broken; `feed` is empty where none is."""

    service: str
    feed: str
    fault: str
    lang: Lang


@dataclass(frozen=True, slots=True)
class Known:
    """What the sound city lets a service say to a request, and the feeds that this rests on."""

    said: tuple[str, ...]
    feeds: frozenset[str]


@dataclass(slots=True)
class BrokenCity:
    """The demonstration city in its scenarios, and one door that can be broken for each worker.

    Attributes:
        sound: a door that is never broken, by scenario.
        behind: the city as it was days ago.
        free: the doors that no worker uses now, each with another to the same city that is never broken.
        known: by service and language, what it says to each request where nothing is broken.
    """

    sound: Mapping[Scenario, Door]
    behind: ASGIApp
    free: SimpleQueue[tuple[Door, Door]]
    known: dict[tuple[str, Lang], tuple[Known, ...]] = field(default_factory=dict)


def trials_of(calls: Calls, faults: Sequence[str] = ANSWER_FAULTS, services: Iterable[str] = ()) -> list[Trial]:
    """Every feed with every fault for every service that reads it and has a tool, in one language after the other."""
    chosen = set(services) or set(calls.services)
    found: list[Trial] = []
    for service in calls.services.values():
        if service.name in chosen and has_tool(service):
            for feed in dict.fromkeys(service.feeds.values()):
                for fault in faults:
                    found.append(Trial(service.name, feed, fault, LANGUAGES[len(found) % 2]))
    return found


@contextmanager
def open_broken_city(calls: Calls, workers: int = WORKERS) -> Iterator[BrokenCity]:
    """Serve the city on loopback for the time of the block, with ledgers of its own."""
    with TemporaryDirectory() as first, TemporaryDirectory() as second, TemporaryDirectory() as third:
        sound: dict[Scenario, Door] = {
            "normal": Door(open_city(calls, Path(first))),
            "typhoon": Door(open_city(calls, Path(second), scenario="typhoon")),
        }
        behind = open_city(calls, Path(third), behind=BEHIND)
        pairs = [(Door(sound["normal"].app), Door(sound["normal"].app)) for _ in range(workers)]
        free: SimpleQueue[tuple[Door, Door]] = SimpleQueue()
        for pair in pairs:
            free.put(pair)
        with open_doors([*sound.values(), *(door for pair in pairs for door in pair)]):
            yield BrokenCity(sound, behind, free)


@contextmanager
def two_doors(city: BrokenCity) -> Iterator[tuple[Door, Door]]:
    """A door to break, and one that stays sound, which nobody else uses for the time of the block."""
    door, other = city.free.get()
    door.fault, door.asked, door.dated = "", 0, False
    door.lost.clear()
    try:
        yield door, other
    finally:
        door.fault = ""
        city.free.put((door, other))


def open_city(
    calls: Calls, folder: Path, *, behind: timedelta = timedelta(0), scenario: Scenario = "normal"
) -> ASGIApp:
    """The demonstration city, with its ledger in a folder of its own."""
    ledger = folder / "rides.sqlite"
    return Remembered(
        open_demo_city(calls.city_dir, clock=lambda: calls.now - behind, scenario=scenario, ledger=ledger)
    )


def run_trials(calls: Calls, trials: Sequence[Trial], workers: int = WORKERS) -> Iterator[Row]:
    """First what each service says where nothing is broken, then a row for each trial, as soon as it is done."""
    pairs = dict.fromkeys((trial.service, trial.lang) for trial in trials)
    with hushed(), open_broken_city(calls, workers) as city, ThreadPoolExecutor(workers) as pool:
        for rows in pool.map(lambda pair: _run_sound(calls, city, Trial(pair[0], "", SOUND, pair[1])), pairs):
            yield from rows
        yield from pool.map(lambda trial: _run_broken(calls, city, trial), trials)


@contextmanager
def hushed() -> Iterator[None]:
    """No log of the faults, which are what is looked for."""
    logs = {name: logging.getLogger(name) for name in ("assistant", "asyncio")}
    levels = {name: log.level for name, log in logs.items()}
    for log in logs.values():
        log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, log in logs.items():
            log.setLevel(levels[name])


def _run_sound(calls: Calls, city: BrokenCity, trial: Trial) -> list[Row]:
    sources = calls.sources(city.sound["normal"].url)
    feeds = {name: source for source in sources.values() for name in source.publisher.values()}
    rows, known = [], []
    with closing(LiveServices(Live(calls.city, calls.gazetteer, sources))) as live:
        _warm_up(live, calls, trial, sources)
        for number, request in enumerate(calls.requests(trial.service, trial.lang)):
            row, finding = _asked(live, request, trial, Broken(known=calls.known))
            rows.append({**row, "id": f"{row['id']}/{number}", "asked": True})
            rested = frozenset(feeds[one.source].name for one in finding.readings if one.source in feeds)
            known.append(Known(tuple(row["lines"]), rested))
    city.known[trial.service, trial.lang] = tuple(known)
    return rows


def _run_broken(calls: Calls, city: BrokenCity, trial: Trial) -> Row:
    """Ask what rests on the broken feed first, until a request reads it; the last one is the row."""
    scenario: Scenario = "typhoon" if trial.fault in HOSTILE else "normal"
    known = city.known[trial.service, trial.lang]
    asked = zip(calls.requests(trial.service, trial.lang), known, strict=True)
    row: Row = {}
    with two_doors(city) as (door, _):
        door.app = city.behind if trial.fault == STALE else city.sound[scenario].app
        sources = calls.sources(city.sound[scenario].url)
        source = sources[trial.feed] = calls.sources(door.url)[trial.feed]
        with closing(LiveServices(Live(calls.city, calls.gazetteer, sources))) as live:
            door.fault = "dead"
            _warm_up(live, calls, trial, sources)
            door.fault = trial.fault
            for request, before in sorted(asked, key=lambda pair: trial.feed not in pair[1].feeds):
                door.asked, door.dated = 0, False
                row, _ = _asked(live, request, trial, calls.broken(source, request.lang), door)
                row["asked"] = bool(door.asked)
                others = trial.feed not in before.feeds and len(set(request.service.feeds.values())) > 1
                if others and trial.fault in BREAKING and tuple(row["lines"]) == before.said:
                    row["unclear"] = ""  # other feeds gave all that was asked for
                if row["asked"]:
                    break
    return row


def _asked(
    live: LiveServices, request: Request, trial: Trial, broken: Broken, door: Door | None = None
) -> tuple[Row, Finding]:
    """Ask once, and check what comes; as in the sound city, where the broken feed is not read."""
    started = time.monotonic()
    try:
        (finding,) = live.call([request])
    except Exception:  # noqa: BLE001  # a crash of a tool is a figure of this table, and ends nothing
        return crash_row(trial, request, time.monotonic() - started, traceback.format_exc()), Finding(())
    took_s = time.monotonic() - started
    check = CHECKS.get(trial.fault, check_broken) if door and door.asked else check_sound
    verdict = check(finding, request, replace(broken, dated=bool(door and door.dated)))
    return finding_row(trial, request, finding, verdict, took_s, ANSWER_S), finding


def finding_row(
    trial: Trial, request: Request, finding: Finding, verdict: Verdict, took_s: float, limit_s: float
) -> Row:
    """What is kept of a finding."""
    return {
        **_named(trial, request),
        "status": str(finding.status),
        "s": round(took_s, 2),
        "over_time": took_s > limit_s + SLACK_S,
        "crash": "",
        **asdict(verdict),
        "lines": sentences(finding),
        "attributions": list(dict.fromkeys(attribution(reading, request) for reading in finding.readings)),
    }


def crash_row(trial: Trial, request: Request, took_s: float, crash: str) -> Row:
    """What is kept where an exception came out."""
    kept = {"status": "crash", "s": round(took_s, 2), "over_time": False, "crash": crash, **asdict(Verdict())}
    return {**_named(trial, request), **kept, "lines": [], "attributions": []}


def _named(trial: Trial, request: Request) -> Row:
    return {
        "set": "faults",
        "system": trial.fault,
        "id": f"{trial.service}/{trial.feed or 'all'}/{trial.lang}",
        **asdict(trial),
        "words": dict(request.arguments.values),
    }


def _warm_up(live: LiveServices, calls: Calls, trial: Trial, sources: Mapping[str, FeedSource]) -> None:
    """Load what is loaded once for all questions, where that is another feed than the broken one."""
    others = set(calls.services[trial.service].feeds.values()) - {trial.feed}
    if any(sources[name].standard == _LOADED_ONCE for name in others if name in sources):
        for _ in range(_WARM_UP_ASKS):
            started = time.monotonic()
            with suppress(Exception):  # it is asked again, and counted, in a moment
                live.call(calls.requests(trial.service, trial.lang)[:1])
            if time.monotonic() - started < _WARM_S:
                break
