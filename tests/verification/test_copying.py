"""Characters that the model garbled while it copied."""

import pytest

from assistant.verification.copying import is_garbled, restored

SOURCES = ["數位認養站有25處合作場所。", "行政程序法第 46 條給的是當事人看卷宗的權利。"]


@pytest.mark.parametrize(
    ("sentence", "right"),
    [
        ("依據是行政程序法第 46 梘。", "依據是行政程序法第 46 條。"),
        ("高雄有25虦場合作場所。", "高雄有25處合作場所。"),
        ("行政程序發第 46 條給的是當事人看卷宗的權利。", "行政程序法第 46 條給的是當事人看卷宗的權利。"),
        ("辦法是第 46 條。", "辦法是第 46 條。"),
        ("行政程序法第 46 條有規定。", "行政程序法第 46 條有規定。"),
    ],
)
def test_a_slip_in_copying_is_put_right(sentence: str, right: str) -> None:
    """A rare character that no source has gives way to what its source has in that place; other words stay."""
    assert restored(sentence, SOURCES) == right
    assert not is_garbled(right, SOURCES)


def test_what_cannot_be_put_right_stays_and_is_seen() -> None:
    """Without a place in a source nothing is guessed, and the check finds the character."""
    assert restored("辦公室在鑨樓。", SOURCES) == "辦公室在鑨樓。"
    assert is_garbled("辦公室在鑨樓。", SOURCES)


def test_a_rare_character_of_a_source_is_right() -> None:
    """Names of people and places have rare characters; they stand in what is cited."""
    assert not is_garbled("由黃堃承辦。", ["承辦人：黃堃"])
    assert restored("由黃堃承辦。", ["承辦人：黃堃"]) == "由黃堃承辦。"
