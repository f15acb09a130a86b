"""Free times of video clinics by specialty, place and time, the soonest first, and the nearest where none is free."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.feeds.base import FeedSource, Fetched
from assistant.schema import Lang, Status
from assistant.services import Argument
from assistant.verification.figures import unsupported_figures
from tests.indexing.loopback import Page, serving
from tests.tools.asking import MONDAY, Desk, text_of, unfounded_figures
from tests.tools.conftest import DemoCity

SERVICE = "telemedicine_slots"


@contextmanager
def asking(city: DemoCity, **changes: object) -> Iterator[Desk]:
    """The same city with its clinics from elsewhere."""
    source = city.live._desk.sources["video-clinics"]
    desk = Desk(city.url, {"video-clinics": replace(source, **changes)})  # type: ignore[arg-type]
    try:
        yield desk
    finally:
        desk.live.close()


def starts(found: object) -> list[datetime]:
    """When the openings of a finding begin, in its order."""
    openings = found.readings[0].data["openings"]  # type: ignore[attr-defined]
    return [datetime.fromisoformat(one["start"]) for one in openings]


def test_a_specialty_and_a_span_get_the_soonest_times(city: DemoCity) -> None:
    """At most five, in order, each with its time, clinic, specialty and doctor."""
    found = city.ask(SERVICE, {"specialty": "心臟科", "time": "下禮拜"})
    assert found.status == Status.ANSWERED
    assert "11/30（一）–12/6（日） 心臟內科視訊門診有" in found.lines[0].text
    assert len(starts(found)) == 5
    assert starts(found) == sorted(starts(found))
    assert "醫院 心臟內科（" in found.lines[1].text
    assert "醫師" in found.lines[1].text
    assert found.readings[0].simulated
    assert found.readings[0].observed_at.startswith("2026-11-23T14:30")
    assert not unfounded_figures(found)


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
@pytest.mark.parametrize(
    "values",
    [
        {"specialty": "復健科", "time": "大後天下午"},
        {"specialty": "psychiatrist", "time": "this Friday"},
        {"specialty": "皮膚專科", "place": "茂林衛生所"},
        {"specialty": "婦產科", "time": "週日"},
        {"time": "明天"},
        {"specialty": "眼科"},
    ],
)
def test_every_figure_of_a_sentence_stands_in_its_reading(city: DemoCity, lang: Lang, values: dict[str, str]) -> None:
    """No sentence is left out by the check of figures, in either language."""
    found = city.ask(SERVICE, values, lang=lang)
    assert not unfounded_figures(found)
    data = [json.dumps(dict(reading.data), ensure_ascii=False) for reading in found.readings]
    assert [line.text for line in found.lines if unsupported_figures(line.text, data)] == []


@pytest.mark.parametrize(
    ("words", "specialty"),
    [
        ("家醫科", "家庭醫學科"),
        ("皮膚專科", "皮膚科"),
        ("神經科", "神經內科"),
        ("內科", "內科"),
        ("psychiatrist", "身心科"),
        ("pediatrician", "小兒科"),
        ("neurology", "神經內科"),
        ("cardiology", "心臟內科"),
    ],
)
def test_a_specialty_is_known_by_its_names(city: DemoCity, words: str, specialty: str) -> None:
    """Short names, professions and codes mean the specialty that they are of."""
    found = city.ask(SERVICE, {"specialty": words})
    assert {one["specialty"] for one in found.readings[0].data["openings"]} == {specialty}  # type: ignore[attr-defined]


def test_the_citys_own_words_for_a_specialty_count(city: DemoCity) -> None:
    """What the data of the service call by one name is one specialty."""
    words = {"skin": ("皮膚科", "skin doctor", "長疹子")}
    service = replace(city.services[SERVICE], arguments={"specialty": Argument("choice", words=words)})
    for asked in ("skin", "skin doctor", "長疹子"):
        assert "皮膚科視訊門診" in text_of(city.ask(service, {"specialty": asked}))


@pytest.mark.parametrize("words", ["眼科", "科", "膝蓋痛"])
def test_a_specialty_that_is_not_offered_gets_those_that_are(city: DemoCity, words: str) -> None:
    """No other specialty is taken instead."""
    found = city.ask(SERVICE, {"specialty": words})
    assert found.status == Status.NO_EVIDENCE
    assert f"沒有「{words}」" in text_of(found)
    assert "家庭醫學科、內科" in text_of(found)


def test_a_name_of_several_specialties_is_asked_back(city: DemoCity) -> None:
    """Two that fit are both offered, and neither is taken."""
    with serving() as publisher:
        hand, knee = service("a", "Orthopedics hand"), service("b", "Orthopedics knee")
        publisher.pages["/HealthcareService"] = Page(bundle(hand, knee))
        with asking(city, url=publisher.url) as desk:
            found = desk.ask(SERVICE, {"specialty": "Orthopedics"}, lang="en")
    assert found.status == Status.CLARIFY
    assert found.choices == ("Orthopedics hand", "Orthopedics knee")


def test_without_a_specialty_each_gets_its_soonest_time(city: DemoCity) -> None:
    """Which specialties are free is answered with the first time of each, and the names of the others."""
    found = city.ask(SERVICE, {"time": "明天"})
    data = found.readings[0].data
    shown = [one["specialty"] for one in data["openings"]]  # type: ignore[attr-defined]
    assert len(shown) == len(set(shown)) == 5
    assert len({*shown, *data["others"]}) == 10  # type: ignore[misc]
    assert "也有空檔的科別" in text_of(found)


def test_a_free_instant_is_a_yes_and_nothing_else(city: DemoCity) -> None:
    """Exactly that time is said, at the clinic that was named."""
    found = city.ask(SERVICE, {"specialty": "內科", "place": "旗山醫院", "time": "明天上午十點"})
    assert found.lines[0].text.startswith("有，11/24（二）10:00 衛生福利部旗山醫院的內科")
    assert [f"{start:%H:%M}" for start in starts(found)] == ["10:00"]


def test_an_instant_that_is_not_free_gets_the_nearest_times(city: DemoCity) -> None:
    """Times around it come nearest first, and none of them is called the time that was asked for."""
    asked = datetime(2026, 11, 27, 15, 0, tzinfo=MONDAY.tzinfo)
    found = city.ask(SERVICE, {"specialty": "dermatology", "time": "Friday 3pm"}, lang="en")
    assert "No video clinic for Dermatology is free at Fri 27 Nov 15:00" in found.lines[0].text
    away = [abs((start - asked).total_seconds()) for start in starts(found)]
    assert away == sorted(away)
    assert away[0] > 0


def test_a_span_without_times_gets_the_last_before_and_the_first_after(city: DemoCity) -> None:
    """A Sunday is answered with Saturday's last and Monday's first times."""
    found = city.ask(SERVICE, {"specialty": "婦產科", "time": "週日"})
    assert "11/29（日） 沒有空檔" in found.lines[0].text
    assert [start.day for start in starts(found)] == [28, 30, 30, 30]
    far = city.ask(SERVICE, {"specialty": "婦產科", "time": "12月20日"})
    assert far.status == Status.NO_EVIDENCE
    assert "前後幾天也沒有" in text_of(far)


def test_a_district_gets_its_own_clinic_first(city: DemoCity) -> None:
    """Where the clinic of the district has times, only those are shown; where not, that is said."""
    own = city.ask(SERVICE, {"specialty": "家醫科", "place": "那瑪夏"})
    assert {one["clinic"] for one in own.readings[0].data["openings"]} == {"那瑪夏區衛生所"}  # type: ignore[attr-defined]
    other = city.ask(SERVICE, {"specialty": "皮膚科", "place": "那瑪夏"}, lang="en")
    assert "No free video visit was found at Namasia District" in other.lines[0].text
    assert "Kaohsiung Municipal" in text_of(other)


def test_a_clinic_without_video_gets_the_others(city: DemoCity) -> None:
    """The clinic that was named is not silently replaced."""
    found = city.ask(SERVICE, {"specialty": "皮膚科", "place": "茂林衛生所"})
    assert "沒有查到茂林區衛生所" in found.lines[0].text
    assert starts(found)


def test_an_unknown_place_is_asked_for_again(city: DemoCity) -> None:
    """Words that the gazetteer does not know lead to a question."""
    assert city.ask(SERVICE, {"place": "火星基地"}).status == Status.CLARIFY


def test_a_dead_feed_is_said_aloud(city: DemoCity) -> None:
    """Where nobody listens, there is no time and no figure."""
    with asking(city, url="http://127.0.0.1:9/fhir") as desk:
        found = desk.ask(SERVICE, {"specialty": "內科"})
    assert found.status == Status.FEED_UNAVAILABLE
    assert "衛生局" in text_of(found)
    assert not any(character.isdigit() for character in text_of(found))


def bundle(*resources: object, **more: object) -> bytes:
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": one} for one in resources], **more}).encode()


def service(code: str, words: str) -> dict[str, object]:
    coded = [{"coding": [{"system": "s", "code": code, "display": words}]}]
    return {"resourceType": "HealthcareService", "id": code, "name": words, "specialty": coded}


SCHEDULE = {
    "resourceType": "Schedule",
    "id": "c",
    "actor": [{"reference": "Location/l"}, {"reference": "PractitionerRole/p", "display": "王醫師 *evil.example*"}],
}
LOCATION = {"resourceType": "Location", "id": "l", "name": "山 <b>診所</b> https://evil.example/x"}


def slot(number: int, **changes: object) -> dict[str, object]:
    return {
        "resourceType": "Slot",
        "id": f"s{number}",
        "schedule": {"reference": "Schedule/c"},
        "serviceType": [{"coding": [{"code": "eye", "display": "眼科"}]}],
        "status": "free",
        "start": f"2026-11-24T1{number}:00:00+08:00",
        "end": f"2026-11-24T1{number}:20:00+08:00",
        **changes,
    }


def test_another_server_is_read_and_its_words_are_made_safe(city: DemoCity) -> None:
    """Names keep no markup or address, and a broken slot makes the answer a partial one."""
    pages = {
        "HealthcareService": bundle(service("eye", "眼科")),
        "Slot": bundle(slot(0), slot(1), {"resourceType": "Slot"}, SCHEDULE, LOCATION),
    }
    with asking(city) as desk:

        async def by_kind(source: FeedSource, **asked: object) -> Fetched:
            kind = str(asked["url"]).partition("?")[0].rpartition("/")[2]
            return Fetched(pages[kind], "application/fhir+json", source.url, datetime.now(UTC), from_cache=False)

        desk.live._desk.fetcher.get = by_kind  # type: ignore[method-assign,assignment]
        found = desk.ask(SERVICE, {"specialty": "眼科", "time": "明天"})
    assert found.status == Status.PARTIAL
    assert "可能不完整" in found.lines[-1].text
    assert "11/24（二）10:00 山 診所" in text_of(found)
    assert "王醫師" in text_of(found)
    assert "<" not in text_of(found)
    assert "https" not in text_of(found)


def test_a_broken_document_is_said_aloud(city: DemoCity) -> None:
    """What is no Bundle is not read as a clinic without times."""
    with serving() as publisher:
        publisher.pages["/HealthcareService"] = Page(b'{"resourceType": "OperationOutcome"}')
        with asking(city, url=publisher.url) as desk:
            found = desk.ask(SERVICE, {"specialty": "內科"})
    assert found.status == Status.FEED_UNAVAILABLE
    assert "格式有誤" in text_of(found)
