"""Wording: what the assistant says around an answer."""

from datetime import date

import pytest

from assistant import wording
from assistant.schema import Document, Lang

TODAY = date(2026, 7, 1)
REPLACED = Document("old", "old.md", "票價 2024", effective_from=date(2024, 1, 1), superseded=date(2026, 1, 1))
CURRENT = Document("new", "new.md", "票價 2026", effective_from=date(2026, 1, 1), supersedes="old")
COMING = Document("next", "next.md", "票價 2027", effective_from=date(2027, 1, 1))
EXPIRED = Document("aid", "aid.md", "補助說明", effective_to=date(2025, 12, 31))


@pytest.mark.parametrize(
    ("document", "lang", "notice"),
    [
        (REPLACED, "zh-TW", "《票價 2024》是 2024-01-01 至 2025-12-31 適用的舊規定；自 2026-01-01 起已有新規定。"),
        (
            REPLACED,
            "en",
            "“票價 2024” held from 2024-01-01 to 2025-12-31; a newer rule has been in force since 2026-01-01.",
        ),
        (COMING, "zh-TW", "《票價 2027》自 2027-01-01 起才適用，目前尚未生效。"),
        (COMING, "en", "“票價 2027” starts on 2027-01-01 and is not in force yet."),
        (EXPIRED, "zh-TW", "《補助說明》是到 2025-12-31 為止適用的舊規定，現在已不適用。"),
        (EXPIRED, "en", "“補助說明” held until 2025-12-31 and is no longer in force."),
        (CURRENT, "zh-TW", ""),
        (CURRENT, "en", ""),
    ],
)
def test_a_document_that_does_not_hold_today_is_said_to_be_so(document: Document, lang: Lang, notice: str) -> None:
    """Ended and coming rules come with their dates, rules in force without a word."""
    assert wording.outside_today([document, document], TODAY, lang) == notice


def test_the_rule_in_force_is_named_where_it_is_known() -> None:
    """A reader of an old rule is led to the present one."""
    said = wording.outside_today([CURRENT, REPLACED], TODAY, "zh-TW", {"old": CURRENT})
    assert said == "《票價 2024》是 2024-01-01 至 2025-12-31 適用的舊規定；現行規定請見《票價 2026》。"


def test_a_rule_is_in_force_on_its_first_and_on_its_last_day() -> None:
    """Nothing is said on the days at which the validity begins and ends."""
    assert wording.outside_today([REPLACED], date(2024, 1, 1), "en") == ""
    assert wording.outside_today([REPLACED], date(2025, 12, 31), "en") == ""


@pytest.mark.parametrize(
    ("axis", "holds", "agrees", "zh", "en"),
    [
        ("permission", True, True, "是的，可以。", "Yes, this is allowed."),
        ("duty", False, False, "不，不需要。", "No, this is not required."),
        ("charge", False, True, "是的，不用付費。", "Yes, there is no charge."),
        ("open", False, False, "不是。", "No, that is not so."),
    ],
)
def test_a_ruling_says_what_it_means(axis: str, holds: bool, agrees: bool, zh: str, en: str) -> None:
    """To "I need not pay, right?" the answer names the charge and not a bare yes."""
    assert wording.ruled(axis, holds, agrees, "zh-TW") == zh
    assert wording.ruled(axis, holds, agrees, "en") == en
