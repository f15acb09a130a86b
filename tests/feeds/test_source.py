"""Sources of live data: whom a fault is about."""

import pytest

from assistant.errors import FeedMalformed
from assistant.feeds.base import FeedSource, blamed


@pytest.mark.parametrize(("marked", "named"), [("", "dispatcher"), ("zones", "zones")])
def test_a_fault_is_of_the_feed_that_was_asked(marked: str, named: str) -> None:
    """Unless whoever raised it knew better."""
    fault = FeedMalformed("It is broken.")
    fault.feed = marked
    with pytest.raises(FeedMalformed) as caught, blamed(FeedSource("dispatcher", "", "")):
        raise fault
    assert caught.value is fault
    assert fault.feed == named
