"""Ends of attempts: what a vendor took is noted at once, and all of it is written down and reported."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from services.notifier.delivery.reporting import report
from shared.logs import get_logger
from shared.store.records import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from services.notifier.delivery.answers import Answers, Taken
    from services.notifier.delivery.together import Together
    from services.notifier.delivery.verdict import Verdict
    from services.notifier.events.recording import Recorder
    from shared.runtime.patience import Patience
    from shared.runtime.role import Surroundings
    from shared.store.records import Attempt, Delivery

SAME = timedelta(milliseconds=1)
"""Stores keep moments to the millisecond at least."""

_log = get_logger("notifier")


class Ends:
    """Writes them down, whatever the disk or the server does meanwhile.

    Args:
        answers: where it is noted meanwhile that a message was taken.
        together: in whose company ends are written down.
    """

    def __init__(
        self,
        around: "Surroundings",
        patience: "Patience",
        events: "Recorder",
        answers: "Answers",
        together: "Together",
    ) -> None:
        self._around = around
        self._patience = patience
        self._events = events
        self._answers = answers
        self._together = together

    async def write(
        self, delivery: "Delivery", attempt: "Attempt", verdict: "Verdict", *, duration_seconds: float | None
    ) -> None:
        """Write down how an attempt ended."""
        ended = _ended(attempt, verdict, duration_seconds)
        now = self._around.clock.now()
        if verdict.state is DeliveryState.DEAD:
            await self._patience.persist(lambda: self._events.given_up(delivery, ended, now))
        await self._finish(delivery, ended, now, verdict.next_attempt_at)

    async def write_taken(
        self,
        delivery: "Delivery",
        attempt: "Attempt",
        verdict: "Verdict",
        *,
        duration_seconds: float,
        on_noted: "Callable[[], object]",
        in_company: bool,
    ) -> None:
        """Write down that a vendor took the message; once it is noted, no kill makes it come twice.

        Args:
            delivery: what was sent.
            attempt: as it began.
            verdict: see `taken`.
            duration_seconds: of the call.
            on_noted: called before it is written down.
            in_company: it may wait a moment for others.
        """
        ended = _ended(attempt, verdict, duration_seconds)
        now = self._around.clock.now()
        is_noted = self._answers.note(ended, now)
        on_noted()
        if is_noted and in_company:
            await self._together.wait()
        else:
            self._together.let_go()
        await self._finish(delivery, ended, now, None)
        self._answers.written(ended)

    async def settle(self) -> None:
        """Write down what processes of this machine knew that died before they could."""
        for file, taken in self._answers.left():
            await asyncio.gather(*map(self._settle, taken))
            file.remove()

    async def _settle(self, taken: "Taken") -> None:
        attempt = taken.attempt
        deliveries = self._around.store.deliveries
        made = await self._patience.persist(lambda: deliveries.attempts(attempt.delivery_id))
        begun = next((one for one in made if one.number == attempt.number), None)
        # A store that was restored from a backup may have begun another attempt of this number since.
        if begun is None or abs(begun.started_at - attempt.started_at) >= SAME or begun.outcome is DeliveryState.SENT:
            return
        delivery = await self._patience.persist(lambda: deliveries.get(attempt.delivery_id))
        if delivery is not None:
            _log.info("delivery_answer_found", delivery=delivery.id, channel=delivery.channel)
            await self._finish(delivery, attempt, taken.at, None)

    async def _finish(
        self, delivery: "Delivery", ended: "Attempt", now: "datetime", next_attempt_at: "datetime | None"
    ) -> None:
        # The vendor has answered: what it said must not be forgotten, however long the disk stays full.
        await self._patience.persist(
            lambda: self._around.store.deliveries.finish(
                ended, state=ended.outcome, now=now, next_attempt_at=next_attempt_at
            )
        )
        report(self._around.metrics, delivery, ended, next_attempt_at)


def _ended(attempt: "Attempt", verdict: "Verdict", duration_seconds: float | None) -> "Attempt":
    return msgspec.structs.replace(
        attempt,
        outcome=verdict.state,
        ambiguous=verdict.ambiguous,
        reason=verdict.reason,
        vendor_code=verdict.vendor_code,
        detail=verdict.detail,
        duration_seconds=duration_seconds,
        message_id=verdict.message_id,
    )
