"""Language: Traditional Chinese as written in Taiwan, and the language of the question."""

import json

import pytest

from assistant.schema import Lang
from assistant.settings import PROJECT_ROOT
from assistant.verification.language import has_simplified, to_taiwan_usage, wrong_language

CORPUS = PROJECT_ROOT / "corpus" / "kaohsiung" / "documents"


@pytest.mark.parametrize(
    "text", ["资料", "请拨打电话", "垃圾车", "申請办法", "優惠价格", "主管机构", "长者", "医院", "听力", "触摸", "种类"]
)
def test_simplified_characters_are_noticed(text: str) -> None:
    """One Simplified character in a sentence is enough."""
    assert has_simplified(text)


@pytest.mark.parametrize(
    "text",
    [
        "申請資料",
        "台北與臺北",
        "群峰",
        "皇后里",
        "干涉餅乾",
        "只有一隻",
        "制定製造",
        "游泳",
        "涂小姐住新庄",
        "昵稱栖息",
        "台里后面只几云干占群准余松斗",
        "烏魚子",
        "ＡＢＣ１２３",
        "ABC",
        "かな",
        "𠮷",
        "",
    ],
)
def test_traditional_text_is_not_taken_for_simplified(text: str) -> None:
    """Characters that both scripts share, and other scripts, pass."""
    assert not has_simplified(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("请携带身份证办理。", "請攜帶身份證辦理。"),
        ("请下载软件。", "請下載軟體。"),
        ("公车票价30元", "公車票價30元"),
        ("垃圾车每周三停收。", "垃圾車每週三停收。"),
    ],
)
def test_simplified_text_becomes_taiwan_usage(text: str, expected: str) -> None:
    """Characters and terms become those of Taiwan, figures stay."""
    assert to_taiwan_usage(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("請用滑鼠點選。", "請用滑鼠點選。"),
        ("請下載軟件並打印。", "請下載軟體並列印。"),
        ("請看視頻。", "請看影片。"),
        ("請搭出租車。", "請搭計程車。"),
        ("可在線申請。", "可線上申請。"),
        ("文件說「請看視頻」，請看視頻。", "文件說「請看視頻」，請看影片。"),
    ],
)
def test_mainland_terms_become_those_of_taiwan(text: str, expected: str) -> None:
    """Also in Traditional characters, but never inside a quote."""
    assert to_taiwan_usage(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "電視頻道",
        "出租車輛登記",
        "在線上申請",
        "現在線上有人",
        "三個月內存放",
        "通信息票",
        "文件與程序",
        "支持項目",
        "自行車社區設備",
    ],
)
def test_words_that_taiwan_uses_stay(text: str) -> None:
    """Words that mean something else here, and terms that only appear across a word boundary."""
    assert to_taiwan_usage(text) == text


def test_published_questions_of_the_city_stay_letter_by_letter() -> None:
    """No line of the city's own FAQ is taken for mainland usage."""
    path = PROJECT_ROOT.parent / "shared" / "data" / "b1_kcg_faq" / "kcg_faq_dev.jsonl"
    if not path.exists():
        pytest.skip("the city's FAQ is not at hand")
    rows = [json.loads(row) for row in path.read_text(encoding="utf-8").split("\n") if row.strip()]
    lines = [line for row in rows for line in row["answer"].splitlines()][:2000]
    assert [line for line in lines if to_taiwan_usage(line) != line and not has_simplified(line)] == []


def test_traditional_text_stays_letter_by_letter() -> None:
    """No line of the shipped Chinese documents changes, so that copies of them stay verbatim."""
    lines = [line for path in CORPUS.rglob("*.md") for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line for line in lines if to_taiwan_usage(line) != line] == []


def test_the_texts_of_the_page_are_traditional() -> None:
    """No text that ships with the program is taken for Simplified."""
    texts = (PROJECT_ROOT / "assistant" / "ui" / "texts.toml").read_text(encoding="utf-8")
    assert [line for line in texts.splitlines() if has_simplified(line)] == []


@pytest.mark.parametrize(
    ("sentence", "lang", "wrong"),
    [
        ("垃圾車每週三停收。", "zh-TW", False),
        ("TPASS 月票 399 元。", "zh-TW", False),
        ("Rubbish is not collected on Wednesday.", "zh-TW", True),
        ("Rubbish is not collected on Wednesday.", "en", False),
        ("Use the 好孕幣 platform (高雄數位市民).", "en", False),
        ("垃圾車每週三停收。", "en", True),
        ("30", "zh-TW", False),
        ("30", "en", False),
    ],
)
def test_a_sentence_in_another_language_is_noticed(sentence: str, lang: Lang, wrong: bool) -> None:
    """Names in the other language are allowed, whole sentences are not."""
    assert wrong_language(sentence, lang) is wrong


def test_a_link_does_not_make_a_sentence_english() -> None:
    """The language of a sentence is that of its words, however long the address in it."""
    sentence = (
        "申領電子謄本的網址是 https://www.land.example.gov.tw/electronic/transcripts/apply/index.html，需要安裝軟體。"
    )
    assert wrong_language(sentence, "en")
    assert not wrong_language(sentence, "zh-TW")
