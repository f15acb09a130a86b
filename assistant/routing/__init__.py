"""Decides what a question needs: a fixed reply, live services, or the documents, with follow-ups made whole."""

from assistant.routing.base import Routed, Router, load_router, route_question
from assistant.routing.choices import clarifying_text
from assistant.routing.consent import No, Yes, offered_codes, read_reply
from assistant.routing.deciding import decided
from assistant.routing.followup import Candidate, Resolved, resolve
from assistant.routing.service_router import LiveRoute, ServiceRouter, open_service_router
from assistant.routing.wanted import Wanted

__all__ = [
    "Candidate",
    "LiveRoute",
    "No",
    "Resolved",
    "Routed",
    "Router",
    "ServiceRouter",
    "Wanted",
    "Yes",
    "clarifying_text",
    "decided",
    "load_router",
    "offered_codes",
    "open_service_router",
    "read_reply",
    "resolve",
    "route_question",
]
