"""What the model sees of a message."""

import numpy as np

from assistant.routing.service_features import character_counts, generic_wording, of_length_one, rarity
from tests.routing.live_city import TOWN


def generic(text: str) -> str:
    return generic_wording(text, TOWN.find_places(text))


def test_names_do_not_count() -> None:
    """A place stands as what it is, in the language of the message."""
    assert generic("月光夜市人多嗎") == "夜市人多嗎"
    assert generic("青嶺會下雨嗎") == generic("河東會下雨嗎")
    assert generic("the wait at Qingling Hospital") == "the wait at the hospital"


def test_times_do_not_count() -> None:
    """Any time is one sign."""
    assert np.array_equal(character_counts("明天下午三點下雨嗎"), character_counts("今晚下雨嗎"))


def test_characters_count() -> None:
    """Other words have other sequences; the same text always has the same."""
    one, same, other = (character_counts(text) for text in ("急診等多久", "急診等多久", "公車到哪了"))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_rare_sequences_weigh_more() -> None:
    """What stands in every message tells services apart least."""
    counts = np.array([[1.0, 1.0], [1.0, 0.0], [1.0, 0.0]], dtype=np.float32)
    weights = rarity(counts)
    assert weights[1] > weights[0]
    assert np.allclose(np.linalg.norm(of_length_one(counts), axis=1), 1)
