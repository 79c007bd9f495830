"""How far every group is behind, and how many dead letters there are."""

from typing import TYPE_CHECKING

from shared.bus.topics import ALL_TOPICS, groups
from shared.errors import NotFoundError

if TYPE_CHECKING:
    from shared.bus.port import Bus
    from shared.bus.topics import Topic

OPERATOR_GROUP = "operator"
"""Reads dead letters; nobody commits for it, so its lag is how many there are."""


async def measure_lags(bus: "Bus", matcher_shards: int) -> "list[tuple[Topic, str, int]]":
    """Return (topic, group, records that the group has not done yet); a topic that nobody created yet is left out."""
    dead_letters = [(topic, OPERATOR_GROUP) for topic in ALL_TOPICS if topic.name.endswith(".dlq")]
    lags = []
    for topic, group in (*groups(matcher_shards), *dead_letters):
        try:
            lags.append((topic, group, await bus.lag(topic, group)))
        except NotFoundError:
            continue
    return lags
