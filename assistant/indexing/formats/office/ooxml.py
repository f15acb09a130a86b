"""What DOCX, PPTX and XLSX files share: the main part, relationships between parts, and the declared title."""

import posixpath
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from assistant.indexing.formats.office.package import Package, local_name

_RELATIONSHIP_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_SUFFIXES = {"document": ".docx", "presentation": ".pptx", "workbook": ".xlsx"}
_OFF = frozenset({"0", "false", "off", "none"})


@dataclass(frozen=True, slots=True)
class Relationship:
    """A link of a part to another part of its file; `kind` is the last word of its type."""

    kind: str
    part: str


Links = dict[str, Relationship]


def open_office(data: bytes, name: str, root: str) -> tuple[Package, str, Element]:
    """The package, its main part's name and that part's root, which must have the local name `root`.

    Raises:
        DocumentError: `encrypted`, `legacy_format`, `wrong_format`, `corrupt`, `too_large` or `unsafe`.
    """
    package = Package(data, name)
    if "_rels/.rels" not in package:
        raise package.wrong_format("an archive of files" if "mimetype" not in package else "an OpenDocument file")
    part = related_part(package, "", "officeDocument")
    if part is None:
        raise package.corrupt("it names no main part")
    main = package.xml(part)
    if local_name(main) != root:
        suffix = _SUFFIXES.get(local_name(main))
        raise package.wrong_format(f"a {suffix} file" if suffix else f"a part “{local_name(main)}”")
    return package, part, main


def relationships(package: Package, part: str) -> Links:
    """The links of a part to parts inside the file, by their ids; links to the outside are left out."""
    folder, _, file = part.rpartition("/")
    links = f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"
    if links not in package:
        return {}
    return {
        link.get("Id", ""): Relationship(
            link.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, link.get("Target", ""))).lstrip("/"),
        )
        for link in package.xml(links)
        if link.get("TargetMode") != "External"
    }


def related_part(package: Package, part: str, kind: str) -> str | None:
    """The first part of a kind that a part links to and that the file holds."""
    found = (link.part for link in relationships(package, part).values() if link.kind == kind)
    return next((target for target in found if target in package), None)


def related_xml(package: Package, part: str, kind: str) -> Element | None:
    """The root of the first part of a kind that a part links to, or None."""
    target = related_part(package, part, kind)
    return package.xml(target) if target else None


def link_id(element: Element, name: str = "id") -> str:
    """The relationship id that an element carries."""
    return element.get(f"{_RELATIONSHIP_ID}{name}", "")


def declared_title(package: Package) -> str:
    """The title in the file's properties, or nothing."""
    properties = related_xml(package, "", "core-properties")
    title = properties.find(_TITLE) if properties is not None else None
    return (title.text or "") if title is not None else ""


def is_on(value: str | None) -> bool:
    """Whether an on/off attribute says on; a missing one does."""
    return value is None or value.lower() not in _OFF


def alternative(node: Element) -> Element | None:
    """The branch of alternative contents that is shown: the newer one, unless it is empty."""
    choice = node.find(f"{_COMPATIBLE}Choice")
    return choice if choice is not None and len(choice) else node.find(f"{_COMPATIBLE}Fallback")
