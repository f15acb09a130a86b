import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.errors import StoreError
from assistant.schema import Reading, Status
from assistant.settings import PROJECT_ROOT
from assistant.tools import Draft, Finding, Line
from assistant.tools.claims import VALID, ClaimState
from assistant.tools.pending import ALPHABET, CODE_LENGTH, KEPT, PendingActs
from tests.tools.asking import MONDAY

DRAFT = Draft("report_problem", ("類別：坑洞", "說明：王小明家前面"), {"code": "pothole", "point": {"lat": 22.6}})
READING = Reading("report_problem", "研考會", "2026-11-23T14:30:00+08:00", False, True, {"reference": "KH1"}, "家前")
DONE = Finding((Line("已送出，案件編號是 KH1。", 0), Line("謝謝。")), (READING,))
UNSURE = Finding((Line("無法確定"),), status=Status.FEED_UNAVAILABLE)
LEASE = timedelta(seconds=21)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "pending.sqlite"


@pytest.fixture
def pending(path: Path) -> Iterator[PendingActs]:
    acts = PendingActs(path)
    yield acts
    acts.close()


def offered(pending: PendingActs) -> str:
    return pending.offer("report_problem", DRAFT, "zh-TW", MONDAY)


def test_a_code_is_short_clear_and_never_the_same(pending: PendingActs) -> None:
    """Six signs that cannot be mistaken, with a letter and a digit, so that none is a word or a number."""
    codes = {offered(pending) for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) for code in codes)
    assert not any(code.isalpha() or code.isdigit() for code in codes)
    assert not set(ALPHABET) & set("0O1IL5SAEU") - {"5"}


def test_a_yes_gets_the_draft_as_it_was_offered(pending: PendingActs) -> None:
    """Service, lines, payload and language come back, with a key that is not the code."""
    code = offered(pending)
    claim = pending.claim(code, MONDAY + timedelta(minutes=14))
    assert (claim.state, claim.draft, claim.lang, claim.was_tried) == (ClaimState.ACT, DRAFT, "zh-TW", False)
    assert len(claim.key) >= 16
    assert code not in claim.key


def test_a_repeated_yes_gets_what_came_of_the_first(pending: PendingActs) -> None:
    """The same finding with its reference, readings and all, hours later too; nothing is to be done again."""
    code = offered(pending)
    pending.claim(code, MONDAY)
    assert pending.finish(code, DONE) == DONE
    again = pending.claim(code, MONDAY + timedelta(hours=23))
    assert (again.state, again.finding, again.draft) == (ClaimState.DONE, DONE, None)


def test_the_first_finding_stays(pending: PendingActs) -> None:
    """A claimant that was thought dead and ends late learns what the other found."""
    code = offered(pending)
    pending.claim(code, MONDAY)
    pending.finish(code, DONE)
    assert pending.finish(code, Finding((Line("KH2"),))) == DONE
    assert pending.finish(code, UNSURE) == DONE


def test_an_offer_expires_after_a_quarter_of_an_hour(pending: PendingActs) -> None:
    """A yes that comes later does nothing."""
    code = offered(pending)
    late = pending.claim(code, MONDAY + VALID + timedelta(seconds=1))
    assert (late.state, late.draft) == (ClaimState.EXPIRED, None)
    assert pending.claim(code, MONDAY).state == ClaimState.EXPIRED


def test_an_unknown_code_is_unknown(pending: PendingActs) -> None:
    """Whatever is typed as a code, nothing is claimed."""
    offered(pending)
    for code in ("K7M2QX", "", "' OR 1=1 --", "確認"):
        assert pending.claim(code, MONDAY).state == ClaimState.UNKNOWN


def test_what_died_is_given_out_again_with_the_same_key(pending: PendingActs) -> None:
    """Nobody finished: for a while the draft is taken, and after that a later yes gets it under its key."""
    code = offered(pending)
    first = pending.claim(code, MONDAY)
    busy = pending.claim(code, MONDAY + timedelta(seconds=1), patience_s=0.0)
    again = pending.claim(code, MONDAY + VALID + LEASE)
    assert busy.state == ClaimState.BUSY
    assert (again.state, again.draft, again.key) == (ClaimState.ACT, DRAFT, first.key)
    assert again.was_tried


def test_an_unknown_outcome_can_be_tried_again_with_the_same_key(pending: PendingActs) -> None:
    """A fault of the service is no finding: the next yes acts, also after the quarter of an hour."""
    code = offered(pending)
    first = pending.claim(code, MONDAY)
    assert pending.finish(code, UNSURE) == UNSURE
    again = pending.claim(code, MONDAY + timedelta(hours=1))
    assert (again.state, again.key) == (ClaimState.ACT, first.key)


def test_a_no_deletes_the_draft(pending: PendingActs) -> None:
    """After a no the code is unknown; a no to what is done says what was done, one to nothing that it is nothing."""
    code, done = offered(pending), offered(pending)
    assert pending.withdraw(code, MONDAY).state == ClaimState.WITHDRAWN
    assert pending.claim(code, MONDAY).state == ClaimState.UNKNOWN
    pending.claim(done, MONDAY)
    assert pending.withdraw(done, MONDAY).state == ClaimState.BUSY
    pending.finish(done, DONE)
    assert pending.withdraw(done, MONDAY).finding == DONE
    assert pending.withdraw("K7M2QX", MONDAY).state == ClaimState.UNKNOWN


