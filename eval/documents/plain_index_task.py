"""Indexes files with a plain LangChain pipeline: loaders, a recursive splitter, the product's embedder, Chroma."""

import time
from pathlib import Path
from typing import Any

from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_text_splitters import RecursiveCharacterTextSplitter

from assistant.models import embedder
from assistant.settings import load_settings
from eval.documents.homes import warm
from eval.documents.plain_loaders import load
from eval.documents.processes import perform

_CHUNK, _OVERLAP = 500, 50


def index(request: dict[str, Any]) -> dict[str, Any]:
    """Index the files of the folder `path` into a Chroma collection in `home`; the model is loaded before the clock."""
    weights = embedder(load_settings(home=request["home"]))
    warm(weights)
    started = time.perf_counter()
    documents: list[Document] = []
    failed = 0
    for path in sorted(Path(request["path"]).iterdir()):
        try:
            documents += [_storable(document) for document in load(path)]
        except Exception:  # noqa: BLE001  # whatever a loader raises costs this file only
            failed += 1
    chunks = RecursiveCharacterTextSplitter(chunk_size=_CHUNK, chunk_overlap=_OVERLAP).split_documents(documents)
    Chroma.from_documents(chunks, weights, persist_directory=str(Path(request["home"], "plain")))
    seconds = time.perf_counter() - started
    characters = sum(len(document.page_content) for document in documents)
    return {"chunks": len(chunks), "seconds": round(seconds, 3), "characters": characters, "failed": failed}


def _storable(document: Document) -> Document:
    """Without unpaired surrogates, which PDF text may hold: Chroma refuses them, and the whole run with them."""
    text = document.page_content.encode("utf-8", "replace").decode("utf-8")
    return Document(text, metadata=document.metadata)


if __name__ == "__main__":
    perform(index)
