"""Which delivery goes when: destinations side by side, one destination's messages one after another.

Fair by rounds: a destination sends a few messages, then everybody else who has something due comes first.
"""

import asyncio
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from services.notifier.delivery.breakers import NO_ANSWER, Breakers, Standing, host_of
from services.notifier.delivery.gathering import Gathering
from services.notifier.delivery.places import QUICK_SECONDS, Places
from services.notifier.delivery.probe_lengths import ProbeLengths
from services.notifier.delivery.ready import IN_A_ROW, MOST, Ready
from services.notifier.delivery.rests import Rests
from services.notifier.delivery.stuck import StuckChannels
from services.notifier.delivery.turns import Turn
from shared.errors import Reason, RetryLaterError, StorageFullError
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

DUE_AT_ONCE = 200
LOOK_SECONDS = 1.0
"""How often the store is asked, for what other processes planned, verified or retried."""

ASK_SECONDS = 0.1
"""After the store said that there is no more, it is not asked again for this long: looking past what rests costs."""

ASK_SHARE = 10
"""Nor for so many times as long as the answer took."""

INACTIVE = timedelta(seconds=2)
NO_PLACE = timedelta(seconds=5)
PROBES_FULL = timedelta(minutes=1)
"""Longest rest of a silent destination that finds no place for a probe: less where the probes before it end sooner."""

RECOVER_EVERY = timedelta(seconds=10)

