"""The shipped application with its real index and model, as a person uses it."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ask, expect_answered

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("locale", "question"),
    [("zh-TW", "YouBike 公共自行車怎麼收費？"), ("en-US", "How much is a single light rail ticket?")],
)
def test_a_question_gets_a_quote(open_page, real_app_url, locale, question):
    """A citizen asks and sees a highlighted quote of a city document, and then a finished answer."""
    page = open_page(real_app_url, locale=locale)
    ask(page, question)

    expect(page.locator("#current mark").first).to_be_visible(timeout=30_000)
    expect_answered(page, question)
    expect(page.locator("#current .answer-answered, #current .answer-partial")).to_be_visible()
