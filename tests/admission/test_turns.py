"""Turns at the language model: how many at once, who comes next, what the others are told, and that none is lost."""

import threading
from contextlib import suppress
from threading import Event as Flag

import pytest

from assistant.admission import Place, SpareEngine, Turn, Turns, open_turns
from assistant.errors import EngineBusy, EngineUnavailable
from assistant.schema import Asker
from assistant.settings import Settings
from tests.doubles import ScriptedEngine

FLOOD = Asker("citizen", "browser:flood", "address:flood")
SECOND = Asker("citizen", "browser:b", "address:b")
WAIT_S = 20


class Clock:
    """Seconds that pass when a test says so, or while somebody pauses for them."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def pause(self, flag: Flag, seconds: float) -> bool:
        if not flag.is_set():
            self.now += seconds
        return flag.is_set()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def make_turns(clock: Clock, slots: int = 1, **more: int | float | tuple[int, int, int]) -> Turns:
    return Turns(slots, clock=clock, pause=clock.pause, **{"longest_wait_s": 1000.0, **more})


def enter(turns: Turns, asker: Asker) -> tuple[Turn, Place | None]:
    turn = turns.of(asker)
    return turn, turns.enter(turn)


def flood(turns: Turns, asker: Asker, times: int) -> list[Turn]:
    """Those of many questions at once that run or wait; the others are refused."""
    taken = []
    for _ in range(times):
        try:
            taken.append(enter(turns, asker)[0])
        except EngineBusy:
            continue
    return taken


def running(taken: list[Turn]) -> list[Turn]:
    return [turn for turn in taken if turn.state == "running"]


def test_a_free_model_is_asked_at_once(clock: Clock) -> None:
    """Nobody is told of a line while there is none."""
    assert list(make_turns(clock).of(SECOND).wait()) == []


@pytest.mark.parametrize("slots", [1, 2, 5])
def test_no_more_run_than_there_are_slots(clock: Clock, slots: int) -> None:
    """As many at once as the engine has slots; each that ends makes room for one."""
    turns = make_turns(clock, slots, most_waiting=(50, 50, 50))
    taken = flood(turns, FLOOD, 12)
    assert (turns.running, turns.waiting) == (slots, 12 - slots)
    running(taken)[0].end()
    assert (turns.running, turns.waiting) == (slots, 11 - slots)


def test_a_flood_of_two_hundred_costs_a_second_person_one_turn(clock: Clock) -> None:
    """The second person's wait is at most the running turn plus one more, and the flood's rest is refused at once."""
    turns = make_turns(clock)
    taken = flood(turns, FLOOD, 200)
    assert len(taken) == 1 + 3
    second, place = enter(turns, SECOND)
    assert place is not None
    assert place.position <= 2
    clock.now += 4
    running(taken)[0].end()
    if second.state != "running":
        clock.now += 4
        running(taken)[0].end()
    assert (second.state, clock.now) == ("running", 8)


def test_a_flood_of_made_up_browsers_costs_a_second_person_one_turn(clock: Clock) -> None:
    """Another mark with each of two hundred questions changes nothing: the address has one turn of the round."""
    turns = make_turns(clock)
    taken = [turn for n in range(200) for turn in flood(turns, Asker("citizen", f"browser:{n}", "address:flood"), 1)]
    assert len(taken) == 1 + 12
    _, place = enter(turns, SECOND)
    assert place is not None
    assert place.position <= 2


def test_a_full_line_makes_room_for_a_newcomer(clock: Clock) -> None:
    """Where the line is full, the address with most waiting gives up its last place and goes without."""
    turns = make_turns(clock, longest=6, most_waiting=(5, 5, 5))
    first = flood(turns, FLOOD, 10)
    flood(turns, Asker("citizen", "browser:c", "address:c"), 1)
    assert turns.waiting == 6
    second, place = enter(turns, SECOND)
    assert place is not None
    assert turns.waiting == 6
    with pytest.raises(EngineBusy):
        turns.enter(first[-1])
    assert second.state == "waiting"


def test_a_full_line_of_single_persons_refuses_the_next_at_once(clock: Clock) -> None:
    """Where nobody has more than another, the one who comes last goes without, and nobody is pushed out."""
    turns = make_turns(clock, longest=4)
    for n in range(5):
        enter(turns, Asker("citizen", f"browser:{n}", f"address:{n}"))
    with pytest.raises(EngineBusy):
        enter(turns, SECOND)
    assert turns.waiting == 4


def test_nobody_waits_who_would_wait_too_long(clock: Clock) -> None:
    """An estimated wait over the limit is told at once, not after it was waited for."""
    turns = make_turns(clock, longest_wait_s=15.0)
    for n in range(3):
        enter(turns, Asker("citizen", f"browser:{n}", f"address:{n}"))
    with pytest.raises(EngineBusy):
        enter(turns, SECOND)
    assert turns.waiting == 2


def test_waiting_ends_after_its_own_limit(clock: Clock) -> None:
    """Where a turn takes far longer than usual, whoever waits is told to go without after the limit."""
    turns = make_turns(clock, longest_wait_s=20.0)
    enter(turns, FLOOD)
    second = turns.of(SECOND)
    told: list[Place] = []
    with pytest.raises(EngineBusy):
        told.extend(second.wait())
    assert clock.now == 20.0
    assert (turns.waiting, second.state) == (0, "ended")


def test_an_operator_waits_for_as_long_as_it_takes(clock: Clock) -> None:
    """Batches and measurements on the machine are never answered without the model for lack of time."""
    turns = make_turns(clock, longest=1, longest_wait_s=1.0)
    places = [enter(turns, Asker())[1] for _ in range(20)]
    assert turns.waiting == 19
    assert places[-1] == Place(19, pytest.approx(19 * 6.0))


def test_places_and_waits_are_told_by_measured_turns(clock: Clock) -> None:
    """After turns of ten seconds the third in line hears of thirty less what has passed of the running one."""
    turns = make_turns(clock)
    for _ in range(5):
        turn, _ = enter(turns, FLOOD)
        clock.now += 10
        turn.end()
    enter(turns, FLOOD)
    clock.now += 4
    waits = [enter(turns, Asker("citizen", f"browser:{n}", f"address:{n}"))[1] for n in range(3)]
    assert waits == [Place(1, 6.0), Place(2, 16.0), Place(3, 26.0)]


def test_who_waits_hears_of_each_change_and_in_between(clock: Clock) -> None:
    """The place is told on entering, every five seconds, and when it changes; then the turn begins."""
    turns = make_turns(clock)
    first, _ = enter(turns, FLOOD)
    second, _ = enter(turns, Asker("citizen", "browser:c", "address:c"))
    told: list[int] = []
    for place in turns.of(SECOND).wait():
        told.append(place.position)
        if len(told) == 2:
            first.end()
        elif len(told) == 3:
            second.end()
    assert told == [2, 2, 1]


def test_whoever_leaves_the_line_frees_the_place_at_once(clock: Clock) -> None:
    """The next one moves up, and who has left neither runs nor waits."""
    turns = make_turns(clock)
    first, _ = enter(turns, FLOOD)
    second, _ = enter(turns, SECOND)
    third, _ = enter(turns, Asker("citizen", "browser:c", "address:c"))
    second.abandon()
    assert turns.enter(third) == Place(1, pytest.approx(6.0))
    assert turns.enter(second) is None
    first.end()
    assert (third.state, second.state) == ("running", "ended")


def test_a_turn_that_runs_is_kept_until_the_model_has_stopped(clock: Clock) -> None:
    """Leaving during one's turn does not let another begin beside it; its end does, once."""
    turns = make_turns(clock)
    first, _ = enter(turns, FLOOD)
    second, _ = enter(turns, SECOND)
    first.abandon()
    assert turns.running == 1
    assert second.state == "waiting"
    first.end()
    first.end()
    assert (turns.running, second.state) == (1, "running")


