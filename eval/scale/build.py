"""Builds the index of a made-up city through the product's own store, and notes what that took."""

import json
import time
from pathlib import Path
from typing import Any

from rich.progress import track

from assistant.store import Store, open_store
from eval.scale.city import CHUNKS_A_BATCH, CHUNKS_A_DOCUMENT, DOCUMENTS_A_BATCH, MadeUpCity

FINGERPRINT = "made-up/1"
_BATCHES_A_COMMIT = 10
_BYTES_PER_MB = 1_000_000
_NOTE = "build.json"


def build(city: MadeUpCity, chunks: int, folder: Path) -> dict[str, Any]:
    """An index of so many chunks in a folder; what it took, also where an earlier run has built it."""
    note = folder / _NOTE
    if note.exists():
        return dict(json.loads(note.read_text(encoding="utf-8")))
    store = open_store(folder, FINGERPRINT)
    started, making_s = time.perf_counter(), 0.0
    try:
        with store.writing():
            making_s = _write(city, chunks, store)
    finally:
        store.close()
    seconds = time.perf_counter() - started - making_s
    figures = {
        "build_s": round(seconds, 1),
        "chunks_per_s": round(chunks / seconds),
        "disk_mb": {part: _size_mb(folder / part) for part in ("registry.sqlite", "keywords", "vectors")},
    }
    note.write_text(json.dumps(figures), encoding="utf-8")
    return figures


def add_one(city: MadeUpCity, chunks: int, folder: Path) -> dict[str, Any]:
    """Seconds to add one document to an index and commit it, the first and the next one; they are removed again."""
    store = open_store(folder, FINGERPRINT)
    taken = []
    try:
        for entry in next(city.batches(2 * CHUNKS_A_DOCUMENT, first=chunks // CHUNKS_A_DOCUMENT + DOCUMENTS_A_BATCH)):
            started = time.perf_counter()
            with store.writing():
                store.put([entry])
            taken.append(round(time.perf_counter() - started, 2))
            with store.writing():
                store.remove([entry.document.id])
    finally:
        store.close()
    return {"first_document_s": taken[0], "next_document_s": taken[1]}


def _write(city: MadeUpCity, chunks: int, store: Store) -> float:
    """Put and commit all batches; the seconds in which they were made up."""
    made_at, making_s = time.perf_counter(), 0.0
    batches = chunks // CHUNKS_A_BATCH
    for number, entries in enumerate(track(city.batches(chunks), f"{chunks:,}", batches), start=1):
        making_s += time.perf_counter() - made_at
        store.put(entries)
        if number % _BATCHES_A_COMMIT == 0:
            store.commit()
        made_at = time.perf_counter()
    return making_s


def _size_mb(path: Path) -> float:
    files = path.rglob("*") if path.is_dir() else [path]
    return round(sum(file.stat().st_size for file in files if file.is_file()) / _BYTES_PER_MB, 1)
