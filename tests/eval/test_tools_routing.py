"""The figures of routing."""

from pathlib import Path
from typing import Any

import pytest

from eval.tools.routing import measure_routing, same_words
from tests.routing.live_city import TOWN, open_router, write_city

ROWS: list[dict[str, Any]] = [
    {"question": "明天青嶺會下雨嗎", "tools": ["weather"],
     "arguments": {"weather": {"place": "青嶺", "time": "2026-11-19"}}},
    {"question": "河東會下雨嗎", "tools": ["weather"], "arguments": {"weather": {"place": "青嶺"}}},
    {"question": "下一班公車幾點到", "tools": ["bus"], "arguments": {"bus": {}}, "missing": ["bus.stop"]},
    {"question": "88還有多久到青嶺站，公車可以帶狗嗎", "tools": ["bus"], "documents": True,
     "arguments": {"bus": {"stop": "青嶺", "route": "88路"}}},
    {"question": "公車票價多少", "tools": [], "documents": True},
    {"question": "急診現在人多嗎", "tools": []},
]  # fmt: skip
COMMON = {"arguments": {}, "missing": [], "documents": False, "split": "dev", "lang": "zh-TW", "role": "citizen"}


def test_each_share_has_its_count(tmp_path: Path) -> None:
    """Services, arguments, restraint and questions back, each of the questions that it is about."""
    rows = [COMMON | row | {"id": str(n), "as_of": "2026-11-18T14:20+08:00"} for n, row in enumerate(ROWS)]
    report = measure_routing(open_router(write_city(tmp_path)), TOWN, rows)
    figures = report.figures()
    assert figures["tools"] == "1.000 (4 of 4)"
    assert figures["arguments"] == "0.750 (3 of 4)"
    assert figures["restraint"] == "0.500 (1 of 2)"
    assert figures["missing_asked"] == "1.000 (1 of 1)"
    assert [row.id for row in report.wrong] == ["1", "5"]
    assert report.figures(split="test")["tools"] == "none"


@pytest.mark.parametrize(
    ("got", "want", "expected"),
    [
        ("青嶺站", "青嶺", True),
        ("本和里", "青嶺區本和里", True),
        ("88", "88路", True),
        ("the Moonlight Night Market", "Moonlight Night Market", True),
        ("青嶺區", "青嶺區本和里", False),
        ("青嶺", "河東", False),
        ("", "河東", False),
    ],
)
def test_wordings_that_mean_the_same_are_right(got: str, want: str, expected: bool) -> None:
    """Words that add nothing, and the district around a place, do not count; what is left out does."""
    assert same_words(got, want, TOWN) == expected
