"""Emergencies: cries for help get the right number, and questions about rules do not."""

import re
import time
from pathlib import Path

import pytest

from assistant.errors import CityDataError
from assistant.guardrails.emergency import EmergencyPlan, find_emergency, load_emergency_plan
from assistant.schema import Lang
from assistant.settings import PROJECT_ROOT

KAOHSIUNG = PROJECT_ROOT / "corpus" / "kaohsiung"
PLAN = """[read_as]
fire = "fyre"
[words]
place = "house shop"
[harmless]
wordings = "fire sale"
[context]
now = "help"
here = "my {place}"
pleas = "what do i do"
question = "what | when"
past = "last year"
supposed = "what if"
asks = "rule*"
[[kind]]
name = "fire"
always = "in flames"
happening = "{place} …on fire"
topic = "fire"
signs = "smoke | hot"
of_whom = "my"
[kind.reply]
en = "call 119"
"zh-TW" = "撥 119"
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


def test_the_most_urgent_danger_comes_first_and_the_second_adds_its_numbers(plan: EmergencyPlan) -> None:
    """Where two dangers are named, the kinds' order in the city's data decides, and both are answered."""
    replies = {kind.name: kind.reply["zh-TW"] for kind in plan.kinds}
    assert find_emergency("失火了而且我不想活了", "zh-TW", plan) == f"{replies['fire']}\n\n{replies['self_harm']}"


def test_a_second_danger_that_adds_no_number_is_left_out(plan: EmergencyPlan) -> None:
    """Fire and smoke poisoning both need 119: one reply says so."""
    replies = {kind.name: kind.reply["en"] for kind in plan.kinds}
    assert find_emergency("my house is on fire and my dad cannot breathe", "en", plan) == replies["fire"]


@pytest.mark.parametrize("around", ["嗚{}", "{}嗚", "{}嗚{}"])
def test_a_cry_for_help_at_either_end_of_a_long_text_is_heard(plan: EmergencyPlan, around: str) -> None:
    """Text before or after it, however long, does not hide it."""
    text = around.replace("嗚", "嗚" * 100_000).format("失火了！", "")
    assert find_emergency(text, "zh-TW", plan) is not None


@pytest.mark.parametrize("text", ["\udcff失火了", "失\x00火了", "失\u200b火了"])
def test_broken_or_hidden_characters_do_not_hide_danger(plan: EmergencyPlan, text: str) -> None:
    """What a faulty keyboard or terminal adds neither stops the program nor the alarm."""
    assert find_emergency(text, "zh-TW", plan) is not None


def test_a_cry_for_help_after_a_long_question_is_heard(plan: EmergencyPlan) -> None:
    """A question about money, six hundred characters of it, does not make the danger after it harmless."""
    text = "我想請問租屋補助要怎麼申請，需要哪些資格和文件呢？" * 25 + "等一下我阿嬤昏倒在地上"
    assert "119" in (find_emergency(text, "zh-TW", plan) or "")


@pytest.mark.parametrize("text", ["我", "嗚", "水我火家車人", "he is not my wall water ", "我 ", "失火去年，"])
def test_a_huge_text_is_read_in_bounded_time(plan: EmergencyPlan, text: str) -> None:
    """A hundred thousand characters take under 100 ms here; the bound leaves room for a busy machine."""
    start = time.process_time()
    find_emergency(text * (100_000 // len(text)), "zh-TW", plan)
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    ("text", "alarm"),
    [
        ("house in flames last year, rule", True),
        ("the house is on fire", True),
        ("the house was on fire last year", False),
        ("rules when a house is on fire", False),
        ("rules? my house is on fire", True),
        ("what if the house is on fire", False),
        ("rule: fire, help", True),
        ("fyre", True),
        ("fire rules", False),
        ("fire sale", False),
        ("it is hot, there is smoke", True),
        ("smoke in my car", True),
        ("when is it hot in the smoke", False),
        ("hot, smoke, what do i do", True),
        ("smoke", False),
    ],
)
def test_each_list_counts_as_the_plan_says(tmp_path: Path, text: str, *, alarm: bool) -> None:
    """Sure wordings always count, others not in the past, in suppositions, or where rules are asked for."""
    (tmp_path / "emergency.toml").write_text(PLAN)
    assert (find_emergency(text, "en", load_emergency_plan(tmp_path)) is not None) is alarm


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_every_reply_says_what_to_call(plan: EmergencyPlan, lang: Lang) -> None:
    """No kind of danger is without an emergency number in either language."""
    assert all(re.search(r"119|110", kind.reply[lang]) for kind in plan.kinds)


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"[[kind]\n",
        PLAN.replace("{place} …", "{nowhere} …").encode(),
        PLAN.replace('"zh-TW" = "撥 119"', "").encode(),
        PLAN.encode("big5"),
        PLAN.replace('past = "last year"', "").encode(),
    ],
    ids=["missing", "no TOML", "no such list", "one language", "not UTF-8", "no past"],
)
def test_a_city_without_a_usable_plan_is_a_clear_fault(tmp_path: Path, content: bytes | None) -> None:
    """The assistant does not start without an emergency plan, and says which file is wrong."""
    if content is not None:
        (tmp_path / "emergency.toml").write_bytes(content)
    with pytest.raises(CityDataError, match=r"emergency\.toml"):
        load_emergency_plan(tmp_path)
