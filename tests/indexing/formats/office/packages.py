"""Office files written by hand, so that tests need no writer library and can be wrong on purpose."""

import struct
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
W = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    f' xmlns:r="{_TYPES}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
)
P = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    f' xmlns:r="{_TYPES}" xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
)
S = f'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{_TYPES}"'
ODF = (
    " ".join(
        f'xmlns:{prefix}="{_NAMES}{name}:1.0"'
        for prefix, name in {
            "office": "office",
            "text": "text",
            "table": "table",
            "style": "style",
            "draw": "drawing",
            "presentation": "presentation",
            "fo": "xsl-fo-compatible",
            "manifest": "manifest",
        }.items()
    )
    + ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP file of parts."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    """The parts of a ZIP file."""
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def links(targets: Mapping[str, tuple[str, str]]) -> str:
    """A part of relationships: kind and target by id."""
    lines = (f'<Relationship Id="{key}" Type="{_TYPES}/{kind}" Target="{to}"/>' for key, (kind, to) in targets.items())
    return f'<Relationships xmlns="{_RELATIONS}">{"".join(lines)}</Relationships>'


def core(title: str) -> str:
    """The properties of a file with a title."""
    return f'<p xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></p>'


def docx(body: str, *, title: str = "", **parts: str) -> bytes:
    """A Word file with a body; `parts` are the contents of `styles`, `numbering`, `footnotes` and the like."""
    inner = {key: (key.rstrip("0123456789"), f"{key}.xml") for key in parts}
    return zipped(
        {
            "_rels/.rels": links(
                {"r1": ("officeDocument", "word/document.xml"), "r2": ("core-properties", "core.xml")}
            ),
            "core.xml": core(title),
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": links(inner),
            **{f"word/{key}.xml": content for key, content in parts.items()},
        }
    )


def paragraph(text: str, properties: str = "") -> str:
    """A paragraph of a Word file."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def word_table(rows: list[list[str]], *, header: bool = False) -> str:
    """A table of a Word file."""
    lines = [
        f"<w:tr>{'<w:trPr><w:tblHeader/></w:trPr>' if header and not number else ''}"
        + "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in row)
        + "</w:tr>"
        for number, row in enumerate(rows)
    ]
    return f"<w:tbl>{''.join(lines)}</w:tbl>"


def pptx(slides: list[str], **parts: str) -> bytes:
    """A PowerPoint file of slides, each the content of its shape tree or a whole slide."""
    kinds = {f"s{n}": ("slide", f"slides/slide{n}.xml") for n in range(len(slides))}
    whole = [
        slide if slide.startswith("<p:sld") else f"<p:sld {P}><p:cSld><p:spTree>{slide}</p:spTree></p:cSld></p:sld>"
        for slide in slides
    ]
    listed = "".join(f'<p:sldId r:id="{key}"/>' for key in kinds)
    return zipped(
        {
            "_rels/.rels": links({"r1": ("officeDocument", "ppt/presentation.xml")}),
            "ppt/presentation.xml": f"<p:presentation {P}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>",
            "ppt/_rels/presentation.xml.rels": links(kinds),
            **{f"ppt/slides/slide{n}.xml": slide for n, slide in enumerate(whole)},
            **{
                f"ppt/slides/_rels/slide{n}.xml.rels": links({key: (key, f"../{key}.xml") for key in parts})
                for n in range(len(slides))
            },
            **{f"ppt/{key}.xml": content for key, content in parts.items()},
        }
    )


def shape(text: str, kind: str | None = None) -> str:
    """A shape of a slide, each line of its text a paragraph; `kind` is that of a placeholder."""
    place = f'<p:ph type="{kind}"/>' if kind else ""
    lines = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("\n"))
    return f"<p:sp><p:nvSpPr><p:cNvPr/><p:nvPr>{place}</p:nvPr></p:nvSpPr><p:txBody>{lines}</p:txBody></p:sp>"


def xlsx(sheets: Mapping[str, str], *, states: Mapping[str, str] | None = None, **parts: str) -> bytes:
    """An Excel file of sheets, each the content of its `worksheet`; `parts` may be `styles` and `sharedStrings`."""
    keys = {name: f"s{number}" for number, name in enumerate(sheets)}
    listed = "".join(
        f'<sheet name="{name}" r:id="{key}" state="{(states or {}).get(name, "visible")}"/>'
        for name, key in keys.items()
    )
    inner = {key: ("worksheet", f"{key}.xml") for key in keys.values()} | {key: (key, f"{key}.xml") for key in parts}
    return zipped(
        {
            "_rels/.rels": links({"r1": ("officeDocument", "xl/workbook.xml")}),
            "xl/workbook.xml": f"<workbook {S}><sheets>{listed}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": links(inner),
            **{f"xl/{keys[name]}.xml": f"<worksheet {S}>{content}</worksheet>" for name, content in sheets.items()},
            **{f"xl/{key}.xml": content for key, content in parts.items()},
        }
    )


def sheet_rows(rows: list[list[str | float | None]], first: int = 1) -> str:
    """The rows of a sheet: texts, numbers, and None for no cell."""
    lines = []
    for number, row in enumerate(rows, first):
        cells = [
            f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t>{value}</t></is></c>'
            if isinstance(value, str)
            else f'<c r="{chr(65 + place)}{number}"><v>{value}</v></c>'
            for place, value in enumerate(row)
            if value is not None
        ]
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f"<sheetData>{''.join(lines)}</sheetData>"


def odf(kind: str, body: str, *, automatic: str = "", styles: str = "", title: str = "", **objects: str) -> bytes:
    """An OpenDocument file; `objects` are the contents of objects inside, by their folder."""
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content {ODF}>"
            f"<office:automatic-styles>{automatic}</office:automatic-styles>"
            f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>",
            "styles.xml": f"<office:document-styles {ODF}><office:styles>{styles}</office:styles>"
            "</office:document-styles>",
            "meta.xml": f"<office:document-meta {ODF}><office:meta><dc:title>{title}</dc:title></office:meta>"
            "</office:document-meta>",
            **{f"{folder}/content.xml": content for folder, content in objects.items()},
        }
    )


def ods_table(rows: list[list[str]], name: str = "表") -> str:
    """A sheet of an OpenDocument spreadsheet."""
    cells = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in row)
        + "</table:table-row>"
        for row in rows
    )
    return f'<table:table table:name="{name}">{cells}</table:table>'


def ole(streams: Mapping[str, bytes]) -> bytes:
    """A compound file; streams are padded to the size from which they stand in sectors of their own."""
    sector, entries, contents, chains = 512, [], b"", []
    used = 2  # the table of sectors and the directory
    for name, content in streams.items():
        padded = content.ljust(max(4096, -(-len(content) // sector) * sector), b"\0")
        entries.append((name, 2, used + len(contents) // sector, len(padded)))
        count = len(padded) // sector
        first = used + len(contents) // sector
        chains.extend([*range(first + 1, first + count), 0xFFFFFFFE])
        contents += padded
    directory = _entry("Root Entry", 5, 0xFFFFFFFE, 0) + b"".join(_entry(*entry) for entry in entries)
    table = struct.pack("<128I", *([0xFFFFFFFD, 0xFFFFFFFE, *chains] + [0xFFFFFFFF] * 128)[:128])
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\0") + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header = header.ljust(44, b"\0") + struct.pack("<IIIIIIII", 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    return (header + struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)) + table + directory.ljust(sector, b"\0") + contents


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return (text.ljust(64, b"\0") + struct.pack("<HB", len(text), kind)).ljust(116, b"\0") + struct.pack(
        "<IIxxxx", start, size
    )
