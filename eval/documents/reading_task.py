"""Reads files through the product's own parser process and tells what became of each."""

import time
from pathlib import Path
from typing import Any

from assistant.errors import DocumentError
from assistant.indexing.parser import Parser
from assistant.settings import load_settings
from eval.documents.processes import perform


def read_all(request: dict[str, Any]) -> dict[str, Any]:
    """A row for each of `paths`, in order."""
    settings = load_settings(home=request["home"])
    first = Path(request["home"], "first.txt")
    first.write_text("The parser's start is not counted.", encoding="utf-8")
    with Parser(settings) as parser:
        parser.read(first)
        return {"rows": [_read(parser, Path(path)) for path in request["paths"]]}


def _read(parser: Parser, path: Path) -> dict[str, Any]:
    row: dict[str, Any] = {"path": str(path), "text": "", "reason": "", "message": "", "unread": []}
    started = time.perf_counter()
    try:
        file = parser.read(path)
    except DocumentError as error:
        row |= {"reason": error.reason, "message": str(error)}
    else:
        parts = [f"{part.part}: {part.reason}" for part in file.refused]
        row["text"] = "\n".join(block.text for document in file.documents for block in document.blocks)
        row["unread"] = [*parts, *(message for document in file.documents for message in document.unread)]
    return row | {"seconds": round(time.perf_counter() - started, 3)}


if __name__ == "__main__":
    perform(read_all)
