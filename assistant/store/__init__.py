"""The index and registry on disk: Chroma vectors, keyword index, document registry, filtered by audience and date."""

from assistant.store.base import Access, Scored, Store, open_store, set_aside_outdated
from assistant.store.records import Entry, FileNote, FileRecord, StoredWindow

__all__ = [
    "Access",
    "Entry",
    "FileNote",
    "FileRecord",
    "Scored",
    "Store",
    "StoredWindow",
    "open_store",
    "set_aside_outdated",
]
