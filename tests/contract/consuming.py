"""Consuming in tests of groups, on a topic of forty records with the keys 0 … 39."""

import time
from collections.abc import Sequence

from shared.bus.port import Consumer, Received
from shared.bus.topics import Topic

WIDE = Topic(name="contract.wide.v1")
PARTITIONS = 4
SESSION_SECONDS = 2.0
"""Short, where a test waits until one is over."""


async def drain(consumer: Consumer) -> list[Received]:
    """Poll until there is nothing more of what the member owns now."""
    received = []
    while batch := await consumer.poll(7, 0):
        received += batch
    return received


async def drain_until(consumer: Consumer, count: int, *, within_seconds: float = 15.0) -> list[Received]:
    """Poll until so many records came: partitions that others gave up arrive when the backend has shared them out."""
    received: list[Received] = []
    deadline = time.monotonic() + within_seconds
    while len(received) < count and time.monotonic() < deadline:
        received += await consumer.poll(7, 0.05)
    return received


def keys(received: Sequence[Received]) -> list[int]:
    return sorted(int(record.key) for record in received)


def partitions(received: Sequence[Received]) -> set[int]:
    return {record.partition for record in received}
