"""Indexes files with the product into a home, in a process of its own."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.indexing.build import build_index
from assistant.models import embedder
from assistant.settings import load_settings
from assistant.store import open_store
from eval.documents.homes import warm
from eval.documents.processes import perform


def index(request: dict[str, Any]) -> dict[str, Any]:
    """Index `paths` (none: the corpus of the city) into `home`.

    `settings` go before the environment's; with `warm`, the embedding model is loaded before the clock starts; the
    file `started` appears when indexing begins.
    """
    settings = load_settings(home=request["home"], **request.get("settings", {}))
    weights = embedder(settings)
    store = open_store(settings.index_dir, weights.fingerprint)
    if request.get("warm"):
        warm(weights)
    try:
        if "started" in request:
            Path(request["started"]).touch()
        started = time.perf_counter()
        report = build_index(settings, store, weights, [Path(path) for path in request["paths"]])
        seconds = time.perf_counter() - started
        characters = sum(len(store.stored_text(document.id)) for document in store.all_documents())
    finally:
        store.close()
    return {**asdict(report), "seconds": round(seconds, 3), "characters": characters}


if __name__ == "__main__":
    perform(index)
