"""Phone numbers of persons."""

import pytest

from assistant.privacy import known_values
from assistant.privacy.phones import national_number
from tests.privacy.found import found


@pytest.mark.parametrize(
    "written",
    [
        "0912345678",
        "0912-345-678",
        "0912 345 678",
        "0912.345.678",
        "0912/345/678",
        "0912_345_678",
        "0912、345、678",
        "(0912)345-678",
        "0 9 1 2 3 4 5 6 7 8",
        "+886912345678",
        "+886-912-345-678",
        "+886 (0)912 345 678",
        "886912345678",
        "00886912345678",
        "零九一二三四五六七八",
        "零九一二 三四五 六七八",
        "0912三四五678",
        "+84 912 345 678",
    ],
)
def test_a_mobile_number_is_found_in_every_writing(written: str) -> None:
    """People group, spell and prefix numbers as they like."""
    assert found(f"我的號碼是{written}，謝謝") == [(written, "mobile")]


@pytest.mark.parametrize(
    "written", ["07-7412345", "(07)741-2345", "077412345", "02-2720-8889", "07-7412345轉123", "07-7412345#12"]
)
def test_a_landline_is_found_with_its_extension(written: str) -> None:
    """A home or a desk is a person's."""
    assert found(f"請打{written}找我") == [(written, "landline")]


def test_shortened_numbers_count_where_they_are_called_phones() -> None:
    """Without area code or leading zero only the words around tell."""
    assert found("家裡市話是741-2345") == [("741-2345", "landline")]
    assert found("+886的912-345-678是我的手機") == [("912-345-678", "mobile")]
    assert found("面積7412345平方公尺") == []


def test_each_of_two_numbers_is_found() -> None:
    """They do not read as one number that is none."""
    assert [piece for piece, _ in found("打0912345678,0987654321或0911222333 0922333444")] == [
        "0912345678",
        "0987654321",
        "0911222333",
        "0922333444",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "打1999、110、119、113、165、1922、1955",
        "免費專線0800-024-111",
        "4128185",
        "01/02/2024到03/12/2024",
        "2024-12-31",
        "08:30-17:30",
        "人口1,037,123,456",
        "座標22.6273, 120.3014",
        "收件編號0912345",
        "https://example.org/news-034950897.html",
        "文化局07-2288850幾點下班",
    ],
)
def test_hotlines_dates_and_figures_pass(text: str) -> None:
    """Toll-free numbers, offices, dates and amounts are nobody's phone."""
    assert found(text) == []


def test_published_numbers_pass_in_any_writing() -> None:
    """What the city has published is no personal data."""
    known = known_values(["07-3368333"])
    assert found("(07)336-8333分機2345、+886-7-336-8333、０７－３３６８３３３", known) == []


def test_numbers_compare_by_their_digits_at_home() -> None:
    """Country code, zero and grouping do not matter."""
    assert {national_number(text) for text in ("0912-345-678", "+886912345678", "(0912) 345678")} == {"912345678"}
    assert national_number("abc") == ""
