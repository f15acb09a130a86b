"""A video consultation is shown before it is booked, booked once, and a time that is gone is not claimed."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
import pytest

from assistant.demo import open_demo_city
from assistant.errors import FeedRefused
from assistant.schema import Lang, Status
from assistant.tools import Draft, Finding
from assistant.verification.figures import unsupported_figures
from tests.browser.serving import serve_in_thread
from tests.tools.asking import CITY_DIR, MONDAY, Desk, text_of, unfounded_figures
from tests.tools.conftest import DemoCity
from tests.tools.losing import LosesAnswers

SERVICE = "telemedicine_booking"
WISH = {"specialty": "心臟科", "time": "明天早上"}
POST, LOOK = "POST /fhir/Appointment", "GET /fhir/Appointment"


@pytest.fixture
def losing() -> Iterator[tuple[DemoCity, LosesAnswers]]:
    """A city of its own, because appointments stay made, whose answers can be lost."""
    app = open_demo_city(CITY_DIR, clock=lambda: MONDAY)
    loses = LosesAnswers(app)
    with serve_in_thread(loses) as url:  # type: ignore[arg-type]
        city = DemoCity(url, app)
        yield city, loses
        city.live.close()


def drafted(city: Desk, values: dict[str, str] | None = None, **more: Any) -> Draft:
    draft = city.ask(SERVICE, values or WISH, **more).draft
    assert draft is not None
    return draft


def act(city: Desk, draft: Draft, key: str, lang: Lang = "zh-TW") -> Finding:
    return city.live.act(city.request(SERVICE, {}, lang=lang), draft, key)


def appointments(city: DemoCity) -> list[dict[str, Any]]:
    found = httpx.get(f"{city.url}/fhir/Appointment").json()
    return [entry["resource"] for entry in found["entry"]]


def test_a_free_time_becomes_a_draft_with_all_that_is_sent(city: DemoCity) -> None:
    """Clinic, specialty, doctor, time, that no personal data goes along, and to whom it goes."""
    found = city.ask(SERVICE, {"specialty": "neurology", "time": "明天 3pm"})
    assert found.status == Status.ANSWERED
    assert found.draft is not None
    assert found.draft.lines == (
        "院所：高雄市立大同醫院",
        "科別：神經內科",
        "醫師：李醫師 Dr. Lee",
        "時間：11/24（二）15:00–15:20",
        "方式：視訊看診",
        "個人資料：不送出姓名、電話或病情；院所以預約編號認得這筆預約",
        "送給：高雄市政府衛生局",
    )
    assert found.readings[0].simulated
    assert not unfounded_figures(found)


def test_a_span_gets_its_first_time_and_names_the_other_clinics(city: DemoCity) -> None:
    """The earliest is drafted, and whoever has the same time is named."""
    found = city.ask(SERVICE, {"specialty": "家醫科", "time": "週五早上"}, lang="en")
    assert found.draft is not None
    assert "Time: Fri 27 Nov, 09:00–09:20" in found.draft.lines
    assert "earliest free time" in text_of(found)
    assert "Namasia District Health Center" in text_of(found)


def test_a_clinic_that_is_named_is_the_one_that_is_booked(city: DemoCity) -> None:
    """Another clinic with an earlier time is not taken instead."""
    draft = drafted(city, {**WISH, "place": "旗山醫院"})
    assert draft.lines[0] == "院所：衛生福利部旗山醫院"
    assert json.loads(json.dumps(draft.payload)) == draft.payload


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_a_time_that_is_not_free_gets_choices_that_are(city: DemoCity, lang: Lang) -> None:
    """The nearest times are offered, and each of them leads to its own draft."""
    found = city.ask(SERVICE, {"specialty": "皮膚科", "time": "週日"}, lang=lang)
    assert (found.status, found.draft) == (Status.CLARIFY, None)
    assert len(found.choices) == 4
    data = [json.dumps(dict(found.readings[0].data), ensure_ascii=False)]
    assert [line.text for line in found.lines if unsupported_figures(line.text, data)] == []
    for choice in found.choices:
        start = datetime.fromisoformat(drafted(city, {"specialty": "皮膚科", "time": choice}).payload["start"])
        assert f"{start:%H:%M}" in choice


def test_a_far_day_has_nothing_to_offer(city: DemoCity) -> None:
    """Where nothing is free around it either, that is said, with no draft."""
    found = city.ask(SERVICE, {"specialty": "皮膚科", "time": "12月20日"})
    assert (found.status, found.draft, found.choices) == (Status.NO_EVIDENCE, None, ())


def test_a_specialty_that_is_not_offered_is_not_booked(city: DemoCity) -> None:
    """No other specialty is drafted instead."""
    found = city.ask(SERVICE, {"specialty": "眼科", "time": "明天"})
    assert (found.status, found.draft) == (Status.NO_EVIDENCE, None)


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_a_yes_books_what_was_shown(losing: tuple[DemoCity, LosesAnswers], lang: Lang) -> None:
    """The appointment is the slot of the draft under our key, with those who keep it and nobody's data."""
    city, _ = losing
    draft = drafted(city, lang=lang)
    found = act(city, draft, "key-1", lang)
    (made,) = appointments(city)
    assert found.status == Status.ANSWERED
    assert found.readings[0].data["reference"] == made["id"]
    assert made["id"] in found.lines[0].text
    assert made["slot"] == [{"reference": f"Slot/{draft.payload['slot']}"}]
    assert [one["value"] for one in made["identifier"]] == ["key-1"]
    kinds = {one["actor"]["reference"].partition("/")[0] for one in made["participant"]}
    assert kinds == {"Location", "HealthcareService", "Practitioner"}
    assert "comment" not in made
    assert not unfounded_figures(found)
    data = [json.dumps(dict(found.readings[0].data), ensure_ascii=False)]
    assert [line.text for line in found.lines if unsupported_figures(line.text, data)] == []