_SAYS_NOTHING = {Reason.EXHAUSTED, Reason.INTERRUPTED}

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
        self._destinations = Gathering(around.store.destinations.many)
        self._recovered = False
        self._ready = Ready()
        self._served: set[str] = set()
        self._ask_at = 0.0
        self._in_flight: set[str] = set()
        self._places = Places({name.value for name, channel in channels.items() if channel.idempotent is False})
        self._probe_lengths = ProbeLengths()
        self._breakers = Breakers()
        self._limited = Rests()
        self._resting = Rests()
        self._stuck = StuckChannels(around.metrics)
        self._gates: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def stuck(self) -> "dict[Channel, str]":
        """Channels whose account or settings are refused, with the reason for the operator."""
        return self._stuck.reasons

    @property
    def silent_hosts(self) -> list[str]:
        """Vendors and webhook hosts that do not answer, so that they are only probed."""
        return self._breakers.open_hosts

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
                await self._patience.pause(self._next_look(), self.wake)

    async def is_idle(self) -> bool:
        """Whether nothing is on its way and nothing due but what waits after a failure or for a person."""
        if self._places or not self._recovered:
            return False
        now = self._around.clock.now()
        due = await self._due(set(self._resting.at(now)), now)
        return all(self._stuck.until(delivery.channel, now) for delivery in due)

    async def _start_due(self, lanes: asyncio.TaskGroup) -> None:
        """Give places to who is ready; the store is asked again only when nobody is who could have one."""
        self._start_ready(lanes)
        while (
            self._places.has_lane
            and len(self._ready) < MOST
            and elapsed_seconds() >= self._ask_at
            and await self._find_more()
        ):
            self._start_ready(lanes)

    def _start_ready(self, lanes: asyncio.TaskGroup) -> None:
        now = self._around.clock.now()
        for standing in Standing:
            for host in self._ready.hosts(standing):
                if not self._places.has_room(standing):
                    break
                self._start_at(host, standing, now, lanes)
        if not self._places.has_room(Standing.SILENT):
            crowded_out = self._ready.drop_all(Standing.SILENT)
            until = now + min(self._probe_lengths.until_free(len(crowded_out)), PROBES_FULL)
            for destination_id in crowded_out:
                self._resting.rest(destination_id, until)
        if len(self._ready) >= MOST and self._places.is_crowded:  # lets those come who are known to answer
            for destination_id in self._ready.drop_all(Standing.UNKNOWN):
                self._limited.rest(destination_id, now + NO_PLACE)

    def _start_at(self, host: str, standing: Standing, now: "datetime", lanes: asyncio.TaskGroup) -> None:
        resting, limited = self._resting.at(now), self._limited.at(now)
        for deliveries in self._ready.of(standing, host):
            first = deliveries[0]
            destination_id = first.destination_id
            until = self._stuck.until(first.channel, now) or self._breakers.closed_until(host, now)
            if destination_id in resting or destination_id in limited:
                pass  # it rests since it was found, and is answered again when it is free
            elif until is not None:
                self._resting.rest(destination_id, until)
            else:
                standing = self._breakers.standing(first, host)
                if not self._places.take(destination_id, host, standing):
                    return
                self._breakers.begin(destination_id, host)
                serving = (
                    self._probe(host, deliveries) if standing is Standing.SILENT else self._serve(host, deliveries)
                )
                lanes.create_task(serving)
            self._ready.drop(destination_id)

    async def _find_more(self) -> bool:
        """Ask the store for more; who had his turn comes last."""
        now = self._around.clock.now()
        asked = elapsed_seconds()
        out = self._places.taken.union(self._ready.ids, self._resting.at(now), self._limited.at(now))
        due = await self._due(out | self._served, now)
        if not due and self._served:
            self._served.clear()
            due = await self._due(out, now)
        if len(due) < DUE_AT_ONCE:
            answered = elapsed_seconds()
            self._ask_at = answered + max(ASK_SECONDS, ASK_SHARE * (answered - asked))
        grouped: defaultdict[str, list[Delivery]] = defaultdict(list)
        for delivery in due:
            grouped[delivery.destination_id].append(delivery)
        destinations = await self._around.store.destinations.many(list(grouped))
        for destination_id, deliveries in grouped.items():
            host = host_of(deliveries[0], destinations.get(destination_id))
            self._ready.add(self._breakers.standing(deliveries[0], host), host, deliveries)
        return bool(grouped)

    async def _due(self, out: "set[str]", now: "datetime") -> "Sequence[Delivery]":
        return await self._around.store.deliveries.due(
            now,
            limit=DUE_AT_ONCE,
            excluded_destinations=frozenset(out),
            excluded_channels=self._ready.full_hosts,
            buckets=self._share.buckets,
        )

    async def _probe(self, host: str, deliveries: "Sequence[Delivery]") -> None:
        began = elapsed_seconds()
        await self._serve(host, deliveries[:1])
        self._probe_lengths.note(elapsed_seconds() - began)

    async def _serve(self, host: str, deliveries: "Sequence[Delivery]") -> None:
        destination_id = deliveries[0].destination_id
        try:
            await self._send_in_turn(host, deliveries)
        except StorageFullError:
            pass  # the process is to stop; what was not written down is settled at the next start
        except RetryLaterError as error:
            self._rest(destination_id, INACTIVE)
            _log.warning("store_unreachable", detail=str(error))
        finally:
            if len(deliveries) == IN_A_ROW:
                self._served.add(destination_id)
                self._ask_at = 0.0  # it has more
            self._breakers.end(destination_id, host)
            self._places.leave(destination_id)
            self.wake.set()

    async def _send_in_turn(self, host: str, deliveries: "Sequence[Delivery]") -> None:
        destination_id = deliveries[0].destination_id
        destination = await self._destinations.get(destination_id)
        if destination is None:
            self._breakers.forget(destination_id)
        elif destination.state is not DestinationState.ACTIVE:
            self._rest(destination_id, INACTIVE)
            return
        for delivery in deliveries:
            if self._patience.stop.is_set():
                return
            slow = asyncio.get_running_loop().call_later(QUICK_SECONDS, self._slow_down, destination_id)
            try:
                verdict = await self._one(delivery, destination)
            finally:
                slow.cancel()
            if verdict is None:
                return
            if destination is not None:
                self._learn(delivery, host, verdict)
            if verdict.channel_stuck:
                self._stuck.stick(delivery.channel, verdict)
            if verdict.state is DeliveryState.WAITING and verdict.next_attempt_at is not None:
                now = self._around.clock.now()
                until = self._breakers.rest_until(destination_id, now, verdict.next_attempt_at)
                self._resting.rest(destination_id, until)
                return
            if verdict.disable is not None:
                return

    def _slow_down(self, destination_id: str) -> None:
        if self._places.slow_down(destination_id):
            self.wake.set()

    def _learn(self, delivery: "Delivery", host: str, verdict: "Verdict") -> None:
        if verdict.reason in NO_ANSWER:
            if self._breakers.unanswered(delivery.destination_id, host, self._around.clock.now()):
                _log.error("host_silent", host=host, channel=delivery.channel, reason=verdict.reason)
        elif verdict.reason not in _SAYS_NOTHING:
            self._breakers.answered(delivery.destination_id, host)

    async def _one(self, delivery: "Delivery", destination: "Destination | None") -> "Verdict | None":
        channel = self._channels.get(delivery.channel)
        if destination is None or channel is None:
            return await self._attempts.give_up(delivery)
        lane = channel.lane(destination)
        async with self._gates.setdefault(lane, asyncio.Lock()):
            since = elapsed_seconds()
            turn = await self._turns.take(lane, channel.rate)
            if not isinstance(turn, Turn):
                self._limited.rest(destination.id, self._around.clock.now() + timedelta(seconds=turn))
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
            self._stuck.free(delivery.channel)
        return verdict

    def _rest(self, destination_id: str, span: timedelta) -> None:
        self._resting.rest(destination_id, self._around.clock.now() + span)

    def _next_look(self) -> float:
        now = self._around.clock.now()
        ends = (self._resting.next_end, self._limited.next_end)
        until_asked = self._ask_at - elapsed_seconds()
        looks = [until_asked] if until_asked > 0 else []
        return min([LOOK_SECONDS, *looks, *(max((end - now).total_seconds(), 0.01) for end in ends if end is not None)])
