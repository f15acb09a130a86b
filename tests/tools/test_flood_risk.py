"""Flood risk: judged from nine feeds, shown how, and honest about what was not had and what nobody sees."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.errors import CityDataError
from assistant.schema import Lang, Status
from assistant.tools import Finding
from tests.feeds.hostile import wrong_values
from tests.tools.asking import MONDAY, text_of
from tests.tools.conftest import DemoCity
from tests.tools.loopback import publisher
from tests.tools.things import cannot_be_told, page, thing

EVENING = MONDAY.replace(hour=18, minute=0)
FEEDS = (
    "rain-gauges",
    "weather-hours",
    "weather-warnings",
    "river-levels",
    "sewer-levels",
    "underpass-floods",
    "street-floods",
    "pumps",
    "flood-areas",
)
DEAD = "http://127.0.0.1:9/v1.1"
PARK = (22.6545, 120.3288)


@contextmanager
def without(city: DemoCity, *names: str, **urls: str) -> Iterator[DemoCity]:
    """The city while some feeds are dead, or are at other addresses."""
    known = dict(city.live._desk.sources)
    addresses = {**dict.fromkeys(names, DEAD), **{name.replace("_", "-"): url for name, url in urls.items()}}
    city.live._desk.sources = {**known, **{name: replace(known[name], url=url) for name, url in addresses.items()}}
    try:
        yield city
    finally:
        city.live._desk.sources = known


def at_park(city: DemoCity, feed: str, *things: object) -> Finding:
    """What is answered for the park where these things alone are the sensors of one kind."""
    with publisher(page(*things)) as url, without(city, **{feed.replace("-", "_"): f"{url}/v1.1"}) as desk:
        return desk.ask("flood_risk", {"place": "本和公園"})


def street(depth_cm: object, **more: object) -> dict[str, object]:
    place = PARK
    return thing("測試路", *place, ("flood_depth", "cm", depth_cm), **more)  # type: ignore[arg-type]


def judgement(found: Finding) -> object:
    return found.readings[0].data["judgement"]


def everything(found: Finding) -> list[Mapping[str, object]]:
    """The data of every signal, alone in a reading or with others."""
    return [one for reading in found.readings for one in reading.data.get("signals", [reading.data])]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("lang", "place"), [("zh-TW", "三民區"), ("en", "Sanmin District")])
def test_a_quiet_day_is_dry_but_never_called_safe(city: DemoCity, lang: Lang, place: str) -> None:
    """What was measured where is shown, and that water may stand where no sensor is."""
    found = city.ask("flood_risk", {"place": place}, lang=lang)
    parts = {str(one["part"]) for one in everything(found)}
    assert found.status == Status.ANSWERED
    assert judgement(found) == "dry"
    assert {"streets", "underpasses", "rain", "rivers", "sewers", "warnings", "forecast", "areas"} <= parts
    assert "安全" not in text_of(found)
    assert "safe" not in text_of(found).lower()
    assert found.lines[-1].text.startswith(("以上取最嚴重", "The gravest"))
    assert not cannot_be_told(found)


@pytest.mark.parametrize(("lang", "street_name"), [("zh-TW", "鼎力路"), ("en", "Dingli Road")])
def test_on_a_typhoon_evening_the_flooded_street_is_named_first(city: DemoCity, lang: Lang, street_name: str) -> None:
    """The first sentence names the street and how deep the water is, with its time."""
    found = city.at(EVENING, "typhoon").ask("flood_risk", {"place": "三民區"}, lang=lang, now=EVENING)
    first = found.readings[0].data
    assert found.status == Status.ANSWERED
    assert judgement(found) == "flooded"
    assert street_name in found.lines[0].text
    assert str(first["depth_cm"]) in found.lines[0].text
    assert "18:00" in found.lines[0].text
    assert "119" in found.lines[-1].text
    assert len(found.lines) <= 10
    assert not cannot_be_told(found)


@pytest.mark.parametrize("place", ["衛武營", "岡山", "旗山老街", "左營地下道", "愛河", "高雄", "那瑪夏", "Caoya"])
def test_every_line_of_a_typhoon_day_can_be_told(city: DemoCity, place: str) -> None:
    """No sentence has a figure that its reading lacks, wherever one asks."""
    found = city.at(EVENING, "typhoon").ask("flood_risk", {"place": place}, now=EVENING)
    assert judgement(found) in {"watch", "likely", "flooded"}
    assert not cannot_be_told(found)


def test_an_underpass_or_river_that_is_named_comes_first(city: DemoCity) -> None:
    """Words that name a sensor are answered by it, though the gazetteer knows no such place."""
    underpass = city.ask("flood_risk", {"place": "左營地下道"})
    river = city.ask("flood_risk", {"place": "阿公店溪"})
    assert underpass.lines[0].text.startswith("左營地下道水深 0 公分")
    assert river.lines[0].text.startswith("阿公店溪 河華橋水位")
    assert not cannot_be_told(river)


def test_without_a_flood_sensor_in_reach_that_is_said_first(city: DemoCity) -> None:
    """A district in the hills has a rain gauge alone: nothing sees its streets."""
    found = city.ask("flood_risk", {"place": "那瑪夏"})
    assert "沒有可用的淹水感測器" in found.lines[0].text
    assert found.readings[0].data["not_seen"] == ["streets", "underpasses", "sewers", "rivers", "pumps"]


@pytest.mark.parametrize(("depth_cm", "level"), [(0, "dry"), (5, "watch"), (10, "flooded"), (80.5, "flooded")])
def test_water_on_a_street_is_judged_by_its_depth(city: DemoCity, depth_cm: float, level: str) -> None:
    """From 10 cm it is flooding, as the Water Resources Agency counts it; less than that is watched."""
    found = at_park(city, "street-floods", street(depth_cm))
    assert judgement(found) == level
    assert not cannot_be_told(found)


def test_the_alert_level_of_a_sensor_goes_before_the_published_one(city: DemoCity) -> None:
    """A sensor that says from which depth its street is flooded is believed."""
    assert judgement(at_park(city, "street-floods", street(20, alert_cm=30))) == "watch"


@pytest.mark.parametrize(("level_m", "judged"), [(1.0, "dry"), (3.2, "watch"), (4.3, "likely")])
def test_rivers_are_judged_by_their_own_alert_levels(city: DemoCity, level_m: float, judged: str) -> None:
    """Above level 3 a river is watched, above level 1 a flood is likely."""
    gauge = thing("測試溪", *PARK, ("water_level", "m", level_m), alert_m=[4.2, 3.6, 3.0])
    found = at_park(city, "river-levels", gauge)
    assert judgement(found) == judged
    assert not cannot_be_told(found)


def test_rain_that_floods_an_area_with_a_history_makes_a_flood_likely(city: DemoCity) -> None:
    """The area's own rain threshold counts, as soon as the gauge beside it has measured as much."""
    gauge = thing("測試站", *PARK, ("rain_1h", "mm", 20.0), ("rain_24h", "mm", 360.0))
    found = at_park(city, "rain-gauges", gauge)
    area = next(one for one in everything(found) if one["part"] == "areas")
    assert judgement(found) == "likely"
    assert area["level"] == "likely"
    assert not cannot_be_told(found)


