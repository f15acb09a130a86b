"""Links the versions of a rule: the older one holds until the day before the newer one is in force."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise

from assistant.indexing.metadata import same_rule
from assistant.schema import Document
from assistant.store import Store

RULE_TYPES = frozenset({"law", "regulation"})


def link_versions(store: Store) -> None:
    """Note in the index which documents a newer version supersedes, and from which day on.

    A version is named by `supersedes`; laws and regulations of one title, language and audience are versions of one
    rule even where nothing names them, if each says from when it is in force.
    """
    documents = store.all_documents()
    ends = superseded_on(documents)
    changed = False
    for document in documents:
        day = ends.get(document.id)
        if document.superseded != day:
            store.supersede(document, day)
            changed = True
    if changed:
        store.commit()


def superseded_on(documents: Sequence[Document]) -> dict[str, date]:
    """The first day of the newer version, by the id of each superseded document."""
    ends: dict[str, date] = {}
    for older, newer in (*_named(documents), *_same_titles(documents)):
        if newer.effective_from is not None:
            ends[older.id] = min(newer.effective_from, ends.get(older.id, date.max))
    return ends


def _named(documents: Iterable[Document]) -> Iterator[tuple[Document, Document]]:
    by_id = {document.id: document for document in documents}
    for newer in by_id.values():
        older = by_id.get(newer.supersedes)
        if older is not None and older is not newer:
            yield older, newer


def _same_titles(documents: Iterable[Document]) -> Iterator[tuple[Document, Document]]:
    rules: dict[tuple[str, str, str], list[tuple[date, str, Document]]] = defaultdict(list)
    for document in documents:
        if document.type in RULE_TYPES and document.effective_from is not None:
            key = (same_rule(document.title), document.language, document.audience)
            rules[key].append((document.effective_from, document.id, document))
    for versions in rules.values():
        for (earlier, _, older), (later, _, newer) in pairwise(sorted(versions, key=lambda v: v[:2])):
            if earlier < later:
                yield older, newer
