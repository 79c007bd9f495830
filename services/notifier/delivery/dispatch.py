"""Which delivery goes when: destinations side by side, one destination's messages one after another."""

import asyncio
from collections import OrderedDict, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from services.notifier.delivery.turns import Turn
from shared.errors import RetryLaterError, StorageFullError
from shared.logs import get_logger
from shared.runtime.elapsed import elapsed_seconds
from shared.store.records import DeliveryState
from shared.wire.subscription import DestinationState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from services.notifier.channels.port import ChannelAdapter
    from services.notifier.delivery.attempts import Attempts
    from services.notifier.delivery.turns import Turns
    from services.notifier.delivery.verdict import Verdict
    from shared.runtime.members import Share
    from shared.runtime.patience import Patience
    from shared.runtime.role import Surroundings
    from shared.store.records import Delivery
    from shared.wire.subscription import Channel, Destination

MAX_LANES = 16
DUE_AT_ONCE = 200
LOOK_SECONDS = 1.0
"""How often the store is asked, for what other processes planned, verified or retried."""

AFTER_FAILURE = timedelta(minutes=5)
"""Longest rest of a destination after a failure: its next message would most likely fail the same way."""

INACTIVE = timedelta(seconds=2)
RECOVER_EVERY = timedelta(seconds=10)

_log = get_logger("notifier")


