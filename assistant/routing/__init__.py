"""Decides what a question needs: a fixed reply, or the documents, with follow-ups made whole."""

from assistant.routing.base import Routed, Router, load_router, route_question
from assistant.routing.choices import clarifying_text
from assistant.routing.deciding import decided
from assistant.routing.followup import Candidate, Resolved, resolve

__all__ = [
    "Candidate",
    "Resolved",
    "Routed",
    "Router",
    "clarifying_text",
    "decided",
    "load_router",
    "resolve",
    "route_question",
]
