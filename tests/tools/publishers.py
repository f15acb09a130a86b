"""Desks whose feeds a test has put other publishers in the place of, and the alerts that they publish."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from tests.tools.asking import MONDAY, Desk
from tests.tools.conftest import DemoCity
from tests.tools.loopback import ROOT, publisher

DEAD = "http://127.0.0.1:9/nobody"


@dataclass(frozen=True)
class Message:
    """A CAP message; days and hours are in the city's zone."""

    identifier: str = "m1"
    sent: datetime = MONDAY - timedelta(hours=1)
    status: str = "Actual"
    kind: str = "Alert"
    references: str = ""
    language: str = "zh-TW"
    event: str = "淹水"
    code: str = "Flood"
    severity: str = "Severe"
    effective: datetime | None = None
    expires: datetime | None = MONDAY + timedelta(hours=6)
    headline: str = "淹水警戒"
    description: str = ""
    instruction: str = ""
    area: str = "高雄市"
    geocode: str = "64000"
    polygon: str = ""
    level: str = ""

    def xml(self) -> str:
        """The message as its office writes it."""
        fields = "".join(
            f"<{name}>{escape(value)}</{name}>"
            for name, value in (
                ("identifier", self.identifier),
                ("sender", "office"),
                ("sent", self.sent.isoformat()),
                ("status", self.status),
                ("msgType", self.kind),
                ("scope", "Public"),
                ("references", self.references),
            )
            if value
        )
        return f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">{fields}{self._info()}</alert>'

    def _info(self) -> str:
        fields = "".join(
            f"<{name}>{escape(value)}</{name}>"
            for name, value in (
                ("language", self.language),
                ("category", "Met"),
                ("event", self.event),
                ("urgency", "Immediate"),
                ("severity", self.severity),
                ("certainty", "Observed"),
                ("effective", self.effective.isoformat() if self.effective else ""),
                ("expires", self.expires.isoformat() if self.expires else ""),
                ("headline", self.headline),
                ("description", self.description),
                ("instruction", self.instruction),
            )
            if value
        )
        code = _pair("eventCode", "profile:CAP-TWP:Event:1.0", self.code)
        level = _pair("parameter", "severity_level", self.level) if self.level else ""
        shape = f"<polygon>{self.polygon}</polygon>" if self.polygon else ""
        place = _pair("geocode", "Taiwan_Geocode_103", self.geocode) if self.geocode else ""
        return f"<info>{fields}{code}{level}<area><areaDesc>{self.area}</areaDesc>{shape}{place}</area></info>"


@contextmanager
def replaced(city: DemoCity, **urls: str) -> Iterator[Desk]:
    """A desk with other addresses for feeds, whose names have underscores for hyphens."""
    known = city.live._desk.sources
    names = {name.replace("_", "-"): url for name, url in urls.items()}
    desk = Desk(city.url, {name: replace(known[name], url=url) for name, url in names.items()})
    try:
        yield desk
    finally:
        desk.live.close()


@contextmanager
def publishing(city: DemoCity, **documents: object) -> Iterator[Desk]:
    """A desk with other documents for feeds."""
    with ExitStack() as stack:
        url = stack.enter_context(publisher({f"/{name}": document for name, document in documents.items()}))
        yield stack.enter_context(replaced(city, **{name: f"{url}/{name}" for name in documents}))


@contextmanager
def announcing(
    city: DemoCity, feed: str, messages: Sequence[Message | str], updated: datetime | None = None
) -> Iterator[Desk]:
    """A desk with other alerts for a feed, behind an index that may say when it was made; a text is sent as it is."""
    entries = "".join(f'<entry><link href="{ROOT}/{number}.cap"/></entry>' for number in range(len(messages)))
    made = f"<updated>{updated.isoformat()}</updated>" if updated else ""
    index = f'<feed xmlns="http://www.w3.org/2005/Atom">{made}{entries}</feed>'
    written = {f"/{number}.cap": one if isinstance(one, str) else one.xml() for number, one in enumerate(messages)}
    with publisher({"/index": index, **written}) as url, replaced(city, **{feed: f"{url}/index"}) as desk:
        yield desk


def _pair(tag: str, name: str, value: str) -> str:
    return f"<{tag}><valueName>{name}</valueName><value>{value}</value></{tag}>"
