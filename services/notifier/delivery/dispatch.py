"""Which delivery goes when: destinations side by side, one destination's messages one after another.

Fair by rounds: a destination sends a few messages, then everybody else who has something due comes first.
"""

import asyncio
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from services.notifier.delivery.breakers import NO_ANSWER, Breakers, Standing
from services.notifier.delivery.places import Places
from services.notifier.delivery.probe_queue import ProbeQueue
from services.notifier.delivery.ready import IN_A_ROW, MOST, Ready
from services.notifier.delivery.rests import Rests
from services.notifier.delivery.search import Search
from services.notifier.delivery.soon import Soon
from services.notifier.delivery.stuck import StuckChannels
from services.notifier.delivery.turns import Turn
from shared.errors import Reason, RetryLaterError, StorageFullError
from shared.gathering import Gathering
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

LOOK_SECONDS = 1.0
"""How often the store is asked, for what other processes planned, verified or retried."""

INACTIVE = timedelta(seconds=2)
NO_PLACE = timedelta(seconds=5)

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
        self._lanes = asyncio.TaskGroup()
        self._soon = Soon(self._go_on)
        self._destinations = Gathering(around.store.destinations.many)
        self._recovered = False
        self._ready = Ready()
        self._in_flight: set[str] = set()
        self._places = Places({name.value for name, channel in channels.items() if channel.idempotent is False})
        self._breakers = Breakers()
        self._search = Search(around.store, self._ready, self._breakers, share)
        self._is_searching = False
        self._limited = Rests()
        self._resting = Rests()
        self._probe_queue = ProbeQueue(self._resting)
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
        async with asyncio.TaskGroup() as self._lanes:
            with self._soon:
                while not self._patience.stop.is_set():
                    self.wake.clear()
                    try:
                        now = self._around.clock.now()
                        if now >= recover_at and self._share.joined:
                            await self._attempts.recover(frozenset(self._in_flight), self._share)
                            self._recovered = True
                            recover_at = now + RECOVER_EVERY
                        self._go_on()
                    except RetryLaterError as error:
                        _log.warning("store_unreachable", detail=str(error))
                    await self._patience.pause(self._next_look(), self.wake)

    async def is_idle(self) -> bool:
        """Whether nothing is on its way and nothing due but what waits after a failure or for a person."""
        if self._places or not self._recovered:
            return False
        now = self._around.clock.now()
        due = await self._search.due(set(self._resting.at(now)), now)
        return all(self._stuck.until(delivery.channel, now) for delivery in due)

    def _go_on(self) -> None:
        """Give places to who is ready; where some would find one and few are ready, the store is asked for more meanwhile."""
        if self._patience.stop.is_set():
            return
        self._start_ready()
        is_worth_asking = self._places.has_any_room and len(self._ready) < MOST and not self._search.wait_seconds
        if is_worth_asking and not self._is_searching:
            self._is_searching = True
            self._lanes.create_task(self._find_more())

    def _start_ready(self) -> None:
        now = self._around.clock.now()
        for standing in Standing:
            for host in self._ready.hosts(standing):
                if not self._places.has_room(standing):
                    break
                self._start_at(host, standing, now)
        if not self._places.has_room(Standing.SILENT):
            self._probe_queue.wait(self._ready.drop_all(Standing.SILENT), now)
        if len(self._ready) >= MOST and self._places.is_crowded:  # lets those come who are known to answer
            for destination_id in self._ready.drop_all(Standing.UNKNOWN):
                self._limited.rest(destination_id, now + NO_PLACE)

    def _start_at(self, host: str, standing: Standing, now: "datetime") -> None:
        if self._places.is_full(host):
            return
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
                serving = self._serve if standing is Standing.LIVING else self._try
                self._lanes.create_task(serving(host, deliveries))
            self._ready.drop(destination_id)

    async def _find_more(self) -> None:
        now = self._around.clock.now()
        out = self._places.taken.union(self._ready.ids, self._resting.at(now), self._limited.at(now))
        try:
            await self._search.more(out, now)
        except RetryLaterError as error:
            _log.warning("store_unreachable", detail=str(error))
        finally:
            self._is_searching = False
            self.wake.set()

    async def _try(self, host: str, deliveries: "Sequence[Delivery]") -> None:
        """Send one message to a destination of which nobody knows whether it answers; the others follow once it has."""
        first, *others = deliveries
        await self._serve(host, [first])
        if len(deliveries) == IN_A_ROW:
            self._search.had_turn(first.destination_id)
        standing = self._breakers.standing(first, host)
        if others and standing is Standing.LIVING and not self._rests(first.destination_id):
            self._ready.add(standing, host, others)
        if self._probe_queue.let(self._places.free_probes):
            self._search.ask_soon()
        self._soon.ask()

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
                self._search.had_turn(destination_id)
            self._breakers.end(destination_id, host)
            self._places.leave(destination_id)
        if self._rests(destination_id):
            self.wake.set()  # until a moment that may come before the next look
        self._soon.ask()

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
            verdict = await self._one(host, delivery, destination, is_last=delivery is deliveries[-1])
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
            self._soon.ask()

    def _learn(self, delivery: "Delivery", host: str, verdict: "Verdict") -> None:
        if verdict.reason in NO_ANSWER:
            if self._breakers.unanswered(delivery.destination_id, host, self._around.clock.now()):
                _log.error("host_silent", host=host, channel=delivery.channel, reason=verdict.reason)
        elif verdict.reason not in _SAYS_NOTHING:
            self._breakers.answered(delivery.destination_id, host)

    async def _one(
        self, host: str, delivery: "Delivery", destination: "Destination | None", *, is_last: bool
    ) -> "Verdict | None":
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
                verdict = await self._attempts.make(
                    delivery,
                    destination,
                    standing=self._breakers.standing(delivery, host),
                    since=since,
                    on_slow=partial(self._slow_down, destination.id),
                    # Others take the place when the next ends are written down: who begins together is read together.
                    on_taken=partial(self._places.answered, destination.id) if is_last else lambda: None,
                )
            finally:
                self._in_flight.discard(delivery.id)
            await self._turns.over(turn, called=verdict is not None)
            if verdict is None:  # another process has it, or sends to the same destination
                self._rest(destination.id, INACTIVE)
        if verdict is not None and not verdict.channel_stuck:
            self._stuck.free(delivery.channel)
        return verdict

    def _rests(self, destination_id: str) -> bool:
        now = self._around.clock.now()
        return destination_id in self._resting.at(now) or destination_id in self._limited.at(now)

    def _rest(self, destination_id: str, span: timedelta) -> None:
        self._resting.rest(destination_id, self._around.clock.now() + span)

    def _next_look(self) -> float:
        now = self._around.clock.now()
        ends = [end for end in (self._resting.next_end, self._limited.next_end) if end is not None]
        asks = [self._search.wait_seconds] if self._search.wait_seconds else []
        return min([LOOK_SECONDS, *asks, *(max((end - now).total_seconds(), 0.01) for end in ends)])
