"""The matcher in one screen: publications in, matches out.

Matchers share the publications; with profiles in shards, each shard's matchers see all of them, and who reads the matches
puts a publication's together.

::

    poll → profiles saved before are in force → (decode, match, encode → confirm → append the matches) … → commit

A crash anywhere before the commit does the batch again; whoever reads the matches takes that as the same matches.
"""

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from services.matcher.profiles import ProfilesInForce, open_profiles
from services.matcher.stages import Outcome, match_batch
from shared.bus.saved_before import required
from shared.bus.topics import MATCHES, PROFILES, PUBLICATIONS, matcher_group
from shared.errors import InvalidInputError, PartitionLostError, RetryLaterError
from shared.logs import get_logger
from shared.runtime.cancelling import cancel
from shared.runtime.patience import Patience
from shared.tracing.carry import log_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import web

    from shared.bus.port import Consumer, Received
    from shared.runtime.role import Surroundings

BATCH = 500
POLL_SECONDS = 0.5


class Matcher:
    """The matcher's role."""

    name = "matcher"

    def __init__(self, around: "Surroundings") -> None:
        self._around = around
        self._log = get_logger(self.name)
        self._group = matcher_group(around.settings.matcher_shard, around.settings.matcher_shards)
        self._loaded = False

    def routes(self) -> "Sequence[web.AbstractRouteDef]":
        """The matcher has none."""
        return ()

    async def is_idle(self) -> bool:
        """Whether every publication on the bus is matched."""
        return self._loaded and await self._around.bus.lag(PUBLICATIONS, self._group) == 0

    async def problems(self) -> list[str]:
        """Say that profiles are still being loaded, while they are."""
        return [] if self._loaded else ["订阅画像还在装载，请稍候"]

    async def run(self, stop: asyncio.Event) -> None:
        """Match until told to stop; what was polled and not committed then is matched by whoever comes next."""
        patience = Patience(self.name, self._around.clock, self._around.metrics, stop)
        while not stop.is_set():
            try:
                async with open_profiles(self._around, patience) as profiles, asyncio.TaskGroup() as group:
                    following = group.create_task(profiles.follow())
                    await self._match_on(patience, profiles)
                    await cancel(following)
            except* RetryLaterError as errors:  # the bus cannot be reached now, or stop is set: nothing was committed
                await self._wait_for_bus(patience, errors.exceptions[0])

    async def _match_on(self, patience: Patience, profiles: ProfilesInForce) -> None:
        bus = self._around.bus
        if patience.stop.is_set():  # while profiles were loaded
            return
        await profiles.catch_up(await patience.persist(lambda: bus.ends(PROFILES)))
        self._loaded = True
        while not patience.stop.is_set():
            try:
                async with bus.consumer(
                    PUBLICATIONS, self._group, session_timeout_seconds=self._around.settings.session_seconds
                ) as consumer:
                    while not patience.stop.is_set():
                        await self._turn(patience, profiles, consumer)
            except RetryLaterError as error:  # joining, too, needs a bus that answers
                await self._wait_for_bus(patience, error)

    async def _wait_for_bus(self, patience: Patience, error: Exception) -> None:
        if not patience.stop.is_set():
            self._log.warning("bus_unreachable", detail=str(error))
            await patience.pause(1.0)

    async def _turn(self, patience: Patience, profiles: ProfilesInForce, consumer: "Consumer") -> None:
        bus = self._around.bus
        received = await patience.persist(lambda: consumer.poll(BATCH, POLL_SECONDS))
        await profiles.catch_up(await patience.persist(partial(required, bus, received)))
        if received:
            await self._work(patience, profiles, consumer, received)

    async def _work(
        self, patience: Patience, profiles: ProfilesInForce, consumer: "Consumer", received: "list[Received]"
    ) -> None:
        pieces = match_batch(profiles.live, received, self._around.clock.now())
        try:
            with self._around.metrics.matcher_batch_seconds.time():
                while (outcome := await asyncio.to_thread(next, pieces, None)) is not None:
                    await patience.persist(lambda: consumer.confirm(received))
                    await patience.persist(partial(self._hand_over, outcome))
            await patience.persist(lambda: consumer.commit(received))
        except PartitionLostError:  # the new owner does the batch again
            self._log.info("partition_lost", records=len(received))

    async def _hand_over(self, outcome: Outcome) -> None:
        """Write before anything is committed; done twice, it says the same twice."""
        bus, metrics = self._around.bus, self._around.metrics
        poison = list(outcome.poison)
        try:
            await bus.append(MATCHES, [record for _, records in outcome.records for record in records])
        except InvalidInputError:  # one of them is larger than the bus takes: find it, keep the others
            for source, records in outcome.records:
                try:
                    await bus.append(MATCHES, records)
                except InvalidInputError as error:
                    poison.append((source, error))
        for record, reason in poison:
            await bus.dead_letter(PUBLICATIONS, record, reason)
            self._log.warning(
                "publication_dead_lettered", publication=record.key, error=str(reason), **log_ids(record.headers)
            )
        metrics.dead_letters.labels(topic=PUBLICATIONS.name).inc(len(poison))
        metrics.matcher_publications.inc(outcome.publications)
        metrics.matcher_candidates.inc(outcome.candidates)
        metrics.matcher_matches.inc(outcome.matches)
