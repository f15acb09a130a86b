"""A ride is shown before it is booked, and booked once whatever becomes of the answers."""

import json
import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.demo import open_demo_city
from assistant.schema import Lang, Status
from assistant.tools import Draft, Finding
from assistant.verification.figures import unsupported_figures
from tests.browser.serving import serve_in_thread
from tests.tools.asking import CITY_DIR, MONDAY, ZONE, Desk, text_of, unfounded_figures
from tests.tools.conftest import DemoCity
from tests.tools.losing import LosesAnswers

SERVICE = "ondemand_booking"
BOOKINGS = "/ondemand/v1/bookings"
TRIP = {"from": "多納部落", "to": "旗山醫院", "time": "明早九點"}


@pytest.fixture
def losing(tmp_path: Path) -> Iterator[tuple[DemoCity, LosesAnswers]]:
    """A city of its own, because bookings stay, whose answers can be lost."""
    app = open_demo_city(CITY_DIR, clock=lambda: MONDAY, ledger=tmp_path / "rides.sqlite")
    loses = LosesAnswers(app)
    with serve_in_thread(loses) as url:
        city = DemoCity(url, app)
        yield city, loses
        city.live.close()


@contextmanager
def asking(city: DemoCity, feed: str, **changes: object) -> Iterator[Desk]:
    """The same city with one feed from elsewhere."""
    source = city.live._desk.sources[feed]
    desk = Desk(city.url, {feed: replace(source, **changes)})
    try:
        yield desk
    finally:
        desk.live.close()


def drafted(city: Desk, values: dict[str, str] | None = None, **more: Any) -> Draft:
    draft = city.ask(SERVICE, values or TRIP, **more).draft
    assert draft is not None
    return draft


def act(city: Desk, draft: Draft, key: str, lang: Lang = "zh-TW") -> Finding:
    return city.live.act(city.request(SERVICE, {}, lang=lang), draft, key)


def booked(city: DemoCity, key: str) -> list[dict[str, Any]]:
    answer = httpx.get(f"{city.url}{BOOKINGS}", params={"client_reference": key})
    found: list[dict[str, Any]] = answer.json()["bookings"]
    return found


def test_a_wish_becomes_a_draft_with_all_that_is_sent(city: DemoCity) -> None:
    """From, to, window, arrival, people, fare, until when, and to whom; nothing is booked yet."""
    found = city.ask(SERVICE, {**TRIP, "passengers": "兩位"})
    assert found.status == Status.ANSWERED
    assert found.draft is not None
    assert found.draft.lines == (
        "上車地點：多納里",
        "下車地點：衛生福利部旗山醫院",
        "上車時間：11/24（二）09:00–09:20",
        "最晚到達：11:35",
        "人數：2 位",
        "車資：全部共 48 元",
        "請在 11/24（二）08:00 以前確認",
        "聯絡電話：不提供（上車時報預約編號；想讓司機聯絡得到您，可以補上電話）",
        "送給：高雄市政府交通局",
    )
    assert "11/24（二）09:00–09:20 在多納里上車" in text_of(found)
    assert found.readings[0].simulated
    assert not unfounded_figures(found)


def test_one_person_rides_where_nobody_says_how_many(city: DemoCity) -> None:
    """The draft says one, in English too."""
    draft = drafted(city, lang="en")
    assert "Passengers: 1" in draft.lines
    assert "Fare: NT$24 in all" in draft.lines
    assert draft.payload["passengers"] == 1
    assert json.loads(json.dumps(draft.payload)) == draft.payload


@pytest.mark.parametrize(
    ("words", "count"), [("3", 3), ("兩大一小", 3), ("four people", 4), ("只有我一個人", 1), ("just me", 1)]
)
def test_passengers_are_counted(city: DemoCity, words: str, count: int) -> None:
    """Figures, Chinese numerals and English words are numbers of people."""
    assert drafted(city, {**TRIP, "passengers": words}).payload["passengers"] == count


@pytest.mark.parametrize("words", ["一堆", "99"])
def test_a_number_that_nobody_understands_is_asked_for(city: DemoCity, words: str) -> None:
    """No number of people is guessed."""
    found = city.ask(SERVICE, {**TRIP, "passengers": words})
    assert (found.status, found.draft) == (Status.CLARIFY, None)


