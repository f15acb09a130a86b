"""Makes the documents of a read file: metadata from the city's list first, then from the file and its text."""

import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b

from assistant.indexing.blocks import ParsedDocument, ParsedFile
from assistant.indexing.files import FoundFile
from assistant.schema import Document

DEFAULT_TYPE = "document"
_PLAIN_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")


def documents_of(file: FoundFile, parsed: ParsedFile) -> Iterator[tuple[Document, ParsedDocument]]:
    """Each document of a file with its metadata.

    What the city says of a file goes before what the file says. Where a file holds many documents, each one's own
    title, bureau, address and dates go before those of the whole file.
    """
    for part in parsed.documents:
        if part.part:
            yield _part_of(file.document, part), part
        else:
            yield _whole(file.document, part), part


def _whole(known: Document, parsed: ParsedDocument) -> Document:
    found = parsed.metadata
    return replace(
        _dated(known, parsed),
        title=known.title or parsed.title,
        language=known.language or parsed.language,
        bureau=known.bureau or found.bureau,
        type=known.type or found.type or DEFAULT_TYPE,
        topic=known.topic or found.topic,
        licence=known.licence or found.licence,
        url=known.url or found.url,
        published=known.published or found.published,
    )


def _part_of(known: Document, parsed: ParsedDocument) -> Document:
    found = parsed.metadata
    plain = _PLAIN_KEY.fullmatch(parsed.part)
    key = parsed.part if plain else blake2b(parsed.part.encode(), digest_size=6).hexdigest()
    return replace(
        _dated(known, parsed),
        id=key if key.startswith(f"{known.id}-") else f"{known.id}-{key}",
        source=f"{known.source}#{parsed.part}",
        title=parsed.title or known.title,
        language=parsed.language or known.language,
        bureau=found.bureau or known.bureau,
        type=known.type or found.type or DEFAULT_TYPE,
        topic=found.topic or known.topic,
        licence=known.licence or found.licence,
        url=found.url or known.url,
        published=found.published or known.published,
    )


def _dated(known: Document, parsed: ParsedDocument) -> Document:
    """With the days on which it holds: as the city says, or where the city says nothing at all, as the file does."""
    if known.effective_from or known.effective_to or known.repealed:
        return known
    found = parsed.metadata
    return replace(known, effective_from=found.effective_from, effective_to=found.effective_to, repealed=found.repealed)
