from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.errors import CityDataError
from assistant.schema import Status
from tests.indexing.loopback import Page
from tests.tools.asking import MONDAY, text_of, unfounded_figures
from tests.tools.conftest import DemoCity
from tests.tools.transit_publisher import DEAD, RAIL, SEEN, changed, publishing, silent

METRO = "metro_status"
STORM = MONDAY.replace(hour=12)


def train(line: str, station: str, zh: str, end: str, **more: object) -> dict[str, object]:
    """A row of a live board."""
    names = {"StationName": {"Zh_tw": zh}, "DestinationStationName": {"Zh_tw": end}, "DestinationStationID": end}
    return {"LineID": line, "StationID": station, **names, "SrcUpdateTime": SEEN, "ServiceStatus": 0, **more}


def documents(*trains: object, alerts: object = ()) -> dict[str, object]:
    """What KRTC publishes; nothing of the light rail."""
    return {
        RAIL.format("LiveBoard/KRTC"): list(trains),
        RAIL.format("Alert/KRTC"): {"Alerts": list(alerts)},  # type: ignore[call-overload]
        RAIL.format("LiveBoard/KLRT"): [],
        RAIL.format("Alert/KLRT"): {"Alerts": []},
    }


def test_a_line_that_runs_is_said_to_run_by_its_operator(city: DemoCity) -> None:
    """The announcement and the boards, each with its time; other lines are left out."""
    found = city.ask(METRO, {"line": "紅線"})
    assert found.status == Status.ANSWERED
    assert "捷運紅線：營運公告為正常營運" in text_of(found)
    assert "捷運紅線 25 站" in text_of(found)
    assert "橘線" not in text_of(found)
    assert all(reading.observed_at[:16] == "2026-11-23T14:30" for reading in found.readings)
    assert not unfounded_figures(found)


@pytest.mark.parametrize(
    ("words", "lines"), [("MRT", 2), ("輕軌", 1), ("light rail", 1), ("circular line", 1), ("", 3)]
)
def test_words_for_a_system_mean_its_lines(city: DemoCity, words: str, lines: int) -> None:
    """The metro has two lines, the light rail one; without words it is all of them, in English too."""
    found = city.ask(METRO, {"line": words} if words else {}, lang="en")
    assert found.status == Status.ANSWERED
    assert text_of(found).splitlines()[1].count("stations") == lines
    assert not unfounded_figures(found)


@pytest.mark.parametrize(
    ("values", "station", "trains"),
    [
        ({"station": "美麗島"}, "美麗島", 4),
        ({"station": "R10"}, "美麗島", 4),
        ({"station": "Formosa Boulevard MRT station", "line": "orange line"}, "美麗島", 2),
        ({"station": "凱旋站", "line": "red line"}, "凱旋", 2),
        ({"station": "哈瑪星"}, "哈瑪星", 3),
        ({"station": "西子灣", "line": "捷運"}, "哈瑪星", 1),
        ({"station": "機場"}, "高雄國際機場", 2),
    ],
)
def test_a_station_has_its_next_train_in_every_direction(
    city: DemoCity, values: dict[str, str], station: str, trains: int
) -> None:
    """By name, code, English or old name; a named line leaves out the others."""
    found = city.ask(METRO, values)
    assert found.status == Status.ANSWERED
    assert found.readings[0].place == station
    assert len(found.readings[0].data["trains"]) == trains  # type: ignore[arg-type]
    assert not unfounded_figures(found)


def test_a_loop_says_which_way_around(city: DemoCity) -> None:
    """On a loop both directions end at the same station, so that the way is told, in the language of the answer."""
    found = city.ask(METRO, {"station": "Pier-2 Dayi"}, lang="en")
    assert "Circular Light Rail clockwise" in text_of(found)
    assert "counterclockwise" in text_of(found)


def test_the_direction_in_the_words_comes_first(city: DemoCity) -> None:
    """Whoever wants to Siaogang reads that train first, though another comes sooner."""
    found = city.ask(METRO, {"station": "美麗島", "line": "往小港"})
    assert "往小港" in found.lines[1].text


def test_a_place_that_is_no_station_has_the_nearest_one(city: DemoCity) -> None:
    """The station is named, and how far it is."""
    found = city.ask(METRO, {"station": "85大樓"})
    assert found.status == Status.ANSWERED
    assert "離「85大樓」最近的是「" in text_of(found)
    assert "公尺" in text_of(found)
    assert not unfounded_figures(found)