def test_a_district_alone_is_no_stop(city: DemoCity) -> None:
    """Where in the district is asked for, with places in it to choose from."""
    found = city.ask(SERVICE, {**TRIP, "from": "茂林"})
    assert (found.status, found.draft) == (Status.CLARIFY, None)
    assert "茂林區範圍很大" in text_of(found)
    assert "茂林區公所" in found.choices
    assert len(found.choices) <= 4


def test_a_stop_that_the_map_lacks_keeps_its_name_and_says_so(city: DemoCity) -> None:
    """The driver reads the person's own words, and the person that only the district is known."""
    found = city.ask(SERVICE, {**TRIP, "from": "茂林國小"})
    assert found.draft is not None
    assert found.draft.payload["pickup"]["name"] == "茂林國小"
    assert "只找得到茂林區附近的大概位置" in text_of(found)


def test_a_part_of_a_day_gets_its_first_ride(city: DemoCity) -> None:
    """A morning is answered with its earliest time, and that others can be named."""
    found = city.ask(SERVICE, {**TRIP, "time": "明天早上"})
    assert found.draft is not None
    assert "上車時間：11/24（二）06:30–06:50" in found.draft.lines
    assert "最早的一班" in text_of(found)


def test_as_soon_as_possible_leaves_time_to_say_yes(city: DemoCity) -> None:
    """The first ride is later than the notice by what reading the draft takes."""
    draft = drafted(city, {**TRIP, "time": "越快越好"})
    assert "上車時間：11/23（一）15:40–16:00" in draft.lines
    assert "請在 11/23（一）14:40 以前確認" in draft.lines


def test_a_time_to_be_there_is_no_time_to_leave(city: DemoCity) -> None:
    """Who wants to be there by eleven is picked up so early that the promised arrival is not later."""
    draft = drafted(city, {**TRIP, "time": "明早十一點前要到"})
    arrival = datetime.fromisoformat(draft.payload["promise"]["arrive_by"])
    assert arrival <= datetime(2026, 11, 24, 11, 0, tzinfo=ZONE)
    assert "09:00" in drafted(city, {**TRIP, "time": "目前到旗山的車，明早九點"}).payload["pickup_from"]
    early = city.ask(SERVICE, {**TRIP, "time": "明早九點前要到"})
    assert "不一定能在您要的 11/24（二）09:00 以前到" in text_of(early)


def test_a_number_and_a_wheelchair_are_sent_where_they_are_named(city: DemoCity) -> None:
    """What the draft shows of a person is what was typed, and no reading holds it."""
    found = city.ask(SERVICE, {**TRIP, "time": "明早九點，阿嬤坐輪椅，電話 0912-345-678"})
    assert found.draft is not None
    assert "聯絡電話：0912-345-678" in found.draft.lines
    assert "其中坐輪椅：1 位" in found.draft.lines
    assert found.draft.payload["rider"] == {"phone": "0912-345-678"}
    assert "0912" not in str(found.readings)


def test_a_city_can_ask_for_a_number(city: DemoCity) -> None:
    """Where the city's drivers need one, it is asked for before anything is quoted."""
    service = replace(city.services[SERVICE], options={"needs_phone": True})
    found = city.ask(service, TRIP)
    assert (found.status, found.draft) == (Status.CLARIFY, None)
    assert "電話" in text_of(found)
    assert city.ask(service, {**TRIP, "phone": "07 123 4567", "name": "阿嬤"}).draft is not None


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"from": "鳳山"}, Status.NO_EVIDENCE, "鳳山不在"),
        ({"from": "達卡努瓦"}, Status.NO_EVIDENCE, "可以到那瑪夏區、甲仙區"),
        ({"to": "多納部落"}, Status.CLARIFY, "上車和下車都是多納里"),
        ({"to": "火星基地"}, Status.CLARIFY, "火星基地"),
        ({"time": "今天下午三點"}, Status.CLARIFY, "已經來不及預約"),
        ({"time": "明晚八點"}, Status.CLARIFY, "06:30–17:00"),
        ({"time": "明天凌晨一點"}, Status.NO_EVIDENCE, "11/24（二）06:30–17:00"),
        ({"time": "12月20日早上九點"}, Status.NO_EVIDENCE, "14 天前"),
        ({"passengers": "9"}, Status.NO_EVIDENCE, "超過一次可以預約的人數"),
    ],
)
def test_what_cannot_be_had_is_said_with_what_can(
    city: DemoCity, changes: dict[str, str], status: Status, said: str
) -> None:
    """No draft, the reason, and other places, times or a number to call."""
    found = city.ask(SERVICE, {**TRIP, **changes})
    assert (found.status, found.draft) == (status, None)
    assert said in text_of(found)
    assert not unfounded_figures(found)


