"""Opens what Taiwan's Central Weather Administration publishes: both generations of its files, and its REST service."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from assistant.feeds.base import FeedSource, Fetched, Fetcher
from assistant.feeds.values import json_object, malformed, members, moment, text

STANDARD = "CWA open data"
_DEEPEST = 60
_FILES = ("cwaopendata", "cwbopendata")


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A data set out of its envelope.

    Files begin with `cwbopendata` (to 2023, names as in `locationName`) or `cwaopendata` (`LocationName`), answers of
    the REST service with `records`; here all names are in lower case.

    Attributes:
        body: the data set.
        data_id: such as F-C0032-001; empty where it is not said.
        sent_at: when it was sent; None from the REST service.
        actual: whether it is meant (CAP status Actual), and no test or exercise.
        kind: Issue, Update, Cancel; empty from the REST service.
    """

    body: dict[str, Any]
    data_id: str
    sent_at: datetime | None
    actual: bool
    kind: str


def open_bulletin(content: bytes, zone: tzinfo) -> Bulletin:
    """Open a document of the open-data platform (https://opendata.cwa.gov.tw/dist/opendata-swagger.html).

    Raises:
        FeedMalformed: it is no JSON, has none of the envelopes, or says that the request failed.
    """
    document = _folded(json_object(content, STANDARD))
    root = next((members(document[name]) for name in _FILES if name in document), None)
    if root is not None:
        body, data_id = root.get("dataset"), text(root.get("dataid"))
    elif "records" in document and text(document.get("success", "true")).lower() == "true":
        root, body = {}, document["records"]
        data_id = text(members(document.get("result")).get("resource_id"))
    else:
        said = text(document.get("message")) or "it has neither a data set nor records"
        raise malformed(STANDARD, said[:200])
    if not isinstance(body, dict):
        raise malformed(STANDARD, "its data set is empty")
    status = text(root.get("status")).lower()
    kind = text(root.get("msgtype"))
    return Bulletin(body, data_id, moment(root.get("sent"), zone), status in {"", "actual"}, kind)


async def fetch_cwa(fetcher: Fetcher, source: FeedSource) -> Fetched:
    """The document of a source; the option `params` narrows what the REST service sends, such as `locationName`.

    Raises:
        FeedError: it cannot be had.
    """
    params = {str(name): str(value) for name, value in members(source.options.get("params")).items()}
    if source.key:
        params["Authorization"] = source.key.get_secret_value()
    return await fetcher.get(source, params=params)


def one_or_many(value: object) -> list[dict[str, Any]]:
    """The objects of a member that is an object where there is one, a list where there are several, else null."""
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, dict)]


def plain(value: object) -> object:
    """A value, which the first generation wraps as `{"value": 4.5, "unit": ...}`."""
    return value.get("value") if isinstance(value, dict) else value


def _folded(value: Any, depth: int = 0) -> Any:
    """The document with its names in lower case: the generations differ in little else."""
    if depth > _DEEPEST:
        raise malformed(STANDARD, "it is nested beyond reason")
    if isinstance(value, dict):
        return {name.lower(): _folded(inner, depth + 1) for name, inner in value.items()}
    if isinstance(value, list):
        return [_folded(inner, depth + 1) for inner in value]
    return value
