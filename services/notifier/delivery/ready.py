"""What is due and waits in memory for a place: by what is known of the destination, and by host."""

from collections import Counter
from typing import TYPE_CHECKING

from services.notifier.delivery.breakers import Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.store.records import Delivery

MOST = 400
"""So many destinations at most."""

MOST_OF_A_HOST = 100
"""Of one vendor's channel: no more are asked for while so many wait."""

IN_A_ROW = 20
"""Messages that a destination sends before it is the others' turn."""


class Ready:
    """Destinations with their next messages, in the order in which they came.

    What is known of a destination does not change while it waits here: only a call tells anything new.
    """

    def __init__(self) -> None:
        self._waiting: dict[Standing, dict[str, dict[str, Sequence[Delivery]]]] = {one: {} for one in Standing}
        self._where: dict[str, tuple[Standing, str]] = {}
        self._at_host: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._where)

    @property
    def ids(self) -> set[str]:
        """Destinations that wait."""
        return set(self._where)

    @property
    def full_hosts(self) -> frozenset[str]:
        """Hosts that as many wait for as may."""
        return frozenset(host for host, count in self._at_host.items() if count >= MOST_OF_A_HOST)

    def hosts(self, standing: Standing) -> list[str]:
        """Return the hosts that destinations of this standing wait for."""
        return list(self._waiting[standing])

    def of(self, standing: Standing, host: str) -> "list[Sequence[Delivery]]":
        """Return what waits for a host: the messages of each destination."""
        return list(self._waiting[standing][host].values())

    def add(self, standing: Standing, host: str, deliveries: "Sequence[Delivery]") -> None:
        """Add a destination with what is due there; of that, as much as it may send in a row."""
        destination_id = deliveries[0].destination_id
        self._where[destination_id] = standing, host
        self._at_host[host] += 1
        self._waiting[standing].setdefault(host, {})[destination_id] = deliveries[:IN_A_ROW]

    def drop(self, destination_id: str) -> None:
        """Forget a destination: it is served, or the store answers it again later."""
        standing, host = self._where.pop(destination_id)
        waiting = self._waiting[standing][host]
        del waiting[destination_id]
        if not waiting:
            del self._waiting[standing][host]
        self._at_host[host] -= 1
        if not self._at_host[host]:
            del self._at_host[host]

    def drop_all(self, standing: Standing) -> list[str]:
        """Forget all of this standing, and return who they were."""
        dropped = [destination_id for destination_id, (one, _) in self._where.items() if one is standing]
        for destination_id in dropped:
            self.drop(destination_id)
        return dropped