def test_whoever_left_before_asking_takes_no_turn(clock: Clock) -> None:
    """A stream that was closed while it searched never reaches the model."""
    turns = make_turns(clock)
    turn = turns.of(SECOND)
    turn.abandon()
    assert list(turn.wait()) == []
    assert turns.running == 0


def test_accounts_may_have_more_waiting_than_browsers(clock: Clock) -> None:
    """Three of a citizen and eight of an account wait."""
    turns = make_turns(clock)
    enter(turns, SECOND)
    assert len(flood(turns, FLOOD, 20)) == 3
    assert len(flood(turns, Asker("evaluator", "account:1"), 20)) == 8


def test_spare_turns_are_for_an_idle_model(clock: Clock) -> None:
    """A translation works on a free model alone, gives its turn back, and keeps nobody out for longer."""
    turns = make_turns(clock)
    engine = ScriptedEngine("你好")
    engine.start()
    spare = SpareEngine(engine, turns)
    assert spare.complete([("user", "hello")], max_tokens=9) == "你好"
    turn, _ = enter(turns, SECOND)
    with pytest.raises(EngineUnavailable, match="busy"):
        spare.complete([("user", "hello")], max_tokens=9)
    turn.end()
    with turns.spare() as free:
        assert free
        waiting, place = enter(turns, SECOND)
        assert place == Place(1, pytest.approx(0.0))
    assert waiting.state == "running"


def test_the_line_is_empty_after_a_flood_of_threads() -> None:
    """Two hundred threads that ask, wait, leave or end at random leave neither turns nor threads behind."""
    turns = Turns(2, longest_wait_s=1000.0)

    def ask(n: int) -> None:
        turn = turns.of(Asker("citizen", f"browser:{n % 9}", f"address:{n % 3}"))
        with suppress(EngineBusy):
            for _ in turn.wait():
                if n % 5 == 0:
                    turn.abandon()
        turn.end()

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    assert not any(thread.is_alive() for thread in threads)
    assert (turns.running, turns.waiting) == (0, 0)


def test_the_line_is_as_the_settings_say() -> None:
    """Slots, length and limits come from the settings."""
    turns = open_turns(Settings(engine_slots=3, longest_queue=1, waiting_answers=1))
    taken = flood(turns, FLOOD, 20)
    assert (turns.running, turns.waiting, len(taken)) == (3, 1, 4)
