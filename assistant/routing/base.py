"""The route of a question and its standalone form."""

from dataclasses import dataclass

from assistant.city import City
from assistant.routing.followup import standalone_question
from assistant.routing.replies import FixedReply, find_reply, load_replies
from assistant.schema import Lang, Route, Status, Turn


@dataclass(frozen=True, slots=True)
class Router:
    """The data that routing needs."""

    city: City
    replies: tuple[FixedReply, ...]


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a question goes; `reply` is set where a fixed text answers it."""

    route: Route
    standalone: str
    reply: str = ""
    status: Status = Status.ANSWERED


def load_router(city: City) -> Router:
    """The router of a city, with the fixed replies that ship with the program."""
    return Router(city, load_replies())


def route_question(text: str, lang: Lang, history: tuple[Turn, ...], router: Router) -> Routed:
    """A fixed reply for small talk and questions about the assistant; the documents for everything else."""
    reply = find_reply(text, router.replies)
    if reply:
        city = router.city
        filled = reply.text[lang].format(city=city.name[lang], help=city.help[lang])
        return Routed("reply", text, filled, reply.status)
    return Routed("documents", standalone_question(text, lang, history))
