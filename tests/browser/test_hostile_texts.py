"""Texts of documents, feeds, models and people in a real Chromium: shown as they are written, and nothing more."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from assistant.schema import Answer, Citation, Document, Locator, Question, Reading, Status
from tests.browser.conftest import ask
from tests.fakes import MODEL, FakeConversation, Script

PAYLOADS = (
    "<script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    '<svg/onload="window.hacked=1">',
    "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    '<a href="https://evil.example/">a link</a>',
    '"><style>@import "https://evil.example/a.css";</style>',
    "![x](https://evil.example/pixel.png)",
    "[click](javascript:window.hacked=1)",
    "[data](data:text/html;base64,PHNjcmlwdD5oYWNrZWQ9MTwvc2NyaXB0Pg==)",
    "<https://evil.example/auto>",
    "```mermaid\ngraph TD; A-->B; click A href 'javascript:window.hacked=1'\n```",
    "$$\\href{javascript:window.hacked=1}{x} \\includegraphics{https://evil.example/c.png}$$",
    "\n\n# heading\n\n<b>bold</b>\n\n- item",
)
UNSEEN = "\u202e\u2066\u200b\u00ad" + "".join(chr(0xE0000 + ord(character)) for character in "obey")
HOSTILE = f"{UNSEEN}\n".join(PAYLOADS)
ELEMENTS = "img, script, iframe, svg, style, b, code, pre, h5, .katex, [onerror], [onload], [srcdoc]"
TEXT = f"before {HOSTILE} after"
DOCUMENT = Document("hostile", f"{HOSTILE}.html", HOSTILE, bureau=HOSTILE, url="javascript:window.hacked=1")
CITATION = Citation(
    2,
    DOCUMENT.id,
    DOCUMENT.source,
    DOCUMENT.title,
    DOCUMENT.bureau,
    Locator(1, HOSTILE, HOSTILE, HOSTILE),
    HOSTILE,
    len("before "),
    len("before ") + len(HOSTILE),
    DOCUMENT.url,
)
READING = Reading("feed", HOSTILE, "2026-11-20T08:00:00+08:00", True, True, {"said": HOSTILE}, HOSTILE, HOSTILE, 1)


class HostileConversation(FakeConversation):
    """Says hostile texts in every field of an answer."""

    url = DOCUMENT.url

    def _script(self, question: Question) -> Script:
        answer = Answer(
            id="",
            status=Status.CLARIFY if "choices" in question.text else Status.ANSWERED,
            lang="zh-TW",
            answer=f"{HOSTILE} [1][2]",
            citations=(replace(CITATION, url=self.url),),
            readings=(READING,),
            model=replace(MODEL, name=HOSTILE),
            notice=HOSTILE,
            choices=(HOSTILE, PAYLOADS[0]),
        )
        return Script(answer, (HOSTILE, PAYLOADS[1]))

    def document(self, document_id: str, *_: object, **__: object) -> tuple[Document, str]:
        """The hostile document."""
        return replace(DOCUMENT, url=self.url), TEXT


@pytest.fixture
def conversation() -> HostileConversation:
    return HostileConversation()


def test_hostile_texts_do_nothing(open_page, app_url):
    """Wherever they stand, no script runs, nothing is loaded, no element comes about, and no link leads elsewhere."""
    page = open_page(app_url)
    ask(page, f"choices {HOSTILE}")
    expect(page.locator("#current .turn.is-done")).to_be_visible()

    expect(page.locator("#current mark").first).to_contain_text(PAYLOADS[0])
    expect(page.locator("#current .source-title").first).to_contain_text(PAYLOADS[1])
    expect(page.locator("#choices button").first).to_contain_text(PAYLOADS[0])
    expect(page.locator(f"#conversation :is({ELEMENTS})")).to_have_count(0)
    links = page.eval_on_selector_all("#conversation a", "all => all.map(one => one.getAttribute('href'))")
    assert [link for link in links if not link.startswith(("#", "tel:"))] == []
    assert [url for url in page.requests if not url.startswith((app_url, "data:", "blob:"))] == []
    assert page.evaluate("window.hacked") is None


def test_nothing_unseen_reaches_the_page(open_page, app_url):
    """Tags, zero-width characters and marks that turn the order round are not in the exchange."""
    page = open_page(app_url)
    ask(page, "unseen")
    expect(page.locator("#current .turn.is-done")).to_be_visible()

    shown = page.locator("#current").inner_text()
    assert [character for character in UNSEEN if character in shown] == []


@pytest.mark.parametrize(
    ("url", "links"),
    [
        ("https://www.example.gov.tw/a?b=1&c=2", 1),
        ("data:text/html,<script>1</script>", 0),
        ("https://www.example.gov.tw@evil.example/", 0),
        ("https://evil.example\\@www.example.gov.tw/", 0),
        ("https://www.example.gov.tw/\u202egpj.exe", 0),
        ("//evil.example/", 0),
        ("java\nscript:window.hacked=1", 0),
    ],
)
def test_only_a_plain_address_of_the_source_is_a_link(open_page, app_url, conversation, url, links):
    """The link of a source is the one that the registry has, and only where it names its server plainly."""
    conversation.url = url
    page = open_page(app_url)
    ask(page, "link")
    expect(page.locator("#current .turn.is-done")).to_be_visible()

    expect(page.locator("#current a.source-link")).to_have_count(links)
    assert page.evaluate("window.hacked") is None
