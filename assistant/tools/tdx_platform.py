"""The one client of Taiwan's TDX platform that all tools share, so that tokens and calls are counted in one place."""

from assistant.feeds.base import FeedSource
from assistant.feeds.tdx import Tdx
from assistant.tools.base import Desk


async def tdx_of(desk: Desk, source: FeedSource) -> Tdx:
    """The client of a source, made once for all questions."""

    async def make() -> Tdx:
        return Tdx(desk.fetcher, source)

    return await desk.keep(f"tdx:{source.name}", make)
