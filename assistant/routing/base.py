"""The route of a question and its standalone form."""

from dataclasses import dataclass

from assistant.city import City
from assistant.routing.followup import Resolved, resolve
from assistant.routing.replies import FixedReply, find_reply, load_replies
from assistant.routing.speech import grammar_of
from assistant.schema import Lang, Route, Status, Turn


@dataclass(frozen=True, slots=True)
class Router:
    """The data that routing needs."""

    city: City
    replies: tuple[FixedReply, ...]


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a question goes.

    Attributes:
        reply: where a fixed text answers it.
        yields: whether a live service that the question asks for answers instead of the fixed text.
        resolved: where documents are asked.
    """

    route: Route
    reply: str = ""
    status: Status = Status.ANSWERED
    yields: bool = False
    resolved: Resolved | None = None

    @property
    def standalone(self) -> str:
        """The likeliest standalone wording; empty where a fixed text answers."""
        return self.resolved.candidates[0].search if self.resolved else ""


def load_router(city: City) -> Router:
    """The router of a city, with the fixed replies and the patterns that ship with the program."""
    for lang in city.name:
        grammar_of(lang)
    return Router(city, load_replies())


def route_question(text: str, lang: Lang, history: tuple[Turn, ...], router: Router) -> Routed:
    """A fixed reply for small talk and questions about the assistant; the documents for everything else."""
    reply = find_reply(text, router.replies)
    if reply:
        city = router.city
        filled = reply.text[lang].format(city=city.name[lang], help=city.help[lang])
        return Routed("reply", filled, reply.status, reply.yields)
    return Routed("documents", resolved=resolve(text, lang, history))
