"""How many destinations are served at a time, so that those who answer never wait for those who do not.

::

    tries  (64)    everybody begins here, with one message: nobody knows yet who answers
    lanes  (96)    who has answered goes on here, and shares them with nobody else
    slow   (1000)  who waits for an answer for longer than a moment leaves his lane to others, and
           (1500)  his place for a try: those who are silent never take room from those who are slow
    probes (32)    destinations that did not answer last time, one message each

Who was answered leaves his place at once: that the answer is being written down keeps nobody from calling meanwhile.
"""

from collections import Counter
from typing import TYPE_CHECKING

from services.notifier.delivery.breakers import Standing

if TYPE_CHECKING:
    from collections.abc import Collection

LANES = 96
TRIES = 64
SLOW = 1000
SLOW_TRIES = 1500
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
        self._lanes: set[str] = set()
        self._tries: set[str] = set()
        self._slow: set[str] = set()
        self._slow_tries: set[str] = set()
        self._probes: set[str] = set()
        self._host: dict[str, str] = {}
        self._at_host: Counter[str] = Counter()
        self._answered: set[str] = set()
        self._answered_at: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._host)

    @property
    def taken(self) -> set[str]:
        """Who is being served."""
        return set(self._host)

    @property
    def has_any_room(self) -> bool:
        """Whether somebody would find a place who did not fail last time."""
        return self.has_room(Standing.LIVING) or self.has_room(Standing.UNKNOWN)

    @property
    def free_probes(self) -> int:
        """So many silent destinations would find a place."""
        return PROBES - len(self._probes)

    @property
    def is_crowded(self) -> bool:
        """Whether who is tried and does not answer at once stays in his place, because too many do."""
        return len(self._slow_tries) >= SLOW_TRIES

    def is_full(self, host: str) -> bool:
        """Whether a host has as many calls as it may."""
        return self._at_host[host] >= (ONE_FORGETFUL if host in self._forgetful else ONE_HOST)

    def has_room(self, standing: Standing) -> bool:
        """Whether somebody of this standing would find a place."""
        places, most = self._of(standing)
        return len(places) < most

    def take(self, destination_id: str, host: str, standing: Standing) -> bool:
        """Take a place; False when there is none for this standing, or the host has as many calls as it may."""
        if self.is_full(host) or not self.has_room(standing):
            return False
        places, _ = self._of(standing)
        places.add(destination_id)
        self._host[destination_id] = host
        self._at_host[host] += 1
        return True

    def slow_down(self, destination_id: str) -> bool:
        """Give the place of somebody who waits to others; False when he has none of these, or too many wait."""
        for places, slow, most in (
            (self._lanes, self._slow, SLOW),
            (self._tries, self._slow_tries, SLOW_TRIES),
        ):
            if destination_id in places and len(slow) < most:
                places.remove(destination_id)
                slow.add(destination_id)
                return True
        return False

    def answered(self, destination_id: str) -> bool:
        """Give the place to others of somebody whose last message was answered, though he is served until that is written down.

        Returns:
            False where he keeps it: at a host that cannot tell that a message comes twice, each answer that is not written
            down yet may be one that a crash makes come twice; nor are there ever more of them than calls of a host.
        """
        host = self._host[destination_id]
        if host in self._forgetful or destination_id in self._answered or self._answered_at[host] >= ONE_HOST:
            return False
        self._give_back(destination_id, host)
        self._answered.add(destination_id)
        self._answered_at[host] += 1
        return True

    def leave(self, destination_id: str) -> None:
        """End serving somebody, and give his place back where he has it still."""
        host = self._host.pop(destination_id)
        if destination_id in self._answered:
            self._answered.remove(destination_id)
            _take_off(self._answered_at, host)
        else:
            self._give_back(destination_id, host)

    def _give_back(self, destination_id: str, host: str) -> None:
        for places in (self._lanes, self._tries, self._slow, self._slow_tries, self._probes):
            places.discard(destination_id)
        _take_off(self._at_host, host)

    def _of(self, standing: Standing) -> tuple[set[str], int]:
        """Return the places for a standing that are taken, and how many there are."""
        match standing:
            case Standing.SILENT:
                return self._probes, PROBES
            case Standing.LIVING:
                return self._lanes, LANES
            case Standing.UNKNOWN:
                return self._tries, TRIES


def _take_off(counts: "Counter[str]", host: str) -> None:
    counts[host] -= 1
    if not counts[host]:
        del counts[host]