def test_rain_that_has_ceased_makes_no_flood_likely(city: DemoCity) -> None:
    """After the rain much has fallen, but nothing comes after it."""
    gauge = thing("測試站", *PARK, ("rain_1h", "mm", 0.0), ("rain_24h", "mm", 250.0))
    assert judgement(at_park(city, "rain-gauges", gauge)) == "watch"


def test_a_full_sewer_makes_a_flood_likely(city: DemoCity) -> None:
    """The depth counts against the sewer's own."""
    sewer = thing("測試下水道", *PARK, ("water_level", "m", 2.0), full_m=2.0)
    found = at_park(city, "sewer-levels", sewer)
    assert judgement(found) == "likely"
    assert "100%" in text_of(found)


def test_old_impossible_and_unitless_values_are_not_used(city: DemoCity) -> None:
    """A depth of yesterday, of a kilometre, or in no unit is no flood; how many were not used is said."""
    things = [street(90, at=MONDAY - timedelta(days=1)), street(100_000), street("<b>deep</b>")]
    things.append(thing("無單位路", *PARK, ("flood_depth", "", 90)))
    for number, one in enumerate(things):
        one["@iot.id"] = number
    found = at_park(city, "street-floods", *things)
    assert found.status == Status.PARTIAL
    assert judgement(found) == "dry"
    assert found.readings[0].data["unusable"] == 4
    assert "另有 4 個感測器" in text_of(found)
    assert not cannot_be_told(found)


@pytest.mark.parametrize("feed", FEEDS)
def test_one_dead_feed_is_said_aloud_and_the_others_still_judge(city: DemoCity, feed: str) -> None:
    """The answer is partial and names what is missing and whose it is; the flooded street stays named."""
    with without(city.at(EVENING, "typhoon"), feed) as desk:
        found = desk.ask("flood_risk", {"place": "三民區"}, now=EVENING)
    missing = [line.text for line in found.lines if line.text.startswith("沒有")]
    assert found.status == Status.PARTIAL
    assert judgement(found) == "flooded"
    assert len(missing) == 1
    assert "連不上" in missing[0]
    assert not cannot_be_told(found)


