"""Names of persons in Chinese sentences."""

import pytest

from tests.privacy.found import found


def names(text: str, threshold: float = 0.5) -> list[str]:
    return [piece for piece, kind in found(text, threshold=threshold) if kind == "name"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我叫{}，想問垃圾車時間", "王小明"),
        ("我叫{}想問捷運", "馬俊賢"),
        ("我的名字叫{}", "歐陽靖"),
        ("姓名：{} 電話", "黃淑芬"),
        ("我是{}，來問停車費", "陳建宏"),
        ("本人{}欲申請證明", "李宗翰"),
        ("我媽媽{}行動不便", "洪秀英"),
        ("阿嬤{}走失了", "史阿招"),
        ("請轉告{}小姐", "謝佩珊"),
        ("請問{}先生的案子", "高志明"),
        ("{}先生您好", "許"),
        ("敝姓{}，想請教", "吳"),
        ("聯絡人：{}（配偶）", "范姜美玉"),
        ("我太太叫{}", "阮氏秋香"),
        ("外籍配偶{}，要辦歸化", "陳氏紅"),
        ("姓名：{}", "瓦歷斯·諾幹"),
        ("我叫{}", "王\u200b小明"),
        ("我叫 {}", "王 小 明"),
        ("我是{}，想問學生方案", "Jennifer Wang"),
        ("由{}代辦", "嚴子晴"),
        ("檢舉{}在公園賣酒", "連勝達"),
        ("{}小姐說要補件", "Linda"),
    ],
)
def test_a_name_is_found_where_one_is_spoken_of(text: str, name: str) -> None:
    """After or before words of naming, of family and of roles."""
    assert names(text.format(name)) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "我是高雄人",
        "我是高中生",
        "我是單親媽媽",
        "我是方便早上去的",
        "我是金門人",
        "我叫不到復康巴士",
        "我叫了計程車",
        "他叫我去區公所",
        "姓名變更要帶什麼",
        "申請人：須年滿18歲",
        "戶名：高雄市政府財政局",
        "負責人應具備什麼資格",
        "我先生工作受傷",
        "我兒子方便請假嗎",
        "老先生走失了",
        "請先生出示證件",
        "方案先生效再公告",
        "同學會場地租借",
        "兒童發展評估",
        "工程款怎麼領",
        "市長陳其邁的施政報告",
        "連媽媽都不能代領嗎",
        "王太太牛肉麵還有開嗎",
    ],
)
def test_words_that_begin_like_names_pass(text: str) -> None:
    """A surname is a word like any other until a person is spoken of; officials are named freely."""
    assert names(text) == []


def test_what_a_sentence_is_about_is_left_for_the_prompt_and_masked_for_the_store() -> None:
    """余光中 is a poet, and might be a neighbour."""
    assert names("郭詩涵的申請有排到嗎") == []
    assert names("郭詩涵的申請有排到嗎", threshold=0.4) == ["郭詩涵"]


def test_a_name_is_found_wherever_it_is_repeated() -> None:
    """Its second mention needs no words of naming."""
    assert names("我叫林雅惠。證件上的林雅惠也是我。") == ["林雅惠", "林雅惠"]


def test_names_that_follow_a_name_are_names() -> None:
    """A list has its words of naming once."""
    assert names("繼承人楊景堯、楊景文都要到場嗎") == ["楊景堯", "楊景文"]


def test_a_name_beside_a_number_is_a_record() -> None:
    """Between commas and slashes nobody writes words of naming."""
    assert names("潘建志/A123456789/0912345678") == ["潘建志"]
