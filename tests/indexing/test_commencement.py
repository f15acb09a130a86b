"""When a rule comes into force by its last article or point."""

from datetime import date, timedelta

import pytest

from assistant.indexing.articles import mark_articles
from assistant.indexing.blocks import Block
from assistant.indexing.commencement import commencement
from assistant.schema import Locator

PROMULGATED = date(2025, 7, 1)
THIRD_DAY = PROMULGATED + timedelta(days=2)


def rule(closing: str) -> list[Block]:
    """A rule of two articles, the last one as given."""
    texts = ("第一條 本辦法依老人福利法訂定之。", f"第二條 {closing}")
    return list(mark_articles(Block(text, Locator(), "paragraph") for text in texts))


@pytest.mark.parametrize(
    "closing",
    [
        "本辦法自發布日施行。",
        "本自治條例自公布日施行。",
        "本辦法自發布之日起實施。",
        "本辦法自中華民國一百年一月一日施行。\n本辦法修正條文自發布日施行。",
        "本法自公布日施行。\n本法中華民國九十八年五月十二日修正之條文，自九十八年十一月二十三日施行。",
    ],
)
def test_in_force_on_the_third_day_of_its_promulgation(closing: str) -> None:
    """That of the last amendment counts as the first day; what is said of older amendments is past."""
    assert commencement(rule(closing), PROMULGATED, amended=True) == THIRD_DAY


def test_in_force_at_once() -> None:
    """A rule that begins at once begins on the day of its letter."""
    assert commencement(rule("本作業要點自即日起生效。"), PROMULGATED, amended=True) == PROMULGATED


@pytest.mark.parametrize(
    "closing",
    [
        "本辦法自中華民國一百十四年九月一日施行。",
        "本辦法自發布日施行。\n本辦法中華民國一百十四年七月一日修正之條文，自一百十四年九月一日施行。",
        "本法自公布日施行。\n本法中華民國一百十四年六月十日修正之條文，自一百十四年九月一日施行。",
    ],
)
def test_in_force_from_a_day_that_it_names(closing: str) -> None:
    """An act names the day of its third reading, some weeks before its promulgation."""
    assert commencement(rule(closing), PROMULGATED, amended=True) == date(2025, 9, 1)


@pytest.mark.parametrize(
    "closing",
    [
        "本辦法施行日期，由本府定之。",
        "本法自公布後一年施行。",
        "本法除第三條自公布後一年施行外，自公布日施行。",
        "本法自公布日施行。但中華民國一百十四年六月十日修正之第三條，其施行日期由行政院定之。",
        "本法自公布日施行。\n本法修正條文施行日期另定之。",
        "本辦法自發布日施行。\n本辦法中華民國一百十四年七月一日修正之第三條，自一百十四年九月一日施行。",
        "申請文件自發布日施行後另定。",
        "本辦法未規定者，適用老人福利法。",
    ],
)
def test_an_unclear_start_is_left_open(closing: str) -> None:
    """A document whose start is unknown is found; one with a wrong start is not."""
    assert commencement(rule(closing), PROMULGATED, amended=True) is None


def test_a_day_before_an_amendment_began_the_older_text() -> None:
    """Only a rule that was never amended has been in force since then."""
    closing = rule("本辦法自中華民國一百年一月一日施行。")
    assert commencement(closing, PROMULGATED, amended=True) is None
    assert commencement(closing, date(2010, 12, 1), amended=False) == date(2011, 1, 1)


def test_without_promulgation_the_clause_gives_no_day() -> None:
    """自發布日施行 says nothing to whom the day of promulgation is unknown."""
    assert commencement(rule("本辦法自發布日施行。"), None, amended=False) is None


def test_a_rule_of_points_closes_with_its_last_ones() -> None:
    """Administrative rules have points instead of articles."""
    points = [Block(text, Locator(), "item") for text in ("一、目的。", "二、對象。", "三、本要點自發布日實施。")]
    assert commencement(points, PROMULGATED, amended=False) == THIRD_DAY


@pytest.mark.parametrize(
    ("closing", "clear"),
    [
        ("This Act shall come into force from the date of promulgation.", True),
        ("These Regulations shall become effective on the date of their publication.", True),
        ("This Act will take effect upon promulgation.", True),
        ("This Act shall come into force one year after its promulgation.", False),
        ("This Act shall take effect on the date of promulgation. Article 3 shall take effect next year.", False),
        ("This Act shall come into effect upon promulgation unless otherwise stipulated.", False),
    ],
)
def test_english_clauses_are_read_where_they_stand_alone(closing: str, clear: bool) -> None:
    """A sentence beside the clause may make exceptions."""
    blocks = list(mark_articles([Block(f"Article 1\n{closing}", Locator(), "paragraph")]))
    assert commencement(blocks, PROMULGATED, amended=True) == (THIRD_DAY if clear else None)
