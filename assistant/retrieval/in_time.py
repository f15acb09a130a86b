"""Search on the days that a question asks for, and the versions in force today of rules that ended."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from assistant.retrieval.asked_time import AskedTime
from assistant.schema import Document, Passage
from assistant.store import Access, Store
from assistant.text import squeeze

MOST_CHANGES = 3  # each costs a search
OF_THAT_TIME = 0.25  # guides without dates describe today, and tend to match a question better than the dated version
Search = Callable[[date], list[Passage]]


def passages_in_time(
    search: Search, asked: AskedTime | None, store: Store, access: Access, k: int = 10
) -> list[Passage]:
    """The best `k` passages for the time that is asked for.

    Where the wording is certain, these are the passages of that time alone, and those that do not hold today are
    preferred; else they are those of both times, by score. Where only "formerly" was asked, that time is the last day
    before the newest change of a rule that is found for today; where none of them changed, it is today.

    Args:
        search: the passages in force on a day, best first.
    """
    if asked is None:
        return search(access.as_of)
    if asked.certain and asked.day:
        return _by_score(_preferred(search(asked.day), access.as_of))[:k]
    present = search(access.as_of)
    then = search(asked.day) if asked.day else before_change(search, present, store, access)
    if asked.day is None:
        then = _preferred(then, access.as_of)
    return _by_score(then if asked.certain and then else [*present, *then])[:k]


def before_change(search: Search, present: Sequence[Passage], store: Store, access: Access) -> list[Passage]:
    """The passages of the last day on which the version before a rule of today held; empty where there was none."""
    for day in _days_before(_documents(present), store, access)[:MOST_CHANGES]:
        then = search(day)
        if any(passage.document.last_day == day for passage in then):
            return then
    return []


def in_force_now(
    ended: Iterable[Document], present: Sequence[Passage], store: Store, access: Access
) -> dict[str, Document]:
    """The version in force today, by the id of each ended document for which the passages of today hold one."""
    found: dict[str, Document] = {}
    for document in ended:
        versions = (d for d in _documents(present) if d.id != document.id and _replaces(d, document, store, access))
        newest = next(versions, None)
        if newest:
            found[document.id] = newest
    return found


def _days_before(documents: Iterable[Document], store: Store, access: Access) -> list[date]:
    """The last days of what the documents replaced, in the order of the documents, without repetitions."""
    days = []
    for document in documents:
        older = store.document(document.supersedes, access) if document.supersedes else None
        if older and older[0].last_day:
            days.append(older[0].last_day)
        elif document.effective_from:
            days.append(document.effective_from - timedelta(days=1))
    return [day for day in dict.fromkeys(days) if day < access.as_of]


def _replaces(newer: Document, older: Document, store: Store, access: Access) -> bool:
    """Whether a document is a later version of another, by the versions that they name or by their titles."""
    if squeeze(newer.title) == squeeze(older.title) and newer.language == older.language:
        return True
    seen = {newer.id}
    former = newer.supersedes
    while former and former not in seen:
        if former == older.id:
            return True
        seen.add(former)
        document = store.document(former, access)
        former = document[0].supersedes if document else ""
    return False


def _preferred(passages: Iterable[Passage], today: date) -> list[Passage]:
    """The passages, those that do not hold today with a higher score."""
    return [p if holds_on(p.document, today) else replace(p, score=p.score + OF_THAT_TIME) for p in passages]


def holds_on(document: Document, day: date) -> bool:
    """Whether a document is in force on a day."""
    begun = document.effective_from is None or document.effective_from <= day
    return begun and (document.last_day is None or document.last_day >= day)


def _documents(passages: Sequence[Passage]) -> list[Document]:
    return list({passage.document.id: passage.document for passage in passages}.values())


def _by_score(passages: Iterable[Passage]) -> list[Passage]:
    """Each chunk once, with its best score, best first."""
    best: dict[str, Passage] = {}
    for passage in passages:
        known = best.get(passage.chunk.id)
        if known is None or passage.score > known.score:
            best[passage.chunk.id] = passage
    ordered = sorted(best.values(), key=lambda passage: (-passage.score, passage.chunk.id))
    return [replace(passage, score=min(passage.score, 1.0)) for passage in ordered]
