"""The store's outbox as its users see it; what holds everywhere stands in `shared.store.port`."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from shared.store.filed import Position
    from shared.store.records import Attempt, Delivery, DeliveryState, WantedDeliveries


class Deliveries(Protocol):
    """Collections ``deliveries`` and ``delivery_attempts``: the outbox."""

    async def due(
        self,
        now: "datetime",
        *,
        limit: int,
        excluded_destinations: "frozenset[str]" = frozenset(),
        excluded_channels: "frozenset[str]" = frozenset(),
        buckets: "frozenset[int] | None" = None,
    ) -> "list[Delivery]":
        """Return ``WAITING`` deliveries whose time has come, longest due first, pages in order.

        Args:
            now: the caller's moment.
            limit: at most so many.
            excluded_destinations: leave out what goes there.
            excluded_channels: leave out what goes by these; names that are none are no harm.
            buckets: only what goes to destinations of these, see `shared.store.buckets`; ``None``: of all.
        """
        ...

    async def next_due_at(self) -> "datetime | None":
        """Return when the next ``WAITING`` delivery is due."""
        ...

    async def start(self, delivery_id: str, *, owner: str, now: "datetime", lease_seconds: float) -> "Attempt | None":
        """Take a ``WAITING`` delivery to send it, and write the attempt down first; others may not for ``lease_seconds``.

        Messages to one destination go one after another: while one is ``SENDING``, no other to it can be started.

        Returns:
            The attempt, or ``None`` when somebody else has it or sends another to the same destination.
        """
        ...

    async def finish(
        self,
        attempt: "Attempt",
        *,
        state: "DeliveryState",
        now: "datetime",
        next_attempt_at: "datetime | None" = None,
    ) -> None:
        """Write down how an attempt ended, on it and on its delivery (``attempt`` carries reason, code and duration).

        ``state`` ``WAITING`` needs ``next_attempt_at``. An ``ambiguous`` attempt is counted on its delivery. An attempt
        ends once: what is said of it later changes nothing, unless it is that the vendor took the message (``SENT``);
        and the delivery follows its last attempt only.

        Raises:
            NotFoundError: it was never started.
        """
        ...

    async def interrupted(self, *, owner: str) -> "list[tuple[Delivery, Attempt]]":
        """Return ``SENDING`` deliveries that nobody is sending: lease over by the store's clock, or this owner's."""
        ...

    async def get(self, delivery_id: str) -> "Delivery | None":
        """Return one."""
        ...

    async def recent(
        self, wanted: "WantedDeliveries | None" = None, *, after: "Position | None" = None, limit: int = 100
    ) -> "list[Delivery]":
        """Return deliveries, newest first, by (when they were planned, id).

        Args:
            wanted: which; ``None``: all.
            after: begin behind the one that stood there, see `shared.store.positions.of_delivery`.
            limit: at most so many.

        Raises:
            InvalidInputError: ``after`` is no such position.
        """
        ...

    async def ids(self, wanted: "WantedDeliveries", *, limit: int | None = None) -> list[str]:
        """Return the ids of deliveries, oldest first; ``None``: all of them, so that each is worked on once whatever becomes of it."""
        ...

    async def attempts(self, delivery_id: str) -> "list[Attempt]":
        """Return its attempts, oldest first."""
        ...

    async def retry(self, delivery_id: str, *, now: "datetime") -> None:
        """Put a ``DEAD`` or ``HELD`` delivery back to ``WAITING``, due at once, its attempts kept.

        Raises:
            NotFoundError: there is no such delivery.
            InvalidInputError: it is neither dead nor held.
        """
        ...

    async def state_counts(self) -> "dict[tuple[str, DeliveryState], int]":
        """Return (channel, state) → how many."""
        ...
