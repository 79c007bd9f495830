"""How each topic is set up on Kafka: what the port promises, written as Kafka's settings."""

from datetime import timedelta
from typing import TYPE_CHECKING

from aiokafka.protocol.admin import DescribeConfigsRequest

from shared.bus.kafka.cluster import raise_for
from shared.bus.kafka.failures import translating
from shared.bus.limits import MAX_RECORD_BYTES
from shared.bus.port import TOMBSTONES_KEPT

if TYPE_CHECKING:
    from shared.bus.kafka.cluster import Cluster
    from shared.bus.topics import Topic

MAX_MESSAGE = "max.message.bytes"

KEEP_STREAMS = timedelta(days=30)
"""How long a record waits for groups that do not come. The embedded bus waits for ever for groups that it knows; Kafka does not."""

KEEP_DEAD_LETTERS = timedelta(days=365)

SAFE_REPLICATION = 3
"""From so many copies on, two must have a record before it counts as safe."""

_FORMAT_BYTES = 1024 * 1024
_COMPACTED_SEGMENT_BYTES = 128 * 1024 * 1024
_TOPIC = 2
"""Kafka's number for "settings of a topic"."""


def settings_of(topic: "Topic", replication: int) -> dict[str, str]:
    """Return the settings that a topic needs; what is not named stays as the cluster has it."""
    wanted = {
        "message.timestamp.type": "LogAppendTime",  # clocks of producers tell nothing
        MAX_MESSAGE: str(MAX_RECORD_BYTES + _FORMAT_BYTES),
        "min.insync.replicas": "2" if replication >= SAFE_REPLICATION else "1",
    }
    if topic.compacted:
        return wanted | {
            "cleanup.policy": "compact",
            "delete.retention.ms": _milliseconds(TOMBSTONES_KEPT),
            "min.compaction.lag.ms": _milliseconds(TOMBSTONES_KEPT),
            "segment.ms": _milliseconds(TOMBSTONES_KEPT),  # what lies in the last segment is not compacted
            "segment.bytes": str(_COMPACTED_SEGMENT_BYTES),
        }
    keep = KEEP_DEAD_LETTERS if topic.is_dead_letters else KEEP_STREAMS
    return wanted | {"cleanup.policy": "delete", "retention.ms": _milliseconds(keep), "retention.bytes": "-1"}


async def read_settings(cluster: "Cluster", topic: str) -> dict[str, str]:
    """Return a topic's settings as they are in force.

    Raises:
        MisconfiguredError: the account may not read them.
        RetryLaterError: no answer.
    """
    doing = f"查询主题 {topic} 的设置"
    answer = await cluster.send_to_any(DescribeConfigsRequest([(_TOPIC, topic, None)]), doing)
    ((code, _, _, _, entries),) = answer.resources
    with translating(doing):
        raise_for(code)
    return {name: value for name, value, *_ in entries}


def _milliseconds(time: timedelta) -> str:
    return str(time // timedelta(milliseconds=1))