def test_times_to_choose_from_can_be_said_back(losing: tuple[DemoCity, LosesAnswers]) -> None:
    """A full vehicle is said as such, and each choice leads to a draft."""
    city, _ = losing
    draft = drafted(city)
    results = [act(city, draft, f"other-{number}") for number in range(10)]
    assert results[-1].status == Status.CLARIFY
    full = city.ask(SERVICE, TRIP)
    assert "已經客滿" in text_of(full)
    assert full.choices == results[-1].choices
    assert not unfounded_figures(full)
    again = drafted(city, {**TRIP, "time": full.choices[0]})
    assert again.payload["promise"]["day"] in full.choices[0]
    assert act(city, again, "chosen").status == Status.ANSWERED


def test_a_typhoon_suspends_rides(city: DemoCity) -> None:
    """On the day nothing is drafted, and the days after it are offered."""
    now = datetime(2026, 9, 21, 10, 0, tzinfo=ZONE)
    found = city.at(now, "typhoon").ask(SERVICE, {**TRIP, "time": "今天下午三點"}, now=now, lang="en")
    assert (found.status, found.draft) == (Status.CLARIFY, None)
    assert "suspended on Mon 21 Sep" in text_of(found)
    assert found.choices[0] == "Tue 22 Sep 15:00"


def test_without_the_zones_the_dispatcher_still_answers(city: DemoCity) -> None:
    """A dead feed of zones is said aloud, and the draft stands."""
    with asking(city, "ondemand-bus", url="http://127.0.0.1:9/gofs.json") as desk:
        found = desk.ask(SERVICE, TRIP)
        outside = desk.ask(SERVICE, {**TRIP, "from": "鳳山"})
        morning = drafted(desk, {**TRIP, "time": "明天早上"})
    assert found.status == Status.PARTIAL
    assert found.draft is not None
    assert "連不上" in found.lines[-1].text
    assert "沒有車從鳳山" in text_of(outside)
    assert "上車時間：11/24（二）06:30–06:50" in morning.lines


def test_without_the_dispatcher_nothing_is_offered(city: DemoCity) -> None:
    """A dead booking service is said aloud, with no draft and no figure."""
    with asking(city, "ondemand-booking", url="http://127.0.0.1:9/v1") as desk:
        found = desk.ask(SERVICE, TRIP)
    assert (found.status, found.draft) == (Status.FEED_UNAVAILABLE, None)
    assert not any(character.isdigit() for character in text_of(found))


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_a_yes_books_what_was_shown(losing: tuple[DemoCity, LosesAnswers], lang: Lang) -> None:
    """The booking is the draft's ride, and the answer has its number, its time and whom to call."""
    city, _ = losing
    draft = drafted(city, {**TRIP, "time": "明早九點 0912345678"}, lang=lang)
    found = act(city, draft, "key-1", lang)
    (made,) = booked(city, "key-1")
    reading = found.readings[0]
    assert found.status == Status.ANSWERED
    assert reading.data["reference"] == made["id"]
    assert made["id"] in found.lines[0].text
    assert made["promise"] == {name: draft.payload["promise"][name] for name in made["promise"]}
    assert {"pickup", "drop_off", "pickup_from", "passengers", "wheelchairs"} == set(made["ride"])
    assert all(made["ride"][name] == draft.payload[name] for name in made["ride"])
    assert made["rider"]["phone"].endswith("678")
    assert "0800-660-696" in text_of(found)
    assert "345678" not in f"{found}".replace("-", "")
    assert not unfounded_figures(found)
    assert [line.text for line in found.lines if unsupported_figures(line.text, [str(reading.data)])] == []


