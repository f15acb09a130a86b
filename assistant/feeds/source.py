"""A source of live data as the city names it, what was fetched from it, and its records with what was skipped."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import SecretStr

from assistant.errors import FeedError

REFRESH_S, STALE_S = 60.0, 3600.0

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class FeedSource:
    """One `[[feed]]` table of the city's data.

    Attributes:
        name: unique in the city: "weather-forecast".
        standard: a key of `assistant.feeds.STANDARDS`.
        url: where the document, or the root of the service, is.
        publisher: who publishes it, by language.
        licence: the line that its licence asks for.
        refresh_s: the least age at which it is asked again.
        stale_s: the age of an observation from which it is called stale.
        key: resolved from the environment variable that the city names; shown nowhere.
        options: what the standard leaves open. `max_bytes` and `hosts` (further hosts of the same publisher) are
            read by the fetcher, the others by the standard's module.
        simulated: whether a demonstration server answers in the publisher's place.
    """

    name: str
    standard: str
    url: str
    publisher: Mapping[str, str] = field(default_factory=dict)
    licence: str = ""
    refresh_s: float = REFRESH_S
    stale_s: float = STALE_S
    key: SecretStr | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a publisher answered.

    Attributes:
        url: where it came from, private parameters masked.
        fetched_at: when the publisher last said that this is what it has, aware.
        from_cache: whether no new content was sent for this call.
        location: the address of what a request has made, where the publisher says so (HTTP 201).
    """

    content: bytes
    content_type: str
    url: str
    fetched_at: datetime
    from_cache: bool
    location: str = ""


@dataclass(frozen=True, slots=True)
class Parsed(Generic[Record]):
    """The records of a document.

    Attributes:
        skipped: how many others were too broken to be one.
        fetched_at: when the document was had.
        published_at: when its publisher made it, aware, where the document as a whole says so.
    """

    records: tuple[Record, ...]
    skipped: int = 0
    fetched_at: datetime | None = None
    published_at: datetime | None = None


@contextmanager
def blamed(source: FeedSource) -> Iterator[None]:
    """Mark every fault within as one of this feed, where the service has others too.

    Raises:
        FeedError: as it came.
    """
    try:
        yield
    except FeedError as fault:
        fault.feed = fault.feed or source.name
        raise
