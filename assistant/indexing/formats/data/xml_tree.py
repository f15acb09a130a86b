"""Parses XML safely, mends the slips of real feeds, and turns elements into plain values."""

import html
import re
from collections import Counter
from html.entities import html5
from typing import cast
from xml.etree.ElementTree import Element  # the interface that lxml's elements share

from lxml import etree  # type: ignore[import-untyped]  # comes without types

from assistant.errors import DocumentError
from assistant.indexing.formats.data.fields import has_role
from assistant.indexing.formats.data.values import OWN_TEXT, Record, Value
from assistant.indexing.formats.html_nodes import HEADINGS, INLINE

# Short records and their rows take about twenty-four times the size of their file in memory (measured).
_MOST_CHARS = 30_000_000
_MOST_ATTRIBUTES = 500
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,300}\?>")
_INTERNAL_SUBSET = re.compile(r"<!DOCTYPE[^\[>]{0,1000}\[(.*?)\]\s*>", re.DOTALL)
_ENTITY_DECLARED = "<!ENTITY"
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31});")
_BARE_AMPERSAND = re.compile(r"&(?!(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)")
_NAMESPACE = re.compile(r"\A\{[^}]*\}")
_BLOCK_TAGS = HEADINGS | {"p", "br", "div", "ul", "ol", "li", "table", "tbody", "tr", "td", "th", "hr", "pre"}
_TOO_LARGE = ("Excessive depth", "huge text node", "Huge input", "xmlSAX2", "Resource limit", "amplification")


def parse_xml(text: str, name: str) -> Element:
    """The root of an XML text, without comments; entities are never expanded and nothing outside is fetched.

    Bare ampersands and HTML's named characters, which XML does not know, are mended.

    Raises:
        DocumentError: `corrupt` with the line of the mistake or for entities of its own, `too_large`.
    """
    if len(text) > _MOST_CHARS:
        message = f"{name} has {len(text):,} characters of XML; at most {_MOST_CHARS:,} are read."
        raise DocumentError("too_large", message, "Split it into several files.")
    subset = _INTERNAL_SUBSET.search(text)
    if subset and _ENTITY_DECLARED in subset[1]:
        raise _entities(name)
    source = _DECLARATION.sub(lambda match: "\n" * match[0].count("\n"), text)
    try:
        root = _parsed(source)
    except etree.XMLSyntaxError:
        try:
            root = _parsed(_mended(source))
        except etree.XMLSyntaxError as error:
            raise _refusal(name, error) from error
    declared = root.getroottree().docinfo.internalDTD  # type: ignore[attr-defined]
    if declared is not None and any(True for _ in declared.iterentities()):
        raise _entities(name)
    return root


def local_name(element: Element) -> str:
    """An element's name without its namespace."""
    return _NAMESPACE.sub("", element.tag)


def value_of(element: Element) -> Value:
    """An element as a value: its text where it has nothing else, else its attributes and children by name.

    Children of one name make a list. HTML inside stays HTML. The articles of a law keep their order.
    """
    children = child_elements(element)
    attributes = _attributes(element)
    if not children:
        text = element.text or ""
        if not attributes:
            return text
        return {**attributes, OWN_TEXT: text} if text.strip() else attributes
    names = [local_name(child) for child in children]
    if _holds_markup(element, names):
        return inner_markup(element)
    if has_role(local_name(element), "law", "contents") and any(len(child) for child in children):
        return [
            value if isinstance(value := value_of(child), dict) else {local_name(child): value} for child in children
        ]
    found: Record = dict(attributes)
    if own := own_text(element):
        found[OWN_TEXT] = own
    several = {name for name, count in Counter(names).items() if count > 1}
    for name, child in zip(names, children, strict=True):
        value = value_of(child)
        if name in several and value != "":
            values = found.setdefault(name, [])
            found[name] = values = values if isinstance(values, list) else [values]
            values.append(value)
        elif name not in several:
            found[name] = value
    return found


def child_elements(element: Element) -> list[Element]:
    """The children of an element that are elements."""
    return [child for child in element if isinstance(child.tag, str)]


def _attributes(element: Element) -> Record:
    """An element's attributes without those of other namespaces; none where there are more than a record has fields."""
    if len(element.attrib) > _MOST_ATTRIBUTES:
        return {}
    return {key: value for key, value in element.attrib.items() if not key.startswith("{")}


def inner_markup(element: Element) -> str:
    """What stands inside an element, as it would be in an HTML page."""
    parts = [html.escape(element.text or "", quote=False)]
    parts.extend(etree.tostring(child, encoding="unicode", method="html") for child in element)
    return "".join(parts)


def own_text(element: Element) -> str:
    """The text that stands in an element itself, outside of its children."""
    return " ".join(
        filter(None, ((piece or "").strip() for piece in (element.text, *(child.tail for child in element))))
    )


def _holds_markup(element: Element, names: list[str]) -> bool:
    """Whether what stands inside an element is HTML: its tags only, and text between them or a block among them."""
    tags = {name.lower() for name in names}
    return tags <= _BLOCK_TAGS | INLINE and bool(tags & _BLOCK_TAGS or own_text(element))


def _parsed(source: str) -> Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    return cast(Element, etree.fromstring(source.encode("utf-8"), parser))


def _mended(source: str) -> str:
    """The text with HTML's named characters as such and bare ampersands escaped, outside of CDATA."""
    pieces = _CDATA.split(source)
    for index in range(0, len(pieces), 2):
        named = _NAMED.sub(lambda match: html5.get(f"{match[1]};", match[0]), pieces[index])
        pieces[index] = _BARE_AMPERSAND.sub("&amp;", named)
    return "".join(pieces)


def _entities(name: str) -> DocumentError:
    message = f"{name} declares entities of its own in its DOCTYPE, which are not expanded."
    return DocumentError("corrupt", message, "Publish it without a DOCTYPE.")


def _refusal(name: str, error: etree.XMLSyntaxError) -> DocumentError:
    why = (error.msg or "").split("\n")[0]
    if any(sign in why for sign in _TOO_LARGE):
        return DocumentError("too_large", f"{name} is nested too deeply or holds too long a text.", "Publish it flat.")
    return DocumentError("corrupt", f"{name} is no valid XML: line {error.lineno}: {why}.", "Publish it again whole.")