def test_without_any_sensor_feed_nothing_is_judged(city: DemoCity) -> None:
    """Warnings and forecasts alone do not tell whether a street is under water."""
    sensors = [name for name in FEEDS if name not in {"weather-hours", "weather-warnings", "flood-areas"}]
    with without(city, *sensors) as desk:
        found = desk.ask("flood_risk", {"place": "三民區"}, lang="en")
    assert found.status == Status.PARTIAL
    assert "cannot judge" in found.lines[0].text
    assert not cannot_be_told(found)


def test_with_every_feed_dead_only_the_publishers_are_named(city: DemoCity) -> None:
    """No figure and no judgement."""
    with without(city, *FEEDS) as desk:
        found = desk.ask("flood_risk", {"place": "三民區"})
    assert found.status == Status.FEED_UNAVAILABLE
    assert "水利局" in text_of(found)
    assert "氣象署" in text_of(found)
    assert not any(character.isdigit() for character in text_of(found))


def test_for_a_later_time_the_forecast_is_told_first(city: DemoCity) -> None:
    """Sensors see only now, which is said, and the forecast of the asked hours follows."""
    found = city.ask("flood_risk", {"place": "岡山", "time": "今晚"})
    forecast = next(one for one in everything(found) if one["part"] == "forecast")
    assert "只能看預報" in found.lines[1].text
    assert str(forecast["begins"]).startswith("2026-11-23T18")
    assert str(forecast["when"]) in found.lines[2].text
    assert not cannot_be_told(found)


def test_a_time_beyond_the_forecast_or_in_the_past_is_not_judged(city: DemoCity) -> None:
    """Neither gets a guess; what is said is of now."""
    beyond = city.ask("flood_risk", {"place": "岡山", "time": "下禮拜五"})
    past = city.ask("flood_risk", {"place": "岡山", "time": "昨天"})
    assert beyond.status == past.status == Status.PARTIAL
    assert "沒有可用的預報" in text_of(beyond)
    assert "已經過了" in text_of(past)


def test_no_warning_is_said_only_where_the_bulletin_speaks_of_the_city(city: DemoCity) -> None:
    """A bulletin without the city says nothing about it."""
    elsewhere = {"location": [{"locationName": "臺北市", "hazardConditions": {"hazards": []}}]}
    with (
        publisher({"/w.json": {"success": "true", "records": elsewhere}}) as url,
        without(city, weather_warnings=f"{url}/w.json") as desk,
    ):
        found = desk.ask("flood_risk", {"place": "三民區"})
    assert found.status == Status.PARTIAL
    assert "沒有豪大雨" not in text_of(found)
    assert "天氣警特報的資料沒有涵蓋" in text_of(found)


def test_an_unknown_place_is_asked_for_again(city: DemoCity) -> None:
    """Words that neither the gazetteer nor a sensor knows lead to a question."""
    assert city.ask("flood_risk", {"place": "火星基地"}).status == Status.CLARIFY


def test_broken_values_never_crash_and_never_flood(city: DemoCity) -> None:
    """Things with each of their values missing or of another type, all at once: an answer without their figures."""
    document = page(street(0))["/v1.1/Things"]
    broken = [one for content in wrong_values(document, most=150) for one in _things(json.loads(content))]
    found = at_park(city, "street-floods", *broken)
    assert found.status == Status.PARTIAL
    assert judgement(found) == "dry"
    assert not cannot_be_told(found)


def _things(document: object) -> list[object]:
    things = document.get("value") if isinstance(document, dict) else None
    return things if isinstance(things, list) else []


def test_options_without_a_threshold_are_refused(city: DemoCity) -> None:
    """A mistake in the city's data names the service."""
    service = replace(city.services["flood_risk"], options={})
    with pytest.raises(CityDataError, match="flood_risk"):
        city.ask(service, {"place": "三民區"})


def test_old_areas_are_called_old(city: DemoCity) -> None:
    """The time of the collection counts, not when it was asked for."""
    shape = {"type": "Point", "coordinates": [PARK[1], PARK[0]]}
    area = {"type": "Feature", "id": "1", "geometry": shape, "properties": {"name": "測試區"}}
    made = (MONDAY - timedelta(days=20)).isoformat()
    path = f"/collections/{city.live._desk.sources['flood-areas'].options.get('collection', 'flood-areas')}/items"
    document = {"type": "FeatureCollection", "timeStamp": made, "features": [area]}
    with publisher({path: document}) as url, without(city, flood_areas=url) as desk:
        found = desk.ask("flood_risk", {"place": "本和公園"})
    reading = next(one for one in found.readings if one.data.get("part") == "areas")
    assert (reading.stale, reading.observed_at) == (True, made)