def test_a_retried_yes_books_once(losing: tuple[DemoCity, LosesAnswers]) -> None:
    """The same key again gives the same number and sends nothing."""
    city, loses = losing
    draft = drafted(city)
    first, again = act(city, draft, "key-1"), act(city, draft, "key-1")
    assert first.readings[0].data["reference"] == again.readings[0].data["reference"]
    assert "沒有重複預約" in text_of(again)
    assert loses.came.count(f"POST {BOOKINGS}") == 1


def test_a_lost_answer_is_found_again(losing: tuple[DemoCity, LosesAnswers]) -> None:
    """Where the ride was booked and the answer lost, looking it up gives its number."""
    city, loses = losing
    draft = drafted(city)
    loses.lost = [f"POST {BOOKINGS}"]
    found = act(city, draft, "key-1")
    assert found.status == Status.ANSWERED
    assert found.readings[0].data["reference"] == booked(city, "key-1")[0]["id"]
    assert loses.came.count(f"POST {BOOKINGS}") == 1


def test_an_unknown_outcome_is_said_and_the_retry_books_once(losing: tuple[DemoCity, LosesAnswers]) -> None:
    """Where the look-up is lost too nobody claims anything, and the same key then finds the one booking."""
    city, loses = losing
    draft = drafted(city)
    loses.lost, passed = [f"POST {BOOKINGS}"], loses.app

    async def lookups_lost_too(scope: Any, receive: Any, send: Any) -> None:
        if scope.get("method") == "POST":
            loses.lost += [f"GET {BOOKINGS}"] * 4
        await passed(scope, receive, send)

    loses.app = lookups_lost_too
    found = act(city, draft, "key-1")
    assert found.status == Status.FEED_UNAVAILABLE
    assert "還不知道預約有沒有成功" in text_of(found)
    assert "0800-660-696" in text_of(found)
    assert not found.readings
    loses.lost, loses.app = [], passed
    again = act(city, draft, "key-1")
    assert again.readings[0].data["reference"] == booked(city, "key-1")[0]["id"]
    assert loses.came.count(f"POST {BOOKINGS}") == 1


def test_two_yeses_at_once_book_once(losing: tuple[DemoCity, LosesAnswers]) -> None:
    """A double click is one booking."""
    city, _ = losing
    draft = drafted(city)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: act(city, draft, "key-1"), range(4)))
    assert len({one.readings[0].data["reference"] for one in found}) == 1
    assert len(booked(city, "key-1")) == 1


def test_a_cancelled_booking_is_not_called_booked(losing: tuple[DemoCity, LosesAnswers]) -> None:
    """A retry after the ride was called off says that no vehicle comes."""
    city, _ = losing
    draft = drafted(city)
    act(city, draft, "key-1")
    httpx.delete(f"{city.url}{BOOKINGS}/{booked(city, 'key-1')[0]['id']}")
    found = act(city, draft, "key-1")
    assert "已經取消" in text_of(found)
    assert "09:00" not in text_of(found)


def test_a_draft_that_waited_too_long_is_refused(losing: tuple[DemoCity, LosesAnswers]) -> None:
    """After the notice has passed nothing is booked, and other times are offered."""
    city, _ = losing
    draft = drafted(city)
    city.at(datetime(2026, 11, 24, 8, 30, tzinfo=ZONE))
    found = act(city, draft, "key-1")
    assert found.status == Status.CLARIFY
    assert "已經來不及預約" in text_of(found)
    assert booked(city, "key-1") == []


def test_nothing_of_a_person_is_logged(losing: tuple[DemoCity, LosesAnswers], caplog: pytest.LogCaptureFixture) -> None:
    """Neither a booking nor its failure leaves a name or number in a log."""
    caplog.set_level(logging.DEBUG)
    city, loses = losing
    draft = drafted(city, {**TRIP, "phone": "0912-345-678", "name": "王小明"})
    loses.lost = [f"POST {BOOKINGS}"]
    act(city, draft, "key-1")
    act(city, replace(draft, payload={**draft.payload, "passengers": 0}), "key-2")
    assert "bookings" in caplog.text
    assert not re.search("小明|0912|345-678", caplog.text)
