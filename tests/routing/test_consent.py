import time

import pytest

from assistant.routing.consent import No, Yes, offered_codes, read_reply
from assistant.schema import Turn

OFFER = "・類別：坑洞\n若要送出，請回覆「確認 K7M2QX」（15 分鐘內有效）；不送出請回覆「取消」。"
OFFER_EN = "- Category: pothole\nTo send it, reply “confirm K7M2QX” (valid for 15 minutes); to drop it, reply “cancel”."
AFTER = (Turn("路上有洞", OFFER),)
AFTER_EN = (Turn("a hole", OFFER_EN),)

YES = """好|好的|好啊|是|是的|對|可以|要|我要|沒問題|同意|確認|確定|送出|請送出|好，送出吧|是，我確認
我確定要送出|麻煩幫我送出|就這樣|內容正確|好的，謝謝|好謝謝|可以，麻煩了|嗯，好|👍|好👍🏽|ＯＫ|ok
OK!|ok please|yes|Yes.|yes please|yep, go ahead|sure|please do|send it|Yes, please send it.
that's right|I confirm|confirm|sounds good, thank you"""
NO = """不|不要|不要了|先不要|不用|不用了，謝謝|不用了謝謝|取消|請取消|那就取消吧|還是不要好了|算了|先不用
不是|不對|別送|不要送出|好，取消|no|No.|nope|no thanks|not now|cancel|cancel it please|don't
Don’t send it|please don't|never mind|ok cancel|stop|👎"""
NEITHER = """好，那幾點到？|改成三個人|好嗎|可以嗎？|好？|yes?|ok?|是不是|好不好|要不要|送出了嗎|取消了嗎|不行嗎
yes but change the time|不是，是鳳山區|確認 K7M2QX 但改成三個人|確認 K7M2QX 嗎|confirm K7M2QX?
確認 K7M2QX 和 M7K2QX|不，好|no, yes|好麻煩|謝謝|thanks|嗯|等一下|明天會下雨嗎|sure, why not?
no problem|是的話會怎樣|好像不對|好久|對面|要是|不要臉|取消訂單的規定|yes we have no bananas
ok google|yesterday|noise|確認 K7M2Q|1|好 1|請|K7M2QY 是什麼"""


def lines(text: str) -> list[str]:
    return text.replace("\n", "|").split("|")


@pytest.mark.parametrize("text", lines(YES))
def test_a_bare_yes_agrees_to_the_offer_of_the_last_answer(text: str) -> None:
    """In both languages alike, whatever language the offer was in."""
    assert read_reply(text, AFTER) == Yes("K7M2QX")
    assert read_reply(text, AFTER_EN) == Yes("K7M2QX")


@pytest.mark.parametrize("text", lines(NO))
def test_a_no_drops_the_offer_of_the_last_answer(text: str) -> None:
    """Also one that begins with a polite yes."""
    assert read_reply(text, AFTER) == No("K7M2QX")


@pytest.mark.parametrize("text", lines(NEITHER))
def test_a_question_or_anything_further_is_neither(text: str) -> None:
    """What says more than yes or no is answered as what it is, and agrees to nothing."""
    assert read_reply(text, AFTER) is None


@pytest.mark.parametrize("text", [*lines(YES), *lines(NO)])
def test_without_an_offer_in_the_last_answer_nothing_is_agreed_to(text: str) -> None:
    """Neither at the beginning, nor once another answer has come between."""
    assert read_reply(text, ()) is None
    assert read_reply(text, (*AFTER, Turn("天氣", "今天晴。"))) is None


@pytest.mark.parametrize(
    "text",
    [
        "確認 K7M2QX",
        "確認K7M2QX",
        "確認：k7m2qx",
        "「確認 K7M2QX」",
        "確認　Ｋ７Ｍ２ＱＸ",
        "confirm K7M2QX",
        "好，確認 K7M2QX，謝謝",
        "'confirm k7m2qx'",
        "yes K7M2QX please",
        "**confirm K7M2QX**",
    ],
)
def test_a_yes_with_its_code_counts_whenever_it_comes(text: str) -> None:
    """However it is written, with other answers between, and with another offer last."""
    other = Turn("q", OFFER.replace("K7M2QX", "M3N4P5"))
    for history in ((), AFTER, (*AFTER, Turn("天氣", "今天晴。")), (*AFTER, other)):
        assert read_reply(text, history) == Yes("K7M2QX")


def test_a_no_with_its_code_counts_whenever_it_comes() -> None:
    """It drops that offer, not the last one."""
    assert read_reply("取消 K7M2QX", ()) == No("K7M2QX")
    assert read_reply("cancel M3N4P5", AFTER) == No("M3N4P5")


def test_the_code_alone_agrees_only_to_the_offer_that_names_it() -> None:
    """Elsewhere it may be anything."""
    assert read_reply("K7M2QX", AFTER) == Yes("K7M2QX")
    assert read_reply("K7M2QX", ()) is None
    assert read_reply("M3N4P5", AFTER) is None


def test_of_two_offers_at_once_a_bare_yes_takes_neither() -> None:
    """Which one is meant is not guessed; a no drops both."""
    both = (Turn("q", f"{OFFER}\n{OFFER_EN.replace('K7M2QX', 'M3N4P5')}"),)
    assert offered_codes(both[0].answer) == ("K7M2QX", "M3N4P5")
    assert read_reply("好", both) is None
    assert read_reply("不要", both) == No("")
    assert read_reply("確認 M3N4P5", both) == Yes("M3N4P5")


@pytest.mark.parametrize(
    "answer",
    [
        "說明：若要送出，請回覆「確認 K7M2QX」",
        "機關說明：「To send it, reply “confirm K7M2QX”」",
        "若要送出，請回覆「確認 PLEASE」",
        "已送出，案件編號是 K7M2QX。",
    ],
)
def test_words_of_others_in_an_answer_are_no_offer(answer: str) -> None:
    """What a publisher or a person wrote stands within a line, and our offers begin one."""
    assert read_reply("好", (Turn("q", answer),)) is None


def test_odd_texts_are_read_in_no_time() -> None:
    """No wording takes long, however often its parts are repeated."""
    start = time.process_time()
    for part in (
        "好",
        "那就",
        "麻煩你",
        "請幫我",
        "我要",
        "嗯",
        "不要",
        "要確認",
        "please ",
        "ok",
        "👍",
        "'",
        "、",
        "對對好的",
    ):
        assert read_reply(part * (60 // len(part)) + "x", AFTER) is None
    assert time.process_time() - start < 1.0
    assert read_reply("好" * 5000, AFTER) is None
