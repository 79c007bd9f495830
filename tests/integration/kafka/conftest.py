"""A bus with a prefix of its own on the shared broker, and the same broker as a stranger uses it."""

import uuid
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaProducer

from shared.bus.kafka.bus import KafkaBus, open_bus
from shared.bus.kafka.connecting import Link
from shared.bus.topics import PROFILES, PUBLICATIONS


@pytest.fixture
def link(kafka: str) -> Link:
    return Link(servers=kafka, prefix=f"t{uuid.uuid4().hex[:12]}.", security={"security_protocol": "PLAINTEXT"})


@pytest.fixture
async def bus(link: Link) -> AsyncIterator[KafkaBus]:
    async with open_bus(link) as bus:
        await bus.create([PUBLICATIONS, PUBLICATIONS.dead_letters, PROFILES])
        yield bus


@pytest.fixture
async def stranger(link: Link) -> AsyncIterator[AIOKafkaProducer]:
    """A producer with the library's own ways."""
    async with AIOKafkaProducer(bootstrap_servers=link.servers) as producer:
        yield producer
