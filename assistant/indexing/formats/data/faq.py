"""Lists of questions and answers as cities publish them: one document for each entry."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b

from assistant.indexing.blocks import Block, Metadata, ParsedDocument
from assistant.indexing.dates import parse_date
from assistant.indexing.formats.data.fields import field_of, fold_name, role_rank, role_words
from assistant.indexing.formats.data.prose import line_of, prose_blocks
from assistant.indexing.formats.data.values import Table
from assistant.indexing.tables import row_texts
from assistant.schema import Locator
from assistant.settings import Settings
from assistant.text import detect_language, squeeze

_LEAST_QUESTIONS = 0.5  # share of entries whose field is filled
_LEAST_ANSWERS = 0.2
_ASKING_SHARE = 0.4  # of the titles, where only the wording says that they are questions
_MARKED_SHARE = 0.6  # of a column's cells, where no field's name helps
_SHORTEST_PROSE = 15
_PROSE_SHARE = 0.5  # of the answers: the rest may be addresses and codes
_LONGEST_QUESTION = 300  # mean characters; longer columns are texts
_FEWEST_UNNAMED = 3
_LONGEST_KEY = 60
_LONGEST_COUNT = 9  # digits
_ASKS = re.compile(
    r"[?？]\s*$|如何|怎麼|怎樣|怎辦|什麼|甚麼|何謂|何時|何處|何種|為何|哪|是否|可否|能否|有無|嗎|多少|多久|\bQ\s*[:：]"
    r"|^\s*(?:how|what|when|where|who|whom|why|which|can|could|do|does|did|is|are|may|should|must|will)\b",
    re.IGNORECASE,
)
_MARKED = re.compile(r"[?？]\s*[」』”\"']?\s*$")
_LEADING_MARK = re.compile(r"\s*(?:[QＱ]\s*\d{0,3}|問題?|Question\s*\d{0,3})\s*[:：.．、]\s*", re.IGNORECASE)
_CODE = re.compile(r"[\w./,;-]*\d[\w./,;-]*")


@dataclass(frozen=True)
class Roles:
    """The columns of a table that hold the parts of an entry; None where the table has none."""

    question: str
    answer: str
    id: str | None = None
    url: str | None = None
    bureau: str | None = None
    revised: str | None = None
    posted: str | None = None
    topic: str | None = None
    contacts: tuple[str, ...] = ()


def find_roles(table: Table, announced: bool) -> Roles | None:
    """Which columns are question and answer, or None where the rows are something else.

    Names decide first; titles with texts count only where the data is announced as questions or the titles ask; columns
    without known names only where most cells of one end with a question mark and another holds prose.
    """
    question = _filled(table, ("question",), _LEAST_QUESTIONS)
    answer = _filled(table, ("answer",), _LEAST_ANSWERS, but=question)
    if question and not answer:
        answer = _filled(table, ("answer_like",), _LEAST_ANSWERS, but=question)
    elif answer and not question:
        question = _filled(table, ("question_like",), _LEAST_QUESTIONS, but=answer)
    elif not question:
        question, answer = _titles_with_texts(table, announced) or _unnamed_pair(table) or (None, None)
    if not question or not answer or not _is_pair(table, question, answer):
        return None
    return _with_details(table, question, answer)


def is_announced(*names: str) -> bool:
    """Whether a file's or list's name says that it holds questions and answers."""
    folded = [fold_name(part) for name in names for part in re.split(r"[\s_.\-/]+", name)]
    words = role_words("faq", "announced")
    return any(part == word or (not word.isascii() and word in part) for part in folded for word in words)


def faq_documents(table: Table, roles: Roles, settings: Settings, topic: str = "") -> Iterator[ParsedDocument]:
    """A document for each entry with an answer; an entry that says the same as one before it is left out.

    The topic is for entries that name none.

    Its part is the entry's own id, else a digest of its address, else of its question (and answer, where several
    entries ask the same); never its place in the list.
    """
    entries = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    entries = [entry for entry in entries if entry[roles.question].strip() and entry[roles.answer].strip()]
    keys = _Keys(entries, roles)
    seen: set[str] = set()
    for entry in entries:
        key = keys.of(entry)
        if key in seen:
            continue
        document = _document(entry, roles, topic, settings)
        if document:
            seen.add(key)
            yield replace(document, part=key)


class _Keys:
    """Chooses the key of each entry by what is unique among all of them."""

    def __init__(self, entries: Sequence[dict[str, str]], roles: Roles) -> None:
        self._roles = roles
        self._ids = self._unique(entries, roles.id)
        if roles.id and _is_count([entry[roles.id] for entry in entries]):
            self._ids = set()
        self._urls = self._unique(entries, roles.url)
        self._questions = self._unique(entries, roles.question)

    def of(self, entry: dict[str, str]) -> str:
        """The stable key of an entry."""
        question = entry[self._roles.question]
        own = entry[self._roles.id] if self._roles.id else ""
        if own in self._ids:
            return own if len(own) <= _LONGEST_KEY and not re.search(r"[\s#]", own) else _digest(own)
        url = entry[self._roles.url] if self._roles.url else ""
        if url in self._urls:
            return _digest(url)
        return _digest(question) if question in self._questions else _digest(question, entry[self._roles.answer])

    @staticmethod
    def _unique(entries: Sequence[dict[str, str]], column: str | None) -> set[str]:
        counts = Counter(entry[column] for entry in entries) if column else Counter()
        return {value for value, count in counts.items() if value and count == 1}


def _document(entry: dict[str, str], roles: Roles, topic: str, settings: Settings) -> ParsedDocument | None:
    question = _LEADING_MARK.sub("", line_of(entry[roles.question], settings), count=1)
    answer = prose_blocks(entry[roles.answer], settings)
    if not question or not answer:
        return None
    if len(answer) > 1 and squeeze(answer[0].text) == squeeze(question):
        answer = answer[1:]
    contacts = row_texts([roles.contacts, [line_of(entry[name], settings) for name in roles.contacts]], 1)
    blocks = [
        Block(question, Locator(), "heading"),
        *answer,
        *(Block(text, Locator(), "row") for text in contacts),
    ]
    text = "".join(block.text for block in blocks)
    return ParsedDocument(question, detect_language(text), tuple(blocks), metadata=_metadata(entry, roles, topic))


def _metadata(entry: dict[str, str], roles: Roles, topic: str) -> Metadata:
    def of(column: str | None) -> str:
        return " ".join(entry[column].split()) if column else ""

    own_topic, url = of(roles.topic), of(roles.url)
    return Metadata(
        bureau=of(roles.bureau),
        type="faq",
        topic=own_topic if own_topic and not _CODE.fullmatch(own_topic) else topic,
        url=url if url.startswith(("http://", "https://")) else "",
        published=_date(of(roles.revised)) or _date(of(roles.posted)),
    )


def _date(text: str) -> date | None:
    return parse_date(text) if text else None


def _is_pair(table: Table, question: str, answer: str) -> bool:
    """Whether the cells can be questions and answers; letters alone name them only where both Q and A are there."""
    letters = {len(fold_name(name)) == 1 and name.isascii() for name in (question, answer)}
    answers = [cell for cell in table.column(answer) if cell]
    prose = _share(answers, _is_prose) >= _PROSE_SHARE
    return len(letters) == 1 and prose and _mean_length(table, question) <= _LONGEST_QUESTION


def _with_details(table: Table, question: str, answer: str) -> Roles:
    rest = [name for name in table.columns if name not in {question, answer}]
    taken: dict[str, str | None] = {}
    for role in ("id", "url", "bureau", "revised", "posted", "topic"):
        taken[role] = field_of((name for name in rest if any(table.column(name))), "faq", role)
        rest = [name for name in rest if name != taken[role]]
    contacts = tuple(name for name in rest if role_rank(name, "faq", "contact") and any(table.column(name)))
    return Roles(question, answer, contacts=contacts, **taken)


def _filled(table: Table, roles: tuple[str, ...], least: float, but: str | None = None) -> str | None:
    """The column that fits one of the roles best and is filled in enough rows."""
    names = [name for name in table.columns if name != but and _share(table.column(name), bool) >= least]
    return next((name for role in roles if (name := field_of(names, "faq", role))), None)


def _titles_with_texts(table: Table, announced: bool) -> tuple[str, str] | None:
    question = _filled(table, ("question_like",), _LEAST_QUESTIONS)
    answer = _filled(table, ("answer_like",), _LEAST_ANSWERS, but=question)
    if not question or not answer:
        return None
    asking = _share(table.column(question), lambda cell: bool(_ASKS.search(cell))) >= _ASKING_SHARE
    return (question, answer) if announced or asking else None


def _unnamed_pair(table: Table) -> tuple[str, str] | None:
    """A column of questions by their marks, and the column with the longest texts beside it."""
    if len(table.rows) < _FEWEST_UNNAMED:
        return None
    asking = [name for name in table.columns if _share(table.column(name), _is_marked) >= _MARKED_SHARE]
    texts = {name: _mean_length(table, name) for name in table.columns if name not in asking}
    if not asking or not texts:
        return None
    answer = max(texts, key=lambda name: texts[name])
    prose = texts[answer] >= _SHORTEST_PROSE and _share(table.column(answer), _is_prose) >= _MARKED_SHARE
    return (asking[0], answer) if prose else None


def _is_marked(cell: str) -> bool:
    return bool(_MARKED.search(cell))


def _is_prose(cell: str) -> bool:
    return bool(cell) and not cell.startswith(("http://", "https://")) and not _CODE.fullmatch(cell)


def _share(cells: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, cells)) / len(cells) if cells else 0.0


def _mean_length(table: Table, name: str) -> float:
    cells = [len(cell) for cell in table.column(name) if cell]
    return sum(cells) / len(cells) if cells else 0.0


def _is_count(values: Sequence[str]) -> bool:
    """Whether ids only number the entries of this file in order, and so change when one is added."""
    numbers = [int(value) for value in values if value.isdecimal() and len(value) < _LONGEST_COUNT]
    ascending = numbers == sorted(set(numbers)) and len(numbers) == len(values)
    return ascending and bool(numbers) and numbers[0] <= 1 and numbers[-1] <= 2 * len(numbers)


def _digest(*parts: str) -> str:
    return blake2b("\n".join(squeeze(part) for part in parts).encode(), digest_size=8).hexdigest()
