"""The index and registry on disk: Chroma vectors, keyword index, document registry, filtered by audience and date."""

from assistant.store.base import Access, Scored, Store, open_store, set_aside_outdated
from assistant.store.records import Entry, FileNote, FileRecord, StoredWindow
from assistant.store.terms import Term

__all__ = [
    "Access",
    "Entry",
    "FileNote",
    "FileRecord",
    "Scored",
    "Store",
    "StoredWindow",
    "Term",
    "open_store",
    "set_aside_outdated",
]
