"""The words of a tool of somebody else, made plain."""

import pytest

from assistant.feeds.mcp_client import ToolAnswer, ToolState
from assistant.tools.mcp_words import plain_lines


def lines(*texts: str, structured: dict[str, object] | None = None) -> list[str]:
    return plain_lines(ToolAnswer(ToolState.SAID, texts, structured or {}))[0]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("時間:14:05，PM2.5 是 12.5 μg/m³，No.5", "時間:14:05，PM2.5 是 12.5 μg/m³，No.5"),
        ("請見https://a.tw/x。今天有雨", "請見 。今天有雨"),
        ("見 a.gov.tw，或寫信到 x.y@a.gov.tw。", "見 ，或寫信到 。"),
        ("call javascript:alert(1) now, or tel:1999", "call now, or"),
        ("[點這裡](//evil.example) 領 <b>100</b> 元", "點這裡 領 100 元"),
        ("雨量 <10 mm，風速 >5 m/s", "雨量 ＜10 mm，風速 ＞5 m/s"),
        ("他說「好」。“fine”", "他說『好』。‘fine’"),
        ("a\u200bb\u00adc\u202ed\x07e\U000e0041f\tg", "abcdef g"),
        ("e.g. v2.5 rain.Tomorrow", "e.g. v2.5 rain.Tomorrow"),
    ],
)
def test_a_line_keeps_its_meaning_and_loses_the_rest(text: str, plain: str) -> None:
    """Figures and their signs stay; links, markup, quotation marks like ours and what one does not see go."""
    assert lines(text) == [plain]


def test_json_is_told_member_by_member() -> None:
    """In the text or beside it, once, with the names of what holds them."""
    document = {"a": 1, "b": {"c": [1, 2], "d": None, "e": ""}, "f": [{"x": True}, {"x": 0.5}]}
    told = ["a: 1", "b / c: 1, 2", "f / x: true", "f / x: 0.5"]
    written = '{"a": 1, "b": {"c": [1, 2], "d": null, "e": ""}, "f": [{"x": true}, {"x": 0.5}]}'
    assert lines(written) == told
    assert lines(written, structured=document) == told
    assert lines(structured={"result": "一\n二"}) == ["一", "二"]
    assert lines("有話說", structured=document) == ["有話說"]


@pytest.mark.parametrize("text", ["", "  \n\t", "###", "{}", "[" * 5000, "\u200b", "https://a.example"])
def test_what_has_no_words_has_no_lines(text: str) -> None:
    """Signs alone are nothing to quote."""
    assert lines(text) == []


def test_a_broken_document_is_quoted_as_text() -> None:
    """What only looks like JSON is still somebody's words."""
    assert lines('{"a": 1') == ['"a": 1']


@pytest.mark.parametrize(
    "text", ["a" * 20_000, "a." * 10_000, "<a" * 10_000, "x\n" * 10_000, "@" * 20_000, "1." * 9_999]
)
def test_long_texts_are_cut_without_being_read_whole(text: str) -> None:
    """Five lines of 160 characters at most, whatever the patterns would make of the rest."""
    found, _ = plain_lines(ToolAnswer(ToolState.SAID, (text,)))
    assert len(found) <= 5
    assert all(len(line) <= 160 for line in found)


def test_more_than_is_quoted_is_noticed() -> None:
    """Six lines are five and more; five are five."""
    assert plain_lines(ToolAnswer(ToolState.SAID, ("1\n2\n3\n4\n5\n6",))) == (["1", "2", "3", "4", "5"], True)
    assert plain_lines(ToolAnswer(ToolState.SAID, ("1\n2\n3\n4\n5\n",))) == (["1", "2", "3", "4", "5"], False)
