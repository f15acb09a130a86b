"""Laws as the national law database publishes them: one document each, article by article."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b

from assistant.indexing.articles import article_of
from assistant.indexing.blocks import Block, Metadata, ParsedDocument
from assistant.indexing.decoding import tidy
from assistant.indexing.formats.data.fields import field_of, fold_name
from assistant.indexing.formats.data.law_articles import split_article
from assistant.indexing.formats.data.law_dates import abolished_day, effective_day, law_day, numbered_entries
from assistant.indexing.formats.data.values import Record, Value, plain_text
from assistant.indexing.formats.data.wrapping import unwrap, wrap_width
from assistant.indexing.headings import HeadingPath, heading_rank
from assistant.schema import Locator
from assistant.text import cjk_share

_DEEPEST = 8
_LEAST_NUMBERED = 0.5
_DIVISIONS = (
    re.compile(r"第\s*\S{1,9}\s*編|Part\b|Title\b", re.IGNORECASE),
    re.compile(r"第\s*\S{1,9}\s*章|Chapter\b", re.IGNORECASE),
    re.compile(r"第\s*\S{1,9}\s*節|Section\b|Subchapter\b", re.IGNORECASE),
    re.compile(r"第\s*\S{1,9}\s*款|Sub-?\s?section\b|Paragraph\b", re.IGNORECASE),
    re.compile(r"第\s*\S{1,9}\s*目|Subparagraph\b|Item\b", re.IGNORECASE),
)
_TITLE_ROLES = ("title", "english_title")
_DIVISION_KIND = "c"  # the article type that marks a chapter's line in the national database
_CODE_IN_URL = re.compile(r"[?&]pcode=(\w{4,12})", re.IGNORECASE)
_OFFICE_ENDS = tuple("院部會署局處府館行委")
_CATEGORY_MARK = re.compile(r"\s*[＞>]\s*")
_OFFICE_ITSELF = "院本部"
_LONG_AGO = date(1912, 1, 1)  # for what was abolished on a day that nobody says
_LABELS = {True: ("生效內容", "沿革", "附件"), False: ("Effective dates", "Legislative history", "Attachments")}


@dataclass(frozen=True)
class Article:
    """An article, or a line that opens a chapter: then it has no number."""

    number: str
    text: str


@dataclass(frozen=True)
class Law:
    """A law's fields as published, its articles and chapter lines in order, and whether it is one of a list."""

    fields: Record
    articles: tuple[Article, ...]
    listed: bool = False

    def field(self, role: str) -> str:
        """The tidied text of the field with this role, or an empty text."""
        name = field_of(self.fields, "law", role, whole=True)
        return plain_text(self.fields[name]) if name else ""


def find_laws(value: Value) -> list[Law]:
    """All laws of parsed data: objects with a name and a list of numbered articles."""
    laws: list[Law] = []
    pending: list[tuple[Value, int, bool]] = [(value, 0, False)]
    while pending:
        current, depth, listed = pending.pop()
        if isinstance(current, dict) and (law := _law(current)):
            laws.append(replace(law, listed=listed))
        elif depth < _DEEPEST and isinstance(current, list | dict):
            listed = listed or isinstance(current, list)
            children = current if isinstance(current, list) else list(current.values())
            pending.extend((child, depth + 1, listed) for child in reversed(children) if isinstance(child, list | dict))
    return laws


def law_documents(laws: Sequence[Law]) -> Iterator[ParsedDocument]:
    """A document for each law; in a list, the part is the law's code, else a digest of its address or name."""
    used: set[str] = set()
    for law in laws:
        document = _document(law)
        part = _part(document) if law.listed or len(laws) > 1 else ""
        while part and part in used:
            part += "+"
        used.add(part)
        yield replace(document, part=part)


def _law(record: Record) -> Law | None:
    name = field_of((key for key in record if isinstance(record[key], list)), "law", "contents", whole=True)
    contents = record[name] if name else None
    if not isinstance(contents, list) or not any(map(Law(record, ()).field, _TITLE_ROLES)):
        return None
    entries = [article for item in contents if isinstance(item, dict) and (article := _article(item))]
    numbered = [entry for entry in entries if entry.number]
    if not numbered or len([entry for entry in numbered if article_of(entry.number)]) < _LEAST_NUMBERED * len(numbered):
        return None
    return Law(record, tuple(entries))


