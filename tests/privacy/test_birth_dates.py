"""Birth dates."""

import pytest

from tests.privacy.found import found


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("生日{}", "76年5月3日"),
        ("出生年月日：{}", "1987/05/03"),
        ("我{}出生", "民國58年11月20日"),
        ("我是{}生的", "66.10.10"),
        ("阿嬤{}生", "民國三十四年八月十五日"),
        ("生日：{}", "７６年５月３日"),
        ("生日{}", "0760503"),
        ("I was born on {}.", "May 3, 1987"),
        ("My birthday is {}", "20 November 1969"),
        ("DOB {}", "03/05/1987"),
    ],
)
def test_a_day_that_is_said_to_be_a_birth_date_is_one(text: str, date: str) -> None:
    """In both calendars and languages."""
    assert found(text.format(date)) == [(date, "birth_date")]


@pytest.mark.parametrize(
    "text",
    [
        "113年1月1日以後出生的寶寶",
        "生日禮金114年1月20日發放",
        "本辦法自112年1月1日生效",
        "113學年度",
        "公告日期2024/05/03",
        "出生登記要在60天內辦",
        "民國100年1月1日出生率",
        "Children born after January 1, 2024",
        "people born on 1 January 2024 or later",
    ],
)
def test_dates_of_rules_and_documents_pass(text: str) -> None:
    """A date alone is nobody's birthday."""
    assert found(text) == []
