"""What the parts of the demonstration city share: its data, its clock, and its scenario, which can be switched."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import Response

from assistant.city import City
from assistant.demo.scene import Scenario, Scene
from assistant.demo.sites import Sites
from assistant.schema import Lang

SIMULATED: Mapping[Lang, str] = {"zh-TW": "模擬資料，非真實狀況", "en": "Simulated data, not the real situation"}


@dataclass(slots=True)
class World:
    """A demonstration city that runs; `clock` gives aware times."""

    city: City
    sites: Sites
    clock: Callable[[], datetime]
    seed: int
    scenario: Scenario

    def scene(self) -> Scene:
        """The moment that is now."""
        now = self.clock().astimezone(self.city.timezone).replace(microsecond=0)
        return Scene(self.seed, now, self.scenario, tuple(self.sites.table("climate")["monthly_c"]))


def json_answer(
    document: object, status: int = 200, kind: str = "application/json", headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON answer that says in a header that it is simulated."""
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return answer(content, kind, status, headers)


def answer(content: bytes, kind: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer that says in a header that it is simulated, and that nobody keeps for long."""
    said = {"X-Simulated": "true", "Cache-Control": "no-cache", **(headers or {})}
    return Response(content, status, said, kind)


def page_of(rows: list[Any], skip: int, top: int) -> tuple[list[Any], bool]:
    """Some rows, and whether there are more."""
    return rows[skip : skip + top], skip + top < len(rows)


def count_in(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    """A number of a query, within reason."""
    value = query.get(name, "")
    return min(int(value), most) if value.isdecimal() else default
