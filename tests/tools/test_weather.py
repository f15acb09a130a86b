"""The weather now and forecast, of the demonstration city and of documents in the real forms."""

from datetime import datetime, timedelta

import pytest

from assistant.schema import Status
from tests.tools.asking import MONDAY, text_of, unfounded_figures
from tests.tools.conftest import DemoCity
from tests.tools.publishers import DEAD, publishing, replaced


def station(name: str, lat: float, at: datetime, degrees: float = 21.0, **more: object) -> dict[str, object]:
    point = {"CoordinateName": "WGS84", "StationLatitude": lat, "StationLongitude": 120.30}
    return {
        "StationName": name,
        "ObsTime": {"DateTime": at.isoformat()},
        "GeoInfo": {"Coordinates": [point], "CountyName": "高雄市", "TownName": "左營區"},
        "WeatherElement": {"AirTemperature": degrees, **more},
    }


def observed(*stations: object) -> dict[str, object]:
    return {"success": "true", "records": {"Station": list(stations)}}


def by_hours(district: str, start: datetime) -> dict[str, object]:
    """A forecast in the real form: temperatures of moments, and rain and weather of three hours."""

    def at(hours: int) -> str:
        return (start + timedelta(hours=hours)).isoformat()

    def spans(name: str, values: list[str]) -> list[dict[str, object]]:
        return [
            {"StartTime": at(3 * n), "EndTime": at(3 * n + 3), "ElementValue": [{name: value}]}
            for n, value in enumerate(values)
        ]

    degrees = [{"DataTime": at(n), "ElementValue": [{"Temperature": str(20 + n)}]} for n in range(6)]
    elements = [
        {"ElementName": "溫度", "Time": degrees},
        {"ElementName": "3小時降雨機率", "Time": spans("ProbabilityOfPrecipitation", ["10", "70"])},
        {"ElementName": "天氣現象", "Time": spans("Weather", ["多雲時晴", "午後短暫雷陣雨"])},
    ]
    location = {"LocationName": district, "WeatherElement": elements}
    return {"success": "true", "records": {"Locations": [{"LocationsName": "高雄市", "Location": [location]}]}}


def test_now_is_told_by_the_nearest_station_and_the_coming_hours(city: DemoCity) -> None:
    """A place gets what its station measures, the rain, and the forecast of its district, each with its reading."""
    found = city.ask("weather", {"place": "衛武營"})
    lines = [line.text for line in found.lines]
    assert found.status == Status.ANSWERED
    assert lines[0] == "衛武營（苓雅區）現在：多雲，25.6 度，濕度 64%，風速每秒 3.2 公尺（鳳山區測站 14:30 觀測）。"
    assert lines[1].startswith("鳳山區雨量站 14:30：最近 10 分鐘沒有量到雨，過去 1 小時 0 毫米")
    assert lines[2].startswith("衛武營（苓雅區）今天（11/23 週一） 14:30–18:00：")
    assert [line.reading for line in found.lines] == [0, 1, 2, 2, 2]
    assert not unfounded_figures(found)


def test_the_whole_city_is_told_by_one_district_and_the_range_of_all(city: DemoCity) -> None:
    """Without a place, and for the city's own name, the answer says whose forecast it is and how others differ."""
    found = city.ask("weather", {"time": "明天"})
    assert found.lines[0].text.startswith(
        "高雄市（以苓雅區預報為代表）明天（11/24 週二） 06:00–18:00：晴時多雲，23–25 度"
    )
    assert "全市各區 18–25 度，最低在桃源區" in found.lines[-1].text
    assert text_of(city.ask("weather", {"place": "高雄", "time": "明天"})) == text_of(found)
    assert not unfounded_figures(found)


def test_an_evening_is_told_by_its_hours(city: DemoCity) -> None:
    """Tomorrow evening is 18:00 to 24:00 of tomorrow, and nothing of now."""
    found = city.ask("weather", {"place": "旗津", "time": "明晚"})
    assert [line.text[:24] for line in found.lines] == [
        "旗津區明天（11/24 週二） 18:00–21",
        "21:00–24:00：晴時多雲，22–23 度",
    ]
    assert len(found.readings) == 1
    assert not unfounded_figures(found)


