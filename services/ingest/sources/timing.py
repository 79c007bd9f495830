"""When a scheduled source is visited next. Pure."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from shared.ids import stable_id
from shared.store.incoming import SourceState

if TYPE_CHECKING:
    from services.ingest.sources.scheduled import ScheduledSource

JITTER = 0.1
"""Every wait grows by up to this share, so that installations do not all come at the full hour."""

FIRST_RETRY_SECONDS = 60.0
"""After trouble the next try comes so much later, then after twice as long each time, at most after the usual time."""


def unvisited(source: "ScheduledSource") -> SourceState:
    """Return the state of a source that nobody has visited yet."""
    return SourceState(name=source.name, kind=source.kind)


def next_visit_at(state: SourceState, every: timedelta) -> datetime | None:
    """Return when a source is visited next, ``None`` for at once; every process and command finds the same moment."""
    if state.visited_at is None:
        return None
    return state.retry_at or state.visited_at + every * _jittered(state)


def retry_at(state: SourceState, every: timedelta, *, tries: int, least_seconds: float, now: datetime) -> datetime:
    """Return when to try again a source that cannot be visited now.

    Args:
        state: after the visit that failed.
        every: the usual time between visits.
        tries: how many visits in a row failed before this one.
        least_seconds: what the other side asks for, 0 when nothing.
        now: the moment of the failure.
    """
    wait = min(timedelta(seconds=FIRST_RETRY_SECONDS * 2 ** min(tries, 20)), every) * _jittered(state)
    return now + max(wait, timedelta(seconds=least_seconds))


def ask_now(state: SourceState) -> SourceState:
    """Return the state that has whoever visits the source visit it at once."""
    return msgspec.structs.replace(state, visited_at=None, retry_at=None)


def _jittered(state: SourceState) -> float:
    """Return a number in [1, 1.1) that is the same for the same source and visit."""
    visited_at = state.visited_at
    digest = stable_id("jitter", state.name, visited_at.isoformat() if visited_at else "").rpartition("-")[2]
    return 1 + JITTER * int(digest[:8], 16) / 0x1_0000_0000
