"""The text that lies in an office file, web page or table when nothing of its structure is minded: a rough measure."""

import html
import re
import zipfile
from pathlib import Path

import charset_normalizer
from selectolax.lexbor import LexborHTMLParser

_LONGEST_MEMBER = 20_000_000
_TAG = re.compile(r"<[^>]*>")
_PARTS = {  # which members of the package hold text, and between which tags
    ".docx": (re.compile(r"word/document\.xml"), re.compile(r"<w:t(?: [^>]*)?>([^<]*)<")),
    ".pptx": (re.compile(r"ppt/slides/slide\d+\.xml"), re.compile(r"<a:t>([^<]*)<")),
    ".xlsx": (re.compile(r"xl/(?:sharedStrings|worksheets/[^/]+)\.xml"), re.compile(r"<t(?: [^>]*)?>([^<]*)<")),
}
_ODF = (re.compile(r"content\.xml"), re.compile(r"<office:body>(.*)</office:body>", re.DOTALL))
_PARTS |= dict.fromkeys((".odt", ".ods", ".odp"), _ODF)


def raw_text(path: Path) -> str | None:
    """The text of a file; None for formats that are not known here and for broken packages."""
    suffix = path.suffix.lower()
    if suffix in _PARTS:
        return _of_package(path, *_PARTS[suffix])
    if suffix in (".html", ".htm"):
        return _of_page(path.read_bytes())
    if suffix in (".csv", ".md", ".txt"):
        best = charset_normalizer.from_path(path).best()
        return str(best) if best else None
    return None


def _of_package(path: Path, member: re.Pattern[str], between: re.Pattern[str]) -> str | None:
    try:
        with zipfile.ZipFile(path) as package:
            named = [info for info in package.infolist() if member.fullmatch(info.filename)]
            parts = [
                package.read(info).decode("utf-8", "replace") for info in named if info.file_size < _LONGEST_MEMBER
            ]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        return None
    texts = (text for part in parts for text in between.findall(part))
    return html.unescape("\n".join(_TAG.sub(" ", text) for text in texts))


def _of_page(data: bytes) -> str:
    tree = LexborHTMLParser(data)
    tree.strip_tags(["script", "style", "template", "noscript"])
    return tree.body.text(separator="\n") if tree.body else ""
