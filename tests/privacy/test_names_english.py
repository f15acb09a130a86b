"""Names of persons in Latin letters."""

import pytest

from tests.privacy.found import found


def names(text: str) -> list[str]:
    return [piece for piece, kind in found(text) if kind == "name"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("My name is {} and I lost my card.", "Maria Santos"),
        ("my name is {}, how do i pay", "john chen"),
        ("I'm {}, calling about a light.", "David Lin"),
        ("I am {} and I want to register.", "Peter O'Brien"),
        ("This is {}. Can I see a doctor?", "Nguyen Thi Lan"),
        ("My name is {}.", "Lê Thị Hoa"),
        ("Name: {}, phone", "Wang Hsiao-ming"),
        ("Mr. {} burns garbage.", "Chen"),
        ("My wife {} needs a class.", "Siti Rahayu"),
        ("My mother-in-law, {}, has dementia.", "Hsiao Mei-Yun"),
        ("Hi, {} here.", "Daniel Kowalski"),
        ("Best regards,\n{}", "Linda Hsu"),
        ("The patient is {}", "Hsieh Ming-Tao"),
        ("My name is {}", "陳怡安"),
    ],
)
def test_a_name_is_found_where_one_is_spoken_of(text: str, name: str) -> None:
    """In small letters too, after words that leave no doubt."""
    assert names(text.format(name)) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "My name is not on the list.",
        "My name is misspelled.",
        "I am Taiwanese, can I use this?",
        "I am a resident of Fengshan District.",
        "I am New Taipei resident",
        "This is Kaohsiung City, right?",
        "Name: what should I write?",
        "Miss the last train, what now?",
        "Ms or Mrs on the form?",
        "My son Friday has no school?",
        "Does Mr. Donut have a branch?",
        "Is Dr. Sun Yat-sen Park open?",
        "My husband is American, can he vote?",
        "Thanks, goodbye",
    ],
)
def test_nationalities_places_and_plain_words_pass(text: str) -> None:
    """A capital letter makes no name."""
    assert names(text) == []


def test_a_name_beside_a_number_is_a_record() -> None:
    """Between commas two capitalised words are a person."""
    assert names("It is for Marcus Webb, tel 0912345678") == ["Marcus Webb"]