@pytest.mark.parametrize(("words", "said"), [("火星基地", "也不知道這個地方"), ("六龜", "步行可到的範圍內也沒有")])
def test_where_there_is_no_station_none_is_made_up(city: DemoCity, words: str, said: str) -> None:
    """An unknown place and one without a station nearby are told apart."""
    found = city.ask(METRO, {"station": words})
    assert found.status == Status.NO_EVIDENCE
    assert said in text_of(found)


def test_an_unknown_line_is_asked_for_again(city: DemoCity) -> None:
    """The city's lines are the choices."""
    found = city.ask(METRO, {"line": "藍線"})
    assert found.status == Status.CLARIFY
    assert found.choices == ("捷運紅線", "捷運橘線", "環狀輕軌")


def test_several_stations_that_hold_the_words_are_asked_back(city: DemoCity) -> None:
    """A part of several names is a question, not the first of them."""
    rows = [train("R", "R1", "北公園", "X", EstimateTime=3), train("R", "R2", "南公園", "X", EstimateTime=3)]
    with publishing(city, documents(*rows)) as desk:
        found = desk.ask(METRO, {"station": "公園"})
    assert found.status == Status.CLARIFY
    assert set(found.choices) == {"北公園", "南公園"}


def test_in_the_typhoon_the_stopped_light_rail_is_told_from_the_metro(city: DemoCity) -> None:
    """What is announced comes first, and the boards agree."""
    found = city.at(STORM, "typhoon").ask(METRO, now=STORM)
    text = text_of(found)
    assert text.startswith("環狀輕軌公告停駛：「環狀輕軌因颱風暫停營運")
    assert "捷運紅線、捷運橘線：營運公告為正常營運" in text
    assert "即時看板顯示目前沒有營運：環狀輕軌" in text
    assert not unfounded_figures(found)


def test_in_the_typhoon_a_stopped_station_has_no_train(city: DemoCity) -> None:
    """Neither an estimate nor a timetable stands in for a train that does not run."""
    found = city.at(STORM, "typhoon").ask(METRO, {"station": "Pier-2 Dayi"}, lang="en", now=STORM)
    assert "not running at present" in text_of(found)
    assert "suspension announced" in text_of(found)
    assert "min" not in text_of(found)


def test_at_night_the_first_train_is_said(city: DemoCity) -> None:
    """At half past two nothing comes in minutes."""
    night = MONDAY.replace(hour=2)
    found = city.at(night).ask(METRO, {"station": "大東"}, now=night)
    assert "現在沒有車，下一班是 06:" in text_of(found)
    assert "分鐘" not in text_of(found)
    assert not unfounded_figures(found)


def test_who_asks_for_the_last_train_gets_its_time(city: DemoCity) -> None:
    """The timetable's last train of each direction stands beside the next one."""
    late = MONDAY.replace(hour=22)
    found = city.at(late).ask(METRO, {"station": "大東", "line": "末班車"}, now=late)
    assert "往大寮：首班車 06:25、末班車 00:25（依時刻表）" in text_of(found)
    assert "分鐘（即時預估" in text_of(found)
    assert not unfounded_figures(found)


def test_without_the_boards_the_headway_is_by_the_timetable(city: DemoCity) -> None:
    """The dead feed is named, and what is left is no live train."""
    with changed(city, tdx=f"{DEAD}/tdx") as desk:
        found = desk.ask(METRO, {"station": "美麗島", "line": "紅線"})
    assert found.status == Status.PARTIAL
    assert "捷運紅線 往小港：約每 8 分鐘一班" in text_of(found)
    assert "非即時" in text_of(found)
    assert "TDX 運輸資料流通服務平臺的即時資料目前連不上" in text_of(found)
    assert not unfounded_figures(found)


@pytest.mark.parametrize("values", [{}, {"station": "美麗島"}])
def test_with_every_feed_dead_nothing_is_said_to_run(city: DemoCity, values: dict[str, str]) -> None:
    """No figure, no reading, no "normal"."""
    with changed(city, tdx=f"{DEAD}/tdx", transit_schedule=f"{DEAD}/s.zip") as desk:
        found = desk.ask(METRO, values)
    assert found.status == Status.FEED_UNAVAILABLE
    assert not found.readings
    assert "正常" not in text_of(found)
    assert not any(character.isdigit() for character in text_of(found))


def test_while_the_timetable_loads_the_boards_answer(city: DemoCity) -> None:
    """A timetable that nobody needs is not missed."""
    with silent() as url, changed(city, transit_schedule=f"{url}/s.zip") as desk:
        found = desk.ask(METRO, {"station": "美麗島"})
    assert found.status == Status.ANSWERED
    assert "時刻表" not in text_of(found)


