"""aiokafka's consumer as this package uses it: outside of groups, bounded, and closed for good.

It holds at most one answer a partition until it is asked for and fetches no further, which is the back-pressure:
`PARTITION_BYTES` a partition, or a single larger record, of at most 8 MiB. What is held is compressed; a batch is unpacked when
its turn comes (256 KiB of ours).
"""

import asyncio
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaConsumer

if TYPE_CHECKING:
    from shared.bus.kafka.connecting import Link

PARTITION_BYTES = 1024 * 1024
ANSWER_BYTES = 16 * 1024 * 1024
"""The most that one broker answers at a time."""

_SERVER_WAITS_MS = 200
"""How long a broker holds a fetch that finds nothing; also how long a new position may wait behind the fetch before it."""

_STOP_AGAIN_SECONDS = 0.1


def new_consumer(link: "Link") -> AIOKafkaConsumer:
    """Make one that belongs to no group; it is to be started."""
    return AIOKafkaConsumer(
        **link.options,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",  # where retention went over a position, the next record is the first there is
        fetch_max_wait_ms=_SERVER_WAITS_MS,
        max_partition_fetch_bytes=PARTITION_BYTES,
        fetch_max_bytes=ANSWER_BYTES,
    )


async def stop(consumer: AIOKafkaConsumer) -> None:
    """Stop it, whatever it is at.

    aiokafka's fetcher loses a cancellation that comes while it lets go of an earlier assignment, and then its stop waits for ever;
    and a fetch that is cancelled before it has begun, or while it backs off, ends the stop half-way.
    """
    fetcher: Any = consumer._fetcher  # noqa: SLF001 - see above
    stopping = asyncio.ensure_future(consumer.stop())
    while not (await asyncio.wait([stopping], timeout=_STOP_AGAIN_SECONDS))[0]:
        if fetcher is not None:
            fetcher._fetch_task.cancel()  # noqa: SLF001 - see above
    if not stopping.cancelled():
        stopping.result()
        return
    for fetch in fetcher._pending_tasks:  # noqa: SLF001 - see above
        fetch.cancel()
    await asyncio.gather(*fetcher._pending_tasks, return_exceptions=True)  # noqa: SLF001 - see above
    await consumer._client.close()  # noqa: SLF001 - see above