def _article(item: Record) -> Article | None:
    """An entry of the list of articles; None where it holds nothing."""

    def text_of(role: str) -> str:
        name = field_of((key for key in item if isinstance(item[key], str)), "law", role, whole=True)
        return tidy(str(item[name])).strip("\n") if name else ""

    division, number, text = text_of("division").strip(), " ".join(text_of("number").split()), text_of("text")
    if fold_name(text_of("kind")) == _DIVISION_KIND or (not number and not division):
        division, number = division or text.strip(), ""
    if number:
        return Article(number if article_of(number) else f"第 {number} 條" if number.isdecimal() else number, text)
    return Article("", " ".join(division.split())) if division else None


def _document(law: Law) -> ParsedDocument:
    text = "".join(article.text for article in law.articles)
    chinese = cjk_share(text) >= 0.2
    titles = [law.field(role) for role in (_TITLE_ROLES if chinese else reversed(_TITLE_ROLES))]
    title = " ".join(next(filter(None, titles)).split())
    blocks = [Block(title, Locator(), "heading"), *_article_blocks(law, title, chinese), *_appendix(law, chinese)]
    return ParsedDocument(title, "zh-TW" if chinese else "en", tuple(blocks), metadata=_metadata(law))


def _article_blocks(law: Law, title: str, chinese: bool) -> Iterator[Block]:
    width = wrap_width(article.text for article in law.articles)
    for text in unwrap(law.field("foreword").split("\n"), width):
        yield Block(text, Locator(), "paragraph")
    path = HeadingPath(title)
    for article in law.articles:
        if not article.number:
            path.enter(_division_rank(article.text), article.text)
            yield Block(article.text, Locator(section=path.section), "heading")
            continue
        place = Locator(section=path.section, article=article_of(article.number) or article.number)
        parts = split_article(article.text, width, chinese)
        opening = article.number
        for part in parts:
            text = f"{opening} {part.text}".strip() if opening else part.text
            opening = ""
            yield Block(text, replace(place, item=part.item), part.kind)
        if not parts:
            yield Block(article.number, place, "paragraph")


def _division_rank(text: str) -> int:
    """The level of a chapter's line: 編 0, 章 1, 節 2, 款 3, 目 4; lines of other kinds by their numbering."""
    ranks = (rank for rank, pattern in enumerate(_DIVISIONS) if pattern.match(text))
    return next(ranks, heading_rank(text) or 1)


def _appendix(law: Law, chinese: bool) -> Iterator[Block]:
    """What is not yet in force, the last change, and the names of attached files, each under a heading."""
    pending, history, attached = _LABELS[chinese]
    for label, notes in (
        (pending, numbered_entries(law.field("pending"))),
        (history, numbered_entries(law.field("history"))[-1:]),
    ):
        if notes:
            yield Block(label, Locator(section=label), "heading")
        for note in notes:
            yield Block(note, Locator(section=label), "paragraph")
    files = list(_attachments(law.fields))
    if files:
        yield Block(attached, Locator(section=attached), "heading")
    for text in files:
        yield Block(text, Locator(section=attached), "item")


def _attachments(fields: Record) -> Iterator[str]:
    name = field_of(fields, "law", "attachments", whole=True)
    listed = fields[name] if name else None
    for item in listed if isinstance(listed, list) else []:
        if isinstance(item, dict):
            texts = [
                plain_text(item[key])
                for role in ("file_name", "file_url")
                if (key := field_of(item, "law", role, whole=True))
            ]
            if any(texts):
                yield " ".join(filter(None, texts))


def _metadata(law: Law) -> Metadata:
    changed, history = law.field("changed"), law.field("history")
    repealed = (abolished_day(history, changed) or _LONG_AGO) if law.field("repealed") else None
    levels = _CATEGORY_MARK.split(law.field("category"))
    return Metadata(
        bureau=law.field("office") or _office(levels),
        type="law",
        topic=levels[-1].removesuffix("目") if len(levels) > 1 else "",
        url=law.field("url"),
        published=law_day(changed),
        effective_from=None if repealed else effective_day(law.field("effective"), history, changed),
        repealed=repealed,
    )


def _office(levels: Sequence[str]) -> str:
    """The office of a category such as 行政＞衛生福利部＞社會及家庭目; empty where it names none."""
    if len(levels) < 2:
        return ""
    office = f"{levels[0]}院" if levels[1] == _OFFICE_ITSELF else levels[1]
    return office if office.endswith(_OFFICE_ENDS) else ""


def _part(document: ParsedDocument) -> str:
    code = _CODE_IN_URL.search(document.metadata.url)
    suffix = "" if document.language == "zh-TW" else f"-{document.language}"
    if code:
        return code[1].upper() + suffix
    return blake2b((document.metadata.url or document.title).encode(), digest_size=8).hexdigest() + suffix
