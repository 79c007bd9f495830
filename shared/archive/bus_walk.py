"""Records of a topic that are not done yet, every one of them."""

from typing import TYPE_CHECKING

from shared.bus.lags import OPERATOR_GROUP
from shared.bus.topics import groups

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from shared.bus.port import Bus, Received
    from shared.bus.topics import Topic

_AT_ONCE = 1_000
_WAIT_SECONDS = 1.0


async def undone(bus: "Bus", topic: "Topic", *, matcher_shards: int) -> dict[int, int]:
    """Return partition → where the records begin that some group has not done; nothing where all records are wanted.

    A topic that no role consumes (dead letters) is kept from where an operator committed, a compacted one whole.
    """
    if topic.compacted:
        return {}
    readers = [group for consumed, group in groups(matcher_shards) if consumed == topic] or [OPERATOR_GROUP]
    commits = [await bus.committed(topic, group) for group in readers]
    return {partition: min(committed[partition] for committed in commits) for partition in commits[0]}


async def walk(
    bus: "Bus", topic: "Topic", *, first: "Mapping[int, int]", ends: "Mapping[int, int]"
) -> "AsyncIterator[list[Received]]":
    """Walk over the records from ``first`` up to ``ends`` (partition → offset, the latter left out).

    It goes by the reader's positions, never by an empty answer: a broker that is slow is not taken for a topic that ends.
    """
    async with bus.reader(topic, positions=first) as reader:
        while any(reader.positions.get(partition, 0) < end for partition, end in ends.items()):
            received = await reader.poll(_AT_ONCE, _WAIT_SECONDS)
            wanted = [record for record in received if record.offset < ends.get(record.partition, 0)]
            if wanted:
                yield wanted
