"""What people ask of live services, one file a kind: each gives sentences, and the readings they rest on."""

from assistant.tools.base import Arguments, Draft, Finding, Line, Request
from assistant.tools.calling import Live, LiveServices, tool_of
from assistant.tools.pending import PendingActs
from assistant.tools.telling import LiveReport, tell

__all__ = [
    "Arguments",
    "Draft",
    "Finding",
    "Line",
    "Live",
    "LiveReport",
    "LiveServices",
    "PendingActs",
    "Request",
    "tell",
    "tool_of",
]
