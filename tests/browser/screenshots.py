"""Pictures of a running app for the README: `python -m tests.browser.screenshots --url URL --out FOLDER`."""

import argparse
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import NO_CHROMIUM, ask, expect_answered, find_chromium, launch_chromium

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
QUESTIONS = {
    "zh-TW": "YouBike 公共自行車怎麼收費？",
    "en-US": "How much is a single light rail ticket?",
}


def main() -> None:
    """Take an opening and an answer picture for each size and language."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--zh", default=QUESTIONS["zh-TW"], help="the Chinese question")
    parser.add_argument("--en", default=QUESTIONS["en-US"], help="the English question")
    options = parser.parse_args()
    if find_chromium() is None:
        raise SystemExit(NO_CHROMIUM)
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        for size in SIZES:
            for locale, question in (("zh-TW", options.zh), ("en-US", options.en)):
                picture_exchange(browser, options.url, size, locale, question, options.out)
        browser.close()


def picture_exchange(browser: Browser, url: str, size: str, locale: str, question: str, out: Path) -> None:
    """One opening picture and one of a finished answer."""
    width, height = SIZES[size]
    viewport = {"width": width, "height": height}
    context = browser.new_context(locale=locale, viewport=viewport, reduced_motion="reduce")
    page = context.new_page()
    page.goto(url)
    expect(page.locator("#send")).not_to_be_empty()
    _take(page, out / f"{size}-{locale}-welcome.png")
    ask(page, question)
    expect_answered(page, question)
    _take(page, out / f"{size}-{locale}-answer.png")
    context.close()


def _take(page: Page, path: Path) -> None:
    page.screenshot(path=path, animations="disabled")
    print(path)


if __name__ == "__main__":
    main()
