"""The kinds of hazards that questions name."""

import pytest

from assistant.tools.hazards import hazards_named


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("海嘯警報解除了沒", ["tsunami"]),
        ("桃源區有土石流警戒嗎", ["debris flow or landslide"]),
        ("風颱警報開始未", ["typhoon"]),
        ("Is the extremely heavy rain warning still on", ["heavy rain"]),
        ("Are there warnings for big waves and fog?", ["fog", "big waves"]),
        ("有什麼災害警報要注意的", []),
        ("active warnings", []),
    ],
)
def test_a_question_names_kinds_or_asks_of_any(question: str, kinds: list[str]) -> None:
    """The words of either language are known; a question without one is about all of them."""
    assert [hazard.name["en"] for hazard in hazards_named(question)] == kinds
