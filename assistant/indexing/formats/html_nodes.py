"""Which nodes of an HTML page hold visible text, and the text that they show."""

import re

from selectolax.lexbor import LexborNode

from assistant.indexing.lines import collapse

NEVER = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "nav",
        "aside",
        "svg",
        "math",
        "iframe",
        "object",
        "canvas",
        "select",
        "option",
        "button",
        "input",
        "textarea",
        "dialog",
        "video",
        "audio",
        "map",
    ]
)
PAGE_FURNITURE = frozenset({"header", "footer", "form"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "label",
        "mark",
        "output",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "slot",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def is_text(node: LexborNode) -> bool:
    """Whether a node is a piece of text."""
    return node.tag == "-text"


def is_skipped(node: LexborNode, skipped: frozenset[str]) -> bool:
    """Whether a node shows no content: a comment, a skipped tag, or hidden by its attributes."""
    tag = node.tag or ""
    if tag in skipped or not tag[:1].isalpha():
        return True
    attributes = node.attributes
    return "hidden" in attributes or _HIDDEN_STYLE.search(attributes.get("style") or "") is not None


def inline_text(root: LexborNode) -> str:
    """The visible text inside a node on one line."""
    parts: list[str] = []
    pending: list[LexborNode | str] = [*reversed(list(root.iter(include_text=True)))]
    while pending:
        node = pending.pop()
        if isinstance(node, str):
            parts.append(node)
        elif is_text(node):
            parts.append(source_text(node))
        elif not is_skipped(node, NEVER):
            gap = "" if node.tag in INLINE else " "
            parts.append(gap)
            pending.append(gap)
            pending.extend(reversed(list(node.iter(include_text=True))))
    return collapse("".join(parts))


def source_text(node: LexborNode) -> str:
    """The characters of a text node as they stand in the source."""
    return node.text_content or ""


def number_of(node: LexborNode, name: str, default: int) -> int:
    """A small whole-number attribute of a node, or the default where it is missing or malformed."""
    value = (node.attributes.get(name) or "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else default
