"""A publisher on loopback that answers with what a test gives it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.browser.serving import serve_in_thread

ROOT = "{root}"
"""Stands for the publisher's own address in what it answers."""


@contextmanager
def publisher(documents: Mapping[str, object]) -> Iterator[str]:
    """Its address while the block runs; documents by path, as JSON values or as text that is sent as it is."""

    def answer(request: Request) -> Response:
        document = documents[request.url.path]
        content = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
        return Response(content.replace(ROOT, str(request.base_url).rstrip("/")), media_type="application/json")

    with serve_in_thread(Starlette(routes=[Route(path, answer) for path in documents])) as url:  # type: ignore[arg-type]
        yield url
