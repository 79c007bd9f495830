"""What is due and waits in memory for a place, host by host."""

from typing import TYPE_CHECKING

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
    """Destinations with their next messages, in the order in which they came."""

    def __init__(self) -> None:
        self._at: dict[str, dict[str, Sequence[Delivery]]] = {}
        self._host: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._host)

    @property
    def ids(self) -> set[str]:
        """Destinations that wait."""
        return set(self._host)

    @property
    def hosts(self) -> list[str]:
        """Hosts that somebody waits for."""
        return list(self._at)

    @property
    def full_hosts(self) -> frozenset[str]:
        """Hosts that as many wait for as may."""
        return frozenset(host for host, waiting in self._at.items() if len(waiting) >= MOST_OF_A_HOST)

    def of(self, host: str) -> "list[Sequence[Delivery]]":
        """Return what waits for a host: the messages of each destination."""
        return list(self._at[host].values())

    def add(self, host: str, deliveries: "Sequence[Delivery]") -> None:
        """Add a destination with what is due there; of that, as much as it may send in a row."""
        destination_id = deliveries[0].destination_id
        self._host[destination_id] = host
        self._at.setdefault(host, {})[destination_id] = deliveries[:IN_A_ROW]

    def drop(self, destination_id: str) -> None:
        """Forget a destination: it is served, or the store answers it again later."""
        host = self._host.pop(destination_id)
        del self._at[host][destination_id]
        if not self._at[host]:
            del self._at[host]
