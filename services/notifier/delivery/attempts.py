"""One attempt: written down, sent, written down again."""

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from services.notifier.delivery.breakers import Standing
from services.notifier.delivery.disabling import disable
from services.notifier.delivery.ends import Ends
from services.notifier.delivery.endurance import REASON, Endurance
from services.notifier.delivery.heartbeat import send_note
from services.notifier.delivery.needed import Needs
from services.notifier.delivery.places import QUICK_SECONDS
from services.notifier.delivery.sections import left_since, opens_at, still_wanted
from services.notifier.delivery.together import Together
from services.notifier.delivery.verdict import (
    Verdict,
    judge_failure,
    judge_interrupted,
    judge_late,
    recognised,
    taken,
)
from services.notifier.delivery.wire import Wire
from services.notifier.delivery.writing import is_recognised, written
from services.notifier.events.recording import Recorder
from shared.errors import Reason, RetryLaterError, ZhituiError
from shared.logs import get_logger
from shared.runtime.elapsed import elapsed_seconds
from shared.store.records import DeliveryState, Notice

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from services.notifier.channels.port import ChannelAdapter, Message, Receipt
    from services.notifier.delivery.answers import Answers
    from shared.runtime.members import Share
    from shared.runtime.patience import Patience
    from shared.runtime.role import Surroundings
    from shared.settings import Settings
    from shared.store.records import Attempt, Delivery
    from shared.unsubscribe import Unsubscriber
    from shared.wire.subscription import Channel, Destination, Subscription

FRESH_SECONDS = 10.0
"""Who has come this far only after so long (it stood still, or the store did) does not send: its turn may be over."""


def longest_send_seconds(settings: "Settings") -> float:
    """Return when a send is given up: ``send_timeout_seconds`` is for one answer, a mail waits for several."""
    return 3 * settings.send_timeout_seconds + 5.0


def lease_seconds(settings: "Settings") -> float:
    """Return how long nobody else touches a delivery that is being sent: longer than sending it may last."""
    return FRESH_SECONDS + longest_send_seconds(settings) + 5.0


_log = get_logger("notifier")


class _LateError(Exception):
    """The process stood still for so long that the turn to call is over."""


