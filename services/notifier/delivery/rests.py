"""Who is not to be called before a moment; asking costs the same however many rest."""

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import KeysView
    from datetime import datetime


class Rests:
    """Destinations that rest, each until its moment."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}
        self._ends: list[tuple[datetime, str]] = []

    def rest(self, destination_id: str, until: "datetime") -> None:
        """Let one rest until then, whatever was said of it before."""
        self._until[destination_id] = until
        heapq.heappush(self._ends, (until, destination_id))

    def end(self, destination_id: str, until: "datetime") -> bool:
        """End a rest before its time; False when it is over, or another moment was said since."""
        if self._until.get(destination_id) != until:
            return False
        del self._until[destination_id]
        return True

    def at(self, now: "datetime") -> "KeysView[str]":
        """Return who rests at this moment, after forgetting whose rest is over."""
        while self._ends and self._ends[0][0] <= now:
            until, destination_id = heapq.heappop(self._ends)
            if self._until.get(destination_id) == until:  # else it was told to rest for longer, or shorter, since
                del self._until[destination_id]
        return self._until.keys()

    @property
    def next_end(self) -> "datetime | None":
        """When somebody may be called again, perhaps: a rest that was changed since may be told, too."""
        return self._ends[0][0] if self._ends else None
