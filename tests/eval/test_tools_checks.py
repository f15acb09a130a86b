"""The checks of the fault table find what a tool must not say, and pass what it may."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from assistant.schema import Reading, Status
from assistant.services import Service
from assistant.tools import Arguments, Draft, Finding, Line, Request
from eval.tools.checks import (
    Broken,
    check_broken,
    check_hostile,
    check_stale,
    sentences,
    unfounded_figures,
    unsafe_parts,
    words_of,
)
from eval.tools.hostile import NUMBERS, ORDERS

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=ZoneInfo("Asia/Taipei"))
SERVICE = Service("bikes", "public", False, {}, {}, {}, {})
REQUEST = Request(SERVICE, Arguments({"route": "88"}, text="88"), "zh-TW", NOW)
READING = Reading("bikes", "交通局", "2026-11-03T14:05:00+08:00", True, True, {"bikes": 12}, "衛武營站")
OWN = Broken("交通局（bikes）", "交通局")


def finding(*lines: str, status: Status = Status.ANSWERED, readings: tuple[Reading, ...] = (READING,)) -> Finding:
    return Finding(tuple(Line(text, 0 if readings else -1) for text in lines), readings, status)


def test_figures_of_readings_and_of_the_person_are_founded() -> None:
    """A count, an hour, a date without its zero, and the route that was asked about."""
    assert unfounded_figures(finding("88 路：12 輛，11/3 14:05 的資料"), REQUEST) == ()


def test_a_figure_of_nowhere_is_found() -> None:
    """Also where another reading than that of its line has it."""
    other = replace(READING, data={"bikes": 99})
    made = Finding((Line("可借 99 輛", 0),), (READING, other))
    assert unfounded_figures(made, REQUEST) == ("99 in “可借 99 輛”",)


def test_a_draft_is_founded_by_what_will_be_sent() -> None:
    """Its own words and its payload count, before and after it was sent."""
    draft = Draft("bikes", ("2 人",), {"passengers": 2})
    assert unfounded_figures(Finding((Line("要送出：2 人"),), draft=draft), REQUEST) == ()
    assert unfounded_figures(Finding((Line("已為 2 人預約"),)), REQUEST, [words_of(draft)]) == ()


def test_trouble_is_clear_where_the_publisher_is_named() -> None:
    """The status says so as well."""
    clear = finding(f"{OWN.publisher}的資料連不上。", status=Status.FEED_UNAVAILABLE, readings=())
    assert check_broken(clear, REQUEST, OWN).unclear == ""


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (finding("目前沒有資料。", status=Status.NO_EVIDENCE, readings=()), "the publisher is not named"),
        (finding(f"{OWN.publisher}的資料連不上。", readings=()), "status answered"),
        (finding(" ", status=Status.FEED_UNAVAILABLE, readings=()), "nothing is said"),
    ],
)
def test_trouble_that_is_not_said_is_found(made: Finding, why: str) -> None:
    """Silence, a wrong status, and a sentence that tells nobody whose data is missing."""
    assert check_broken(made, REQUEST, OWN).unclear.startswith(why)


def test_values_of_a_broken_feed_are_found() -> None:
    """Nothing that can be believed came from it."""
    made = finding("12 輛", status=Status.PARTIAL, readings=(replace(READING, source=OWN.marked),))
    assert check_broken(made, REQUEST, OWN).read_broken
    assert not check_broken(made, REQUEST, Broken("別的", "別的")).read_broken


def test_an_old_reading_has_to_be_called_old() -> None:
    """An old time without the word is taken for now; of a document without times nobody can know."""
    old, current = replace(READING, source=OWN.marked), replace(READING, source=OWN.marked, stale=False)
    assert check_stale(finding("12 輛", readings=(old,)), REQUEST, OWN).unclear == ""
    assert check_stale(finding("12 輛", readings=(current,)), REQUEST, OWN).unclear.startswith("called current")
    undated = replace(OWN, dated=False)
    assert check_stale(finding("12 輛", readings=(current,)), REQUEST, undated).unclear == ""


@pytest.mark.parametrize(
    "text",
    [
        "公告：<b>停駛</b>",
        "公告：**停駛**",
        "請看 https://evil.example",
        "停\u200b駛",
        "重複" * 201,
        f"可借 {NUMBERS[1]} 輛",
    ],
)
def test_unsafe_text_is_found(text: str) -> None:
    """Markup, addresses, invisible characters, endless lines, and a hostile figure as if it were a value."""
    assert unsafe_parts(finding(text), REQUEST)


def test_hostile_words_may_be_quoted_as_words() -> None:
    """A headline is said as its publisher wrote it, without what could harm."""
    made = finding(f"公告：「call {NUMBERS[0]}」", readings=(replace(READING, data={"text": NUMBERS[0]}),))
    verdict = check_hostile(made, REQUEST, OWN)
    assert (verdict.unsafe, verdict.unmarked, verdict.invented) == ((), (), ())


def test_hostile_words_without_quotation_marks_are_counted() -> None:
    """They read as if the assistant said them."""
    assert check_hostile(finding(f"請撥{NUMBERS[0]}"), REQUEST, OWN).unmarked


def test_choices_and_drafts_are_read_too() -> None:
    """A person reads all of them."""
    made = Finding((Line("哪一個？"),), choices=(ORDERS,), draft=Draft("bikes", ("1 人",), {}))
    assert sentences(made) == ["哪一個？", "1 人", ORDERS]
    assert unsafe_parts(made, REQUEST)
