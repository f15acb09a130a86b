"""The form in which personal data are looked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.privacy.folding import fold_text


@pytest.mark.parametrize(
    "written",
    [
        "０９１２３４５６７８",
        "0\u200b9\u200c1\u200d2\u2060345678",
        "𝟎𝟗𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖",
        "٠٩١٢٣٤٥٦٧٨",
        "⓪⑨①②③④⑤⑥⑦⑧",
        "0️⃣9️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣",
        "0\u03369\u03361\u03362\u03363\u03364\u03365\u03366\u03367\u03368\u0336",
        "零九一二三四五六七八",
        "〇九一二三四五六七八",
        "零玖壹貳參肆伍陸柒捌",
        "09l2345678",
        "09I2345678",
    ],
)
def test_digits_have_one_spelling(written: str) -> None:
    """However a digit is written or hidden, it is read as one of 0-9."""
    assert fold_text(written).plain == "0912345678"


def test_letters_that_look_latin_are_latin() -> None:
    """A Cyrillic А does not hide the number behind it."""
    assert fold_text("А123456789").plain == "A123456789"


def test_a_short_chinese_number_stays_as_written() -> None:
    """Only a run as long as a phone number is one; 三多一路 is a road."""
    assert fold_text("三多一路一百二十三號").plain == "三多一路一百二十三號"


def test_a_place_in_the_folded_text_is_one_in_the_given_text() -> None:
    """What is masked is what the person wrote, hidden characters included."""
    text = "打\u200b０９\u200b１２－345\u200b-678吧"
    folded = fold_text(text)
    start, end = folded.given(folded.text.index("0"), folded.text.index("吧"))
    assert text[start:end] == "０９\u200b１２－345\u200b-678"


@given(st.text())
def test_every_text_folds(text: str) -> None:
    """Both readings are as long as each other, and places run from the beginning of the text to its end."""
    folded = fold_text(text)
    assert len(folded.text) == len(folded.plain) == len(folded.offsets) - 1
    assert sorted(folded.offsets) == list(folded.offsets)
    assert folded.offsets[-1] == len(text)
