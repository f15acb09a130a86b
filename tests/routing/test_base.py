"""The route of a question."""

import pytest

from assistant.city import load_city
from assistant.routing import Router, load_router, route_question
from assistant.schema import Lang, Turn
from assistant.settings import PROJECT_ROOT


@pytest.fixture(scope="module")
def router() -> Router:
    return load_router(load_city(PROJECT_ROOT / "corpus" / "kaohsiung"))


@pytest.mark.parametrize(("text", "lang", "city"), [("你好", "zh-TW", "高雄市"), ("hello", "en", "Kaohsiung City")])
def test_small_talk_is_answered_in_its_language(router: Router, text: str, lang: Lang, city: str) -> None:
    """A fixed reply names the city and leaves nothing to fill in."""
    routed = route_question(text, lang, (), router)
    assert routed.route == "reply"
    assert city in routed.reply
    assert "{" not in routed.reply
    assert (routed.resolved, routed.standalone) == (None, "")


def test_every_fixed_reply_can_be_filled_in(router: Router) -> None:
    """No text asks for a name that the router does not give."""
    for reply in router.replies:
        for text in reply.text.values():
            assert "{" not in text.format(city="x", help="y")


def test_everything_else_goes_to_the_documents(router: Router) -> None:
    """A question is searched, with what it leans on."""
    assert route_question("垃圾車星期三會收嗎？", "zh-TW", (), router).route == "documents"
    routed = route_question("那學生呢？", "zh-TW", (Turn("成人票價多少？", "30元。"),), router)
    assert (routed.standalone, routed.reply) == ("學生票價多少", "")
