"""Equations of office files as one line of text."""

from xml.etree.ElementTree import Element

from assistant.indexing.formats.office.package import local_name

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_RAISABLE = frozenset("0123456789+-")
_RAISED = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_DROPPED = frozenset({"ctrlPr", "rPr", "annotation", "semantics-xml"})


def raised(text: str) -> str:
    """Text set above the line: figures as raised characters, for 10³ is not 103 and 500¹ a note; others unchanged."""
    return text.translate(_RAISED) if text.strip() and set(text.strip()) <= _RAISABLE else text


def math_text(node: Element) -> str:
    """An equation of Office Math or MathML, with / for fractions, ^ and _ for raised and lowered parts."""
    name = local_name(node)
    if name.endswith("Pr") or name in _DROPPED:
        return ""
    if name in {"t", "mi", "mn", "mo", "mtext", "ms"}:
        return "".join(node.itertext())
    parts = [text for child in node if (text := math_text(child).strip())]
    if name in {"f", "mfrac"} and len(parts) == 2:
        return f"{_grouped(parts[0])}/{_grouped(parts[1])}"
    if name in {"sSup", "msup"} and len(parts) == 2:
        return f"{_grouped(parts[0])}^{_grouped(parts[1])}"
    if name in {"sSub", "msub"} and len(parts) == 2:
        return f"{_grouped(parts[0])}_{_grouped(parts[1])}"
    if name in {"sSubSup", "msubsup"} and len(parts) == 3:
        return f"{_grouped(parts[0])}_{_grouped(parts[1])}^{_grouped(parts[2])}"
    if name in {"rad", "msqrt"} and parts:
        return f"√({parts[-1]})"
    if name == "nary":
        return f"{_property(node, 'chr') or '∫'}{_bound(node, 'sub', '_')}{_bound(node, 'sup', '^')}{_bound(node, 'e')}"
    if name == "d":
        begin, end = _property(node, "begChr"), _property(node, "endChr")
        return f"{'(' if begin is None else begin}{', '.join(parts)}{')' if end is None else end}"
    return "".join(parts)


def _bound(node: Element, name: str, sign: str = "") -> str:
    part = node.find(f"{M}{name}")
    text = math_text(part).strip() if part is not None else ""
    return f"{sign}{_grouped(text) if sign else text}" if text else ""


def _property(node: Element, name: str) -> str | None:
    found = node.find(f"{M}{local_name(node)}Pr/{M}{name}")
    return found.get(f"{M}val", "") if found is not None else None


def _grouped(text: str) -> str:
    closed = text.startswith("(") and text.find(")") == len(text) - 1
    return text if len(text) == 1 or text.isalnum() or closed else f"({text})"