class Attempts:
    """Makes single attempts; knows nothing of order, parallelism or rates.

    Args:
        answers: what vendors took, noted for the next start.
        instance: the name with which this process signs what it sends, see `process_name`.
    """

    def __init__(
        self,
        around: "Surroundings",
        channels: "dict[Channel, ChannelAdapter]",
        unsubscriber: "Unsubscriber",
        chance: "random.Random",
        patience: "Patience",
        *,
        answers: "Answers",
        instance: str,
    ) -> None:
        self._around = around
        self._channels = channels
        self._unsubscriber = unsubscriber
        self._chance = chance
        self._patience = patience
        self._instance = instance
        self._endurance = Endurance(around, channels)
        self._events = Recorder(around.store)
        self._wire = Wire()
        self._ends = Ends(around, patience, self._events, answers, Together(lambda: self._wire.is_wanted))
        self._needs = Needs(around.store)

    async def recover(self, in_flight: "frozenset[str]", share: "Share") -> int:
        """Settle what a sender left behind that died: what was taken is sent, the rest is resent, or held, as channel and policy say.

        Args:
            in_flight: deliveries that this very process is sending.
            share: the destinations that this process looks after.

        Returns:
            How many were found.
        """
        await self._ends.settle()
        found = 0
        for delivery, attempt in await self._around.store.deliveries.interrupted(owner=self._instance):
            if delivery.id in in_flight or not share.mine(delivery.destination_id):
                continue
            found += 1
            channel = self._channels.get(delivery.channel)
            now = self._around.clock.now()
            verdict = judge_interrupted(
                now=now,
                idempotent=channel is not None and await is_recognised(self._around, channel, delivery.id, now),
                policy=self._around.settings.ambiguous_sends,
            )
            _log.warning("delivery_interrupted", delivery=delivery.id, channel=delivery.channel, state=verdict.state)
            await self._ends.write(delivery, attempt, verdict, duration_seconds=None)
        return found

    async def give_up(self, delivery: "Delivery") -> Verdict | None:
        """End a delivery whose destination was removed, or whose channel this version does not have."""
        attempt = await self._start(delivery)
        if attempt is None:
            return None
        verdict = Verdict(state=DeliveryState.DEAD, reason=Reason.GONE, detail="目的地已删除，或这个版本没有它的渠道")
        await self._ends.write(delivery, attempt, verdict, duration_seconds=None)
        return verdict

    async def make(
        self,
        delivery: "Delivery",
        destination: "Destination",
        *,
        standing: Standing = Standing.UNKNOWN,
        since: float | None = None,
        on_slow: "Callable[[], None]" = lambda: None,
        on_taken: "Callable[[], object]" = lambda: None,
    ) -> Verdict | None:
        """Send a delivery once.

        Args:
            delivery: as it waits.
            destination: where it goes.
            standing: what is known of the destination.
            since: `elapsed_seconds` when the turn to call was taken; it is good for `FRESH_SECONDS`.
            on_slow: called when the vendor has not answered after `QUICK_SECONDS`.
            on_taken: called when it has taken the message, before that is written down.

        Returns:
            How it ended, ``None`` when another process has it.
        """
        with self._around.tracing.attempting(delivery) as span:
            started = elapsed_seconds() if since is None else since
            verdict = await self._make(
                delivery, destination, standing, since=started, on_slow=on_slow, on_taken=on_taken
            )
            if verdict is not None:
                span.ended(verdict.state, verdict.reason)
            return verdict

    async def _make(
        self,
        delivery: "Delivery",
        destination: "Destination",
        standing: Standing,
        *,
        since: float,
        on_slow: "Callable[[], None]",
        on_taken: "Callable[[], object]",
    ) -> Verdict | None:
        # All that is needed is read before the delivery is taken: a store that does not answer then leaves it waiting.
        channel = self._channels[delivery.channel]
        needs = await self._needs.of(delivery)
        left = left_since(delivery, needs.wanted, needs.alerts)
        message = await written(
            self._around, self._unsubscriber, delivery, destination, channel, needs=needs, left=left
        )
        attempt = await self._start(delivery)
        if attempt is None:
            return None
        began = elapsed_seconds()
        try:
            still_wanted(delivery, needs.wanted, left)
            async with self._wire.call(standing):
                began = elapsed_seconds()
                _refuse_late(began - since)
                receipt = await self._send(channel, message, on_slow)
        except asyncio.CancelledError:
            raise  # it stays SENDING: whether it left is for the next start to judge
        except _LateError:
            verdict = judge_late(now=self._around.clock.now())
            await self._ends.write(delivery, attempt, verdict, duration_seconds=None)
            return verdict
        except Exception as error:  # noqa: BLE001 - whatever a send does, the delivery must end somewhere visible
            verdict = await self._judge(error, delivery, attempt, channel, needs.wanted)
            await self._ends.write(delivery, attempt, verdict, duration_seconds=elapsed_seconds() - began)
        else:
            verdict = taken(receipt)
            await self._ends.write_taken(
                delivery,
                attempt,
                verdict,
                duration_seconds=elapsed_seconds() - began,
                on_noted=on_taken,
                in_company=bool(channel.idempotent),
            )
        if verdict.disable is not None:
            await self._disable(destination, verdict.disable)
        elif await self._endurance.is_over(delivery, verdict):
            await self._disable(destination, f"{REASON} {destination.id}")
            await self._endurance.tell(delivery, destination)
        return verdict

    async def _send(
        self, channel: "ChannelAdapter", message: "Message", on_slow: "Callable[[], None]"
    ) -> "Receipt | None":
        limit_seconds = longest_send_seconds(self._around.settings)
        slow = asyncio.get_running_loop().call_later(QUICK_SECONDS, on_slow)
        try:
            async with asyncio.timeout(limit_seconds):
                if message.frame.notice is Notice.HEARTBEAT:
                    await send_note(channel, message)
                    return None
                return await channel.send(message)
        except TimeoutError:
            raise RetryLaterError(f"{limit_seconds:.0f} 秒内没有发完", reason=Reason.TIMEOUT, ambiguous=True) from None
        finally:
            slow.cancel()

    async def _start(self, delivery: "Delivery") -> "Attempt | None":
        return await self._patience.persist(
            lambda: self._around.store.deliveries.start(
                delivery.id,
                owner=self._instance,
                now=self._around.clock.now(),
                lease_seconds=lease_seconds(self._around.settings),
            )
        )

    async def _judge(
        self,
        error: Exception,
        delivery: "Delivery",
        attempt: "Attempt",
        channel: "ChannelAdapter",
        wanted: "Mapping[str, Subscription | None]",
    ) -> Verdict:
        if not isinstance(error, ZhituiError):
            _log.exception("delivery_crashed", delivery=delivery.id, channel=delivery.channel)
        made = await self._patience.persist(lambda: self._around.store.deliveries.attempts(delivery.id))
        now = self._around.clock.now()
        judged = partial(
            judge_failure,
            error,
            [a for a in made if a.number < attempt.number],
            now=now,
            chance=self._chance.random(),
            policy=self._around.settings.ambiguous_sends,
        )
        verdict = judged(idempotent=recognised(channel.idempotent, made, now))
        if verdict.next_attempt_at and not recognised(channel.idempotent, made, verdict.next_attempt_at):
            verdict = judged(idempotent=False)
        if verdict.next_attempt_at is None:
            return verdict
        zone = self._around.settings.zone
        later = opens_at(verdict.next_attempt_at, [one for one in wanted.values() if one is not None], zone)
        return replace(verdict, next_attempt_at=later)

    async def _disable(self, destination: "Destination", reason: str) -> None:
        now = self._around.clock.now()
        await self._patience.persist(lambda: disable(self._around.store, self._events, destination, reason, now))


def _refuse_late(waited_seconds: float) -> None:
    if waited_seconds > FRESH_SECONDS:
        raise _LateError
