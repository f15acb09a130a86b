"""What a PDF page shows beside its content: filled form fields, and text that was written on the page."""

from collections.abc import Iterator
from typing import Any

from pypdf import PageObject
from pypdf.generic import DictionaryObject

from assistant.indexing.formats.pdf.lines import clean

_MOST = 2_000
_LONGEST = 5_000
_DEEPEST = 10
_HIDDEN = 2 | 32  # annotation flags: hidden, not shown on screen
_EMPTY = frozenset({"", "/Off", "Off"})


def written_lines(page: PageObject) -> Iterator[str]:
    """Form fields as `name：value`, and text notes; fields that are empty or hidden are left out.

    Raises:
        PyPdfError and others of `opening.BROKEN`: the annotations are damaged.
    """
    annotations: Any = page.annotations or ()
    for reference in annotations[:_MOST]:
        note = reference.get_object()
        if not isinstance(note, DictionaryObject) or int(note.get("/F", 0)) & _HIDDEN:
            continue
        if note.get("/Subtype") == "/FreeText":
            yield clean(_text(note.get("/Contents")))
        elif note.get("/Subtype") == "/Widget":
            yield _field(note)


def _field(widget: DictionaryObject) -> str:
    """A field and its value, each found on the widget or on the fields above it."""
    kind, value = _text(_inherited(widget, "/FT")), _text(_inherited(widget, "/V"))
    if value in _EMPTY or kind == "/Sig":
        return ""
    if kind == "/Btn":
        value = "☑" if _text(widget.get("/AS")) not in _EMPTY else ""
    name = _text(_inherited(widget, "/TU")) or _text(_inherited(widget, "/T"))
    return clean(f"{name}：{value}") if value else ""


def _inherited(widget: DictionaryObject, key: str) -> Any:
    field: Any = widget
    for _ in range(_DEEPEST):
        if not isinstance(field, DictionaryObject):
            return None
        if key in field:
            return field[key]
        field = field.get("/Parent")
        field = field.get_object() if field is not None else None
    return None


def _text(value: Any) -> str:
    return str(value)[:_LONGEST].removeprefix("\ufeff") if isinstance(value, str) else ""
