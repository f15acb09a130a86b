"""What every tool gets and gives: a request with its arguments, the desk that asks feeds, and a finding."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from assistant.city import City
from assistant.errors import FeedError, FeedTimeout, FeedUnreachable
from assistant.feeds.base import FeedSource, Fetcher
from assistant.moments import Moment
from assistant.places import Gazetteer, Place
from assistant.schema import Lang, Reading, Role, Status
from assistant.services import Service

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a person asked of a service, by the argument names of the service.

    Attributes:
        values: the words of each argument as the person wrote them: {"stop": "文化中心", "route": "88"}.
        places: the places of the gazetteer that the words of a place argument can mean, the likeliest first; none
            where the gazetteer does not know them.
        moment: the time that was named; None where it is now.
        text: the whole wording.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    moment: Moment | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One service that is asked for; `now` is aware, in the city's zone."""

    service: Service
    arguments: Arguments
    lang: Lang
    now: datetime
    role: Role = "citizen"


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence for the person; `reading` is the place of what it rests on in `Finding.readings`, -1 where none."""

    text: str
    reading: int = -1


@dataclass(frozen=True, slots=True)
class Draft:
    """What a tool would send, if the person says yes.

    Attributes:
        service: the name of the service.
        lines: everything that will be sent, in people's words, one item a line.
        payload: the same as JSON values, which `act` is called with.
    """

    service: str
    lines: tuple[str, ...]
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a tool found. Every figure of a line occurs in the data of its reading, computed ones too.

    Attributes:
        status: `answered`, `partial`, `clarify`, `no_evidence` or `feed_unavailable`.
        choices: what a clarifying question offers, at most four.
        draft: what would be sent, where the tool acts; nothing has been sent yet.
    """

    lines: tuple[Line, ...]
    readings: tuple[Reading, ...] = ()
    status: Status = Status.ANSWERED
    choices: tuple[str, ...] = ()
    draft: Draft | None = None


@dataclass(slots=True)
class Desk:
    """Where tools ask: the feeds of the city, and what is kept between questions. It belongs to one event loop."""

    city: City
    gazetteer: Gazetteer
    fetcher: Fetcher
    sources: Mapping[str, FeedSource]
    _kept: dict[str, "asyncio.Task[Any]"] = field(default_factory=dict)

    def source(self, service: Service, part: str) -> FeedSource:
        """The feed that plays a part in a service.

        Raises:
            FeedUnreachable: the city has set up none, and no demonstration runs in its place.
        """
        name = service.feeds.get(part, "")
        found = self.sources.get(name)
        if found is None:
            fault = FeedUnreachable(f"No feed is set up for “{part}” of {service.name}.", "Set its url and key.")
            fault.feed = name
            raise fault
        return found

    async def keep(self, name: str, make: Callable[[], Awaitable[Kept]], patience_s: float = 2.5) -> Kept:
        """What `make` gives, made once for all questions; one that failed is made again for the next question.

        The work goes on after the patience of a question has ended, so that a later one finds it done.

        Raises:
            FeedTimeout: it is still being made.
            FeedError: making it failed.
        """
        task = self._kept.get(name)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._kept[name] = asyncio.ensure_future(make())
        try:
            async with asyncio.timeout(patience_s):
                return cast(Kept, await asyncio.shield(task))
        except TimeoutError:
            raise FeedTimeout(f"{name} is still being loaded.", "Ask again in a minute.") from None

    def drop(self, name: str) -> None:
        """Forget what is kept under a name, so that the next question makes it anew."""
        self._kept.pop(name, None)

    async def close(self) -> None:
        """End what is still being made."""
        for task in self._kept.values():
            task.cancel()
        await asyncio.gather(*self._kept.values(), return_exceptions=True)


@dataclass(frozen=True, slots=True)
class Tool:
    """A kind of service: how it is answered, and how it acts once the person has said yes.

    `act` gets the payload of the draft and a key that stays the same over retries, so that nothing is sent twice.
    """

    answer: Callable[[Request, Desk], Awaitable[Finding]]
    act: Callable[[Request, Mapping[str, Any], str, Desk], Awaitable[Finding]] | None = None


def reading_of(
    request: Request,
    source: FeedSource,
    data: Mapping[str, object],
    *,
    observed_at: datetime | None,
    place: str = "",
) -> Reading:
    """What a feed said, with whose it is, where and when it was observed, and whether that is too long ago.

    Args:
        data: JSON values; every figure that a line says is among them, in the form in which the line says it.
        observed_at: aware; None where the feed does not say.
        place: the station, stop or sensor, in the answer's language.
    """
    at = observed_at.astimezone(request.now.tzinfo) if observed_at else None
    return Reading(
        tool=request.service.name,
        source=source.publisher.get(request.lang) or next(iter(source.publisher.values()), source.name),
        observed_at=at.isoformat(timespec="seconds") if at else "",
        stale=at is not None and (request.now - at).total_seconds() > source.stale_s,
        simulated=source.simulated,
        data=data,
        place=place,
        licence=source.licence,
    )


def fresh_enough(request: Request, source: FeedSource, observed_at: datetime | None) -> bool:
    """Whether an observation is of now, as its publisher means it; one without a time is not."""
    return observed_at is not None and (request.now - observed_at.astimezone(UTC)).total_seconds() <= source.stale_s


def kind_of_fault(fault: FeedError) -> str:
    """A word for what is wrong with a feed, a key of the common texts: late, unreachable, refused, too_large, ..."""
    words = {
        "FeedTimeout": "late",
        "FeedUnreachable": "unreachable",
        "FeedRefused": "refused",
        "FeedTooLarge": "too_large",
        "FeedMalformed": "malformed",
    }
    return words.get(type(fault).__name__, "unreachable")
