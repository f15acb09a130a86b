"""What several recognisers make of one text."""

import itertools

import pytest

from assistant.privacy import Kind, find_personal, known_values
from assistant.privacy.finding import RECOGNISERS
from tests.privacy.found import found

RECORD = "我叫王小明，電話0912-345-678，身分證A123456789，住高雄市左營區青年一路345號5樓，生日76年5月3日"


def test_all_kinds_of_a_record_are_found_in_order() -> None:
    """Nothing hides behind something else."""
    assert [kind for _, kind in found(RECORD)] == ["name", "mobile", "national_id", "address", "birth_date"]


def test_findings_do_not_overlap() -> None:
    """An account that looks like a phone is one piece."""
    spans = find_personal("我的帳號0912345678901，電話0912345678，卡號4012888888881881")
    assert all(first.end <= second.start for first, second in itertools.pairwise(spans))
    assert [span.kind for span in spans] == [Kind.BANK_ACCOUNT, Kind.MOBILE, Kind.CREDIT_CARD]


def test_published_values_are_nobodys() -> None:
    """They pass beside personal ones."""
    known = known_values(["07-3368333"])
    assert found("07-3368333是總機嗎，我家是07-7412345", known) == [("07-7412345", "landline")]


def test_scores_say_how_sure_a_finding_is() -> None:
    """A check digit is certain; the threshold is the caller's."""
    assert find_personal("A123456789")[0].score == 1.0
    assert find_personal("A123456789", threshold=1.1) == ()


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "hostile",
    [
        "0",
        "09-",
        "(0",
        "+0",
        "a@",
        "a.",
        "A1",
        "路1",
        "二段",
        "王",
        "一",
        " ",
        "Aa-",
        "Mr. Aa ",
        "my name is ",
        "born on ",
        "No. 1, A ",
    ],
)
def test_long_hostile_texts_take_no_long_time(hostile: str) -> None:
    """Each recogniser takes time in proportion to the text; a test that hangs is cut off."""
    assert find_personal(hostile * (20_000 // len(hostile))) is not None


@pytest.mark.parametrize("text", ["", " ", "\n", "？", "\u200b"])
def test_nothing_is_found_in_nothing(text: str) -> None:
    """Empty texts are no special case."""
    assert find_personal(text) == ()


def test_each_recogniser_is_listed_once() -> None:
    """The list is the order."""
    assert len(set(RECOGNISERS)) == len(RECOGNISERS) == 14