def test_a_no_after_an_unknown_outcome_says_that_it_was_tried(pending: PendingActs) -> None:
    """Nobody may say that nothing was sent."""
    code = offered(pending)
    pending.claim(code, MONDAY)
    pending.finish(code, UNSURE)
    assert pending.withdraw(code, MONDAY).was_tried


def test_the_file_is_its_owners_and_holds_no_words_for_longer_than_needed(pending: PendingActs, path: Path) -> None:
    """What people wrote is gone once it was acted on, refused or expired, and everything after a day."""
    name = "王小明".encode()
    assert path.stat().st_mode & 0o077 == 0
    done, no, late = (offered(pending) for _ in range(3))
    assert name in path.read_bytes()
    pending.claim(done, MONDAY)
    pending.finish(done, DONE)
    pending.withdraw(no, MONDAY)
    pending.sweep(MONDAY + VALID + timedelta(minutes=1))
    assert name not in path.read_bytes()
    assert pending.claim(late, MONDAY + timedelta(hours=1)).state == ClaimState.EXPIRED
    pending.sweep(MONDAY + KEPT + timedelta(minutes=1))
    assert pending.claim(done, MONDAY).state == ClaimState.UNKNOWN
    assert b"KH1" not in path.read_bytes()


def test_what_is_pending_outlives_the_process(path: Path) -> None:
    """A restart between offer and yes, or between yes and finding, loses nothing."""
    acts = PendingActs(path)
    code = offered(acts)
    keys = []
    for tries in range(2):
        acts.close()
        acts = PendingActs(path)
        keys.append(acts.claim(code, MONDAY + tries * LEASE).key)
    acts.close()
    assert keys[0] == keys[1] != ""


def test_of_many_yes_at_once_one_acts_and_all_get_its_finding(pending: PendingActs) -> None:
    """Sixteen threads agree: the act happens once, and each is told the one reference."""
    code, acted, start = offered(pending), [], threading.Barrier(16)

    def agree(number: int) -> Finding | None:
        start.wait()
        claim = pending.claim(code, MONDAY)
        if claim.state == ClaimState.ACT:
            acted.append(number)
            return pending.finish(code, DONE)
        return claim.finding

    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(agree, range(16)))
    assert len(acted) == 1
    assert found == [DONE] * 16


def test_a_second_yes_waits_for_the_finding_of_the_first(path: Path) -> None:
    """While one acts the other asks again, and is told as soon as there is something to tell."""
    waits: list[float] = []

    def pause(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            acts.finish(code, DONE)

    acts = PendingActs(path, pause)
    code = offered(acts)
    acts.claim(code, MONDAY)
    assert acts.claim(code, MONDAY).finding == DONE
    assert len(waits) == 3
    acts.close()


_AGREE = """
import sys
from datetime import datetime
from pathlib import Path
from assistant.tools import Finding, Line
from assistant.tools.claims import ClaimState
from assistant.tools.pending import PendingActs
path, code, now = Path(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3])
acts = PendingActs(path)
print("ready", flush=True)
sys.stdin.readline()
claim = acts.claim(code, now)
if claim.state == ClaimState.ACT:
    with open(path.with_suffix(".acted"), "a") as log:
        log.write(claim.key + "\\n")
    finding = acts.finish(code, Finding((Line(f"KH-{claim.key}"),)))
else:
    finding = claim.finding
print(finding.lines[0].text, flush=True)
"""


def test_of_two_processes_one_acts_and_both_tell_the_same(pending: PendingActs, path: Path) -> None:
    """Two workers of the web server get a yes for one offer in the same moment."""
    code = offered(pending)
    command = [sys.executable, "-c", _AGREE, str(path), code, MONDAY.isoformat()]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": PROJECT_ROOT}
    workers = [subprocess.Popen(command, **pipes) for _ in range(2)]  # type: ignore[call-overload]
    assert [worker.stdout.readline() for worker in workers] == ["ready\n"] * 2
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    told = [worker.communicate()[0].strip() for worker in workers]
    acted = path.with_suffix(".acted").read_text().split()
    assert len(acted) == 1
    assert told == [f"KH-{acted[0]}"] * 2


def test_two_processes_open_a_new_file_at_once(path: Path) -> None:
    """Whoever comes second finds the tables that the first has made."""
    with ThreadPoolExecutor(8) as threads:
        opened = list(threads.map(lambda _: PendingActs(path), range(8)))
    codes = [offered(acts) for acts in opened]
    assert all(opened[0].claim(code, MONDAY).state == ClaimState.ACT for code in codes)
    for acts in opened:
        acts.close()


def test_a_file_that_is_none_is_a_fault_without_the_words(tmp_path: Path) -> None:
    """What cannot be kept is said, and the fault repeats nothing that somebody wrote."""
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"this is no database, but a text of some length" * 20)
    with pytest.raises(StoreError, match="pending acts"):
        PendingActs(broken)
    acts = PendingActs(tmp_path / "lost.sqlite")
    with sqlite3.connect(tmp_path / "lost.sqlite") as connection:
        connection.execute("DROP TABLE offers")
    with pytest.raises(StoreError) as fault:
        offered(acts)
    acts.close()
    assert "王小明" not in f"{fault.value} {fault.value.__cause__} {json.dumps(str(fault.getrepr(style='long')))}"


def test_a_file_in_a_place_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    """The message names the place."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="pending"):
        PendingActs(tmp_path / "file" / "pending.sqlite")
