"""Reads what the matcher found off the bus, and records who is owed what."""

from typing import TYPE_CHECKING

from services.notifier.routing import family_keys, fold_families, make_alerts, match_records, profiles_of
from shared.bus.topics import MATCHES
from shared.errors import InvalidInputError, PartitionLostError, RetryLaterError, StorageFullError
from shared.logs import get_logger
from shared.store.records import AlertState
from shared.tracing.carry import alerts_placed, log_ids
from shared.wire.events import PublicationMatched, decode_event

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence

    from shared.bus.port import Consumer, Received
    from shared.runtime.patience import Patience
    from shared.runtime.role import Surroundings

GROUP = "notifier"
BATCH = 500
POLL_SECONDS = 0.5

_log = get_logger("notifier")


class Intake:
    """From the bus to the store; a batch is one write, and committed after it."""

    def __init__(self, around: "Surroundings", patience: "Patience", recorded: "asyncio.Event") -> None:
        self._around = around
        self._patience = patience
        self._recorded = recorded

    async def run(self) -> None:
        """Record until the process is to stop."""
        while not self._patience.stop.is_set():
            try:
                async with self._around.bus.consumer(MATCHES, GROUP) as consumer:
                    while not self._patience.stop.is_set():
                        await self._turn(consumer)
            except StorageFullError:
                continue  # only when the process is to stop
            except RetryLaterError as error:
                _log.warning("bus_unreachable", detail=str(error))
                await self._patience.pause(1.0)

    async def is_idle(self) -> bool:
        """Whether every match on the bus was recorded."""
        return await self._around.bus.lag(MATCHES, GROUP) == 0

    async def _turn(self, consumer: "Consumer") -> None:
        received = await self._patience.persist(lambda: consumer.poll(BATCH, POLL_SECONDS))
        if not received:
            return
        try:
            await self._patience.persist(lambda: self._record(received))
            await self._patience.persist(lambda: consumer.commit(received))
        except PartitionLostError:
            _log.info("partition_lost", records=len(received))

    async def _record(self, received: "Sequence[Received]") -> None:
        events = await self._decode(received)
        if not events:
            return
        store = self._around.store
        metrics = self._around.metrics
        subscriptions = await store.subscriptions.for_profiles(profiles_of(events))
        alerts = alerts_placed(make_alerts(events, subscriptions, now=self._around.clock.now()), received)
        families = family_keys(alerts)
        if families:
            alerts = fold_families(alerts, await store.alerts.family(families))
        new = await store.alerts.record(match_records(events), alerts)
        metrics.notifier_alerts.labels("new").inc(new)
        metrics.notifier_alerts.labels("known").inc(len(alerts) - new)
        metrics.notifier_alerts.labels("folded").inc(sum(a.state is AlertState.FOLDED for a in alerts))
        if new:
            self._recorded.set()

    async def _decode(self, received: "Sequence[Received]") -> list[PublicationMatched]:
        events = []
        for record in received:
            try:
                events.append(decode_event(record.value or b"", PublicationMatched))
            except InvalidInputError as error:
                _log.warning(
                    "match_unreadable", offset=record.offset, error=type(error).__name__, **log_ids(record.headers)
                )
                await self._around.bus.dead_letter(MATCHES, record, error)
                self._around.metrics.dead_letters.labels(MATCHES.name).inc()
        return events
