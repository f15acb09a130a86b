import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from assistant.feeds.base import FeedSource
from assistant.schema import Lang, Status
from assistant.tools import Finding
from tests.tools.asking import Desk, text_of, unfounded_figures
from tests.tools.conftest import DemoCity
from tests.tools.open311_city import POTHOLE, Publisher, serving_publisher

HOLE = {"category": "pothole", "place": "駁二藝術特區", "description": "路上有個大洞，機車差點摔"}


@contextmanager
def asking(city: DemoCity, source: FeedSource) -> Iterator[Desk]:
    """The tools, with another publisher of reports."""
    desk = Desk(city.url, {"city-reports": source})
    yield desk
    desk.live.close()


def draft_of(finding: Finding) -> str:
    assert finding.draft is not None
    return "\n".join(finding.draft.lines)


def sent(desk: Desk, values: Mapping[str, str], key: str, lang: Lang = "zh-TW") -> Finding:
    """What comes of a report that was drafted and agreed to."""
    request = desk.request("report_problem", values, lang=lang)
    drafted = desk.live.call([request])[0]
    assert drafted.draft is not None
    return desk.live.act(request, drafted.draft, key)


def filed(city: DemoCity) -> list[dict[str, object]]:
    found: list[dict[str, object]] = httpx.get(f"{city.url}/open311/v2/requests.json").json()
    return found


def test_a_draft_shows_all_that_would_be_sent_and_sends_nothing(city: DemoCity) -> None:
    """Category, place, point and words are shown, and that no person is named; the city has no report more."""
    before = len(filed(city))
    found = city.ask("report_problem", HOLE)
    draft = draft_of(found)
    assert found.draft is not None
    payload = found.draft.payload
    assert found.status == Status.ANSWERED
    for shown in (
        "路面坑洞",
        "駁二藝術特區",
        "路上有個大洞，機車差點摔",
        "不會送出您的姓名",
        f"{payload['point']['lat']:.5f}",
    ):
        assert shown in draft
    assert set(payload) == {"code", "category", "address", "point", "description"}
    assert (payload["code"], payload["address"]) == ("pothole", "駁二藝術特區")
    assert "尚未送出" in text_of(found)
    assert "模擬系統" in draft
    assert len(filed(city)) == before
    assert not unfounded_figures(found)


def test_a_draft_in_english_names_the_category_in_both_languages(city: DemoCity) -> None:
    """What the publisher calls it stands beside the name that the person understands."""
    values = {"category": "graffiti", "place": "Pier-2 Art Center", "description": "Sprayed wall"}
    draft = draft_of(city.ask("report_problem", values, lang="en"))
    assert "Category: Graffiti (塗鴉)" in draft
    assert "Description: Sprayed wall" in draft


def test_the_wording_stands_in_for_a_description(city: DemoCity) -> None:
    """Who gave no description is quoted; a place alone says nothing, and the category is sent."""
    request = city.request("report_problem", {"category": "pothole", "place": "裕誠路"})
    whole = replace(request, arguments=replace(request.arguments, text="裕誠路有個洞，請來補"))
    bare = replace(request, arguments=replace(request.arguments, text="裕誠路"))
    drafts = [draft_of(found) for found in city.live.call([whole, bare])]
    assert "說明：裕誠路有個洞，請來補" in drafts[0]
    assert "說明：路面坑洞" in drafts[1]


@pytest.mark.parametrize(
    "personal",
    ["0912-345-678", "0912345678", "+886 912 345 678", "(07)799-5678", "07-7995678", "wang@example.tw", "A123456789"],
)
def test_what_identifies_a_person_is_left_out_and_said_so(city: DemoCity, personal: str) -> None:
    """Phone numbers, addresses of e-mail and numbers of ID cards do not leave the house."""
    found = city.ask("report_problem", {**HOLE, "description": f"有個洞，找我 {personal} 謝謝"})
    assert found.draft is not None
    assert personal not in draft_of(found) + str(found.draft.payload) + str(found.readings)
    assert "說明：有個洞，找我 （略） 謝謝" in draft_of(found)
    assert "已略去" in draft_of(found)


