"""Opens OpenDocument files and knows their styles: which text is hidden or bold, which paragraphs are headings."""

from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from assistant.indexing.formats.office.package import Package, local_name, whole_number

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TEXT, TABLE, STYLE, DRAW, PRESENTATION, FO = (
    f"{{{_NAMES}{name}:1.0}}"
    for name in ("office", "text", "table", "style", "drawing", "presentation", "xsl-fo-compatible")
)
LINK = "{http://www.w3.org/1999/xlink}href"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_MANIFEST = "META-INF/manifest.xml"
_SUFFIXES = {"text": ".odt", "spreadsheet": ".ods", "presentation": ".odp", "drawing": ".odg", "chart": ".odc"}
_LONGEST_CHAIN = 20
_FLAT_HEAD_BYTES = 1024


@dataclass(frozen=True, slots=True)
class OdfStyle:
    """A style with what it inherits filled in.

    Attributes:
        name: its name as people see it; that of its parent where a program made it for one place.
        shown: False for the sheets and slides that it hides.
    """

    name: str = ""
    outline: int | None = None
    list_style: str = ""
    hidden: bool = False
    bold: bool = False
    shaded: bool = False
    raised: bool = False
    shown: bool = True


class OdfFile:
    """An OpenDocument file: its body, styles, declared title, and the objects inside.

    Args:
        kind: what the body must be: `text`, `spreadsheet` or `presentation`.

    Raises:
        DocumentError: `encrypted`, `legacy_format`, `wrong_format`, `corrupt`, `too_large` or `unsafe`.
    """

    def __init__(self, data: bytes, name: str, kind: str) -> None:
        self.package, roots = _open(data, name)
        body = roots[0].find(f"{OFFICE}body")
        if body is None or not len(body):
            raise self.package.corrupt("it has no body")
        found = body.find(f"{OFFICE}{kind}")
        if found is None:
            suffix = _SUFFIXES.get(local_name(body[0]), "")
            raise self.package.wrong_format(f"an OpenDocument file of the kind {suffix}")
        self.body: Element = found
        self.roots = roots
        titles = (root.find(f".//{_TITLE}") for root in roots)
        self.title = next((title.text or "" for title in titles if title is not None), "")
        self._nodes = {
            (node.get(f"{STYLE}family", ""), node.get(f"{STYLE}name", "")): node
            for root in reversed(roots)
            for node in root.iter(f"{STYLE}style")
        }
        self._made = {  # styles that a program made for single paragraphs; people never see their names
            (node.get(f"{STYLE}family", ""), node.get(f"{STYLE}name", ""))
            for root in roots
            for holder in root.findall(f"{OFFICE}automatic-styles")
            for node in holder.findall(f"{STYLE}style")
        }
        self._objects: dict[str, Element] = {}
        self._styles: dict[tuple[str, str], OdfStyle] = {}

    def style(self, family: str, name: str) -> OdfStyle:
        """The style of a name in a family (`paragraph`, `text`, `table-cell`, `drawing-page` ...)."""
        key = (family, name)
        if key not in self._styles:
            self._styles[key] = self._resolve(family, name)
        return self._styles[key]

    def embedded(self, link: str) -> Element | None:
        """The root of an object that is stored inside the file, or None."""
        part = f"{link.removeprefix('./').rstrip('/')}/content.xml"
        if self.package.is_new(part):
            self._objects[part] = self.package.xml(part)
        return self._objects.get(part)

    def _resolve(self, family: str, name: str) -> OdfStyle:
        chain: list[Element] = []
        parent = name
        while (family, parent) in self._nodes and len(chain) < _LONGEST_CHAIN:
            chain.append(self._nodes[family, parent])
            parent = chain[-1].get(f"{STYLE}parent-style-name", "")
        style = OdfStyle()
        for node in reversed(chain):
            derived = _derived(style, node)
            made = (family, node.get(f"{STYLE}name", "")) in self._made
            style = replace(derived, name=style.name) if made else derived
        return style if chain else OdfStyle(name=_readable(name))


def _open(data: bytes, name: str) -> tuple[Package, tuple[Element, ...]]:
    """The package, and the roots of its content, styles and properties: one root only for a file of flat XML."""
    head = data[:_FLAT_HEAD_BYTES]
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and b"opendocument" in head:
        package = Package(None, name)
        return package, (package.parse(data, name),)
    package = Package(data, name)
    if "content.xml" not in package:
        raise package.wrong_format("an archive of files" if "_rels/.rels" not in package else "another office file")
    if _MANIFEST in package and any(local_name(node) == "encryption-data" for node in package.xml(_MANIFEST).iter()):
        raise package.locked()
    parts = [part for part in ("content.xml", "styles.xml", "meta.xml") if part in package]
    return package, tuple(package.xml(part) for part in parts)


def _derived(parent: OdfStyle, node: Element) -> OdfStyle:
    values = {key: value for part in node if local_name(part).endswith("-properties") for key, value in part.items()}
    outline = whole_number(node.get(f"{STYLE}default-outline-level"))
    display = values.get(f"{TEXT}display")
    weight = values.get(f"{FO}font-weight")
    place = values.get(f"{STYLE}text-position")
    fill = values.get(f"{FO}background-color")
    visible = values.get(f"{TABLE}display", values.get(f"{PRESENTATION}visibility"))
    return OdfStyle(
        _readable(node.get(f"{STYLE}display-name", node.get(f"{STYLE}name", ""))),
        outline or parent.outline,
        node.get(f"{STYLE}list-style-name") or parent.list_style,
        parent.hidden if display is None else display == "none",
        parent.bold if weight is None else weight in {"bold", "600", "700", "800", "900"},
        parent.shaded if fill is None else fill.lower() not in {"transparent", "#ffffff"},
        parent.raised if place is None else _is_above(place),
        parent.shown if visible is None else visible not in {"false", "hidden"},
    )


def _is_above(place: str) -> bool:
    """Whether a text position, such as `super 58%`, `33% 58%` or `-33% 58%`, is above the line."""
    height = place.split(" ")[0]
    return height == "super" or whole_number(height.rstrip("%")) > 0


def _readable(name: str) -> str:
    return name.replace("_20_", " ")
