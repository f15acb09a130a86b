"""Sentence boundaries in Chinese and English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.sentences import split_sentences, split_statements

SAMPLES = "申請。！？；「」（）.!?\n \t“”AaZz19/@:-"


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("費用為3.5元。請於上班時間辦理！可以嗎？", ["費用為3.5元。", "請於上班時間辦理！", "可以嗎？"]),
        ("備齊身分證；印章；申請書", ["備齊身分證；", "印章；", "申請書"]),
        ("他說「可以。」然後離開。", ["他說「可以。」", "然後離開。"]),
        ("真的嗎？！好的。", ["真的嗎？！", "好的。"]),
        ("第一行\n第二行", ["第一行", "第二行"]),
        ("Pay NT$3.5 at counter No. 5. Then wait.", ["Pay NT$3.5 at counter No. 5.", "Then wait."]),
        ("Ask Dr. Lin, e.g. Tuesday. He knows.", ["Ask Dr. Lin, e.g. Tuesday.", "He knows."]),
        (
            "See https://a.gov.tw/b.html?c=1. Or mail a.b@c.tw. Thanks",
            ["See https://a.gov.tw/b.html?c=1.", "Or mail a.b@c.tw.", "Thanks"],
        ),
        ("1. Apply here. Pay later.", ["1. Apply here.", "Pay later."]),
        ("請看 www.kcg.gov.tw. 再來電。", ["請看 www.kcg.gov.tw.", "再來電。"]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    """Marks end sentences; decimals, abbreviations, URLs, addresses and list numbers do not."""
    assert sentences(text) == expected


@given(st.text(alphabet=SAMPLES, max_size=80) | st.text(max_size=80))
def test_spans_cover_every_visible_character_once(text: str) -> None:
    """Spans are ordered, do not overlap, are not empty, and leave out white space only."""
    position = 0
    for start, end in split_sentences(text):
        assert position <= start < end
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


def test_a_table_row_is_one_statement() -> None:
    """Parts that a semicolon separates stay together within a line, and only there."""
    text = "票種：全票；票價：30元。票種：學生；票價：15元；\n每週一停駛。"
    parts = [text[start:end] for start, end in split_statements(text)]
    assert parts == ["票種：全票；票價：30元。", "票種：學生；票價：15元；", "每週一停駛。"]