def test_a_system_whose_board_is_broken_is_said_to_be_missing(city: DemoCity) -> None:
    """The other system is told all the same."""
    rows = [train("R", "R10", "美麗島", "小港", EstimateTime=3)]
    broken = {**documents(*rows), RAIL.format("LiveBoard/KLRT"): Page(b"<html>")}
    with publishing(city, broken) as desk:
        found = desk.ask(METRO)
    assert found.status == Status.PARTIAL
    assert "捷運紅線 1 站" in text_of(found)
    assert "格式有誤" in text_of(found)


def test_old_boards_are_not_used(city: DemoCity) -> None:
    """What the boards showed twenty minutes ago is no train now."""
    later = MONDAY + timedelta(minutes=20)
    found = city.ask(METRO, {"station": "美麗島"}, now=later)
    assert found.status == Status.PARTIAL
    assert "即時看板停在 14:30，已經過時" in text_of(found)
    assert "即時預估" not in text_of(found)
    assert not unfounded_figures(found)


def test_no_announcement_is_not_called_normal(city: DemoCity) -> None:
    """A list that is empty says that nothing is announced; one with what nobody can read says less."""
    rows = [train("R", "R10", "美麗島", "小港", EstimateTime=3)]
    with publishing(city, documents(*rows)) as desk:
        quiet = desk.ask(METRO, {"line": "紅線"})
    over = {"Title": "已結束", "EndTime": (MONDAY - timedelta(hours=1)).isoformat()}
    with publishing(city, documents(*rows, alerts=[over, {}])) as desk:
        unread = desk.ask(METRO, {"line": "紅線"})
    assert "沒有發布異常公告" in text_of(quiet)
    assert (unread.status, "不能確定是否正常" in text_of(unread)) == (Status.PARTIAL, True)
    assert not any("正常營運" in text_of(one) for one in (quiet, unread))


def test_an_announcement_is_told_of_the_lines_that_it_concerns(city: DemoCity) -> None:
    """Of a line, or of a station of it, or of nothing in particular; never of another line."""
    rows = [train("R", "R10", "美麗島", "小港", EstimateTime=3), train("O", "O13", "大東", "大寮", EstimateTime=3)]
    alerts = [
        {"Title": "<i>大東站</i>電梯故障", "Status": 2, "Scope": {"Stations": [{"StationName": {"Zh_tw": "大東"}}]}},
        {"Title": "全線加開班車", "Status": 9},
    ]
    with publishing(city, documents(*rows, alerts=alerts)) as desk:
        red, orange = desk.ask(METRO, {"line": "紅線"}), desk.ask(METRO, {"line": "橘線"})
    assert "電梯故障" not in text_of(red)
    assert "捷運橘線公告有異常：「大東站 電梯故障」" in text_of(orange)
    assert all("全線加開班車" in text_of(one) for one in (red, orange))


def test_a_service_without_lines_is_a_fault_of_the_city_s_data(city: DemoCity) -> None:
    """The message names the option and what it needs."""
    with pytest.raises(CityDataError, match="option “lines” of metro_status"):
        city.ask(replace(city.services[METRO], options={}))


def test_what_holds_for_a_whole_system_is_told_once(city: DemoCity) -> None:
    """One sentence names every line that it is about."""
    rows = [train("R", "R10", "美麗島", "小港", EstimateTime=3), train("O", "O13", "大東", "大寮", EstimateTime=3)]
    with publishing(city, documents(*rows, alerts=[{"Title": "全線停駛", "Status": 0}])) as desk:
        found = desk.ask(METRO, {"line": "捷運"})
    assert found.lines[0].text == "捷運紅線、捷運橘線公告停駛：「全線停駛」"
    assert text_of(found).count("全線停駛") == 1


def test_documents_of_another_shape_are_malformed(city: DemoCity) -> None:
    """No reading rests on them, and their publisher is named; where only notices are, theirs."""
    other = [1, "a", None, {"result": True}]
    rows = [train("R", "R10", "美麗島", "小港", EstimateTime=3)]
    with publishing(city, dict.fromkeys(documents(), other)) as desk:
        nothing = desk.ask(METRO)
    with publishing(city, documents(*rows) | {RAIL.format("Alert/KRTC"): other}) as desk:
        unread = desk.ask(METRO, {"line": "紅線"})
    assert (nothing.status, nothing.readings) == (Status.FEED_UNAVAILABLE, ())
    assert "TDX 運輸資料流通服務平臺送來的即時資料格式有誤" in text_of(nothing)
    assert unread.status == Status.PARTIAL
    assert "TDX 運輸資料流通服務平臺的營運公告目前讀不到" in text_of(unread)
