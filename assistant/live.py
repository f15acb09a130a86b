"""The live services of a city, opened: whom they ask, what routes to them, and what waits for a person's yes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from assistant.city import City
from assistant.demo.running import RunningDemo, run_demo_city
from assistant.feeds.loading import Publishers, load_sources
from assistant.feeds.mcp_servers import load_mcp_servers
from assistant.models import CityEmbeddings
from assistant.places import load_gazetteer
from assistant.routing import No, ServiceRouter, Yes, offered_codes, open_service_router
from assistant.schema import Lang, Question
from assistant.services import Service, load_services
from assistant.settings import Settings, read_secret
from assistant.tools import (
    Arguments,
    Finding,
    Live,
    LiveReport,
    LiveServices,
    PendingActs,
    Request,
    tell,
    tool_of,
)
from assistant.tools.claims import ClaimState
from assistant.tools.offers import settled, too_late, tried
from assistant.verification.figures import unsupported_figures

_GAZETTEER = "gazetteer.jsonl"


@dataclass(frozen=True, slots=True)
class LiveRoom:
    """What the flow needs to ask live services; `close` ends what was started for them."""

    services: dict[str, Service]
    router: ServiceRouter
    tools: LiveServices
    pending: PendingActs
    demo: RunningDemo | None

    def settle(self, reply: Yes | No, question: Question, lang: Lang, now: datetime) -> LiveReport:
        """What becomes of an offer after the person's yes or no; an act is done here and nowhere else."""
        codes = [reply.code] if reply.code else offered_codes(question.history[-1].answer)
        settled = [self._settle(reply, code, question, lang, now) for code in codes]
        return tell([request for request, _ in settled], [finding for _, finding in settled], unsupported_figures)

    def _settle(
        self, reply: Yes | No, code: str, question: Question, lang: Lang, now: datetime
    ) -> tuple[Request, Finding]:
        claim = self.pending.withdraw(code, now) if isinstance(reply, No) else self.pending.claim(code, now)
        service = self.services.get(claim.draft.service if claim.draft else "")
        request = Request(service or next(iter(self.services.values())), Arguments(), lang, now, question.role)
        if isinstance(reply, No):
            return request, too_late(claim, lang)
        if claim.state != ClaimState.ACT or claim.draft is None or service is None:
            return request, settled(claim, lang)
        finding = self.tools.act(request, claim.draft, claim.key)
        return request, tried(self.pending.finish(code, finding), code, lang)

    def close(self) -> None:
        """End the connections, and the demonstration city where one runs."""
        self.tools.close()
        self.pending.close()
        if self.demo:
            self.demo.close()


def open_live(
    settings: Settings, city: City, weights: CityEmbeddings, clock: Callable[[], datetime] | None = None
) -> LiveRoom | None:
    """Open the live services; None where the city has none, or the settings turn them off.

    Args:
        clock: what the demonstration city takes for now; the machine's own where there is none.

    Raises:
        CityDataError: the city's data are malformed, or name a kind of service that there is not.
        SettingsError: the demonstration city does not start.
    """
    services = load_services(settings.city_dir)
    if not services or settings.feeds == "off" or not (settings.city_dir / _GAZETTEER).exists():
        return None
    for service in services:
        tool_of(service)  # a mistyped kind is said at start, not to the first person who asks
    publishers = _publishers(settings)
    asked = publishers != "none"
    servers = load_mcp_servers(settings.city_dir, read_secret, services, stdio=settings.mcp_stdio, asked=asked)
    gazetteer = load_gazetteer(settings.city_dir)
    demo = _demo(settings, clock)
    url = demo.url if demo else ""
    sources = load_sources(settings.city_dir, read_secret, url, publishers=publishers) | servers
    return LiveRoom(
        {service.name: service for service in services},
        open_service_router(settings, services, gazetteer, weights),
        LiveServices(Live(city, gazetteer, sources)),
        PendingActs(settings.home / "pending.sqlite"),
        demo,
    )


def prepare_live(settings: Settings, weights: CityEmbeddings) -> None:
    """Fit what routes to live services, which takes a minute or two the first time; nothing where there are none.

    Raises:
        CityDataError: the city's data are malformed.
        StoreError: what was fitted cannot be kept.
    """
    services = load_services(settings.city_dir)
    if services and settings.feeds != "off" and (settings.city_dir / _GAZETTEER).exists():
        open_service_router(settings, services, load_gazetteer(settings.city_dir), weights).prepare()


def _demo(settings: Settings, clock: Callable[[], datetime] | None) -> RunningDemo | None:
    """The demonstration city, except where a city is served in earnest or only publishers are to be asked."""
    if settings.feeds == "published" or (settings.feeds == "auto" and settings.deployment == "production"):
        return None
    ledger = settings.home / "demo" / f"{settings.city}-rides.sqlite"
    return run_demo_city(settings.city_dir, ledger, scenario=settings.demo_scenario, clock=clock)


def _publishers(settings: Settings) -> Publishers:
    if settings.feeds == "simulated":
        return "none"
    return "keyed" if settings.feeds == "auto" and settings.deployment == "demo" else "all"
