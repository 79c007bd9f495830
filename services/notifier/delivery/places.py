"""How many destinations are served at a time, so that those who answer never wait for those who do not.

::

    lanes   (48)   everybody begins here; the last twelve are for destinations that are known to answer
    slow  (1000)   who waits for an answer for longer than a moment leaves his lane to others
    probes  (32)   destinations that did not answer last time, one message each
"""

from typing import TYPE_CHECKING

from services.notifier.delivery.breakers import Standing

if TYPE_CHECKING:
    from collections.abc import Collection

LANES = 48
FOR_THE_LIVING = 12
SLOW = 1000
"""Each costs a socket and a message in memory, and nearly nothing else."""

PROBES = 32
ONE_HOST = 12
"""Bulkhead: so many calls of one host at a time, slow ones included; mails wait for a few connections anyway."""

ONE_FORGETFUL = 3
"""Of a vendor that cannot tell that a message comes twice: each call under way may be one that a crash makes come twice,
so few of them are, and what a kill repeats stays below one message on average (`tests/crash/sending`)."""

QUICK_SECONDS = 0.1


class Places:
    """Who has a place; every destination has one at most.

    Args:
        forgetful: hosts that cannot tell that a message comes twice.
    """

    def __init__(self, forgetful: "Collection[str]" = ()) -> None:
        self._forgetful = forgetful
        self._lanes: dict[str, Standing] = {}
        self._unknown = 0
        self._slow: set[str] = set()
        self._probes: set[str] = set()
        self._host: dict[str, str] = {}
        self._at_host: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._host)

    @property
    def taken(self) -> set[str]:
        """Who is being served."""
        return set(self._host)

    @property
    def has_lane(self) -> bool:
        """Whether somebody known to answer would find a lane."""
        return len(self._lanes) < LANES

    @property
    def is_crowded(self) -> bool:
        """Whether who waits for an answer stays in his lane, because too many do."""
        return len(self._slow) >= SLOW

    def is_full(self, host: str) -> bool:
        """Whether a host has as many calls as it may."""
        return self._at_host.get(host, 0) >= (ONE_FORGETFUL if host in self._forgetful else ONE_HOST)

    def has_room(self, standing: Standing) -> bool:
        """Whether somebody of this standing would find a place."""
        match standing:
            case Standing.SILENT:
                return len(self._probes) < PROBES
            case Standing.LIVING:
                return self.has_lane
            case Standing.UNKNOWN:
                return self.has_lane and self._unknown < LANES - FOR_THE_LIVING

    def take(self, destination_id: str, host: str, standing: Standing) -> bool:
        """Take a place; False when there is none for this standing, or the host has as many calls as it may."""
        if self.is_full(host) or not self.has_room(standing):
            return False
        if standing is Standing.SILENT:
            self._probes.add(destination_id)
        else:
            self._lanes[destination_id] = standing
            self._unknown += standing is Standing.UNKNOWN
        self._host[destination_id] = host
        self._at_host[host] = self._at_host.get(host, 0) + 1
        return True

    def slow_down(self, destination_id: str) -> bool:
        """Give the lane of somebody who waits to others; False when he has none, or too many wait."""
        if destination_id not in self._lanes or self.is_crowded:
            return False
        self._leave_lane(destination_id)
        self._slow.add(destination_id)
        return True

    def leave(self, destination_id: str) -> None:
        """Give the place back."""
        self._leave_lane(destination_id)
        self._slow.discard(destination_id)
        self._probes.discard(destination_id)
        host = self._host.pop(destination_id)
        self._at_host[host] -= 1
        if not self._at_host[host]:
            del self._at_host[host]

    def _leave_lane(self, destination_id: str) -> None:
        self._unknown -= self._lanes.pop(destination_id, None) is Standing.UNKNOWN