def test_english_is_plain(city: DemoCity) -> None:
    """A clock time in English gets the three hours around it, in English words."""
    found = city.ask("weather", {"place": "Maolin", "time": "tomorrow at 3 pm"}, lang="en")
    assert text_of(found).startswith(
        "Maolin District, tomorrow (Tue 24 Nov) 15:00–18:00: mostly clear, 22–23 °C, chance of"
    )
    assert not unfounded_figures(found)


def test_several_days_are_told_day_by_day(city: DemoCity) -> None:
    """A weekend is two sentences with the lowest and highest temperature and the greatest chance of rain."""
    found = city.ask("weather", {"place": "Zuoying District", "time": "this weekend"}, lang="en")
    assert [line.text.split(":")[0] for line in found.lines] == ["Zuoying District, Sat 28 Nov", "Sun 29 Nov"]
    assert not unfounded_figures(found)


def test_no_more_than_five_days_are_told(city: DemoCity) -> None:
    """A week is cut, and the answer says that there is more, or where the forecast ends."""
    week = city.ask("weather", {"place": "左營區", "time": "這禮拜"})
    assert len(week.lines) == 6
    assert week.status == Status.PARTIAL or "可以再問" in week.lines[-1].text
    next_week = city.ask("weather", {"time": "下週"})
    assert next_week.status == Status.NO_EVIDENCE
    assert "還沒有發布" in text_of(next_week)


def test_beyond_the_forecast_nothing_is_made_up(city: DemoCity) -> None:
    """A day in a month has no forecast yet; the answer says how far it goes."""
    found = city.ask("weather", {"place": "美濃", "time": "12月20日"})
    assert found.status == Status.NO_EVIDENCE
    assert text_of(found) == "12/20 週日的預報還沒有發布：預報目前只到11/30 06:00。"
    assert not unfounded_figures(found)


def test_the_past_is_not_told(city: DemoCity) -> None:
    """Yesterday, and this morning in the afternoon, are over."""
    for words in ("昨天", "今天早上"):
        found = city.ask("weather", {"place": "美濃", "time": words})
        assert found.status == Status.NO_EVIDENCE
        assert "已經過去" in text_of(found)


def test_rain_stands_first_where_it_is_asked(city: DemoCity) -> None:
    """Whoever asks of rain reads of rain at once; on the day of the typhoon it pours."""
    found = city.at(MONDAY, "typhoon").ask("weather", {"place": "桃源區"}, text="桃源區雨停了沒")
    assert found.lines[0].text.startswith("桃源區雨量站 14:30：正在下雨，過去 1 小時 17.2 毫米")
    assert "陣風每秒" in found.lines[-1].text
    assert not unfounded_figures(found)


def test_sea_and_uv_are_said_not_to_be_covered(city: DemoCity) -> None:
    """A question of waves and of the sun gets the weather, and what the data lack."""
    found = city.ask("weather", {"place": "旗津"}, text="旗津海邊浪大嗎，紫外線強嗎")
    assert found.status == Status.PARTIAL
    assert "沒有紫外線指數" in text_of(found)
    assert "海象不在" in text_of(found)


def test_a_uv_index_is_told_where_there_is_one(city: DemoCity) -> None:
    """The real stations publish it."""
    document = observed(station("左營", 22.68, MONDAY, UVIndex=7))
    with publishing(city, weather_observations=document) as desk:
        found = desk.ask("weather", {"place": "左營"}, text="左營紫外線強嗎")
    assert "紫外線指數 7" in text_of(found)
    assert "沒有紫外線指數" not in text_of(found)


def test_the_real_form_of_the_forecast_is_told(city: DemoCity) -> None:
    """Temperatures of moments and rain of three hours become one sentence a span."""
    with publishing(city, weather_hours=by_hours("左營區", MONDAY.replace(hour=15, minute=0))) as desk:
        found = desk.ask("weather", {"place": "左營", "time": "今天下午四點"})
        english = desk.ask("weather", {"place": "左營", "time": "今天晚上七點"}, lang="en")
    assert text_of(found) == "左營區今天（11/23 週一） 15:00–18:00：多雲時晴，20–22 度，降雨機率 10%。"
    assert "with brief afternoon thundershowers, 23–25 °C, chance of rain 70%" in text_of(english)


