"""What a reviewed answer rests on: taken from the store at approval, and compared with it before it is given."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum

from assistant.errors import PeopleError
from assistant.people.editor import Editor
from assistant.people.reviewed_answer import Reviewed, Source
from assistant.schema import PUBLIC, STAFF, Citation, Document
from assistant.sentences import split_sentences
from assistant.store import Access, Store
from assistant.text import keyword_tokens

_LONGEST_QUOTE = 400  # characters
_LEAST_QUOTE = 4


class Fault(StrEnum):
    """Why an answer may not be given: it has expired, or what it rests on is not what it was at approval."""

    EXPIRED = "expired"
    CHANGED = "source_changed"
    ENDED = "source_not_in_force"
    GONE = "source_gone"


def fault_of(answer: Reviewed, store: Store, day: date) -> Fault | None:
    """What speaks against giving an answer on a day; a document or two are read, in about a millisecond each.

    Documents are looked up as those would who may see the answer: one that they may not see any more is gone.
    """
    if day > answer.expires_on:
        return Fault.EXPIRED
    access = access_of(answer.audience, day)
    for source in answer.sources:
        found = store.document(source.document_id, access)
        if found is None:
            return Fault.GONE
        document, text = found
        if not _holds(document, day):
            return Fault.ENDED
        if source.quote not in text or _hash(text if source.whole else source.quote) != source.hash:
            return Fault.CHANGED
    return None


def citations_of(answer: Reviewed, store: Store, day: date) -> tuple[Citation, ...]:
    """The sources of an answer without a fault as citations, numbered from 1."""
    access, citations = access_of(answer.audience, day), []
    for number, source in enumerate(answer.sources, start=1):
        found = store.document(source.document_id, access)
        if found is not None:
            citations.append(_citation(number, source, *found, store))
    return tuple(citations)


def take_sources(
    store: Store, by: Editor, audience: str, document_ids: Sequence[str], quotes: Sequence[str], answer: str, day: date
) -> tuple[Source, ...]:
    """What an answer will rest on, as it is now.

    Args:
        by: documents that they may not read are unknown to them.
        quotes: verbatim; the answer rests on these passages of the documents that have them, and on the others whole.
        answer: its text; of a document without a quote the sentence that is most like it is shown.

    Raises:
        PeopleError: there is no such document for this editor (`not_found`), it does not hold today
            (`source_not_in_force`), not all who see the answer may see it (`bad_audience`), or no document has one
            of the quotes (`no_quote`).
    """
    sources, left = [], [quote.strip() for quote in quotes]
    if any(not _LEAST_QUOTE <= len(quote) <= _LONGEST_QUOTE for quote in left):
        message = f"A quote has {_LEAST_QUOTE} to {_LONGEST_QUOTE} characters."
        raise PeopleError("bad_quote", message, "Quote the sentence that decides.")
    for document_id in dict.fromkeys(document_ids):
        document, text = _readable(store, by, audience, document_id, day)
        own = [quote for quote in left if quote in text]
        left = [quote for quote in left if quote not in own]
        sources += [Source(document.id, quote, False, _hash(quote)) for quote in own]
        if not own:
            sources.append(Source(document.id, _most_like(text, answer), True, _hash(text)))
    if left:
        raise PeopleError("no_quote", f"No document has this text: {left[0]}", "Copy it letter by letter.")
    return tuple(sources)


def access_of(audience: str, day: date) -> Access:
    """What those may see who are of an audience."""
    if audience == PUBLIC:
        return Access.of("citizen", day)
    return Access.of("staff", day, "" if audience == STAFF else audience)


def _readable(store: Store, by: Editor, audience: str, document_id: str, day: date) -> tuple[Document, str]:
    found = _find(store, document_id, by, day)
    if found is None:
        raise PeopleError("not_found", f"There is no document {document_id!r} here.", "Look for it with `search`.")
    document, text = found
    if document.audience not in access_of(audience, day).audiences:
        message = f"“{document.title}” is for {document.audience}, and the answer for {audience}."
        raise PeopleError("bad_audience", message, "Choose another document, or another audience.")
    if not _holds(document, day):
        raise PeopleError("source_not_in_force", f"“{document.title}” does not hold today.", "Cite what does.")
    return document, text


def _find(store: Store, document_id: str, by: Editor, day: date) -> tuple[Document, str] | None:
    """A document that an editor may read; whoever looks after every bureau may read what any of them has."""
    if by.audiences is not None:
        return store.document(document_id, Access(by.audiences, day))
    documents: Callable[[], list[Document]] = store.all_documents
    audience = next((one.audience for one in documents() if one.id == document_id), None)
    return store.document(document_id, Access((audience,), day)) if audience else None


def _holds(document: Document, day: date) -> bool:
    begun = document.effective_from is None or document.effective_from <= day
    return begun and (document.last_day is None or day <= document.last_day)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _most_like(text: str, answer: str) -> str:
    """The sentence of a text that shares most with an answer."""
    own = set(keyword_tokens(answer))
    sentences = [text[start:end].strip() for start, end in split_sentences(text)]
    fit = [sentence for sentence in sentences if _LEAST_QUOTE <= len(sentence) <= _LONGEST_QUOTE]
    return max(fit, key=lambda sentence: len(own.intersection(keyword_tokens(sentence))), default=text[:_LONGEST_QUOTE])


def _citation(number: int, source: Source, document: Document, text: str, store: Store) -> Citation:
    start = text.index(source.quote)
    return Citation(
        n=number,
        document_id=document.id,
        source=document.source,
        title=document.title,
        bureau=document.bureau,
        locator=store.locator_at(document.id, start),
        quote=source.quote,
        start=start,
        end=start + len(source.quote),
        url=document.url,
        effective_from=document.effective_from,
    )
