"""The bus on Kafka: topics with a prefix of the test's own on the shared broker; the store is embedded."""

import asyncio
import uuid
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet

from shared.backends import Backends, open_backends
from shared.bus.kafka.cluster import open_cluster
from shared.bus.kafka.connecting import link_of
from shared.bus.kafka.consumer import KafkaConsumer
from shared.bus.kafka.topic_making import make, plan_all, usual_replication
from shared.bus.port import Consumer
from shared.secret_box import SecretBox
from shared.settings import load_settings
from shared.testing.clock import ManualClock
from tests.servers import kafka_address


class KafkaHarness:
    """See `tests.contract.harness.Harness`."""

    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        self.clock = ManualClock()
        self.settings = load_settings(
            data_dir=folder,
            bus="kafka",
            kafka_bootstrap_servers=kafka_address(),
            kafka_prefix=f"t{uuid.uuid4().hex[:12]}.",
        )
        self.secrets = SecretBox(Fernet.generate_key().decode())
        self._stack = stack
        self._is_made = False

    def bus_now(self) -> datetime:
        return datetime.now(UTC)

    async def open(self) -> Backends:
        return await self._open(self.clock)

    async def open_elsewhere(self, *, hours_ahead: float) -> Backends:
        return await self._open(ManualClock(self.clock.now() + timedelta(hours=hours_ahead)))

    async def pass_time(self, seconds: float) -> None:
        await self.clock.advance(seconds)
        await asyncio.sleep(seconds)

    async def crash(self, consumer: Consumer) -> None:
        assert isinstance(consumer, KafkaConsumer)
        await consumer._membership.stop_heart()
        consumer._membership.leave = _say_nothing  # type: ignore[method-assign]

    async def hang(self, consumer: Consumer) -> None:
        assert isinstance(consumer, KafkaConsumer)
        await consumer._membership.stop_heart()
        await asyncio.sleep(consumer._membership._session_timeout_seconds + 1)

    async def wake(self, consumer: Consumer) -> None:
        assert isinstance(consumer, KafkaConsumer)
        await consumer._membership.enter()

    async def _open(self, clock: ManualClock) -> Backends:
        if not self._is_made:
            link = link_of(self.settings)
            async with open_cluster(link) as cluster:
                copies = usual_replication(cluster)
                await make(cluster, plan_all(link.prefix, stream_partitions=4, replication=copies))
            self._is_made = True
        return await self._stack.enter_async_context(open_backends(self.settings, clock, self.secrets))


async def _say_nothing() -> None:
    await asyncio.sleep(0)
