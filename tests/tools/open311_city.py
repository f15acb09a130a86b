"""A small Open311 publisher on loopback whose answers a test can spoil."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from assistant.feeds.base import FeedSource
from tests.browser.serving import serve_in_thread
from tests.tools.asking import MONDAY

POTHOLE = {"service_code": "001", "service_name": "Potholes", "keywords": "street, hole", "metadata": False}


@dataclass
class Publisher:
    """Takes reports; `spoiled` answers POST in the place of a receipt, after the report was taken or before."""

    url: str = ""
    services: list[dict[str, Any]] = field(default_factory=lambda: [POTHOLE])
    definition: dict[str, Any] = field(default_factory=dict)
    spoiled: Response | None = None
    takes_spoiled: bool = True
    gives_tokens: bool = False
    posts: int = 0
    reports: list[dict[str, Any]] = field(default_factory=list)

    def source(self, **options: object) -> FeedSource:
        """The source of the city's reports that names this publisher."""
        names = {"zh-TW": "測試局", "en": "Test bureau"}
        return FeedSource("city-reports", "open311", f"{self.url}/v2", names, refresh_s=0.0, options=options)

    def routes(self) -> list[Route]:
        return [
            Route("/v2/services.json", lambda _: JSONResponse(self.services)),
            Route("/v2/services/{code}.json", lambda _: JSONResponse(self.definition)),
            Route("/v2/requests.json", lambda _: JSONResponse(self.reports)),
            Route("/v2/requests.json", self._take, methods=["POST"]),
            Route("/v2/requests/{number}.json", self._one),
            Route("/v2/tokens/{token}.json", self._token),
        ]

    async def _take(self, request: Request) -> Response:
        self.posts += 1
        form = dict(await request.form())
        if self.spoiled is None or self.takes_spoiled:
            self.add(str(form["description"]), **{k: str(v) for k, v in form.items() if k != "description"})
        if self.spoiled is not None:
            return self.spoiled
        receipt = (
            {"token": "t-1"} if self.gives_tokens else {"service_request_id": self.reports[-1]["service_request_id"]}
        )
        return JSONResponse([receipt], 201)

    def add(self, description: str, number: str = "", at: datetime = MONDAY, **more: Any) -> None:
        """File a report."""
        row = {
            "service_request_id": number or f"N-{len(self.reports) + 1}",
            "status": "open",
            "description": description,
        }
        self.reports.append({**row, "requested_datetime": at.isoformat(), **more})

    def _one(self, request: Request) -> Response:
        found = [one for one in self.reports if one["service_request_id"] == request.path_params["number"]]
        return JSONResponse(found or [{"code": 404, "description": "unknown"}], 200 if found else 404)

    def _token(self, request: Request) -> Response:
        if not self.reports or request.path_params["token"] != "t-1":
            return JSONResponse([], 404)
        return JSONResponse([{"token": "t-1", "service_request_id": self.reports[-1]["service_request_id"]}])


@contextmanager
def serving_publisher(**knobs: Any) -> Iterator[Publisher]:
    """A publisher that answers while the block runs."""
    publisher = Publisher(**knobs)
    with serve_in_thread(Starlette(routes=publisher.routes())) as url:  # type: ignore[arg-type]
        publisher.url = url
        yield publisher