def test_a_station_with_current_values_goes_before_a_nearer_one(city: DemoCity) -> None:
    """A station that has been silent for hours is passed over; how far the other one is away is said."""
    old = station("老站", 22.684, MONDAY - timedelta(hours=5), 35.0)
    far = station("遠站", 22.80, MONDAY - timedelta(minutes=20), 23.5)
    with publishing(city, weather_observations=observed(old, far)) as desk:
        found = desk.ask("weather", {"place": "左營"})
    assert "23.5 度（遠站測站 14:10 觀測，距離 13 公里）" in text_of(found)
    assert not unfounded_figures(found)


def test_old_values_are_marked_as_old(city: DemoCity) -> None:
    """Where no station is current, the answer is partial and its reading stale."""
    with publishing(city, weather_observations=observed(station("老站", 22.684, MONDAY - timedelta(hours=5)))) as desk:
        found = desk.ask("weather", {"place": "左營"})
    assert found.status == Status.PARTIAL
    assert found.readings[0].stale


def test_a_district_that_the_forecast_lacks_is_said(city: DemoCity) -> None:
    """Another district's forecast is not told in its place."""
    document = by_hours("旗津區", MONDAY)
    with publishing(city, weather_hours=document, weather_week=document) as desk:
        found = desk.ask("weather", {"place": "左營", "time": "今晚"})
    assert found.status == Status.NO_EVIDENCE
    assert text_of(found) == "目前的預報裡沒有左營區。"


@pytest.mark.parametrize(
    ("feed", "said"),
    [("weather_observations", "目前觀測："), ("rain_observations", "雨量："), ("weather_hours", "較細的逐時預報：")],
)
def test_what_one_feed_lacks_is_said_and_the_others_are_told(city: DemoCity, feed: str, said: str) -> None:
    """A dead feed leaves its part out, aloud."""
    with replaced(city, **{feed: DEAD}) as desk:
        found = desk.ask("weather", {"place": "左營"})
    assert found.status == Status.PARTIAL
    assert any(line.text.startswith(said) and "連不上" in line.text for line in found.lines)
    assert len(found.readings) >= 2
    assert not unfounded_figures(found)


def test_the_other_forecast_stands_in_for_a_dead_one(city: DemoCity) -> None:
    """Without the forecast by hours the half-day is told, and that the finer one is missing."""
    with replaced(city, weather_hours=DEAD) as desk:
        found = desk.ask("weather", {"place": "左營", "time": "明晚"})
    assert found.status == Status.PARTIAL
    assert "18:00–隔天 06:00" in found.lines[0].text
    assert "較細的逐時預報：" in text_of(found)


def test_nothing_is_told_where_every_feed_is_dead(city: DemoCity) -> None:
    """One sentence says so, without a figure."""
    feeds = ("weather_hours", "weather_week", "weather_observations", "rain_observations")
    with replaced(city, **dict.fromkeys(feeds, DEAD)) as desk:
        found = desk.ask("weather", {"place": "左營"})
    assert found.status == Status.FEED_UNAVAILABLE
    assert len(found.lines) == 1
    assert not found.readings


def test_what_a_publisher_writes_is_no_instruction(city: DemoCity) -> None:
    """Markup and addresses in names are gone; impossible values are left out."""
    odd = station("<b>站</b> https://evil.example", 22.684, MONDAY, 21.0, RelativeHumidity=64000, Weather="晴" * 400)
    with publishing(city, weather_observations=observed(odd, {"StationName": "x"})) as desk:
        found = desk.ask("weather", {"place": "左營"})
    assert "evil" not in text_of(found)
    assert "<b>" not in text_of(found)
    assert "64000" not in text_of(found)
    assert len(found.lines[0].text) < 150


def test_places_that_nobody_knows_are_asked_for(city: DemoCity) -> None:
    """Unknown words lead to a question, another city to a plain no."""
    assert city.ask("weather", {"place": "火星基地"}).status == Status.CLARIFY
    taipei = city.ask("weather", {"place": "Taipei"}, lang="en")
    assert taipei.status == Status.NO_EVIDENCE
    assert text_of(taipei) == "I only have data for Kaohsiung City, not for “Taipei”."
