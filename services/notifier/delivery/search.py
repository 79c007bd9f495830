"""Asks the store for who has something due and is neither served nor resting; who had his turn comes last."""

from collections import defaultdict
from typing import TYPE_CHECKING

from services.notifier.delivery.breakers import host_of
from shared.runtime.elapsed import elapsed_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from services.notifier.delivery.breakers import Breakers
    from services.notifier.delivery.ready import Ready
    from shared.runtime.members import Share
    from shared.store.port import Store
    from shared.store.records import Delivery

DUE_AT_ONCE = 200

ASK_SECONDS = 0.1
"""After the store said that there is no more, it is not asked again for this long: looking past what rests costs."""

ASK_SHARE = 20
"""Nor for so many times as long as the answer took: so it costs a twentieth of a core, however many rest."""

MOST_SECONDS = 1.0
"""But never for longer: an answer that came late because the process was busy starting says nothing of the next one."""

FAILED_SECONDS = 1.0
"""After it did not answer."""


class Search:
    """Finds what is due, and lets it wait in memory.

    Args:
        ready: where it waits.
        breakers: say what is known of each destination.
        share: the destinations that this process looks after.
    """

    def __init__(self, store: "Store", ready: "Ready", breakers: "Breakers", share: "Share") -> None:
        self._store = store
        self._ready = ready
        self._breakers = breakers
        self._share = share
        self._served: set[str] = set()
        self._ask_at = 0.0
        self._has_more = False

    @property
    def wait_seconds(self) -> float:
        """How long the store is not to be asked; 0 when it is worth it now."""
        return max(self._ask_at - elapsed_seconds(), 0.0)

    def ask_soon(self) -> None:
        """Say that there may be more at once."""
        self._has_more = True
        self._ask_at = 0.0

    def had_turn(self, destination_id: str) -> None:
        """Say that a destination has more than it was let send in a row: first come the others."""
        self._served.add(destination_id)
        self.ask_soon()

    async def more(self, out: "set[str]", now: "datetime") -> bool:
        """Find destinations beside these; return whether there are any.

        Raises:
            RetryLaterError: the store does not answer.
        """
        asked = elapsed_seconds()
        self._ask_at = asked + FAILED_SECONDS  # unless it answers
        self._has_more = False
        due = await self.due(out | self._served, now)
        if not due and self._served:
            self._served.clear()
            due = await self.due(out, now)
        answered = elapsed_seconds()
        is_all = len(due) < DUE_AT_ONCE and not self._has_more
        pause_seconds = min(max(ASK_SECONDS, ASK_SHARE * (answered - asked)), MOST_SECONDS)
        self._ask_at = answered + pause_seconds if is_all else 0.0
        grouped: defaultdict[str, list[Delivery]] = defaultdict(list)
        for delivery in due:
            grouped[delivery.destination_id].append(delivery)
        destinations = await self._store.destinations.many(list(grouped))
        for destination_id, deliveries in grouped.items():
            host = host_of(deliveries[0], destinations.get(destination_id))
            self._ready.add(self._breakers.standing(deliveries[0], host), host, deliveries)
        return bool(grouped)

    async def due(self, out: "set[str]", now: "datetime") -> "Sequence[Delivery]":
        """Return what is due to others than these; raises as `more` does."""
        return await self._store.deliveries.due(
            now,
            limit=DUE_AT_ONCE,
            excluded_destinations=frozenset(out),
            excluded_channels=self._ready.full_hosts,
            buckets=self._share.buckets,
        )
