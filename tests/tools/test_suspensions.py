"""Announcements of closed offices and schools, in the words in which they are really written."""

from datetime import date, datetime, timedelta

import pytest

from assistant.feeds.cap import parse_cap
from assistant.tools.suspensions import Announcements, Statement, announcements_of
from tests.tools.asking import MONDAY, ZONE
from tests.tools.conftest import DemoCity
from tests.tools.publishers import Message

EVENING = datetime(2026, 11, 22, 20, tzinfo=ZONE)
TODAY, TOMORROW = date(2026, 11, 22), date(2026, 11, 23)


def read(city: DemoCity, description: str, **more: object) -> Announcements:
    message = Message(**{"sent": EVENING, "description": description, "headline": "停班停課通知", **more})  # type: ignore[arg-type]
    alerts = parse_cap(message.xml().encode(), ZONE).records
    request = city.request("work_suspension")
    return announcements_of(alerts, request, city.live._desk)


def only(found: Announcements) -> Statement:
    assert not found.unread
    (statement,) = found.statements
    return statement


@pytest.mark.parametrize(
    ("words", "day", "work", "school"),
    [
        ("[停班停課通知]高雄市:明天停止上班、停止上課。行政院人事行政總處。", TOMORROW, True, True),
        ("[停班停課通知]高雄市:今天已達停止上班及上課標準。如有任何問題請撥1999(市內直撥)。", TODAY, True, True),
        ("[停班停課通知]高雄市:明天未達停止上班及上課標準。", TOMORROW, False, False),
        ("[停班停課通知]高雄市:明天照常上班、停止上課。", TOMORROW, False, True),
        ("[停班停課通知]高雄市:明天停止上班，照常上課。", TOMORROW, True, False),
        ("[停班停課通知]高雄市:11/23停止上課。", TOMORROW, None, True),
        ("２０２６年１１月２３日高雄市停班停課", TOMORROW, True, True),
        ("高雄市：明天照常上班、照常上課。", TOMORROW, False, False),
    ],
)
def test_what_is_suspended_on_which_day(
    city: DemoCity, words: str, day: date, work: bool | None, school: bool | None
) -> None:
    """Work and school are told apart, and days count from when the announcement was sent."""
    found = only(read(city, words))
    assert (found.moment.first, found.moment.last) == (day, day)
    assert (found.work, found.school) == (work, school)
    assert found.whole_city


@pytest.mark.parametrize(
    ("words", "begins", "ends"),
    [("明天下午停止上班、停止上課", 12, 18), ("明天晚上停止上班、停止上課", 18, 24), ("明天14時起停止上課", 14, None)],
)
def test_a_part_of_the_day_is_kept(city: DemoCity, words: str, begins: int, ends: int | None) -> None:
    """An afternoon is no whole day."""
    moment = only(read(city, f"[停班停課通知]高雄市:{words}。")).moment
    midnight = datetime(2026, 11, 23, tzinfo=ZONE)
    assert moment.begins == midnight + timedelta(hours=begins)
    assert moment.ends == (midnight + timedelta(hours=ends) if ends else None)


def test_districts_and_the_rest_of_the_city_are_told_apart(city: DemoCity) -> None:
    """What holds for some districts is no statement on the others."""
    words = "[停班停課通知]高雄市:桃源區、那瑪夏區明天停止上班、停止上課，其他地區照常上班、照常上課。"
    hills, rest = read(city, words).statements
    assert (set(hills.districts), hills.work, hills.rest) == ({"桃源區", "那瑪夏區"}, True, False)
    assert (rest.districts, rest.work, rest.school, rest.rest) == ((), False, False, True)
    assert rest.moment.first == TOMORROW


def test_parts_of_one_day_in_one_sentence_are_two_statements(city: DemoCity) -> None:
    """The afternoon is of the day that stands before the morning."""
    morning, afternoon = read(city, "[停班停課通知]高雄市:明天上午照常上班、上課，下午停止上班、停止上課。").statements
    assert (morning.work, afternoon.work) == (False, True)
    assert afternoon.moment.begins == datetime(2026, 11, 23, 12, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("words", "geocode", "part"),
    [
        ("[停班停課通知]高雄市桃源區梅山里:明天停止上課。", "6403700-001", "梅山里"),
        ("[停班停課通知]高雄市桃源區:明天停止上課。", "6403700", ""),
        ("高雄市桃源區梅山里明天停止上課。", "6403700", "梅山里"),
    ],
)
def test_a_village_is_not_its_district(city: DemoCity, words: str, geocode: str, part: str) -> None:
    """An area that is smaller than a district keeps its name."""
    found = only(read(city, words, area="高雄市桃源區", geocode=geocode))
    assert (found.districts, found.part) == (("桃源區",), part)


def test_an_area_that_the_words_do_not_name_is_that_of_the_alert(city: DemoCity) -> None:
    """Words without a place are of the district that the alert is for."""
    found = only(read(city, "明天停止上班、停止上課。", area="高雄市茂林區", geocode="6403600"))
    assert found.districts == ("茂林區",)


@pytest.mark.parametrize(
    "words",
    [
        "高雄市明天是否停止上班將於晚間公布。",
        "高雄市明天不停班。",
        "高雄市無停班停課訊息。",
        "高雄市若達標準，將停止上班。",
    ],
)
def test_what_may_come_is_no_suspension(city: DemoCity, words: str) -> None:
    """Doubt, denial and conditions are never read as an announcement; the words are kept as they are."""
    found = read(city, words)
    assert not found.statements
    assert found.unread == ("停班停課通知",)


def test_no_news_yet_is_neither_a_statement_nor_unclear(city: DemoCity) -> None:
    """An alert that says that nothing is decided says nothing."""
    found = read(city, "[停班停課通知]高雄市:明天尚未宣布消息。", headline="")
    assert found == Announcements((), ())


def test_other_counties_are_left_out(city: DemoCity) -> None:
    """Neither an alert for another county nor a sentence on one is about this city."""
    assert read(city, "[停班停課通知]臺南市:明天停止上班。", area="臺南市", geocode="67000") == Announcements((), ())
    both = read(city, "屏東縣明天停止上班、停止上課。高雄市明天照常上班、照常上課。")
    assert [one.work for one in both.statements] == [False]


def test_without_a_day_the_time_of_the_alert_counts(city: DemoCity) -> None:
    """An alert that is valid for the whole of Monday is for Monday."""
    midnight = datetime(2026, 11, 23, tzinfo=ZONE)
    more = {"effective": midnight, "expires": midnight + timedelta(days=1)}
    found = only(read(city, "高雄市停止上班、停止上課。", **more))
    assert (found.moment.first, found.moment.last) == (TOMORROW, TOMORROW)


@pytest.mark.parametrize(
    "words", ["9999年12月31日晚上停止上班", "高雄市:9999/12/31停止上班，下午停止上課", "停止上班" * 500]
)
def test_absurd_days_are_no_fault(city: DemoCity, words: str) -> None:
    """A date beyond the calendar is not the day of the announcement."""
    found = read(city, words)
    assert all(one.moment.first.year < 2100 for one in found.statements)


def test_the_demonstration_is_read_without_rest(city: DemoCity) -> None:
    """The simulated announcements are of the same form."""
    found = city.at(MONDAY.replace(hour=21), "typhoon").ask("work_suspension", now=MONDAY.replace(hour=21))
    assert len(found.readings[0].data["statements"]) == 2  # type: ignore[arg-type]
    assert not found.readings[0].data["unread"]
