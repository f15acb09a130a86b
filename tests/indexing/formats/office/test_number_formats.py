"""Showing numbers as spreadsheets do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.indexing.formats.office.number_formats import GENERAL, built_in_format, show_number


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        ("0.05", "0%", "5%"),
        ("0.126", "0.0%", "12.6%"),
        ("1234.5", "#,##0", "1,235"),
        ("-1234.567", "#,##0.00;(#,##0.00)", "(1,234.57)"),
        ("-0.001", "0.0", "0.0"),
        ("0", '_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-', "-"),
        ("12345", '[$NT$-404]#,##0"元"', "NT$12,345元"),
        ("1234567", "#,##0,", "1,235"),
        ("7", "000", "007"),
        ("912345678", "0000-000-000", "0912-345-678"),
        ("5000", '[>=1000]#,##0"大";0"小"', "5,000大"),
        ("12345.678", "0.00E+00", "1.23E+04"),
        ("0.30000000000000004", GENERAL, "0.3"),
        ("3", 'General"年"', "3年"),
        ("5", ";;;", ""),
        ("文字", "0.00", "文字"),
        ("nan", "0", ""),
    ],
)
def test_numbers_read_as_on_the_screen(value: str, form: str, shown: str) -> None:
    """What a person sees is what is quoted; checked against LibreOffice."""
    assert show_number(value, form) == shown


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        ("45000", "yyyy/m/d", "2023/3/15"),
        ("45000", "[$-404]e/m/d", "112/3/15"),
        ("45000", '[$-404]ggge"年"m"月"d"日"', "中華民國112年3月15日"),
        ("45000", 'm"月"d"日"', "3月15日"),
        ("45000.75", "yyyy-mm-dd hh:mm", "2023-03-15 18:00"),
        ("0.75", "h:mm AM/PM", "6:00 PM"),
        ("1.5", "[h]:mm", "36:00"),
        ("45000", "m/d/yyyy", "2023-03-15"),
        ("45000", "d-mmm-yy", "2023-03-15"),
        ("45000", "mmm-yy", "2023-03"),
        ("45000.5", "m/d/yyyy h:mm", "2023-03-15 12:00"),
    ],
)
def test_dates_are_never_ambiguous(value: str, form: str, shown: str) -> None:
    """Years first as shown, also those of the Republic; any other order is written as ISO 8601."""
    assert show_number(value, form) == shown


def test_files_may_count_from_1904() -> None:
    """Old Macintosh files count their days from another year."""
    assert show_number("0", "yyyy/m/d", from_1904=True) == "1904/1/1"


def test_built_in_codes_have_formats() -> None:
    """Codes without a text of their own are those of Excel; unknown ones are general."""
    assert [built_in_format(code) for code in (9, 3, 27, 999)] == ["0%", "#,##0", "[$-404]e/m/d", GENERAL]


@given(st.floats(allow_nan=True, allow_infinity=True), st.text('0#?.,%;[]"\\$-_*ymdhsegE+@General元 ', max_size=30))
def test_any_format_shows_something(value: float, form: str) -> None:
    """Formats are free text in the file: none may raise."""
    assert isinstance(show_number(repr(value), form), str)
