"""Vehicle plates."""

import pytest

from tests.privacy.found import found


@pytest.mark.parametrize(
    "written",
    ["ABC-1234", "ABC1234", "abc-1234", "ABC 1234", "ABC-123", "123-ABC", "1234-AB", "AB-1234", "ＡＢＣ－１２３４"],
)
def test_what_is_called_a_plate_is_one(written: str) -> None:
    """All forms in use, in any writing."""
    assert found(f"車牌{written}被拖吊") == [(written, "plate")]
    assert found(f"My plate number is {written}.") == [(written, "plate")]


def test_three_letters_and_four_digits_near_a_vehicle_are_a_plate() -> None:
    """Nobody calls it a plate who complains about a car."""
    assert found("有一台ABC-1234的車擋住車庫") == [("ABC-1234", "plate")]
    assert found("The car (ABC-1234) was towed") == [("ABC-1234", "plate")]


def test_a_plate_alone_is_an_answer_to_our_question() -> None:
    """Asked for the plate, people send it bare."""
    assert found("ABC-1234") == [("ABC-1234", "plate")]


@pytest.mark.parametrize(
    "text",
    [
        "ISO-9001認證",
        "BR-0852班機",
        "1800cc的汽車",
        "125cc機車",
        "KH-2024-000567",
        "COVID-19",
        "機車ABS-125補助",
        "My car was 2010 model",
    ],
)
def test_flights_standards_and_engine_sizes_pass(text: str) -> None:
    """Letters with digits are mostly something else."""
    assert found(text) == []
