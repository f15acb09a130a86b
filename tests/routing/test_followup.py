"""Follow-ups: which turns lean on earlier ones, and the standalone wordings that they get."""

import time

import pytest

from assistant.routing.choices import clarifying_text
from assistant.routing.followup import Resolved, resolve
from assistant.schema import Lang, Turn

ZH = (Turn("旗津渡輪全票多少錢？", "渡輪全票每次30元。"),)
EN = (Turn("What is the adult fare of the ferry?", "NT$30 on the ferry."),)


def history_of(lang: Lang) -> tuple[Turn, ...]:
    return ZH if lang == "zh-TW" else EN


def searches(resolved: Resolved) -> list[str]:
    return [candidate.search for candidate in resolved.candidates]


@pytest.mark.parametrize(("text", "lang"), [("那學生呢？", "zh-TW"), ("And for students?", "en")])
def test_nothing_before_it_leaves_a_question_alone(text: str, lang: Lang) -> None:
    """The first question of a conversation is searched as it was typed."""
    resolved = resolve(text, lang, ())
    assert (resolved.kind, searches(resolved)) == ("whole", [text])


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("住在鼓山的六十五歲長者要怎麼申請重陽節的敬老禮金？", "zh-TW"),
        ("Which documents must residents bring to register a newborn baby at the office?", "en"),
    ],
)
def test_a_long_question_is_not_dragged_along(text: str, lang: Lang) -> None:
    """Enough matter of its own makes a question whole, whatever was asked before."""
    resolved = resolve(text, lang, history_of(lang))
    assert (resolved.kind, searches(resolved)) == ("whole", [text])


@pytest.mark.parametrize(
    ("before", "text", "lang", "meant"),
    [
        ("公園星期三會開放嗎？", "那星期日呢？", "zh-TW", "公園星期日會開放嗎"),
        ("老人搭公車多少錢？", "身障者呢", "zh-TW", "身障者搭公車多少錢"),
        ("第一胎可以領多少？", "如果是第二胎呢", "zh-TW", "第二胎可以領多少"),
        ("Is the park open on Wednesday?", "What about Sunday?", "en", "Is the park open on Sunday"),
        ("What do adults pay?", "and children?", "en", "What do children pay"),
    ],
)
def test_a_slot_of_the_same_kind_is_filled_anew(before: str, text: str, lang: Lang, meant: str) -> None:
    """A weekday takes the place of a weekday and a person of a person, and that is the only reading."""
    resolved = resolve(text, lang, (Turn(before, ""),))
    assert (resolved.kind, searches(resolved)) == ("follow_up", [meant])


@pytest.mark.parametrize(
    ("text", "lang", "meant"),
    [
        ("在哪裡買？", "zh-TW", "旗津渡輪全票，在哪裡買"),
        ("要帶什麼文件", "zh-TW", "旗津渡輪全票，要帶什麼文件"),
        ("Where do I pay?", "en", "adult fare ferry: Where do I pay"),
    ],
)
def test_a_question_without_a_matter_gets_the_earlier_topic(text: str, lang: Lang, meant: str) -> None:
    """What was asked of the topic before is dropped, and the new question asked of it."""
    assert searches(resolve(text, lang, history_of(lang))) == [meant]


@pytest.mark.parametrize(("text", "lang"), [("它幾點開船？", "zh-TW"), ("When does it leave the pier?", "en")])
def test_a_pronoun_leans_on_the_earlier_topic(text: str, lang: Lang) -> None:
    """The joined wording comes first."""
    assert resolve(text, lang, history_of(lang)).candidates[0].joined


@pytest.mark.parametrize(("text", "lang"), [("YouBike月票？", "zh-TW"), ("Dog licence fee?", "en")])
def test_a_short_topic_may_be_new(text: str, lang: Lang) -> None:
    """Its words alone come first, and the joined wording is left for a search to decide."""
    alone, joined = resolve(text, lang, history_of(lang)).candidates
    assert (alone.search, alone.joined, joined.joined) == (text, False, True)


@pytest.mark.parametrize(
    "text",
    [
        "這個月垃圾車會停收嗎？",
        "不是高雄市民可以借書嗎？",
        "颱風之前要準備什麼？",
        "那瑪夏的衛生所在哪裡？",
        "不好意思，請問果菜市場幾點開？",
        "如果遇到詐騙要打哪支電話？",
        "捷運站前面可以停車嗎？",
        "外國人也可以辦借書證嗎？",
    ],
)
def test_words_that_only_look_like_pointers_do_not_lean(text: str) -> None:
    """這個月, 不是市民, 之前 and the like stand in whole questions too, which are tried alone first."""
    resolved = resolve(text, "zh-TW", ZH)
    assert resolved.kind != "correction"
    assert not resolved.candidates[0].joined


