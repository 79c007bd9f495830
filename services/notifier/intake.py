"""Reads what the matcher found off the bus, and records who is owed what.

::

    poll → subscriptions up to date → confirm → (read, route, fold families → record) → subscriptions again → commit

A batch is bounded by bytes, and nothing is asked for before it is written: the bus holds what a slow store cannot take.
"""

from typing import TYPE_CHECKING

from services.notifier.corrections import corrected_families, correction_alerts
from services.notifier.families import family_keys, fold_families
from services.notifier.planning.timing import due_at
from services.notifier.reading import read_found
from services.notifier.routes import RoutesInForce
from services.notifier.routing import make_alerts
from shared.bus.topics import MATCHES
from shared.errors import InvalidInputError, PartitionLostError, RetryLaterError, StorageFullError
from shared.logs import get_logger
from shared.store.records import AlertState
from shared.tracing.carry import log_ids

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from services.notifier.reading import Found
    from services.notifier.routes import Route
    from shared.bus.port import Consumer, Received
    from shared.runtime.patience import Patience
    from shared.runtime.role import Surroundings

GROUP = "notifier"
RECORDS_AT_ONCE = 64
"""Asked for in one go, each up to what the bus takes."""

BATCH_RECORDS = 512
BATCH_BYTES = 8 * 1024 * 1024
"""What is written in one go: no more is polled once there is so much."""

POLL_SECONDS = 0.5

_log = get_logger("notifier")


class Intake:
    """From the bus to the store; a batch is one write, and committed after it."""

    def __init__(self, around: "Surroundings", patience: "Patience", recorded: "asyncio.Event") -> None:
        self._around = around
        self._patience = patience
        self._recorded = recorded
        self._in_force = RoutesInForce(around.store)

    async def run(self) -> None:
        """Record until the process is to stop."""
        while not self._patience.stop.is_set():
            try:
                async with self._around.bus.consumer(
                    MATCHES, GROUP, session_timeout_seconds=self._around.settings.session_seconds
                ) as consumer:
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
        received = await self._poll(consumer)
        if not received:
            return
        try:
            # Who subscribed before a publication was accepted is told of it: the question comes after the poll.
            await self._patience.persist(self._in_force.catch_up)
            # Two pollings may lie on either side of a rebalance: what is no longer ours must not be written.
            await self._patience.persist(lambda: consumer.confirm(received))
            await self._patience.persist(lambda: self._record(received))
            # What changed while this was recorded concerns what was recorded.
            await self._patience.persist(self._in_force.catch_up)
            await self._patience.persist(lambda: consumer.commit(received))
        except PartitionLostError:
            _log.info("partition_lost", records=len(received))

    async def _poll(self, consumer: "Consumer") -> "list[Received]":
        received = await self._patience.persist(lambda: consumer.poll(RECORDS_AT_ONCE, POLL_SECONDS))
        more = received
        while more and len(received) < BATCH_RECORDS and _size_bytes(received) < BATCH_BYTES:
            more = await self._patience.persist(lambda: consumer.poll(RECORDS_AT_ONCE, 0.0))
            received += more
        return received

    async def _record(self, received: "Sequence[Received]") -> None:
        found = await self._read(received)
        if not found:
            return
        store = self._around.store
        now = self._around.clock.now()
        routes, due = self._in_force.routes, self._due(now)
        alerts = make_alerts(found, routes, now=now, due_at=due)
        families = sorted({*family_keys(alerts), *corrected_families(found)})
        if families:
            known = await store.alerts.family(families)
            corrections = correction_alerts(found, alerts, known, routes, now=now, due_at=due)
            alerts = [*fold_families(alerts, known, each=self._wants_each), *corrections]
        new = await store.alerts.record([one.matches for one in found if one.matches.profile_ids], alerts)
        alerts_counter = self._around.metrics.notifier_alerts
        alerts_counter.labels("new").inc(new)
        alerts_counter.labels("known").inc(len(alerts) - new)
        alerts_counter.labels("folded").inc(sum(a.state is AlertState.FOLDED for a in alerts))
        if new:
            self._recorded.set()

    def _due(self, now: "datetime") -> "Callable[[Route], datetime]":
        """Return what tells when something that is recorded now may be told."""
        zone = self._around.settings.zone
        times: dict[tuple[str, str | None, bool], datetime] = {}

        def due(route: "Route") -> "datetime":
            wanted = (route.schedule, route.quiet, route.workdays)
            if wanted not in times:
                times[wanted] = due_at(route.schedule, route.quiet, workdays=route.workdays, now=now, zone=zone)
            return times[wanted]

        return due

    def _wants_each(self, subscription_id: str) -> bool:
        route = self._in_force.routes.get(subscription_id)
        return route is not None and route.each

    async def _read(self, received: "Sequence[Received]") -> "list[Found]":
        found = []
        subscribed = self._in_force.routes.profiles
        for record in received:
            try:
                found.append(read_found(record, subscribed))
            except InvalidInputError as error:
                _log.warning(
                    "match_unreadable", offset=record.offset, error=type(error).__name__, **log_ids(record.headers)
                )
                await self._around.bus.dead_letter(MATCHES, record, error)
                self._around.metrics.dead_letters.labels(MATCHES.name).inc()
        return found


def _size_bytes(received: "Sequence[Received]") -> int:
    return sum(len(record.value) for record in received if record.value is not None)
