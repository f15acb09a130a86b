"""Emergencies: cries for help get the right number, and questions about rules do not."""

import re
from pathlib import Path

import pytest

from assistant.errors import CityDataError
from assistant.guardrails.emergency import EmergencyPlan, find_emergency, load_emergency_plan
from assistant.schema import Lang
from assistant.settings import PROJECT_ROOT

KAOHSIUNG = PROJECT_ROOT / "corpus" / "kaohsiung"
PLAN = """[about_rules]
patterns = ["rule"]
[[kind]]
name = "fire"
acute = ["fire"]
[kind.reply]
en = "a"
"zh-TW" = "b"
"""


@pytest.fixture(scope="module")
def plan() -> EmergencyPlan:
    return load_emergency_plan(KAOHSIUNG)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("我不想活了", "1925"),
        ("我朋友說他想自殺", "1925"),
        ("I want to die", "1925"),
        ("隔壁失火了！", "119"),
        ("廚房的電線在冒煙", "119"),
        ("My house is on fire", "119"),
        ("家裡好像瓦斯漏氣，聞到瓦斯味", "119"),
        ("I smell gas in the kitchen", "119"),
        ("我爸突然胸痛", "119"),
        ("阿嬤昏倒叫不醒", "119"),
        ("my wife can't breathe", "119"),
        ("救命", "119"),
        ("我先生一直打我", "110"),
        ("有人拿刀闖進我家", "110"),
        ("My husband is hitting me", "113"),
        ("水已經淹進家裡了", "119"),
        ("我們受困在車裡，水一直漲上來", "119"),
        ("We are trapped by the flood", "119"),
        ("ＨＥＬＰ　ｍｙ　ｈｏｕｓｅ　ｉｓ　ｏｎ　ｆｉｒｅ", "119"),
        ("地下室　　淹水了 怎么办", "119"),
        ("火災", "119"),
    ],
)
def test_danger_gets_its_number(plan: EmergencyPlan, text: str, number: str) -> None:
    """Whoever is in danger reads the number to call, in either language of the reply."""
    for lang in ("zh-TW", "en"):
        reply = find_emergency(text, lang, plan)
        assert reply is not None, text
        assert number in reply


@pytest.mark.parametrize(
    "text",
    [
        "垃圾車星期幾不收？",
        "火災警報器補助怎麼申請？",
        "火災受災戶可以申請救助金嗎",
        "淹水補助金額多少？",
        "瓦斯熱水器補助",
        "家暴保護令怎麼申請",
        "自殺防治中心電話",
        "颱風停班停課什麼時候公布",
        "Fire safety inspection rules for restaurants",
        "How do I apply for flood relief?",
        "捷運票價多少",
        "中風復健補助",
        "Where is the burning ghost money furnace?",
        "打疫苗",
        "死亡證明申請",
    ],
)
def test_questions_about_services_are_no_emergency(plan: EmergencyPlan, text: str) -> None:
    """Words of danger in a question about rules, money or services do not stop the answer."""
    assert find_emergency(text, "zh-TW", plan) is None


def test_life_comes_before_everything_else(plan: EmergencyPlan) -> None:
    """Where two dangers are named, the kinds' order in the city's data decides."""
    names = [kind.name for kind in plan.kinds]
    reply = find_emergency("失火了而且我不想活了", "zh-TW", plan)
    assert reply == plan.kinds[names.index("self_harm")].reply["zh-TW"]


def test_a_cry_for_help_at_the_start_of_a_long_text_is_heard(plan: EmergencyPlan) -> None:
    """Text after it, however long, does not hide it."""
    assert find_emergency("失火了！" + "嗚" * 100_000, "zh-TW", plan) is not None


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_every_reply_says_what_to_call(plan: EmergencyPlan, lang: Lang) -> None:
    """No kind of danger is without an emergency number in either language."""
    assert all(re.search(r"119|110", kind.reply[lang]) for kind in plan.kinds)


def test_a_plan_needs_no_more_than_the_sample(tmp_path: Path) -> None:
    """The sample that the broken plans below are made from is itself a good one."""
    (tmp_path / "emergency.toml").write_text(PLAN)
    assert find_emergency("FIRE", "en", load_emergency_plan(tmp_path)) == "a"


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"[[kind]\n",
        PLAN.replace('["fire"]', '["("]').encode(),
        PLAN.replace('"zh-TW" = "b"', "").encode(),
        PLAN.replace("fire", "火").encode("big5"),
    ],
    ids=["missing", "no TOML", "bad pattern", "one language", "not UTF-8"],
)
def test_a_city_without_a_usable_plan_is_a_clear_fault(tmp_path: Path, content: bytes | None) -> None:
    """The assistant does not start without an emergency plan, and says which file is wrong."""
    if content is not None:
        (tmp_path / "emergency.toml").write_bytes(content)
    with pytest.raises(CityDataError, match=r"emergency\.toml"):
        load_emergency_plan(tmp_path)
