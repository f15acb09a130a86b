"""Untrusted text as inert HTML: escaped, on one line, with citation marks and phone numbers as links."""

import html
import re
from collections.abc import Collection
from urllib.parse import urlsplit

from assistant.text import visible

# Taiwan's public short numbers (110, 119, 113, 1925, 1999 ...) have three or four digits and begin with 1.
_SHORT_NUMBER = re.compile(r"(?<![\d.:/-])(1\d{2,3})(?![\d.:/-]|\s*[元年月日歲％%])")
_MARK = re.compile(r"\[(\d{1,3})\]")
_BULLET = re.compile(r"^\s*(?:[-*•‧]|(\d{1,2})[.、)])\s+")
_UNCLEAR = re.compile(r"[\s\\<>\"'`]")
_LINE_BREAKS = re.compile(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")


def escape_text(text: str) -> str:
    """Text that a browser shows as it is written, without what nobody sees or what turns the order of letters round.

    Line breaks become `<br>`, so that the page's Markdown component sees one HTML block and nothing to interpret.
    """
    return visible(_LINE_BREAKS.sub("<br>", html.escape(text, quote=True)))


def safe_url(url: str) -> str:
    """The URL escaped for an attribute, or nothing unless it is http or https and names its server plainly.

    A user name, a backslash or a blank lets the server that is read differ from the one that is asked.
    """
    if visible(url) != url or _UNCLEAR.search(url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc:
        return ""
    return html.escape(url, quote=True)


def answer_html(text: str, anchors: str, numbers: Collection[int]) -> str:
    """An answer as paragraphs and lists; `[n]` becomes a link to the source `anchors` + n where `numbers` has n."""
    blocks: list[str] = []
    items: list[str] = []
    tag = "ul"
    for line in [*text.splitlines(), ""]:
        bullet = _BULLET.match(line)
        if bullet:
            tag = tag if items else "ol" if bullet[1] else "ul"
            items.append(f"<li>{_inline(line[bullet.end() :], anchors, numbers)}</li>")
            continue
        if items:
            blocks.append(f"<{tag}>{''.join(items)}</{tag}>")
            items = []
        if line.strip():
            blocks.append(f"<p>{_inline(line.strip(), anchors, numbers)}</p>")
    return "".join(blocks)


def link_phones(escaped: str) -> str:
    """Escaped text whose public short numbers can be tapped to call."""
    return _SHORT_NUMBER.sub(r'<a class="phone" href="tel:\1">\1</a>', escaped)


def _inline(text: str, anchors: str, numbers: Collection[int]) -> str:
    def mark(match: re.Match[str]) -> str:
        n = int(match.group(1))
        return f'<a class="mark" href="#{anchors}{n}">{n}</a>' if n in numbers else match.group(0)

    return _MARK.sub(mark, escape_text(text))
