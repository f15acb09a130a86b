"""Placeholders in the place of personal data, and back."""

import json

import pytest

from assistant.privacy import Kind, Purpose, find_personal, known_values, mask, restore, split_open
from assistant.privacy.kinds import MASKED, PLACEHOLDER_WORDS, THRESHOLDS
from assistant.settings import PROJECT_ROOT

OWN = PROJECT_ROOT / "eval" / "datasets" / "personal-data.jsonl"
TEXT = "我叫王小明，電話0912-345-678，住青年一路345號"


def test_placeholders_are_in_the_language_of_the_text() -> None:
    """Readable by people and models alike."""
    assert mask(TEXT, "zh-TW").text == "我叫〔姓名1〕，電話〔電話1〕，住〔地址1〕"
    assert mask("Call me at 0912345678 or 0987654321", "en").text == "Call me at [phone 1] or [phone 2]"


def test_the_prompt_keeps_addresses() -> None:
    """Where something is, is what people ask about."""
    assert mask(TEXT, "zh-TW", Purpose.PROMPT).text == "我叫〔姓名1〕，電話〔電話1〕，住青年一路345號"


def test_a_value_keeps_its_placeholder_through_a_conversation() -> None:
    """However it is written again, and even in the other language."""
    first = mask("我的手機0912345678", "zh-TW")
    second = mask("My mobile is +886-912-345-678, not 0987-654-321", "en", earlier=first.restored_by)
    assert second.text == "My mobile is 〔電話1〕, not [phone 2]"
    assert dict(second.restored_by) == {"〔電話1〕": "0912345678", "[phone 2]": "0987-654-321"}


def test_what_a_person_typed_like_a_placeholder_stays_apart() -> None:
    """A new placeholder takes another number."""
    masked = mask("〔電話1〕是什麼？我的是0912345678", "zh-TW")
    assert masked.text == "〔電話1〕是什麼？我的是〔電話2〕"
    assert restore(masked.text, masked.restored_by) == "〔電話1〕是什麼？我的是0912345678"


@pytest.mark.parametrize("written", ["〔電話1〕", "【電話 1】", "[Phone 1]", "[ phone 1 ]", "［電話1］"])
def test_a_model_may_respell_a_placeholder(written: str) -> None:
    """Other brackets, spaces, capitals, or the other language."""
    masked = mask("我的手機0912345678", "zh-TW")
    assert restore(f"會打{written}給您", masked.restored_by) == "會打0912345678給您"


def test_a_placeholder_that_nobody_gave_stays() -> None:
    """Nobody's data can be asked for by number."""
    masked = mask("我的手機0912345678", "zh-TW")
    assert restore("〔電話2〕〔姓名1〕", masked.restored_by) == "〔電話2〕〔姓名1〕"
    assert restore("〔電話1〕", {}) == "〔電話1〕"


def test_a_stream_waits_for_the_end_of_a_placeholder() -> None:
    """Half a placeholder is held back."""
    assert split_open("會打〔電話1〕給您〔電") == ("會打〔電話1〕給您", "〔電")
    assert split_open("沒有") == ("沒有", "")


def test_harmless_text_is_returned_as_it_is() -> None:
    """With what is known from earlier texts."""
    masked = mask("敬老卡有幾點？", "zh-TW", earlier={"〔電話1〕": "0912345678"})
    assert masked.text == "敬老卡有幾點？"
    assert masked.restored_by == {"〔電話1〕": "0912345678"}


def test_every_kind_has_a_word_and_every_purpose_a_level() -> None:
    """A new kind cannot be forgotten."""
    assert set(PLACEHOLDER_WORDS) == set(Kind)
    assert set(MASKED) == set(THRESHOLDS) == set(Purpose)
    assert MASKED[Purpose.LOG] == MASKED[Purpose.STORAGE] == MASKED[Purpose.TRACE] == set(Kind)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_masking_twice_changes_nothing_and_restoring_gives_the_text_back(purpose: Purpose) -> None:
    """Over every line of the labelled set, in both languages."""
    for line in OWN.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        known = known_values(row.get("known", ()))
        for lang in ("zh-TW", "en"):
            masked = mask(row["text"], lang, purpose, known)
            assert mask(masked.text, lang, purpose, known, masked.restored_by) == masked
            assert restore(masked.text, masked.restored_by) == row["text"]
            left = find_personal(masked.text, known)
            assert {span.kind for span in left} <= set(Kind) - MASKED[purpose]
