"""Circuit breakers: who did not answer rests, and is asked again with one message before it gets more.

Only silence opens them (`NO_ANSWER`): who refuses or is busy answers at once, and costs the others nothing.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from services.notifier.delivery.verdict import RETRY_SECONDS
from shared.errors import Reason
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from datetime import datetime

    from shared.store.records import Delivery
    from shared.wire.subscription import Destination

NO_ANSWER = frozenset({Reason.TIMEOUT, Reason.UNREACHABLE})

OPENS_AFTER = 5
"""So many calls of one host in a row without an answer, and nobody else waits for it."""

FIRST_PROBE = timedelta(seconds=5)
LONGEST_PROBE = timedelta(minutes=1)
"""After an unanswered probe the next one comes after twice as long, until this."""

WHILE_PROBING = timedelta(seconds=2)

LONGEST_REST = timedelta(minutes=5)
"""Of a destination after a failure: its next message would most likely fail the same way."""

LIVING_IN_MEMORY = 50_000


class Standing(Enum):
    """What is known of a destination: its last call was answered, nothing, its last call was not answered."""

    LIVING = auto()
    UNKNOWN = auto()
    SILENT = auto()


@dataclass(slots=True)
class _Host:
    unanswered: int = 0
    probe_at: "datetime | None" = None
    probe_wait: timedelta = FIRST_PROBE
    probed_by: str | None = None


class Breakers:
    """What this process has seen of destinations and hosts; a new process learns it from what the deliveries say."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}
        self._silent: dict[str, int] = {}
        self._living: OrderedDict[str, None] = OrderedDict()

    @property
    def open_hosts(self) -> list[str]:
        """Hosts that nobody but a probe may call."""
        return [host for host in self._hosts if self.is_open(host)]

    def is_open(self, host: str) -> bool:
        """Whether nobody but a probe may call this host."""
        return host in self._hosts and self._hosts[host].probe_at is not None

    def standing(self, delivery: "Delivery", host: str) -> Standing:
        """Return how much a call for this delivery may cost the others."""
        destination_id = delivery.destination_id
        if self.is_open(host) or destination_id in self._silent:
            return Standing.SILENT
        if destination_id in self._living:
            return Standing.LIVING
        return Standing.SILENT if delivery.reason in NO_ANSWER else Standing.UNKNOWN

    def closed_until(self, host: str, now: "datetime") -> "datetime | None":
        """Return when a host may be called again, ``None``: now (by one destination, while `is_open`)."""
        state = self._hosts.get(host)
        if state is None or state.probe_at is None:
            return None
        if state.probed_by is not None:
            return now + WHILE_PROBING
        return state.probe_at if state.probe_at > now else None

    def begin(self, destination_id: str, host: str) -> None:
        """Say that a destination is being called; while its host `is_open`, that is the probe."""
        if self.is_open(host):
            self._hosts[host].probed_by = destination_id

    def end(self, destination_id: str, host: str) -> None:
        """Say that it is over, however it went."""
        state = self._hosts.get(host)
        if state is not None and state.probed_by == destination_id:
            state.probed_by = None

    def answered(self, destination_id: str, host: str) -> None:
        """The other side spoke, whatever it said: its silence before is forgiven."""
        self._hosts.pop(host, None)
        self._silent.pop(destination_id, None)
        self._living[destination_id] = None
        self._living.move_to_end(destination_id)
        if len(self._living) > LIVING_IN_MEMORY:
            self._living.popitem(last=False)

    def unanswered(self, destination_id: str, host: str, now: "datetime") -> bool:
        """Nobody spoke; return whether that opened the host's breaker."""
        self._living.pop(destination_id, None)
        self._silent[destination_id] = self._silent.get(destination_id, 0) + 1
        state = self._hosts.setdefault(host, _Host())
        state.unanswered += 1
        if state.unanswered < OPENS_AFTER:
            return False
        opens = state.probe_at is None
        if opens or state.probed_by == destination_id:  # calls that began before it opened say nothing new
            state.probe_at = now + state.probe_wait
            state.probe_wait = min(2 * state.probe_wait, LONGEST_PROBE)
        return opens

    def forget(self, destination_id: str) -> None:
        """Forget a destination that is no more."""
        self._silent.pop(destination_id, None)
        self._living.pop(destination_id, None)

    def rest_until(self, destination_id: str, now: "datetime", next_attempt_at: "datetime") -> "datetime":
        """Return how long a destination rests after a failure: longer after each silence, up to `LONGEST_REST`."""
        tries = min(self._silent.get(destination_id, 0), len(RETRY_SECONDS))
        wait = timedelta(seconds=RETRY_SECONDS[tries - 1] if tries else 0.0)
        return min(max(next_attempt_at, now + wait), now + LONGEST_REST)


def host_of(delivery: "Delivery", destination: "Destination | None") -> str:
    """Return who answers for a destination: its webhook's host and port, else the one vendor of its channel."""
    if destination is None or delivery.channel is not Channel.WEBHOOK:
        return delivery.channel.value
    return urlsplit(destination.address).netloc.rpartition("@")[2].lower() or delivery.channel.value
