"""The router of live services with real embeddings and the shipped city's data."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from assistant.models import embedder
from assistant.places import load_gazetteer
from assistant.routing import LiveRoute, ServiceRouter, open_service_router
from assistant.schema import Lang, Turn
from assistant.services import load_services
from assistant.settings import load_settings
from assistant.text import detect_language

pytestmark = pytest.mark.integration
NOW = datetime(2026, 11, 18, 14, 20, tzinfo=ZoneInfo("Asia/Taipei"))  # a Wednesday


def opened() -> ServiceRouter:
    settings = load_settings()
    services, gazetteer = load_services(settings.city_dir), load_gazetteer(settings.city_dir)
    return open_service_router(settings, services, gazetteer, embedder(settings))


@pytest.fixture(scope="module")
def router() -> ServiceRouter:
    """The router, with its model in the home that the settings name; fitting it the first time takes minutes."""
    router = opened()
    router.prepare()
    return router


def routed(router: ServiceRouter, text: str, *history: Turn, staff: bool = False) -> LiveRoute:
    lang: Lang = detect_language(text)
    return router.route(text, lang, history, NOW, "staff" if staff else "citizen")


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("text", "service", "values"),
    [
        ("紅31還要幾分鐘到小港站", "bus_arrivals", {"route": "紅31", "stop": "小港站"}),
        ("岡山車站旁邊現在借得到腳踏車嗎", "bikes_near", {"place": "岡山車站"}),
        ("Will it be windy in Qieding tomorrow night?", "weather", {
            "place": "Qieding", "time": "2026-11-19T18:00+08:00/2026-11-20T00:00+08:00",
        }),
        ("五福一路有個大坑洞，麻煩派人補", "report_problem", {"category": "pothole", "place": "五福一路"}),
        ("book the happiness bus from Jiasian to Namasia, Friday 9 am, three people", "ondemand_booking", {
            "from": "Jiasian", "to": "Namasia", "time": "2026-11-20T09:00+08:00", "passengers": "3",
        }),
        ("阿蓮今暗會落雨無", "weather", {"place": "阿蓮", "time": "2026-11-18T18:00+08:00/2026-11-19T00:00+08:00"}),
        ("駁二 現在 crowded 嗎", "crowd_level", {"place": "駁二"}),
        ("有骨科的視訊門診可以約嗎，下週二", "telemedicine_slots", {"specialty": "orthopedics", "time": "2026-11-24"}),
    ],
)  # fmt: skip
def test_a_live_question_finds_its_service_and_arguments(
    router: ServiceRouter, text: str, service: str, values: dict[str, str]
) -> None:
    """Chinese, English, mixed, colloquial and Taiwanese."""
    (call,) = routed(router, text).calls
    kept = {name: value for name, value in call.values.items() if name != "description"}
    assert (call.service.name, kept, call.missing) == (service, values, ())


@pytest.mark.parametrize(
    "text",
    [
        "公車上可以吃便當嗎",
        "颱風假的薪水怎麼算才對",
        "急診掛號費收多少",
        "Who maintains the street lights?",
        "What year did the metro open?",
        "我想申請租屋補助",
        "早安你好",
    ],
)
def test_questions_about_a_service_are_left_to_the_documents(router: ServiceRouter, text: str) -> None:
    """Restraint: rules, fees, responsibility, history, other matters, small talk."""
    assert routed(router, text).calls == ()


def test_both_are_asked_where_both_are_meant(router: ServiceRouter) -> None:
    """A live question with one on the rules."""
    found = routed(router, "美濃現在有淹水嗎？淹水補助要怎麼申請")
    assert ([call.service.name for call in found.calls], found.documents) == (["flood_risk"], True)


def test_a_conversation_about_a_bus(router: ServiceRouter) -> None:
    """The stop is asked for, the reply fills it, and another line takes the place of the first."""
    first = routed(router, "紅30還要多久才來")
    turns = [Turn("紅30還要多久才來", first.ask)]
    second = routed(router, "鳳山車站", *turns)
    third = routed(router, "那88路呢", *turns, Turn("鳳山車站", "紅30 還有 5 分鐘。"))
    assert first.calls[0].missing == ("stop",)
    assert second.calls[0].values == {"route": "紅30", "stop": "鳳山車站"}
    assert third.calls[0].values == {"route": "88", "stop": "鳳山車站"}


def test_it_opens_quickly_once_it_is_fitted(router: ServiceRouter) -> None:
    """The model is read from its file, not fitted again."""
    again = opened()
    start = time.perf_counter()
    again.prepare()
    assert time.perf_counter() - start < 3.0
