"""Which zone serves a place, on which days and hours, and until when and how a ride is booked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from assistant.feeds.base import FeedSource
from assistant.schema import Lang, Status
from assistant.verification.figures import unsupported_figures
from tests.feeds.test_gtfs import archive
from tests.feeds.test_gtfs_flex import WINDOWS
from tests.indexing.loopback import Page, serving
from tests.tools.asking import MONDAY, ZONE, Desk, text_of, unfounded_figures
from tests.tools.conftest import DemoCity

SERVICE = "ondemand_bus"


@contextmanager
def asking(city: DemoCity, **changes: object) -> Iterator[Desk]:
    """The same city with its zones from elsewhere."""
    source = city.live._desk.sources["ondemand-bus"]
    desk = Desk(city.url, {"ondemand-bus": replace(source, **changes)})  # type: ignore[arg-type]
    try:
        yield desk
    finally:
        desk.live.close()


def test_a_place_and_a_time_get_hours_targets_and_how_to_book(city: DemoCity) -> None:
    """The answer says the hours within the asked ones, where one can go, until when to book, and the number."""
    found = city.ask(SERVICE, {"place": "那瑪夏", "time": "明天早上"})
    text = text_of(found)
    assert found.status == Status.ANSWERED
    assert found.lines[0].text.startswith("有，那瑪夏區")
    assert "11/24（二）06:30–12:00" in found.lines[0].text
    assert "11/24（二）06:30 上車，要在 11/24（二）05:30 以前預約" in text
    assert "可以到那瑪夏區、甲仙區" in text
    assert "1 小時" in text
    assert "0800-660-696" in text
    assert found.readings[0].simulated
    assert len(found.lines) <= 6
    assert not unfounded_figures(found)


def test_without_a_time_the_next_ride_is_said(city: DemoCity) -> None:
    """Now means the waiting time that the publisher tells, and the hours of the coming week."""
    found = city.ask(SERVICE, {"place": "那瑪夏"}, lang="en")
    assert "in about 1 hour, at 15:30" in found.lines[0].text
    assert "Mon 23 Nov–Sun 29 Nov 06:30–17:00" in text_of(found)
    assert found.readings[0].data["wait_minutes"] == 60
    assert found.readings[0].observed_at.startswith("2026-11-23T14:30")


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
@pytest.mark.parametrize(
    "values",
    [
        {"place": "那瑪夏"},
        {"place": "多納部落", "time": "這禮拜六"},
        {"place": "內門", "time": "週日"},
        {"place": "甲仙", "time": "今天下午三點"},
        {"place": "美濃", "time": "下禮拜"},
        {"place": "鳳山"},
        {"place": "六龜", "time": "2月6日"},
    ],
)
def test_every_figure_of_a_sentence_stands_in_its_reading(city: DemoCity, lang: Lang, values: dict[str, str]) -> None:
    """No sentence is left out by the check of figures, in either language."""
    found = city.ask(SERVICE, values, lang=lang)
    assert not unfounded_figures(found)
    data = [json.dumps(dict(reading.data), ensure_ascii=False) for reading in found.readings]
    assert [line.text for line in found.lines if unsupported_figures(line.text, data)] == []


def test_a_day_without_rides_names_the_next_one(city: DemoCity) -> None:
    """No ride on a Sunday is said as such, with the hours of Monday."""
    found = city.ask(SERVICE, {"place": "內門", "time": "週日"})
    assert found.status == Status.ANSWERED
    assert "但11/29（日）沒有車" in found.lines[0].text
    assert "11/30（一）07:00–17:30" in found.lines[0].text


def test_an_evening_after_the_last_ride_names_the_next_morning(city: DemoCity) -> None:
    """A time outside the hours gets the next hours that can be booked."""
    found = city.ask(SERVICE, {"place": "桃源", "time": "今晚七點"}, lang="en")
    assert "there are no rides Mon 23 Nov 19:00" in found.lines[0].text
    assert "tomorrow (Tue 24 Nov) 06:30–17:00" in found.lines[0].text


def test_a_time_that_is_too_near_names_the_first_that_is_not(city: DemoCity) -> None:
    """Half an hour ahead is too late for a notice of an hour."""
    found = city.ask(SERVICE, {"place": "甲仙", "time": "今天下午三點"})
    assert "已經來不及預約" in found.lines[0].text
    assert "11/23（一）15:30" in found.lines[0].text


def test_several_days_are_told_together_where_they_are_alike(city: DemoCity) -> None:
    """A weekend has rides on Saturday and none on Sunday."""
    found = city.ask(SERVICE, {"place": "杉林國中", "time": "週末"})
    assert found.status == Status.ANSWERED
    assert "11/28（六）" in text_of(found)
    assert "06:30–17:30" in text_of(found)
    quiet = city.ask(SERVICE, {"place": "內門", "time": "週末"})
    assert "11/28（六）07:00–17:30、11/29（日）沒有車" in quiet.lines[0].text


def test_days_that_are_not_published_yet_are_not_guessed(city: DemoCity) -> None:
    """Beyond the calendars nobody knows, whatever day of the week it is."""
    found = city.ask(SERVICE, {"place": "六龜", "time": "2月6日"})
    assert found.status == Status.NO_EVIDENCE
    assert "只公布到 12/7（一）" in found.lines[0].text


def test_a_place_outside_the_zones_gets_the_nearest_ones(city: DemoCity) -> None:
    """No zone is said as no, with the nearest zones and how far they are."""
    found = city.ask(SERVICE, {"place": "鳳山"})
    assert found.status == Status.NO_EVIDENCE
    assert "鳳山區不在" in found.lines[0].text
    assert "旗山區（30 公里外）" in found.lines[1].text


def test_an_unknown_place_is_asked_for_again(city: DemoCity) -> None:
    """Words that the gazetteer does not know lead to a question."""
    assert city.ask(SERVICE, {"place": "火星基地"}).status == Status.CLARIFY


def test_a_typhoon_stops_the_rides_of_the_day(city: DemoCity) -> None:
    """On the day itself there are none, and the next ones are named."""
    noon = datetime(2026, 9, 21, 10, 0, tzinfo=ZONE)
    found = city.at(noon, "typhoon").ask(SERVICE, {"place": "那瑪夏"}, now=noon)
    assert "今天接下來沒有車" in found.lines[0].text
    assert "9/21（一）沒有車、9/22（二）–9/27（日）06:30–17:00" in text_of(found)


def test_a_dead_feed_is_said_aloud(city: DemoCity) -> None:
    """Where nobody listens, the publisher is named and nothing is promised."""
    with asking(city, url="http://127.0.0.1:9/gofs.json") as desk:
        found = desk.ask(SERVICE, {"place": "那瑪夏"})
    assert found.status == Status.FEED_UNAVAILABLE
    assert not found.readings
    assert "交通局" in text_of(found)


def test_a_broken_document_is_said_aloud(city: DemoCity) -> None:
    """A document of another kind is not read as one without zones."""
    with serving() as publisher:
        publisher.pages["/gofs.json"] = Page(b'{"data": {"en": {"feeds": []}}}')
        with asking(city, url=f"{publisher.url}/gofs.json") as desk:
            found = desk.ask(SERVICE, {"place": "那瑪夏"}, lang="en")
    assert found.status == Status.FEED_UNAVAILABLE
    assert "malformed" in text_of(found)


def test_hours_are_told_where_the_waiting_time_cannot_be_had(city: DemoCity) -> None:
    """A waiting time that fails is said to be missing, and the hours stand all the same."""
    with asking(city, url=f"{city.url}/ondemand/gofs.json") as desk:
        real = desk.live._desk.fetcher.get

        async def broken(source: FeedSource, **asked: object) -> object:
            found = await real(source, **asked)  # type: ignore[arg-type]
            return replace(found, content=b"{}") if "wait_times" in str(asked.get("url")) else found

        desk.live._desk.fetcher.get = broken  # type: ignore[method-assign,assignment]
        found = desk.ask(SERVICE, {"place": "那瑪夏"})
    assert found.status == Status.PARTIAL
    assert "最早 15:30 可以上車" in found.lines[0].text
    assert "格式有誤" in found.lines[-1].text


FLEX_ZONE = {
    "type": "Feature",
    "id": "hills",
    "properties": {"stop_name": "山區 <b>https://evil.example/x</b>"},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[120.6, 23.1], [120.8, 23.1], [120.8, 23.4], [120.6, 23.4], [120.6, 23.1]]],
    },
}
FLEX_RULES = (
    "booking_rule_id,booking_type,prior_notice_duration_min,prior_notice_last_day,prior_notice_last_time,phone_number\n"
    "DAY,2,,1,17:00:00,07-1234567\n"
)


def flex_archive() -> bytes:
    """An archive whose calendars hold in the week of the tests."""
    rows = "T1,hills,,,1,2,1,08:00:00,12:00:00,DAY\nT1,hills,,,2,1,2,08:00:00,12:30:00,DAY\n"
    weekdays = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"
    return archive(
        {
            "calendar.txt": f"service_id,{weekdays},start_date,end_date\nWK,1,1,1,1,1,0,0,20261101,20261231\n",
            "calendar_dates.txt": "service_id,date,exception_type\nWK,20261125,2\n",
            "trips.txt": "route_id,service_id,trip_id\nR,WK,T1\n",
            "locations.geojson": json.dumps({"type": "FeatureCollection", "features": [FLEX_ZONE]}),
            "booking_rules.txt": FLEX_RULES,
            "stop_times.txt": WINDOWS + rows,
        }
    )


def test_zones_of_gtfs_flex_are_told_in_the_same_way(city: DemoCity) -> None:
    """Another standard, by data alone: its hours, its rule of the day before, its number, and its name made safe."""
    with serving() as publisher:
        publisher.pages["/flex.zip"] = Page(flex_archive())
        with asking(city, url=f"{publisher.url}/flex.zip", standard="gtfs-flex") as desk:
            found = desk.ask(SERVICE, {"place": "那瑪夏區公所", "time": "明天早上"})
            closed = desk.ask(SERVICE, {"place": "那瑪夏區公所", "time": "週三"}, lang="en")
            late = desk.ask(SERVICE, {"place": "那瑪夏區公所", "time": "明天早上"}, now=MONDAY + timedelta(hours=3))
        assert len(publisher.asked("/flex.zip")) == 2  # once for two questions, and again hours later
    text = text_of(found)
    assert "11/24（二）08:00–12:00" in found.lines[0].text
    assert "最晚在前一天 17:00 前預約" in text
    assert "07-1234567" in text
    assert "evil" not in text
    assert "<b>" not in text
    assert not unfounded_figures(found)
    assert "Thu 26 Nov 08:00–12:00" in closed.lines[0].text
    assert "已經來不及預約" in late.lines[0].text
