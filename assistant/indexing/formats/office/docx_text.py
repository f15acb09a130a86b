"""The visible text of a DOCX paragraph, with the notes and boxes that are anchored in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from assistant.indexing.formats.office.docx_styles import Styles, W, toggle, value_of
from assistant.indexing.formats.office.math_text import M, math_text, raised
from assistant.indexing.formats.office.ooxml import alternative, is_on
from assistant.indexing.formats.office.package import local_name

_TEXTS = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_DROPPED = frozenset(
    f"{W}{tag}"
    for tag in (
        "pPr", "rPr", "del", "moveFrom", "delText", "delInstrText", "softHyphen", "rt", "rubyPr",
        "sdtPr", "sdtEndPr", "footnoteRef", "endnoteRef", "annotationRef", "commentReference", "customXmlPr",
        "lastRenderedPageBreak", "separator", "continuationSeparator", "pgNum",
    )
)  # fmt: skip
_FIELD_PARTS = frozenset({f"{W}instrText", f"{W}fldChar"})
_ANCHORS = frozenset(f"{W}{tag}" for tag in ("drawing", "pict", "object"))
_NOTES = {f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote"}
_CONTENTS_FIELDS = ("TOC", "INDEX", "TOA")
_PRIVATE_USE = 0xF000
# What the symbol fonts of Word forms show at these codes, which hold no character of Unicode.
_SYMBOLS = {
    "wingdings": {
        0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x72: "❒", 0x75: "◆", 0xA1: "○", 0xA7: "▪", 0xA8: "□",
        0xD8: "➢", 0xE0: "→", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
    },
    "wingdings 2": {0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x54: "☒", 0xA3: "□"},
    "symbol": {
        0xA3: "≤", 0xB3: "≥", 0xB0: "°", 0xB1: "±", 0xB4: "×", 0xB7: "·", 0xB9: "≠", 0xBB: "≈", 0xAE: "→",
        0xE5: "∑", 0x61: "α", 0x62: "β", 0x67: "γ", 0x6D: "μ", 0x70: "π", 0x44: "Δ", 0x57: "Ω",
    },
}  # fmt: skip


@dataclass(slots=True)
class Inline:
    """What stands in a paragraph: its text, the ids of its notes, and the drawings that hold text of their own."""

    text: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list)
    anchors: list[Element] = field(default_factory=list)
    bold: bool = True


class InlineReader:
    """Reads the paragraphs of a document in order; fields that span several paragraphs are followed."""

    def __init__(self, root: Element, styles: Styles) -> None:
        self._styles = styles
        kinds = [node.get(f"{W}fldCharType") for node in root.iter(f"{W}fldChar")]
        self._follows_fields = kinds.count("begin") == kinds.count("end")
        self._fields: list[str] = []  # the instruction of each open field
        self._shown: list[bool] = []  # whether its result has begun

    def read(self, paragraph: Element) -> Inline:
        """The visible content of a paragraph."""
        found = Inline()
        parts: list[str] = []
        style = self._styles[value_of(paragraph.find(f"{W}pPr"), "pStyle")]
        for node, run in _pieces(paragraph, None):
            visible = self._is_visible()
            self._follow(node)
            if node.tag in _NOTES:
                found.notes.append((_NOTES[node.tag], node.get(f"{W}id", "")))
            elif node.tag in _ANCHORS:
                found.anchors.append(node)
            elif (text := _text(node)) and visible and not self._is_hidden(run, hidden=style.hidden):
                parts.append(raised(text) if _is_raised(run) else text)
                found.bold = found.bold and (not text.strip() or self._is_bold(run, bold=style.bold))
        found.text = "".join(parts)
        return found

    def _follow(self, node: Element) -> None:
        """Take note of where fields begin, show their result, and end."""
        if node.tag == f"{W}instrText" and self._fields:
            self._fields[-1] += node.text or ""
        if node.tag != f"{W}fldChar" or not self._follows_fields:
            return
        kind = node.get(f"{W}fldCharType")
        if kind == "begin":
            self._fields.append("")
            self._shown.append(False)
        elif kind == "separate" and self._shown:
            self._shown[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()
            self._shown.pop()

    def _is_visible(self) -> bool:
        return all(self._shown) and not any(text.strip().upper().startswith(_CONTENTS_FIELDS) for text in self._fields)

    def _is_hidden(self, run: Element | None, *, hidden: bool) -> bool:
        properties = run.find(f"{W}rPr") if run is not None else None
        direct = toggle(properties, "vanish")
        if direct is not None:
            return direct
        return hidden or self._styles.character(value_of(properties, "rStyle")).hidden

    def _is_bold(self, run: Element | None, *, bold: bool) -> bool:
        properties = run.find(f"{W}rPr") if run is not None else None
        direct = toggle(properties, "b")
        if direct is not None:
            return direct
        return bold or self._styles.character(value_of(properties, "rStyle")).bold


def _is_raised(run: Element | None) -> bool:
    return run is not None and value_of(run.find(f"{W}rPr"), "vertAlign") == "superscript"


def _pieces(node: Element, run: Element | None) -> Iterator[tuple[Element, Element | None]]:
    """The nodes of a paragraph that show or steer something, each with the run that it stands in."""
    for child in node:
        tag = child.tag
        if tag in _FIELD_PARTS:
            yield child, run
        elif tag in _DROPPED or (tag == f"{W}sdt" and is_placeholder(child)):
            continue
        elif local_name(child) == "AlternateContent":
            chosen = alternative(child)
            if chosen is not None:
                yield from _pieces(chosen, run)
        elif tag in _ANCHORS or tag in _NOTES or tag in {f"{M}oMath", f"{M}oMathPara"} or not len(child):
            yield child, run
        else:
            yield from _pieces(child, child if tag == f"{W}r" else run)


def is_placeholder(control: Element) -> bool:
    """Whether a content control shows only its invitation to click, or a table of contents."""
    properties = control.find(f"{W}sdtPr")
    if properties is None:
        return False
    shown = properties.find(f"{W}showingPlcHdr")
    gallery = properties.find(f"{W}docPartObj/{W}docPartGallery")
    contents = gallery is not None and gallery.get(f"{W}val") == "Table of Contents"
    return contents or (shown is not None and is_on(shown.get(f"{W}val")))


def _text(node: Element) -> str:
    tag = node.tag
    if tag == f"{W}t":
        return node.text or ""
    if tag in _TEXTS:
        return _TEXTS[tag]
    if tag == f"{W}sym":
        return _symbol(node.get(f"{W}font", ""), node.get(f"{W}char", ""))
    if tag in {f"{M}oMath", f"{M}oMathPara"}:
        return math_text(node)
    box = node.find(f"{W}ffData/{W}checkBox") if tag == f"{W}fldChar" else None
    return _checkbox(box) if box is not None else ""


def _checkbox(box: Element) -> str:
    states = [toggle(box, "checked"), toggle(box, "default")]
    return "☑" if next((state for state in states if state is not None), False) else "□"


def _symbol(font: str, code: str) -> str:
    try:
        value = int(code, 16)
    except ValueError:
        return ""
    known = _SYMBOLS.get(font.lower(), {}).get(value & 0xFF if value >= _PRIVATE_USE else value)
    if known:
        return known
    return chr(value) if 0x20 <= value < 0xD800 else ""