@pytest.mark.parametrize("plain", ["車牌 ABC-1234", "燈桿 1234567", "11/23 早上 8:30", "第 0123456789 號"])
def test_other_figures_stay(city: DemoCity, plain: str) -> None:
    """A number plate, a lamp post and a date are what a crew needs."""
    draft = draft_of(city.ask("report_problem", {**HOLE, "description": plain}))
    assert plain in draft
    assert "略去" not in draft


def test_a_description_carries_no_markup_or_address(city: DemoCity) -> None:
    """What is shown is what is sent, as plain words on one line."""
    found = city.ask("report_problem", {**HOLE, "description": "洞\n<b>很大</b> [ref-9] https://evil.example/x"})
    assert found.draft is not None
    assert found.draft.payload["description"] == "洞 很大 ref-9"


def test_the_words_of_a_category_find_it(city: DemoCity) -> None:
    """What the publisher calls a category is understood too, in either language."""
    for words in ("垃圾", "graffiti", "水溝堵塞"):
        assert city.ask("report_problem", {**HOLE, "category": words}).draft is not None


def test_an_unknown_category_is_asked_for(city: DemoCity) -> None:
    """What the city does not take is not filed under something else; what it takes is said."""
    found = city.ask("report_problem", {**HOLE, "category": "人孔蓋不見"})
    assert found.status == Status.CLARIFY
    assert found.draft is None
    assert "水溝堵塞" in text_of(found)
    near = city.ask("report_problem", {**HOLE, "category": "路燈一直閃"})
    assert near.choices[0] == "路燈故障"
    assert "要通報哪一類問題" in text_of(city.ask("report_problem", {"place": "駁二藝術特區"}))


def test_a_yes_files_the_report_once_and_gives_its_number(city: DemoCity) -> None:
    """The city has one report more, with our key behind the words; the same key again gives the same number."""
    before = len(filed(city))
    first, again = (sent(city, HOLE, "key-once") for _ in range(2))
    new = [one for one in filed(city) if "key-once" in str(one["description"])]
    assert len(filed(city)) == before + 1
    assert new[0]["description"] == "路上有個大洞，機車差點摔\n[key-once]"
    assert first.readings[0].data["reference"] == again.readings[0].data["reference"] == new[0]["service_request_id"]
    assert str(new[0]["service_request_id"]) in text_of(first)
    assert "沒有重複送出" in text_of(again)
    assert not unfounded_figures(first)


def test_the_expected_handling_is_told_as_the_agency_says_it(city: DemoCity) -> None:
    """Who works on it, until when, and the agency's own note, in English too."""
    found = sent(city, HOLE, "key-handling", "en")
    assert found.readings[0].data["agency"] == "工務局養護工程處"
    assert "Thu 26 Nov" in text_of(found)
    assert "The agency says" in text_of(found)
    assert found.readings[0].simulated
    assert not unfounded_figures(found)


def test_personal_words_are_in_no_reading_and_no_log(city: DemoCity, caplog: pytest.LogCaptureFixture) -> None:
    """What a person wrote is sent, and stays nowhere else."""
    caplog.set_level(logging.DEBUG)
    with (
        serving_publisher(spoiled=PlainTextResponse("no", 500), takes_spoiled=False) as publisher,
        asking(city, publisher.source()) as desk,
    ):
        failed = sent(desk, {**HOLE, "category": "Potholes"}, "k")
    found = sent(city, HOLE, "key-quiet")
    said = str(found.readings) + str(failed) + caplog.text
    assert "機車差點摔" not in said


def test_codes_of_the_city_are_those_of_the_publisher(city: DemoCity) -> None:
    """The category of the city leads to whatever code the publisher has for it."""
    service = replace(
        city.services["report_problem"], options={"categories": {"pothole": {"code": "001", "en": "Hole"}}}
    )
    with serving_publisher() as publisher, asking(city, publisher.source()) as desk:
        found = desk.ask(service, HOLE, lang="en")
    assert found.draft is not None
    assert found.draft.payload["code"] == "001"
    assert "Hole (Potholes)" in draft_of(found)


