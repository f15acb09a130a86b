"""The questions on live services are well formed: counts, arguments, times, and places as the question has them."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from assistant.text import cjk_share
from assistant.verification.language import has_simplified
from eval.datasets import HERE, load_rows

ROWS = load_rows(HERE / "tools.jsonl")
FIELDS = "id split lang role as_of question tools arguments missing documents note".split()
REQUIRED = {
    "bus_arrivals": "stop",
    "ondemand_bus": "place",
    "ondemand_booking": "from to time",
    "bikes_near": "place",
    "flood_risk": "place",
    "shelters_near": "place",
    "telemedicine_booking": "specialty time",
    "report_problem": "category place",
    "report_status": "reference",
    "crowd_level": "place",
    "toilets_near": "place",
}
OPTIONAL = {
    "bus_arrivals": "route",
    "metro_status": "station line",
    "ondemand_bus": "time",
    "ondemand_booking": "passengers",
    "traffic": "place road",
    "weather": "place time",
    "warnings": "place",
    "work_suspension": "time",
    "flood_risk": "time",
    "earthquakes": "",
    "air_quality": "place",
    "emergency_rooms": "place hospital",
    "telemedicine_slots": "specialty place time",
    "building_energy": "building",
    "drone_findings": "place kind",
    "robots": "place",
    "events": "time topic",
}
SERVICES = REQUIRED.keys() | OPTIONAL.keys()
STAFF_ONLY = {"drone_findings", "robots"}
CATEGORIES = set(
    "pothole streetlight garbage noise illegal_parking tree water_leak stray_animal graffiti drain".split()
)
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".lower().split()
NAMED_WEEKDAY = re.compile(r"(?:週|禮拜|星期)([一二三四五六日天])|\b(" + "|".join(WEEKDAYS) + r")\b")
TOMORROW = re.compile(r"明天|明晚|明早|明仔載|\btomorrow\b")


def kind_of(row: dict[str, Any]) -> str:
    """Group of the composition, told by the fields alone."""
    if not row["tools"]:
        return "none"
    if row["missing"]:
        return "lacking"
    return "both" if row["documents"] else "one"


def values_of(row: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each argument with each of its values; a list holds places that are all asked about."""
    for given in row["arguments"].values():
        for name, value in given.items():
            yield from ((name, one) for one in (value if isinstance(value, list) else [value]))


def times_of(row: dict[str, Any]) -> list[str]:
    return [value for name, value in values_of(row) if name == "time"]


def ends_of(time: str) -> list[datetime]:
    """First and last moment of a date, a date-time or an interval; dates count from midnight to midnight."""
    moments = []
    for part in time.split("/"):
        is_date = len(part) == len("2026-11-22")
        moments.append(datetime.fromisoformat(part + "T00:00+08:00" if is_date else part))
    if len(time.split("/")[-1]) == len("2026-11-22"):
        moments.append(moments[-1] + timedelta(days=1))
    return [moments[0], moments[-1]]


def day_number(chinese: str, english: str) -> int:
    return "一二三四五六日".index(chinese.replace("天", "日")) if chinese else WEEKDAYS.index(english)


def test_each_row_has_the_fields_of_the_readme() -> None:
    """The fields, their types and closed values are the same on every line."""
    types = {list: ("tools", "missing"), dict: ("arguments",), bool: ("documents",), str: ("question", "note")}
    for row in ROWS:
        assert list(row) == FIELDS, row["id"]
        assert all(type(row[name]) is kind for kind, names in types.items() for name in names), row["id"]
        assert row["role"] in {"citizen", "staff"}, row["id"]
        assert row["question"].strip() == row["question"] != "", row["id"]


def test_ids_are_numbered_and_questions_unique() -> None:
    """Each line has the id of its place, and no question weighs double."""
    assert [row["id"] for row in ROWS] == [f"tl-{number:03d}" for number in range(1, 201)]
    assert len({row["question"] for row in ROWS}) == len(ROWS)


def test_composition_is_that_of_the_readme() -> None:
    """Hundred with one tool, thirty that lack an argument, twenty with documents, fifty without a tool."""
    assert Counter(map(kind_of, ROWS)) == {"one": 100, "lacking": 30, "both": 20, "none": 50}
    assert Counter(row["lang"] for row in ROWS) == {"zh-TW": 120, "en": 60, "mixed": 20}
    assert {len(row["tools"]) for row in ROWS if kind_of(row) in {"one", "lacking"}} == {1}


