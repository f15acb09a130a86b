"""What every feed shares: a source as the city names it, and the fetcher that asks its publisher."""

from assistant.feeds.fetching import MAX_BYTES, Fetcher, Params
from assistant.feeds.source import FeedSource, Fetched, Parsed, blamed

__all__ = ["MAX_BYTES", "FeedSource", "Fetched", "Fetcher", "Params", "Parsed", "blamed"]
