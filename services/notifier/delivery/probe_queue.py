"""Silent destinations that found no place for a probe: they rest until places are free again."""

from datetime import timedelta
from typing import TYPE_CHECKING

from services.notifier.delivery.places import PROBES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from services.notifier.delivery.rests import Rests

LONGEST_WAIT = timedelta(minutes=1)
"""After this the store is asked for them anew, whatever becomes of the probes before them."""

WORTH_ASKING = PROBES // 4
"""So many places are free before others are let: each time the store is asked."""


class ProbeQueue:
    """Who waits for a probe, in the order in which they came.

    Nobody asks the store for those who wait: while a thousand are silent, every question would find the same ones.

    Args:
        resting: who rests; those who wait do.
    """

    def __init__(self, resting: "Rests") -> None:
        self._resting = resting
        self._waiting: dict[str, datetime] = {}

    def wait(self, destination_ids: "Iterable[str]", now: "datetime") -> None:
        """Let these rest until it is their turn."""
        until = now + LONGEST_WAIT
        for destination_id in destination_ids:
            self._resting.rest(destination_id, until)
            self._waiting[destination_id] = until

    def let(self, free: int) -> bool:
        """End the rest of the first ones, as many as places are free, once these are worth it; return whether anybody was let."""
        if free < WORTH_ASKING:
            return False
        let = 0
        while self._waiting and let < free:
            destination_id = next(iter(self._waiting))
            let += self._resting.end(destination_id, self._waiting.pop(destination_id))
        return let > 0