def test_halves_are_equal_in_each_kind_and_language() -> None:
    """Dev and test alternate within a kind, with as many questions of each language."""
    for kind in ("one", "lacking", "both", "none"):
        rows = [row for row in ROWS if kind_of(row) == kind]
        assert [row["split"] for row in rows] == ["dev", "test"] * (len(rows) // 2)
        halves = Counter((row["lang"], row["split"]) for row in rows)
        assert all(halves[lang, "dev"] == halves[lang, "test"] > 0 for lang, _ in halves), kind


def test_every_service_is_asked_for_in_both_halves() -> None:
    """Each service has at least three complete questions of its own, and nothing is only tuned on or only reported."""
    complete = Counter(row["tools"][0] for row in ROWS if kind_of(row) == "one")
    halves = Counter((tool, row["split"]) for row in ROWS for tool in row["tools"])
    assert set(complete) == SERVICES
    assert min(complete.values()) >= 3
    assert [tool for tool in SERVICES if abs(halves[tool, "dev"] - halves[tool, "test"]) > 2] == []


def test_restraint_is_asked_for_near_services_and_far_from_them() -> None:
    """35 are about a service and are answered from documents; 15 are other matters, 5 of them for documents."""
    idle = [row for row in ROWS if kind_of(row) == "none"]
    about = [row for row in idle if re.match(r"about (\w+): ", row["note"])]
    other = [row for row in idle if row["note"].startswith("other: ")]
    assert (len(about), len(other)) == (35, 15)
    assert {row["note"].split(":")[0].removeprefix("about ") for row in about} <= SERVICES
    assert all(row["documents"] for row in about)
    assert sum(row["documents"] for row in other) == 5
    assert [row["id"] for row in idle if row["arguments"] or row["missing"]] == []


def test_arguments_belong_to_their_service_and_are_complete() -> None:
    """A required argument is given or listed as missing, never both, and no service has an argument of another."""
    for row in ROWS:
        assert list(row["arguments"]) == row["tools"], row["id"]
        assert set(row["tools"]) <= SERVICES, row["id"]
        for tool, given in row["arguments"].items():
            required = set(REQUIRED.get(tool, "").split())
            missing = {name.split(".")[1] for name in row["missing"] if name.startswith(tool + ".")}
            assert set(given) <= required | set(OPTIONAL.get(tool, "").split()), row["id"]
            assert missing == required - set(given), row["id"]
        assert {name.split(".")[0] for name in row["missing"]} <= set(row["tools"]), row["id"]


def test_staff_services_are_asked_for_by_staff() -> None:
    """A citizen may not call them, so that no right answer rests on one."""
    assert [row["id"] for row in ROWS if STAFF_ONLY & set(row["tools"]) and row["role"] != "staff"] == []


def test_values_stand_in_the_question_as_written() -> None:
    """Places, stations, routes, specialties and references are the person's own words; the rest is closed."""
    for row in ROWS:
        for name, value in values_of(row):
            if name == "category":
                assert value in CATEGORIES, row["id"]
            elif name == "passengers":
                assert value in range(1, 9), row["id"]
            elif name != "time":
                assert value.strip(), row["id"]
                assert value in row["question"], row["id"]


def test_times_parse_and_are_not_past() -> None:
    """Each is a date, a date-time or an interval in Taiwan's time that ends after the question is asked."""
    for row in ROWS:
        asked = datetime.fromisoformat(row["as_of"])
        assert asked.utcoffset() == timedelta(hours=8), row["id"]
        for time in times_of(row):
            first, last = ends_of(time)
            assert first <= last > asked, row["id"]
            assert {first.utcoffset(), last.utcoffset()} == {timedelta(hours=8)}, row["id"]


def test_bookings_are_for_a_moment() -> None:
    """A day or a part of a day books nothing."""
    booked = [row for row in ROWS if any(tool.endswith("_booking") for tool in row["tools"])]
    assert [row["id"] for row in booked for time in times_of(row) if len(time) != len("2026-11-22T09:00+08:00")] == []


def test_named_weekdays_and_tomorrow_agree_with_the_time() -> None:
    """The expected day was reckoned rightly from the day of the question."""
    for row in ROWS:
        named = {day_number(*match) for match in NAMED_WEEKDAY.findall(row["question"].lower())}
        for time in times_of(row):
            day = date.fromisoformat(time[:10])
            assert not named or day.weekday() in named, row["id"]
            if TOMORROW.search(row["question"]):
                assert day == date.fromisoformat(row["as_of"][:10]) + timedelta(days=1), row["id"]


@pytest.mark.parametrize(("lang", "least", "most"), [("zh-TW", 0.4, 1.0), ("en", 0.0, 0.0), ("mixed", 0.05, 0.95)])
def test_each_question_is_in_its_language(lang: str, least: float, most: float) -> None:
    """Chinese ones may hold a brand or a number, English ones hold no Chinese, mixed ones both; none is Simplified."""
    texts = [row["question"] for row in ROWS if row["lang"] == lang]
    assert [text for text in texts if not least <= cjk_share(text) <= most] == []
    assert [text for text in texts if has_simplified(text)] == []