class Dispatcher:
    """Sends what is due.

    Attributes:
        wake: set it when there may be something due.
    """

    def __init__(
        self,
        around: "Surroundings",
        channels: "dict[Channel, ChannelAdapter]",
        attempts: "Attempts",
        turns: "Turns",
        patience: "Patience",
        *,
        share: "Share",
    ) -> None:
        self.wake = asyncio.Event()
        self._around = around
        self._channels = channels
        self._attempts = attempts
        self._turns = turns
        self._patience = patience
        self._share = share
        self._recovered = False
        self._ready: OrderedDict[str, list[Delivery]] = OrderedDict()
        self._busy: set[str] = set()
        self._in_flight: set[str] = set()
        self._limited: dict[str, datetime] = {}
        self._resting: dict[str, datetime] = {}
        self._stuck: dict[Channel, tuple[datetime, str]] = {}
        self._gates: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @property
    def stuck(self) -> "dict[Channel, str]":
        """Channels whose account or settings are refused, with the reason for the operator."""
        return {channel: reason for channel, (_, reason) in self._stuck.items()}

    async def run(self) -> None:
        """Send until the process is to stop; then let what is on its way arrive."""
        recover_at = self._around.clock.now()
        async with asyncio.TaskGroup() as lanes:
            while not self._patience.stop.is_set():
                self.wake.clear()
                try:
                    now = self._around.clock.now()
                    if now >= recover_at and self._share.joined:
                        await self._attempts.recover(frozenset(self._in_flight), self._share)
                        self._recovered = True
                        recover_at = now + RECOVER_EVERY
                    await self._start_due(lanes)
                except StorageFullError:
                    break  # only when the process is to stop
                except RetryLaterError as error:
                    _log.warning("store_unreachable", detail=str(error))
                await self._patience.pause(await self._next_look(), self.wake)

    async def is_idle(self) -> bool:
        """Whether nothing is on its way and nothing due but what waits after a failure or for a person."""
        if self._busy or not self._recovered:
            return False
        now = self._around.clock.now()
        due = await self._due(self._current(self._resting, now), now)
        return all(self._is_stuck(delivery.channel, now) for delivery in due)

    async def _start_due(self, lanes: asyncio.TaskGroup) -> None:
        """Fill the lanes; the store is asked again only when all that it answered last is under way."""
        if len(self._busy) >= MAX_LANES:
            return
        now = self._around.clock.now()
        if not self._ready:
            self._ready = _by_destination(await self._due(self._out(now), now))
        out = self._out(now)
        while self._ready and len(self._busy) < MAX_LANES:
            destination_id, deliveries = self._ready.popitem(last=False)
            if destination_id in out:
                continue  # it is answered again when it is free
            if self._is_stuck(deliveries[0].channel, now):
                self._resting[destination_id] = self._stuck[deliveries[0].channel][0]
                continue
            self._busy.add(destination_id)
            lanes.create_task(self._serve(destination_id, deliveries))

    def _out(self, now: "datetime") -> set[str]:
        return self._busy | self._current(self._resting, now) | self._current(self._limited, now)

    async def _due(self, out: "set[str]", now: "datetime") -> "Sequence[Delivery]":
        return await self._around.store.deliveries.due(
            now, limit=DUE_AT_ONCE, excluded_destinations=frozenset(out), buckets=self._share.buckets
        )

    async def _serve(self, destination_id: str, deliveries: "Sequence[Delivery]") -> None:
        try:
            await self._send_in_turn(destination_id, deliveries)
        except StorageFullError:
            pass  # the process is to stop; what was not written down is settled at the next start
        except RetryLaterError as error:
            self._rest(destination_id, INACTIVE)
            _log.warning("store_unreachable", detail=str(error))
        finally:
            self._busy.discard(destination_id)
            self.wake.set()

    async def _send_in_turn(self, destination_id: str, deliveries: "Sequence[Delivery]") -> None:
        destination = await self._around.store.destinations.get(destination_id)
        if destination is not None and destination.state is not DestinationState.ACTIVE:
            self._rest(destination_id, INACTIVE)
            return
        for delivery in deliveries:
            if self._patience.stop.is_set():
                return
            verdict = await self._one(delivery, destination)
            if verdict is None:
                return
            if verdict.channel_stuck:
                self._stick(delivery.channel, verdict)
            if verdict.state is DeliveryState.WAITING and verdict.next_attempt_at is not None:
                now = self._around.clock.now()
                self._resting[destination_id] = min(verdict.next_attempt_at, now + AFTER_FAILURE)
                return
            if verdict.disable is not None:
                return

    async def _one(self, delivery: "Delivery", destination: "Destination | None") -> "Verdict | None":
        channel = self._channels.get(delivery.channel)
        if destination is None or channel is None:
            return await self._attempts.give_up(delivery)
        async with self._gates[channel.lane(destination)]:
            since = elapsed_seconds()
            turn = await self._turns.take(channel.lane(destination), channel.rate)
            if not isinstance(turn, Turn):
                self._limited[destination.id] = self._around.clock.now() + timedelta(seconds=turn)
                return None
            self._in_flight.add(delivery.id)
            try:
                verdict = await self._attempts.make(delivery, destination, since=since)
            finally:
                self._in_flight.discard(delivery.id)
            await self._turns.over(turn, called=verdict is not None)
            if verdict is None:  # another process has it, or sends to the same destination
                self._rest(destination.id, INACTIVE)
        if verdict is not None and not verdict.channel_stuck:
            self._stuck.pop(delivery.channel, None)
            self._around.metrics.notifier_channel_stuck.labels(delivery.channel).set(0)
        return verdict

    def _rest(self, destination_id: str, span: timedelta) -> None:
        self._resting[destination_id] = self._around.clock.now() + span

    def _stick(self, channel: "Channel", verdict: "Verdict") -> None:
        if verdict.next_attempt_at is not None:
            self._stuck[channel] = (verdict.next_attempt_at, verdict.detail or "")
            self._around.metrics.notifier_channel_stuck.labels(channel).set(1)
            _log.error("channel_stuck", channel=channel, reason=verdict.reason, detail=verdict.detail)

    def _is_stuck(self, channel: "Channel", now: "datetime") -> bool:
        return channel in self._stuck and self._stuck[channel][0] > now

    @staticmethod
    def _current(until: "dict[str, datetime]", now: "datetime") -> set[str]:
        for over in [destination_id for destination_id, moment in until.items() if moment <= now]:
            del until[over]
        return set(until)

    async def _next_look(self) -> float:
        now = self._around.clock.now()
        moments = [*self._limited.values(), *self._resting.values()]
        waits = [(moment - now).total_seconds() for moment in moments]
        return min([LOOK_SECONDS, *(wait for wait in waits if wait > 0)])


def _by_destination(due: "Sequence[Delivery]") -> "OrderedDict[str, list[Delivery]]":
    grouped: OrderedDict[str, list[Delivery]] = OrderedDict()
    for delivery in due:
        grouped.setdefault(delivery.destination_id, []).append(delivery)
    return grouped
