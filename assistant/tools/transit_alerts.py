"""What operators of buses and trains announce, of TDX and of GTFS-Realtime, as far as it concerns who asks."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.feeds.gtfs_realtime import Alert
from assistant.feeds.tdx_records import ServiceAlert
from assistant.schema import Lang
from assistant.text import squeeze
from assistant.tools.texts import quoted
from assistant.tools.transit import in_language

MOST_SHOWN = 3
_NORMAL = "normal"
_LONGEST = 120
_MOST_NAMES = 5
Concerns = Callable[[Mapping[str, str]], bool]


@dataclass(frozen=True, slots=True)
class Announcement:
    """What an operator says, as plain words.

    Attributes:
        text: in the language of the answer where the operator writes it.
        titles: squeezed, by which the same in another feed is known.
        names: the lines and stops that are asked about and that it names.
        word: TDX's status or GTFS's effect: "stopped", "disrupted", "no_service", "detour" ...
        ends_at: aware, None where it is open.
    """

    text: str
    titles: frozenset[str]
    names: tuple[str, ...]
    word: str
    ends_at: datetime | None

    @property
    def data(self) -> dict[str, object]:
        """JSON values for a reading."""
        ends = self.ends_at.isoformat(timespec="seconds") if self.ends_at else None
        return {"text": self.text, "concerns": list(self.names), "effect": self.word, "until": ends}


def of_tdx(alerts: Iterable[ServiceAlert], concerns: Concerns, now: datetime, lang: Lang) -> tuple[Announcement, ...]:
    """What is in force now, is no "normal service", and concerns a name; what names nothing concerns everybody."""
    return tuple(
        _of_tdx(alert, concerns, lang)
        for alert in alerts
        if alert.status != _NORMAL and in_force(alert, now) and is_about(alert, concerns)
    )


def is_about(alert: ServiceAlert, concerns: Concerns) -> bool:
    """Whether an announcement names what is asked about, or nothing at all."""
    return not alert.concerns or any(concerns(names) for names in alert.concerns)


def in_force(alert: ServiceAlert, now: datetime) -> bool:
    """Whether an announcement holds now."""
    return (alert.start is None or alert.start <= now) and (alert.end is None or now <= alert.end)


def of_realtime(
    alerts: Iterable[Alert], routes: Mapping[str, str], stops: Collection[str], now: datetime, lang: Lang
) -> tuple[Announcement, ...]:
    """What is in force now and affects one of the routes or stops, or no route and stop in particular.

    Args:
        routes: their names by id.
        stops: their ids.
    """
    found = []
    for alert in alerts:
        if not alert.in_force(now):
            continue
        about = {one.route or (one.trip.route if one.trip else "") for one in alert.affected} - {""}
        at = {one.stop for one in alert.affected} - {""}
        if (about & routes.keys()) or (at & set(stops)) or not (about | at):
            named = dict.fromkeys(routes[one] for one in sorted(about & routes.keys()))
            found.append(_of_realtime(alert, tuple(named), now, lang))
    return tuple(one for one in found if one.text)


def without_repeats(first: Collection[Announcement], others: Iterable[Announcement]) -> tuple[Announcement, ...]:
    """The others that the first do not say too."""
    said = {title for one in first for title in one.titles}
    return tuple(one for one in others if not one.titles & said)


def _of_tdx(alert: ServiceAlert, concerns: Concerns, lang: Lang) -> Announcement:
    names = tuple(dict.fromkeys(quoted(in_language(one, lang), 30) for one in alert.concerns if concerns(one)))
    texts = [text for text in (alert.title, alert.description) if text]
    return Announcement(
        text=_with_names(quoted(" ".join(dict.fromkeys(texts)), _LONGEST), names),
        titles=frozenset({squeeze(text) for text in texts}),
        names=names,
        word=alert.status,
        ends_at=alert.end,
    )


def _with_names(text: str, names: Sequence[str]) -> str:
    """An announcement with what it is about before it, where its words do not say so."""
    if not names or any(squeeze(name) in squeeze(text) for name in names):
        return text
    return f"{' / '.join(names[:_MOST_NAMES])}: {text}"


def _of_realtime(alert: Alert, names: tuple[str, ...], now: datetime, lang: Lang) -> Announcement:
    ends = [end for start, end in alert.periods if (start is None or start <= now) and (end is None or now < end)]
    text = in_language(alert.headers, lang) or in_language(alert.descriptions, lang)
    return Announcement(
        text=_with_names(quoted(text, _LONGEST), names) if text else "",
        titles=frozenset({squeeze(one) for one in alert.headers.values()}),
        names=names,
        word=alert.effect,
        ends_at=None if None in ends else max((end for end in ends if end), default=None),
    )
