"""Which live services a message needs, and how a conversation goes on."""

from pathlib import Path

import pytest

from assistant.routing.service_router import LiveRoute, ServiceRouter
from assistant.schema import Role, Turn
from assistant.text import detect_language
from tests.routing.live_city import NOW, add_service, open_router, write_city


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> ServiceRouter:
    return open_router(write_city(tmp_path_factory.mktemp("city")))


def routed(router: ServiceRouter, text: str, *history: Turn, role: Role = "citizen") -> LiveRoute:
    return router.route(text, detect_language(text), history, NOW, role)


def names(found: LiveRoute) -> list[str]:
    return [call.service.name for call in found.calls]


def talk(router: ServiceRouter, *texts: str) -> LiveRoute:
    """The route of the last of several turns; each is answered with its question back, or with something live."""
    history: list[Turn] = []
    for text in texts:
        found = routed(router, text, *history)
        history.append(Turn(text, found.ask or "現在的資料如下。"))
    return found


def test_a_live_question_goes_to_its_service(router: ServiceRouter) -> None:
    """With its arguments, the moment and the wording; the documents are not asked."""
    found = routed(router, "明天青嶺會下雨嗎")
    (call,) = found.calls
    assert (call.service.name, call.values) == ("weather", {"place": "青嶺", "time": "2026-11-19"})
    assert call.moment is not None
    assert (call.text, call.missing, found.documents, found.ask) == ("明天青嶺會下雨嗎", (), False, "")


def test_another_city_is_not_asked_about_here(router: ServiceRouter) -> None:
    """The weather of another city is not this one's."""
    assert routed(router, "台南明天會下雨嗎") == LiveRoute()
    assert names(routed(router, "台南人要去青嶺，明天會下雨嗎")) == ["weather"]


@pytest.mark.parametrize("text", ["公車票價多少", "急診要收多少錢", "謝謝你", "如果公車沒來", "身分證怎麼補辦"])
def test_other_questions_go_to_the_documents(router: ServiceRouter, text: str) -> None:
    """Restraint: fees, suppositions, small talk."""
    found = routed(router, text)
    assert (found.calls, found.documents) == ((), True)


def test_what_is_missing_is_asked_back(router: ServiceRouter) -> None:
    """By the service's own words, with choices where it has a list."""
    assert routed(router, "下一班公車幾點到").ask == "請問在哪一站等車？"
    found = routed(router, "我要預約視訊看診")
    assert found.choices == ("皮膚科", "心臟科")
    assert found.calls[0].missing == ("specialty", "time")


def test_documents_are_asked_beside_a_service(router: ServiceRouter) -> None:
    """Where one part of the message asks about rules."""
    found = routed(router, "88還有多久到青嶺站，公車可以帶狗嗎")
    assert (names(found), found.documents) == (["bus"], True)


def test_two_services_can_be_asked_at_once(router: ServiceRouter) -> None:
    """Each with the arguments of its own part."""
    found = routed(router, "明天會下雨嗎，青嶺醫院急診要等多久")
    assert [(call.service.name, dict(call.values)) for call in found.calls] == [
        ("weather", {"time": "2026-11-19"}),
        ("emergency", {"hospital": "青嶺醫院"}),
    ]


def test_a_service_for_staff_is_closed_to_citizens(router: ServiceRouter) -> None:
    """They get what the documents say."""
    assert names(routed(router, "無人機發現哪些裂縫", role="staff")) == ["drones"]
    assert routed(router, "無人機發現哪些裂縫") == LiveRoute()


@pytest.mark.parametrize(
    ("turns", "values"),
    [
        (("下一班公車幾點到", "青嶺站"), {"stop": "青嶺站"}),
        (("紅30快來了嗎", "我在茄苳腳那邊"), {"route": "紅30", "stop": "茄苳腳"}),
        (("下一班公車幾點到", "青嶺站", "那88路呢"), {"stop": "青嶺站", "route": "88"}),
        (("明天青嶺會下雨嗎", "那後天呢"), {"place": "青嶺", "time": "2026-11-20"}),
        (("明天青嶺會下雨嗎", "那後天呢", "河東呢"), {"place": "河東", "time": "2026-11-20"}),
        (("weather in Qingling", "and in Hedong?"), {"place": "Hedong"}),
        (("青嶺醫院急診要等多久", "河東醫院呢"), {"hospital": "河東醫院"}),
        (("我的案件處理到哪了", "5678901"), {"reference": "5678901"}),
        (("我要預約視訊看診", "2", "明天下午三點"), {"specialty": "cardiology", "time": "2026-11-19T15:00+08:00"}),
        (("幫我訂車", "石門到青嶺", "明天八點", "兩個人"), {
            "from": "石門", "to": "青嶺", "time": "2026-11-19T08:00+08:00", "passengers": "2",
        }),
    ],
)  # fmt: skip
def test_a_conversation_goes_on(router: ServiceRouter, turns: tuple[str, ...], values: dict[str, str]) -> None:
    """A reply fills what was asked for; a place, a time or a line takes the place of the earlier one."""
    (call,) = talk(router, *turns).calls
    assert (call.values, call.missing) == (values, ())


def test_a_reply_keeps_the_whole_wording(router: ServiceRouter) -> None:
    """What is sent to the city holds both turns."""
    (call,) = talk(router, "路燈壞了我要報修", "中央路").calls
    assert call.values["description"] == call.text == "路燈壞了我要報修，中央路"


def test_changed_words_take_the_place_of_the_old(router: ServiceRouter) -> None:
    """So that the wording names one place only."""
    assert talk(router, "青嶺醫院急診要等多久", "河東醫院呢").calls[0].text == "河東醫院急診要等多久"


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (("下一班公車幾點到", "公車票價多少"), []),
        (("下一班公車幾點到", "算了，明天會下雨嗎"), ["weather"]),
        (("明天青嶺會下雨嗎", "急診現在人多嗎"), ["emergency"]),
        (("明天青嶺會下雨嗎", "謝謝你"), []),
    ],
)
def test_a_new_topic_drags_nothing_along(router: ServiceRouter, turns: tuple[str, ...], expected: list[str]) -> None:
    """Neither the service nor its arguments."""
    found = talk(router, *turns)
    assert names(found) == expected
    assert not any("place" in call.values or "stop" in call.values for call in found.calls)


def test_a_service_is_added_by_data_alone(tmp_path: Path) -> None:
    """A table with examples is all that a new service needs."""
    zh = ["附近哪裡可以裝水", "最近的飲水機在哪", "公園有飲水機嗎", "飲水機有溫水嗎"]
    en = ["Where can I refill my bottle?", "nearest drinking fountain", "drinking water near the park"]
    add_service(write_city(tmp_path), "water_near", zh, en)
    router = open_router(tmp_path)
    assert names(routed(router, "青嶺哪裡有飲水機可以裝水")) == ["water_near"]
    assert names(routed(router, "a drinking fountain near Hedong?")) == ["water_near"]
    assert names(routed(router, "公車票價多少")) == []
