"""Writes small PDF files by hand, with letters, lines and images at chosen places."""

from collections.abc import Sequence

A4 = (595, 842)
_FONTS = {
    "F1": "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    "F2": "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    "F3": "<< /Type /Font /Subtype /Type0 /BaseFont /MSung-Light /Encoding /UniCNS-UTF16-H /DescendantFonts [{cid}] >>",
    "F4": "<< /Type /Font /Subtype /Type0 /BaseFont /MSung-Light /Encoding /UniCNS-UTF16-V /DescendantFonts [{cid}] >>",
    "F5": "<< /Type /Font /Subtype /Type0 /BaseFont /MSung-Bold /Encoding /UniCNS-UTF16-H /DescendantFonts [{cid}] >>",
}
_CID = (
    "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /MSung-Light /DW 1000 /CIDSystemInfo"
    " << /Registry (Adobe) /Ordering (CNS1) /Supplement 4 >> >>"
)


class Sheet:
    """A page that takes note of what is to be drawn on it."""

    def __init__(self, rotate: int = 0, box: str = "0 0 595 842") -> None:
        self.rotate = rotate
        self.box = box
        self.drawn: list[str] = []
        self.notes: list[str] = []

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 10,
        *,
        bold: bool = False,
        colour: str = "0 0 0",
        mode: int = 0,
        matrix: str = "1 0 0 1",
        vertical: bool = False,
    ) -> "Sheet":
        """Draw one line; characters beyond Latin in a font that is not embedded, as programs write for East Asia."""
        if text.isascii():
            font, shown = ("F2" if bold else "F1"), "(" + text.translate({40: r"\(", 41: r"\)", 92: r"\\"}) + ")"
        else:
            font, shown = ("F5" if bold else "F3"), f"<{text.encode('utf-16-be').hex()}>"
        font = "F4" if vertical else font
        self.drawn.append(f"BT {colour} rg {mode} Tr /{font} {size} Tf {matrix} {x} {y} Tm {shown} Tj ET")
        return self

    def lines(self, x: float, y: float, lines: Sequence[str], size: float = 10, pitch: float = 14) -> "Sheet":
        """Draw lines from the top."""
        for number, line in enumerate(lines):
            self.text(x, y - number * pitch, line, size)
        return self

    def rule(self, x: float, y: float, to_x: float, to_y: float) -> "Sheet":
        """Draw a thin line."""
        self.drawn.append(f"0.5 w {x} {y} m {to_x} {to_y} l S")
        return self

    def fill(self, x: float, y: float, width: float, height: float, colour: str = "0.8 0.8 0.8") -> "Sheet":
        """Fill an area."""
        self.drawn.append(f"{colour} rg {x} {y} {width} {height} re f")
        return self

    def table(self, x: float, y: float, widths: Sequence[float], rows: Sequence[Sequence[str]]) -> "Sheet":
        """Draw a ruled table with its top left corner at a place."""
        height, right = 20, x + sum(widths)
        for number in range(len(rows) + 1):
            self.rule(x, y - number * height, right, y - number * height)
        for number in range(len(widths) + 1):
            across = x + sum(widths[:number])
            self.rule(across, y, across, y - len(rows) * height)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell:
                    self.text(x + sum(widths[:column]) + 4, y - number * height - 14, cell)
        return self

    def image(self, x: float, y: float, width: float, height: float) -> "Sheet":
        """Draw a grey image."""
        self.drawn.append(f"q {width} 0 0 {height} {x} {y} cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q")
        return self

    def field(self, name: str, value: str, flags: int = 0) -> "Sheet":
        """Add a filled text field."""
        entries = f"/FT /Tx /T ({name}) /V <feff{value.encode('utf-16-be').hex()}> /F {flags}"
        self.notes.append(f"<< /Type /Annot /Subtype /Widget /Rect [50 50 90 70] {entries} >>")
        return self


def write_pdf(sheets: Sequence[Sheet], title: str = "", bookmarks: Sequence[tuple[str, int]] = ()) -> bytes:
    """A PDF file of sheets; bookmarks are titles with the index of their sheet."""
    fonts = len(_FONTS)
    first_page = 4 + fonts
    page_of = [first_page + 2 * number for number in range(len(sheets))]
    first_mark = first_page + 2 * len(sheets)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R" + (f" /Outlines {first_mark} 0 R >>" if bookmarks else " >>"),
        f"<< /Type /Pages /Kids [{' '.join(f'{number} 0 R' for number in page_of)}] /Count {len(sheets)} >>",
        _CID,
        *(font.replace("{cid}", "3 0 R") for font in _FONTS.values()),
    ]
    resources = " ".join(f"/{name} {4 + number} 0 R" for number, name in enumerate(_FONTS))
    for number, sheet in enumerate(sheets):
        body = "\n".join(sheet.drawn)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{sheet.box}] /Rotate {sheet.rotate}"
            f" /Contents {page_of[number] + 1} 0 R /Annots [{' '.join(sheet.notes)}]"
            f" /Resources << /Font << {resources} >> >> >>"
        )
        objects.append(f"<< /Length {len(body.encode('latin-1'))} >>\nstream\n{body}\nendstream")
    objects += _outline(bookmarks, first_mark, page_of)
    objects.append(f"<< /Title ({title}) >>")
    return _file(objects)


def _outline(bookmarks: Sequence[tuple[str, int]], first: int, page_of: Sequence[int]) -> list[str]:
    if not bookmarks:
        return []
    last = first + len(bookmarks)
    entries = [f"<< /Type /Outlines /First {first + 1} 0 R /Last {last} 0 R /Count {len(bookmarks)} >>"]
    for number, (title, sheet) in enumerate(bookmarks, start=first + 1):
        following = f" /Next {number + 1} 0 R" if number < last else ""
        name = title.encode("utf-16-be").hex()
        entries.append(f"<< /Title <feff{name}> /Parent {first} 0 R /Dest [{page_of[sheet]} 0 R /Fit]{following} >>")
    return entries


def _file(objects: Sequence[str]) -> bytes:
    out = b"%PDF-1.7\n"
    offsets = []
    for number, text in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    start = len(out)
    out += f"xref\n0 {size}\n0000000000 65535 f \n{table}".encode()
    return out + f"trailer\n<< /Size {size} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{start}\n%%EOF".encode()
