"""RSS and Atom feeds, as scheduled sources."""

from datetime import timedelta
from typing import TYPE_CHECKING

from services.ingest.sources.feeds.source import FeedSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.ingest.sources.scheduled import ScheduledSource
    from shared.clock import Clock
    from shared.settings import Settings


def feed_sources(settings: "Settings", clock: "Clock") -> "Iterator[ScheduledSource]":
    """Yield the feeds that are set."""
    for one in settings.feeds or ():
        yield FeedSource(one.name, one.url, every=timedelta(minutes=one.every_minutes), clock=clock)
