"""Files whose text is known: renderings of real answers, and the shipped corpus with what it was printed from."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from defusedxml import ElementTree
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

RENDERED = Path("c3_rendered_zh")
_ENCODINGS = ("utf8", "utf8_bom", "big5", "utf16le")
_RULE = re.compile(r"^\.\./(documents/\S+): (\S+\.(?:md|html|csv|fods))[^\n]*\n((?:\t[^\n]*\n)*)", re.MULTILINE)
_FRONT_MATTER = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)\n", re.DOTALL)
_PARAGRAPH = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
_LEAVES = "h1, h2, h3, h4, h5, h6, p, li, td, th, dt, dd, caption"


@dataclass(frozen=True, slots=True)
class Case:
    """A file and what it says: the whole text in order, or where order and form may differ, its passages."""

    kind: str
    path: Path
    text: str = ""
    passages: tuple[str, ...] = ()


def rendered_cases(folder: Path) -> Iterator[Case]:
    """The renderings in a folder with a `gold.jsonl`, by form."""
    lines = (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    for entry in map(json.loads, lines):
        for form, name in entry["files"].items():
            yield Case(form, folder / name, rendered_text(form, entry))
    with (folder / "faq_utf8.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    table = "\n".join(f"{name} {value}" for row in rows for name, value in row.items())
    for encoding in _ENCODINGS:
        yield Case(f"csv {encoding}", folder / f"faq_{encoding}.csv", table)


def rendered_text(form: str, entry: dict[str, Any]) -> str:
    """What a rendering says: each form of it heads the answer in its own way."""
    bureau, day = entry["bureau"], entry["revise_date"]
    heads = {
        "cid_notembedded.pdf": "",
        "docx": f"主管機關\n{bureau}\n修訂日期\n{day}",
        "odt": f"主管機關：{bureau}",
    }
    head = heads.get(form, f"主管機關：{bureau}\u3000修訂日期：{day}")
    return f"{entry['question']}\n{head}\n{entry['answer']}"


def corpus_cases(city: Path) -> Iterator[Case]:
    """The documents of a city's folder that were made from a source in `print/`, by form."""
    makefile = city / "print" / "Makefile"
    rules = _RULE.findall(makefile.read_text(encoding="utf-8")) if makefile.is_file() else []
    for target, source, recipe in rules:
        path, origin = city / target, city / "print" / source
        if path.is_file() and origin.is_file():
            form = "scan" if "$(SCAN)" in recipe else path.suffix.removeprefix(".")
            yield Case(f"corpus {form}", path, passages=tuple(passages_of(origin)))


def passages_of(source: Path) -> list[str]:
    """The headings, paragraphs, list items and table cells of a source, as text."""
    text = source.read_text(encoding="utf-8")
    passages = {".md": _of_markdown, ".html": _of_html, ".csv": _of_csv, ".fods": _of_spreadsheet}[source.suffix](text)
    return [passage for passage in passages if passage.strip()]


def _of_markdown(text: str) -> Iterator[str]:
    for token in MarkdownIt().enable("table").parse(_FRONT_MATTER.sub("", text)):
        if token.type == "inline":
            yield "".join(child.content for child in token.children or () if child.type in ("text", "code_inline"))


def _of_html(text: str) -> Iterator[str]:
    tree = LexborHTMLParser(text)
    for node in tree.css(_LEAVES):
        if len(node.css(_LEAVES)) == 1:  # a selection holds the node itself
            yield node.text()


def _of_csv(text: str) -> Iterator[str]:
    for row in csv.reader(text.splitlines()):
        yield from row


def _of_spreadsheet(text: str) -> Iterator[str]:
    for paragraph in ElementTree.fromstring(text).iter(_PARAGRAPH):
        yield "".join(paragraph.itertext())