def test_a_retried_yes_books_once(losing: tuple[DemoCity, LosesAnswers]) -> None:
    """The same key again gives the same number and sends nothing."""
    city, loses = losing
    draft = drafted(city)
    first, again = act(city, draft, "key-1"), act(city, draft, "key-1")
    assert first.readings[0].data["reference"] == again.readings[0].data["reference"]
    assert "沒有重複預約" in text_of(again)
    assert loses.came.count(POST) == 1
    assert len(appointments(city)) == 1


def test_a_lost_answer_is_found_again(losing: tuple[DemoCity, LosesAnswers]) -> None:
    """Where the appointment was made and the answer lost, looking it up gives its number."""
    city, loses = losing
    draft = drafted(city)
    loses.lost = [POST]
    found = act(city, draft, "key-1")
    assert found.status == Status.ANSWERED
    assert found.readings[0].data["reference"] == appointments(city)[0]["id"]
    assert loses.came.count(POST) == 1


def test_an_unknown_outcome_is_said_and_the_retry_books_once(losing: tuple[DemoCity, LosesAnswers]) -> None:
    """Where the look-up is lost too nobody claims anything, and the same key then finds the one appointment."""
    city, loses = losing
    draft = drafted(city)
    loses.lost, passed = [POST], loses.app

    async def lookups_lost_too(scope: Any, receive: Any, send: Any) -> None:
        if scope.get("method") == "POST":
            loses.lost += [LOOK] * 4
        await passed(scope, receive, send)

    loses.app = lookups_lost_too
    found = act(city, draft, "key-1")
    assert found.status == Status.FEED_UNAVAILABLE
    assert "還不知道預約有沒有成功" in text_of(found)
    assert not found.readings
    loses.lost, loses.app = [], passed
    again = act(city, draft, "key-1")
    assert again.readings[0].data["reference"] == appointments(city)[0]["id"]
    assert loses.came.count(POST) == 1
    assert len(appointments(city)) == 1


def test_two_yeses_at_once_book_once(losing: tuple[DemoCity, LosesAnswers]) -> None:
    """A double click is one appointment."""
    city, _ = losing
    draft = drafted(city)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: act(city, draft, "key-1"), range(4)))
    assert len({one.readings[0].data["reference"] for one in found}) == 1
    assert len(appointments(city)) == 1


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_a_time_that_was_taken_meanwhile_is_said_with_the_next_ones(
    losing: tuple[DemoCity, LosesAnswers], lang: Lang
) -> None:
    """Who comes second gets no booking but the next free times, and can book one of them."""
    city, _ = losing
    draft = drafted(city, lang=lang)
    act(city, draft, "someone-else")
    found = act(city, draft, "key-1", lang)
    assert found.status == Status.CLARIFY
    assert ("剛剛被別人約走了" if lang == "zh-TW" else "Someone else has just taken") in text_of(found)
    assert draft.payload["slot"] not in str(found.readings[0].data)
    assert not unfounded_figures(found)
    assert len(appointments(city)) == 1
    again = drafted(city, {"specialty": "心臟科", "time": found.choices[0]}, lang=lang)
    assert act(city, again, "key-1", lang).status == Status.ANSWERED


def test_a_refusal_is_told_in_the_servers_words(losing: tuple[DemoCity, LosesAnswers]) -> None:
    """What the server says is quoted without its markup, and nothing is called booked."""
    city, _ = losing
    said = "未開放 <script>https://evil.example/x</script>"
    outcome = {"resourceType": "OperationOutcome", "issue": [{"diagnostics": said}]}

    async def refuse(*_: object, **__: object) -> None:
        raise FeedRefused(422, "refused", content=json.dumps(outcome).encode())

    city.live._desk.fetcher.post = refuse  # type: ignore[method-assign,assignment]
    found = act(city, drafted(city), "key-1")
    assert found.status == Status.NO_EVIDENCE
    assert "沒有接受" in text_of(found)
    assert "未開放" in text_of(found)
    assert "evil" not in text_of(found)
    assert "script" not in text_of(found)


def test_a_dead_feed_offers_nothing(city: DemoCity) -> None:
    """Where nobody listens there is no draft, and a yes to an earlier one is told as unknown."""
    draft = drafted(city)
    source = city.live._desk.sources["video-clinics"]
    desk = Desk(city.url, {"video-clinics": replace(source, url="http://127.0.0.1:9/fhir")})
    found, acted = desk.ask(SERVICE, WISH), act(desk, draft, "key-1")
    desk.live.close()
    assert (found.status, found.draft) == (Status.FEED_UNAVAILABLE, None)
    assert acted.status == Status.FEED_UNAVAILABLE
    assert "還不知道預約有沒有成功" in text_of(acted)
