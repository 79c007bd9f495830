"""Appends, commits and saves in a loop, and says what was acknowledged, until it is killed."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from shared.backends import Backends, open_backends
from shared.bus.port import Record
from shared.bus.topics import PUBLICATIONS
from shared.clock import SystemClock
from shared.secret_box import open_secret_box
from shared.settings import load_settings
from shared.store.records import PublicationVersion
from shared.wire.publication import Publication


def tell(*words: object) -> None:
    """Print at once; what is printed was acknowledged before."""
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")
    sys.stdout.flush()


async def append_and_save(backends: Backends, life: str) -> None:
    n = 0
    while True:
        numbers = [f"CN{life}{n + i:06}A" for i in range(5)]
        n += 5
        await backends.bus.append(PUBLICATIONS, [Record(key=number, value=number.encode()) for number in numbers])
        tell("appended", *numbers)
        versions = [
            PublicationVersion(
                publication=Publication(publication_number=number, kind="A", title=number),
                content_hash=number,
                accepted_at=datetime.now(UTC),
            )
            for number in numbers
        ]
        await backends.store.publications.save(versions)
        tell("saved", *numbers)


async def consume(backends: Backends) -> None:
    async with backends.bus.consumer(PUBLICATIONS, "killed", session_timeout_seconds=600) as consumer:
        while True:
            received = await consumer.poll(20, 1)
            for record in received:
                tell("polled", record.partition, record.offset, record.key)
            await consumer.commit(received)
            for record in received:
                tell("committed", record.partition, record.offset)


async def main() -> None:
    settings = load_settings(data_dir=Path(sys.argv[1]))
    async with open_backends(settings, SystemClock(), open_secret_box(settings)) as backends:
        tell("ready")
        await asyncio.gather(append_and_save(backends, sys.argv[2]), consume(backends))


if __name__ == "__main__":
    asyncio.run(main())
