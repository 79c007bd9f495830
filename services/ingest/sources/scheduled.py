"""Sources that are visited from time to time: a search at an office, a feed, a folder on another machine.

A source fetches and hands over; when it is visited, by which process, and what becomes of trouble is the loop's
(`services.ingest.sources.visits`).
"""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping
    from datetime import timedelta
    from pathlib import Path

    from shared.store.incoming import IngestRun


class Visit(Protocol):
    """One visit of a source, as the source sees it."""

    @property
    def cursor(self) -> "Mapping[str, str]":
        """What the last `remember` said, in this visit or before; empty at first. The source's own words."""
        ...

    @property
    def stop(self) -> "asyncio.Event":
        """Set when the process is to stop: end at the next place that the cursor can go on from."""
        ...

    async def take(self, name: str, content: "Path | bytes") -> "IngestRun":
        """Send a document, an archive or a folder through the pipeline; everything in it is safe when this returns.

        The same content again changes nothing: it counts as unchanged.

        Args:
            name: what people know it by, in the run ledger and the quarantine (``2026-01-05 1-100.xml``).
            content: the bytes, or where they lie; the file stays the caller's.
        """
        ...

    async def pause(self, seconds: float) -> None:
        """Wait for so many seconds, or until the process is to stop."""
        ...

    async def remember(self, cursor: "Mapping[str, str]") -> None:
        """Keep durably how far the source was read; only what `take` has made safe may lie behind it.

        After a crash the next visit begins here: work is repeated, never left out.
        """
        ...


class ScheduledSource(Protocol):
    """A source that is visited from time to time. Several processes may hold one; one of them visits it."""

    @property
    def name(self) -> str:
        """Its name in the run ledger, the lease and the state: ``ops``, ``feed:wipo``, ``folder:sftp-centre``."""
        ...

    @property
    def kind(self) -> str:
        """``ops``, ``feed`` or ``folder``."""
        ...

    @property
    def every(self) -> "timedelta":
        """The time between visits, at least a minute; the loop adds jitter."""
        ...

    async def visit(self, visit: Visit) -> None:
        """Fetch what is new and hand it over.

        Raises:
            RetryLaterError: it cannot be had now; ``after_seconds`` is the least wait, without it the loop backs off.
            SourceProblemError: it cannot be had until somebody acts; it is asked again at its next time all the same.
        """
        ...

    async def check(self) -> str:
        """Ask the source for as little as shows that it works; take and remember nothing.

        Returns:
            What was seen, a sentence for people.

        Raises:
            RetryLaterError: it cannot be had now.
            SourceProblemError: it cannot be had until somebody acts.
        """
        ...
