"""Opens the bus on Kafka for a service."""

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from shared.bus.kafka.bus import KafkaBus, open_bus
from shared.bus.kafka.connecting import link_of
from shared.bus.topics import ALL_TOPICS
from shared.errors import MisconfiguredError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.settings import Settings


@asynccontextmanager
async def open_kafka_bus(settings: "Settings") -> "AsyncIterator[KafkaBus]":
    """Open the bus for as long as the context lasts; every topic exists then.

    It takes no clock: whatever tells time here is the brokers', or how long something took.

    Raises:
        MisconfiguredError: a setting is missing or wrong, or the topics were not created yet.
        RetryLaterError: no broker answers.
    """
    _hush(settings)
    async with open_bus(link_of(settings)) as bus:
        missing = []
        for topic in ALL_TOPICS:
            try:
                await bus.ends(topic)
            except NotFoundError:
                missing.append(f"{settings.kafka_prefix}{topic.name}")
        if missing:
            raise MisconfiguredError(
                f"Kafka 上还没有主题 {'、'.join(missing)}；请先运行 zhitui topics create --partitions 12 --replication 3"
                "（只有一台 Kafka 时 --replication 1）。"
            )
        yield bus


def _hush(settings: "Settings") -> None:
    """Let the library talk only to who debugs: it tells of a broker that is away ten times a second, and we tell of it once."""
    is_wanted = settings.log_level == "debug"
    logging.getLogger("aiokafka").setLevel(logging.NOTSET if is_wanted else logging.CRITICAL)
