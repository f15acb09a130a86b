"""What the weather administration writes in Chinese, in English where every piece of it is known."""

import pytest

from assistant.tools.cwa_words import in_words


@pytest.mark.parametrize(
    ("published", "english"),
    [
        ("晴時多雲", "mostly clear"),
        ("陰短暫陣雨或雷雨", "cloudy with brief showers or thunderstorms"),
        ("多雲午後短暫雷陣雨", "partly cloudy with brief afternoon thundershowers"),
        ("海上陸上颱風警報", "typhoon (at sea and on land) warning"),
        ("超大豪雨特報", "extremely torrential rain advisory"),
        ("晴天有霾", "clear with haze"),
    ],
)
def test_known_phrases_are_translated(published: str, english: str) -> None:
    """The longest pieces go first, so that 豪雨 in 大豪雨 is not translated alone."""
    assert in_words(published, "en") == english
    assert in_words(published, "zh-TW") == published


def test_an_unknown_piece_leaves_the_phrase_as_it_is() -> None:
    """Half a translation would be a guess; markup is gone in any case."""
    assert in_words("多雲有沙塵暴", "en") == "多雲有沙塵暴"
    assert in_words("<b>多雲</b>", "en") == "partly cloudy"
