"""The index and registry on disk: Chroma vectors, keyword index, document registry, filtered by audience and date."""

from assistant.store.base import Access, Indexed, Scored, Store, open_store

__all__ = ["Access", "Indexed", "Scored", "Store", "open_store"]
