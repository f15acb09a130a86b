"""Reviewed answers and closed topics, matched to questions before any search, and the queue of what found no answer."""

from assistant.reviewing.review import Hit, Review, open_review

__all__ = ["Hit", "Review", "open_review"]
