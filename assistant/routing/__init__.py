"""Decides what a question needs: a fixed reply, or the documents, with follow-ups made whole."""

from assistant.routing.base import Routed, Router, load_router, route_question

__all__ = ["Routed", "Router", "load_router", "route_question"]