def test_a_report_that_came_through_after_all_is_found_by_the_retry(city: DemoCity) -> None:
    """The publisher took it and answered with nonsense: its list tells the number, and nothing is sent twice."""
    with serving_publisher(spoiled=PlainTextResponse("<oops")) as publisher, asking(city, publisher.source()) as desk:
        values = {**HOLE, "category": "Potholes"}
        first, again = sent(desk, values, "key-lost"), sent(desk, values, "key-lost")
    assert publisher.posts == 1
    assert first.readings[0].data["reference"] == again.readings[0].data["reference"] == "N-1"


def test_an_unknown_outcome_is_said_and_a_retry_sends_it_once(city: DemoCity) -> None:
    """After a fault nobody claims that it was sent, or that it was not; the next yes sends it."""
    with (
        serving_publisher(spoiled=PlainTextResponse("", 503), takes_spoiled=False) as publisher,
        asking(city, publisher.source()) as desk,
    ):
        values = {**HOLE, "category": "Potholes"}
        first = sent(desk, values, "key-503")
        publisher.spoiled = None
        again = sent(desk, values, "key-503")
    assert first.status == Status.FEED_UNAVAILABLE
    assert "無法確定" in text_of(first)
    assert "測試局" in text_of(first)
    assert not first.readings
    assert again.status == Status.ANSWERED
    assert len(publisher.reports) == 1


def test_what_cannot_be_looked_up_is_not_tried_again(city: DemoCity) -> None:
    """A publisher that lists no reports cannot say whether one came through, so that the finding is for good."""
    with (
        serving_publisher(spoiled=PlainTextResponse("", 503)) as publisher,
        asking(city, publisher.source(lists_reports=False)) as desk,
    ):
        found = sent(desk, {**HOLE, "category": "Potholes"}, "k", "en")
    assert found.status == Status.PARTIAL
    assert "will not try again" in text_of(found)


def test_a_refusal_is_told_with_its_reasons(city: DemoCity) -> None:
    """A report that was not taken was not sent, and the publisher's words say why, as plain words."""
    refusal: Response = JSONResponse([{"code": 400, "description": "outside of <b>our</b> area"}], 400)
    with serving_publisher(spoiled=refusal, takes_spoiled=False) as publisher, asking(city, publisher.source()) as desk:
        found = sent(desk, {**HOLE, "category": "Potholes"}, "k")
    assert found.status == Status.FEED_UNAVAILABLE
    assert "沒有送出" in text_of(found)
    assert "outside of our area" in text_of(found)


def test_a_token_becomes_a_number_where_there_is_one_by_now(city: DemoCity) -> None:
    """Services that number later are asked once more."""
    with serving_publisher(gives_tokens=True) as publisher, asking(city, publisher.source()) as desk:
        found = sent(desk, {**HOLE, "category": "Potholes"}, "k")
    assert found.readings[0].data["reference"] == "N-1"
    assert "案件編號是 N-1" in text_of(found)


def test_a_service_with_questions_of_its_own_is_left_to_the_person(city: DemoCity) -> None:
    """What has to be answered is named, and nobody makes it up."""
    question = {"code": "WHEN", "description": "Since when?", "required": True, "variable": True, "datatype": "string"}
    knobs = {
        "services": [{**POTHOLE, "metadata": True}],
        "definition": {"service_code": "001", "attributes": [question]},
    }
    with serving_publisher(**knobs) as publisher, asking(city, publisher.source()) as desk:
        found = desk.ask("report_problem", {**HOLE, "category": "Potholes"})
        publisher.definition["attributes"] = [{**question, "required": False}]
        optional = desk.ask("report_problem", {**HOLE, "category": "Potholes"})
    assert found.status == Status.NO_EVIDENCE
    assert "Since when?" in text_of(found)
    assert found.draft is None
    assert optional.draft is not None


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_a_dead_service_is_said_aloud(city: DemoCity, lang: Lang) -> None:
    """Where nobody listens there is no draft either."""
    with asking(city, replace(Publisher(url="http://127.0.0.1:9").source())) as desk:
        found = desk.ask("report_problem", HOLE, lang=lang)
    assert found.status == Status.FEED_UNAVAILABLE
    assert found.draft is None
    assert ("測試局" if lang == "zh-TW" else "Test bureau") in text_of(found)
