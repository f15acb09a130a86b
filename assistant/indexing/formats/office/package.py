"""Opens office files safely: bounded ZIP packages of XML parts, told apart from locked, old and foreign files."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, cast
from xml.etree.ElementTree import Element  # the interface that lxml's elements share

from lxml import etree  # type: ignore[import-untyped]  # comes without types

from assistant.errors import DocumentError
from assistant.indexing.formats.office.ole import OLE_MAGIC, DamagedContainer, OleFile

# An XML tree takes about nine times the size of its text in memory (measured with lxml on Word's markup).
_MOST_TREE_BYTES = 40_000_000
_MOST_STREAM_BYTES = 200_000_000
_MOST_BYTES = 1_000_000_000
_MOST_RATIO = 250
_RATIO_MATTERS_BYTES = 100_000_000
_MOST_PARTS = 20_000
_DAMAGE = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, LookupError, OSError, ValueError)
_OLD_STREAMS = (("WordDocument", ".docx"), ("PowerPoint Document", ".pptx"), ("Workbook", ".xlsx"), ("Book", ".xlsx"))
_LOCKED_STREAMS = ("EncryptedPackage", "DRMEncryptedDataSpace")
_ENCRYPTED_FLAG = 0x1
# huge_tree=False also holds the depth of a tree to 256 and a text to 10 MB.
_SAFELY: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_ISO_MARK = b"http://purl.oclc.org/ooxml/"
# The ISO (strict) namespaces hold the same elements as those that nearly all files use.
_ISO_NAMESPACES = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/", b"http://schemas.openxmlformats.org/wordprocessingml/2006/"),
    (b"http://purl.oclc.org/ooxml/presentationml/", b"http://schemas.openxmlformats.org/presentationml/2006/"),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/", b"http://schemas.openxmlformats.org/spreadsheetml/2006/"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)


class Package:
    """The parts of an office file; names are compared without case, as the Open Packaging Conventions ask.

    Raises:
        DocumentError: `encrypted`, `legacy_format`, `wrong_format`, `corrupt` or `too_large`.
    """

    def __init__(self, data: bytes | None, name: str) -> None:
        """`data` is None for a file that is one XML text and holds no parts."""
        self.name = name
        self._members: dict[str, zipfile.ZipInfo] = {}
        self._shown: set[str] = set()
        if data is None:
            return
        if data.startswith(OLE_MAGIC):
            raise _old_or_locked(data, name)
        if not zipfile.is_zipfile(BytesIO(data)):
            raise self.corrupt("its end is missing") if data.startswith(b"PK") else self.wrong_format("no office file")
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
            members = self._zip.infolist()
        except _DAMAGE as error:
            raise self.corrupt(_reason(error)) from error
        size = sum(member.file_size for member in members)
        bomb = size > _RATIO_MATTERS_BYTES and size > _MOST_RATIO * len(data)
        if len(members) > _MOST_PARTS or size > _MOST_BYTES or bomb:
            raise self.too_large(f"its parts unpack to {size:,} bytes in {len(members)} parts")
        self._members = {_key(member.filename): member for member in members}

    def __contains__(self, part: str) -> bool:
        return _key(part) in self._members

    def read(self, part: str, most_bytes: int = _MOST_TREE_BYTES) -> bytes:
        """The content of a part.

        Raises:
            DocumentError: `corrupt` where it is missing or damaged, `too_large`, `encrypted`.
        """
        member = self._member(part, most_bytes)
        try:
            return self._zip.read(member)
        except _DAMAGE as error:
            raise self.corrupt(f"{part}: {_reason(error)}") from error

    def is_new(self, part: str) -> bool:
        """Whether a part is there and was not asked for before: one that is shown twice would cost each time."""
        new = part in self and _key(part) not in self._shown
        self._shown.add(_key(part))
        return new

    def xml(self, part: str) -> Element:
        """The root of an XML part, without comments; entities are refused and nothing outside is fetched.

        Raises:
            DocumentError: as `read`, and `corrupt` or `unsafe` for bad XML.
        """
        return self.parse(self.read(part), part)

    def parse(self, content: bytes, part: str) -> Element:
        """The root of XML text, with strict namespaces turned into the usual ones."""
        if _ISO_MARK in content:
            for strict, usual in _ISO_NAMESPACES:
                content = content.replace(strict, usual)
        try:
            root = etree.fromstring(content, etree.XMLParser(**_SAFELY))
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self.corrupt(f"{part}: {_reason(error)}") from error
        except MemoryError as error:
            raise self.too_large(f"{part} does not fit into memory") from error
        self._refuse_entities(root, part)
        return cast(Element, root)

    def stream(self, part: str, tags: Sequence[str]) -> Iterator[Element]:
        """The elements of these local names, each when it is complete and then forgotten: for very long parts.

        Raises:
            DocumentError: as `xml`.
        """
        member = self._member(part, _MOST_STREAM_BYTES)
        try:
            with self._zip.open(member) as source:
                events = etree.iterparse(source, tag=[f"{{*}}{tag}" for tag in tags], **_SAFELY)
                for number, (_, element) in enumerate(events):
                    if number == 0:
                        self._refuse_entities(element, part)
                    yield element
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
        except (etree.XMLSyntaxError, *_DAMAGE) as error:
            raise self.corrupt(f"{part}: {_reason(error)}") from error
        except MemoryError as error:
            raise self.too_large(f"{part} does not fit into memory") from error

    def corrupt(self, why: str) -> DocumentError:
        """The error for a damaged file."""
        return DocumentError(
            "corrupt", f"{self.name} is damaged ({why}).", "Open it in an office program and save it again."
        )

    def wrong_format(self, found: str) -> DocumentError:
        """The error for a file that is not what its suffix says."""
        return DocumentError(
            "wrong_format", f"{self.name} holds {found}.", "Give the file its right suffix, or save it in this format."
        )

    def locked(self) -> DocumentError:
        """The error for a file that needs a password."""
        return _locked(self.name)

    def too_large(self, why: str) -> DocumentError:
        """The error for a file that would take too much memory or time."""
        return DocumentError("too_large", f"{self.name} holds more than a document may: {why}.", "Split it.")

    def _member(self, part: str, most_bytes: int) -> zipfile.ZipInfo:
        member = self._members.get(_key(part))
        if member is None:
            raise self.corrupt(f"it lacks {part}")
        if member.flag_bits & _ENCRYPTED_FLAG:
            raise self.locked()
        if member.file_size > most_bytes:
            raise self.too_large(f"{part} unpacks to {member.file_size:,} bytes")
        return member

    def _refuse_entities(self, element: Any, part: str) -> None:
        declared = element.getroottree().docinfo.internalDTD
        if declared is not None and any(True for _ in declared.iterentities()):
            raise DocumentError(
                "unsafe",
                f"{self.name} declares XML entities in {part}, which no office program does.",
                "Open it in an office program and save it again.",
            )


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def whole_number(value: str | None, default: int = 0) -> int:
    """A whole number of up to eight digits, or the default where it is missing or malformed."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 9 else default


def _key(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").lower()


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:160]


def _locked(name: str) -> DocumentError:
    return DocumentError(
        "encrypted", f"{name} is locked by a password.", "Save it without a password and index it again."
    )


def _old_or_locked(data: bytes, name: str) -> DocumentError:
    """What an OLE container under a new suffix is: a locked new file, or an old file that was renamed."""
    try:
        streams = OleFile(data).streams
    except DamagedContainer as error:
        return DocumentError("corrupt", f"{name} is damaged ({error}).", "Save it again from where it came from.")
    if any(stream in streams for stream in _LOCKED_STREAMS):
        return _locked(name)
    for stream, suffix in _OLD_STREAMS:
        if stream in streams:
            message = f"{name} is a file of an office program of before 2007."
            return DocumentError("legacy_format", message, f"Open it and save it as {suffix}.")
    return DocumentError("wrong_format", f"{name} holds another kind of file.", "Give the file its right suffix.")
