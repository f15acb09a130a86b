"""Several processes that do the same at once: `race` starts them, and this module is what they run."""

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from assistant.errors import PeopleError
from assistant.people.account import AccountRole
from assistant.people.conversations import Owner
from assistant.people.people import People
from assistant.settings import PROJECT_ROOT
from tests.people.place import ADDRESS, PASSWORD, Place, place_of, turn

THREADS = 3


def race(place: Place, what: str, times: int, processes: int = 2) -> list[str]:
    """Let processes do something so many times each, starting at the same moment; gives what came of it."""
    command = [sys.executable, "-m", "tests.people.racing", what, str(times), place.argument()]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": PROJECT_ROOT}
    started = [subprocess.Popen(command, **pipes) for _ in range(processes)]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=120)[0] for process in started]
    return [result for output in outputs for result in json.loads(output)]


def at_once(work: list[tuple[object, ...]], act: object) -> list[object]:
    """Call something in as many threads as there is work, all starting at the same moment; gives what came of each."""
    gate = threading.Barrier(len(work))

    def run(arguments: tuple[object, ...]) -> object:
        gate.wait()
        return act(*arguments)  # type: ignore[operator]

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def _sign_in(people: People, number: int) -> str:
    return people.sign_in.sign_in("guessed", f"not the password {number}", ADDRESS).state.value


def _record(people: People, number: int) -> str:
    return str(people.audit.record("racer", "ran", f"lap {number}").number)


def _first_admin(people: People, number: int) -> str:
    try:
        return people.accounts.create_first_admin(f"admin{threading.get_ident()}", PASSWORD, "race").role.value
    except PeopleError as refusal:
        return refusal.reason


def _add_turn(people: People, number: int) -> str:
    owner = Owner.account("racer")
    return people.conversations.add_turn(owner, people.conversations.list(owner)[0].id, turn(f"lap {number}"))


def _disable_other(people: People, number: int) -> str:
    names = [account.name for account in people.accounts.list() if account.role == AccountRole.ADMIN]
    try:
        return people.accounts.disable(names[number % len(names)], "race", "first come").name
    except PeopleError as refusal:
        return refusal.reason


ACTS = {
    "sign_in": _sign_in,
    "record": _record,
    "first_admin": _first_admin,
    "add_turn": _add_turn,
    "disable_other": _disable_other,
}


def main() -> None:
    """Wait for the starting word, then do what is asked in several threads, and print what came of each."""
    what, times, place = sys.argv[1], int(sys.argv[2]), place_of(sys.argv[3])
    if what == "open":
        print("ready", flush=True)
        sys.stdin.readline()
        place.open()
        print(json.dumps(["opened"]))
        return
    people = place.open()
    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(THREADS) as pool:
        print(json.dumps(list(pool.map(lambda number: ACTS[what](people, number), range(times)))))


if __name__ == "__main__":
    main()
