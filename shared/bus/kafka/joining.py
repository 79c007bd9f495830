"""One round of joining a group: JoinGroup, and SyncGroup with the shares that the leader worked out.

Subscriptions and assignments are written in the encoding of Kafka's own consumers, so that Kafka's tools can show who owns what.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import aiokafka.errors as kafka
import msgspec
from aiokafka.coordinator.protocol import ConsumerProtocol
from aiokafka.protocol.group import JoinGroupRequest, SyncGroupRequest

from shared.bus.kafka.cluster import raise_for
from shared.bus.kafka.shares import Held, share

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shared.bus.kafka.cluster import Cluster

FORGOTTEN = (kafka.UnknownMemberIdError, kafka.IllegalGenerationError)
"""The broker does not count us as a member: join as a new one."""

LONGEST_REBALANCE_SECONDS = 10.0
"""How long a rebalance waits for a member that shows signs of life and does not join again; ours join at once."""

_PROTOCOL = "zhitui-sticky"
_VERSION = 0
_NO_STATIC_MEMBERSHIP: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What came of it.

    Attributes:
        generation: of the group.
        partitions: what this member owns now.
        leads: whether it works out the shares, and watches how many partitions there are.
        of_partitions: how many there were then; 0 unless it leads.
    """

    generation: int
    partitions: tuple[int, ...]
    leads: bool
    of_partitions: int


class _Member(NamedTuple):
    id: str
    held: Held


async def join(
    cluster: "Cluster",
    *,
    group: str,
    topic: str,
    member_id: str,
    held: Held,
    session_timeout_seconds: float,
    keep: "Callable[[str], None]",
) -> Joined:
    """Join, or join again.

    Args:
        cluster: a connection of the member's own: the answer comes only when the whole group has joined.
        group: what to join.
        topic: what is consumed.
        member_id: empty for a newcomer.
        held: what it owned before.
        session_timeout_seconds: without a sign of life so long it is taken for dead.
        keep: is given the member id that the broker chose, as soon as it is known.

    Raises:
        RebalanceInProgressError: it began anew meanwhile.
        KafkaError: no answer, or one of `FORGOTTEN`.
    """
    subscription = ConsumerProtocol.METADATA(_VERSION, [topic], msgspec.json.encode((held.generation, held.partitions)))
    while True:
        answer = await cluster.send_to_coordinator(
            group,
            JoinGroupRequest(
                group,
                int(session_timeout_seconds * 1000),
                int(min(session_timeout_seconds, LONGEST_REBALANCE_SECONDS) * 1000),
                member_id,
                _NO_STATIC_MEMBERSHIP,
                ConsumerProtocol.PROTOCOL_TYPE,
                [(_PROTOCOL, subscription.encode())],
            ),
        )
        if kafka.for_code(answer.error_code) is not kafka.MemberIdRequired:
            break
        member_id = answer.member_id
        keep(member_id)
    _check(cluster, group, answer.error_code)
    keep(answer.member_id)
    leads = answer.leader_id == answer.member_id
    shares: list[tuple[str, bytes]] = []
    of_partitions = 0
    if leads:
        of_partitions = len((await cluster.describe(topic, fresh=True)).leaders)
        shares = _shares(topic, of_partitions, [_member(row) for row in answer.members])
    synced = await cluster.send_to_coordinator(
        group,
        SyncGroupRequest(group, answer.generation_id, answer.member_id, _NO_STATIC_MEMBERSHIP, shares),
    )
    _check(cluster, group, synced.error_code)
    return Joined(
        generation=answer.generation_id,
        partitions=_owned(synced.member_assignment),
        leads=leads,
        of_partitions=of_partitions,
    )


def _check(cluster: "Cluster", group: str, code: int) -> None:
    try:
        raise_for(code)
    except (kafka.NotCoordinatorForGroupError, kafka.GroupCoordinatorNotAvailableError):
        cluster.forget_coordinator(group)
        raise


def _member(row: "Sequence[object]") -> _Member:
    metadata = ConsumerProtocol.METADATA.decode(bytes(row[-1]))  # type: ignore[call-overload]
    generation, partitions = msgspec.json.decode(metadata.user_data, type=tuple[int, tuple[int, ...]])
    return _Member(str(row[0]), Held(generation, partitions))


def _shares(topic: str, of_partitions: int, members: list[_Member]) -> list[tuple[str, bytes]]:
    shared = share(of_partitions, {member.id: member.held for member in members})
    return [
        (member, ConsumerProtocol.ASSIGNMENT(_VERSION, [(topic, numbers)], b"").encode())
        for member, numbers in shared.items()
    ]


def _owned(assignment: bytes) -> tuple[int, ...]:
    if not assignment:
        return ()
    return tuple(place.partition for place in ConsumerProtocol.ASSIGNMENT.decode(assignment).partitions())
