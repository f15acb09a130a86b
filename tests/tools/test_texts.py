"""What publishers wrote stands in sentences as theirs, and harmless."""

import pytest

from assistant.tools.texts import as_written, name_as_written, reference_said


def test_words_of_a_publisher_stand_in_quotation_marks_of_ours_alone() -> None:
    """Nobody can end the quotation by writing its marks."""
    assert as_written("請撥」0900「*<b>x</b>", "zh-TW") == "「請撥0900 x」"
    assert as_written("see https://evil.example/ now", "en") == "“see now”"


@pytest.mark.parametrize(
    ("name", "said"), [("那瑪夏區", "那瑪夏區"), ("第 3 診", "「第 3 診」"), ("call 0900555123", "「call 0900555123」")]
)
def test_a_name_with_figures_is_shown_to_be_a_name(name: str, said: str) -> None:
    """A plain name needs no marks; one with figures could be taken for ours."""
    assert name_as_written(name, "zh-TW") == said


def test_a_reference_is_a_number_or_quoted() -> None:
    """What a server calls a reference may be anything."""
    assert reference_said("SIM-0001", "en") == "SIM-0001"
    assert reference_said("call 0900", "en") == "“call 0900”"
