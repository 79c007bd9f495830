"""How often a vendor may be called: counted by the attempts that the store has, so that a restart forgets nothing."""

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from services.notifier.channels.port import Rate
    from shared.store.port import Deliveries

MARGIN = timedelta(seconds=1)
"""The vendor counts when a call arrives, we when it leaves."""


class Limiter:
    """Knows when a lane is free again."""

    def __init__(self, deliveries: "Deliveries") -> None:
        self._deliveries = deliveries
        self._members: defaultdict[str, set[str]] = defaultdict(set)

    def knows(self, lane: str, destination_id: str) -> None:
        """Count this destination's calls for the lane from now on, those it made before included."""
        self._members[lane].add(destination_id)

    async def free_at(self, lane: str, destination_id: str, rate: "Rate | None", now: "datetime") -> "datetime":
        """Return when the next call may be made: ``now``, or later.

        Args:
            lane: what the vendor counts by; several destinations may share it.
            destination_id: who wants to call.
            rate: how often the lane may be called, ``None``: as often as one likes.
            now: the present moment.
        """
        if rate is None:
            return now
        self.knows(lane, destination_id)
        since = now - timedelta(seconds=rate.window_seconds) - MARGIN
        times = [
            time for member in self._members[lane] for time in await self._deliveries.attempt_times(member, since=since)
        ]
        return next_free(sorted(times), rate, now)


def next_free(times: "Sequence[datetime]", rate: "Rate", now: "datetime") -> "datetime":
    """Return when a call fits into the sliding window.

    Args:
        times: of the calls made, oldest first. Those after ``now`` are left out: the clock was set back.
        rate: the window.
        now: the present moment.
    """
    window = timedelta(seconds=rate.window_seconds) + MARGIN
    made = [time for time in times if now - window < time <= now]
    return now if len(made) < rate.calls else made[-rate.calls] + window