@pytest.mark.parametrize(
    "text",
    ["What should I prepare before a typhoon?", "Is it possible to register online for library cards?"],
)
def test_english_words_that_only_look_like_pointers_do_not_lean(text: str) -> None:
    """Before a noun, or an expletive it, nothing is pointed at."""
    assert not resolve(text, "en", EN).candidates[0].joined


@pytest.mark.parametrize(
    ("before", "text", "lang", "meant"),
    [
        ("敬老卡一年有多少點？", "不是，我是問博愛卡", "zh-TW", "博愛卡一年有多少點"),
        ("捷運末班車幾點？", "不是捷運，是輕軌", "zh-TW", "輕軌末班車幾點"),
        ("除夕有收垃圾嗎？", "我是說初四啦", "zh-TW", "初四有收垃圾嗎"),
        (
            "Where is the main library?",
            "No, I meant the airport bus.",
            "en",
            "Where is the main library? the airport bus",
        ),
    ],
)
def test_a_correction_mends_the_earlier_question(before: str, text: str, lang: Lang, meant: str) -> None:
    """What was wrong is replaced where its place is known, and else the new words are added."""
    resolved = resolve(text, lang, (Turn(before, ""),))
    assert (resolved.kind, searches(resolved)[0]) == ("correction", meant)


@pytest.mark.parametrize(
    ("text", "lang"),
    [("看不懂，講簡單一點", "zh-TW"), ("再說一次", "zh-TW"), ("I don't understand, simpler please", "en")],
)
def test_a_complaint_asks_the_earlier_question_again(text: str, lang: Lang) -> None:
    """It names no matter of its own, so the same is searched for; the model may be told to be simple."""
    (again,) = resolve(text, lang, history_of(lang)).candidates
    assert again.search.startswith(history_of(lang)[0].question.rstrip("？?"))
    assert ("簡單" in again.asked or "simple" in again.asked) == (text != "再說一次")


def test_a_return_finds_the_turn_that_it_speaks_of() -> None:
    """Not the last turn but the one with the same words is carried on."""
    history = (*ZH, Turn("圖書館幾點開門？", "圖書館早上九點開門。"))
    resolved = resolve("回到剛剛的渡輪，機車多少錢？", "zh-TW", history)
    assert any("旗津渡輪" in search for search in searches(resolved))
    assert not any("圖書館" in search for search in searches(resolved))


def test_a_third_turn_leans_through_the_second() -> None:
    """The topic comes from the first question and the changed slot from the second."""
    history = (Turn("旗津渡輪成人票價多少？", "渡輪30元。"), Turn("那學生呢？", "學生15元。"))
    assert searches(resolve("在哪裡買？", "zh-TW", history)) == ["旗津渡輪學生票價，在哪裡買"]


def test_the_answer_tells_what_an_earlier_turn_meant() -> None:
    """A short turn that was answered from another document had left the first topic."""
    new_topic = (*ZH, Turn("借書證要錢嗎？", "圖書館的借書證免費。"))
    assert not any("渡輪" in search for search in searches(resolve("去哪裡辦？", "zh-TW", new_topic)))
    same_topic = (*ZH, Turn("機車要錢嗎？", "旗津渡輪的機車票 20 元，全票 30 元。"))
    assert all("旗津渡輪" in search for search in searches(resolve("去哪裡買？", "zh-TW", same_topic)))


@pytest.mark.parametrize("reply", ["第二個", "2", "長照交通接送", "我要問的是長照的"])
def test_a_reply_to_a_clarifying_question_takes_a_choice(reply: str) -> None:
    """The first question is asked again of what was chosen."""
    asked = "要怎麼預約？"
    history = (Turn(asked, clarifying_text(["復康巴士", "長照交通接送"], "zh-TW")),)
    resolved = resolve(reply, "zh-TW", history)
    assert resolved.kind == "choice"
    assert searches(resolved) == [f"長照交通接送，{asked}"]


def test_another_question_instead_of_a_choice_is_its_own() -> None:
    """Who does not take a choice is not held to it."""
    history = (Turn("要怎麼預約？", clarifying_text(["復康巴士", "長照交通接送"], "zh-TW")),)
    resolved = resolve("圖書館星期一有開嗎？", "zh-TW", history)
    assert resolved.kind != "choice"
    assert resolved.candidates[0].search == "圖書館星期一有開嗎？"


def test_ten_turns_stay_fast() -> None:
    """Resolving the last of five remembered turns takes milliseconds, also where each leans on the one before."""
    history = tuple(Turn(f"那{kind}呢？", "渡輪") for kind in ("學生", "兒童", "長者", "機車"))
    resolve("那星期日呢？", "zh-TW", (*ZH, *history))
    started = time.perf_counter()
    for _ in range(20):
        resolve("回到剛剛的渡輪，那星期日呢？", "zh-TW", (*ZH, *history))
    assert (time.perf_counter() - started) / 20 < 0.05
