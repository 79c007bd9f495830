"""Making topics, and telling how those that exist differ from what they should be. Nothing that exists is ever changed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiokafka.errors as kafka
from aiokafka.protocol.admin import CreateTopicsRequest, DeleteTopicsRequest

from shared.bus.kafka.failures import translated
from shared.bus.kafka.topic_settings import SAFE_REPLICATION, read_settings, settings_of
from shared.bus.topics import ALL_TOPICS, STREAMS
from shared.errors import MisconfiguredError, NotFoundError, RetryLaterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.bus.kafka.cluster import Cluster, Description
    from shared.bus.topics import Topic

_CREATE_MS = 15_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A topic as it should be made.

    Attributes:
        name: as Kafka knows it.
        partitions: ``None`` for however many it has.
        replication: copies of each partition.
        settings: Kafka's names and values.
    """

    name: str
    partitions: int | None
    replication: int
    settings: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A topic as it is.

    Attributes:
        plan: what it should be.
        partitions: how many it has; ``None`` when it does not exist.
        replication: its copies.
        differences: what is not as planned, in Chinese, a sentence each.
    """

    plan: Plan
    partitions: int | None
    replication: int | None
    differences: tuple[str, ...] = ()


def plan_of(topic: "Topic", prefix: str, *, partitions: int | None, replication: int) -> Plan:
    """Plan a topic."""
    return Plan(
        name=f"{prefix}{topic.name}",
        partitions=partitions,
        replication=replication,
        settings=settings_of(topic, replication),
    )


def plan_all(prefix: str, *, stream_partitions: int | None, replication: int) -> list[Plan]:
    """Plan every topic of an installation: so many partitions for those that flow, one for all others."""
    return [
        plan_of(topic, prefix, partitions=stream_partitions if topic in STREAMS else 1, replication=replication)
        for topic in ALL_TOPICS
    ]


def usual_replication(cluster: "Cluster") -> int:
    """Return how many copies a cluster of this size can keep, up to the number that survives a loss without a pause."""
    return min(SAFE_REPLICATION, cluster.count_brokers())


async def survey(cluster: "Cluster", plans: "Sequence[Plan]") -> list[State]:
    """Look how each planned topic is now."""
    states = []
    for plan in plans:
        try:
            described = await cluster.describe(plan.name, fresh=True)
        except NotFoundError:
            states.append(State(plan=plan, partitions=None, replication=None))
            continue
        in_force = await read_settings(cluster, plan.name)
        states.append(
            State(
                plan=plan,
                partitions=len(described.leaders),
                replication=described.replication,
                differences=tuple(_differences(plan, described, in_force)),
            )
        )
    return states


async def look(cluster: "Cluster", prefix: str) -> list[State]:
    """Look how an installation's topics are; those that flow may have as many partitions as they were made with."""
    return await survey(cluster, plan_all(prefix, stream_partitions=None, replication=usual_replication(cluster)))


async def make(cluster: "Cluster", plans: "Sequence[Plan]", *, only_check: bool = False) -> None:
    """Make topics that do not exist yet, and return when they can be used; one that exists by now stays as it is.

    Args:
        cluster: where.
        plans: what.
        only_check: make none, and let the cluster say whether it would.

    Raises:
        MisconfiguredError: the cluster refuses them, as for a replication above the number of brokers.
    """
    if not plans:
        return
    wanted: list[Any] = [
        (plan.name, plan.partitions, plan.replication, [], list(plan.settings.items())) for plan in plans
    ]
    request = CreateTopicsRequest(
        wanted,
        _CREATE_MS,
        only_check,
    )
    answer = await cluster.send_to_controller(request, "建立主题")
    for name, code, message in answer.topic_errors:
        error = kafka.for_code(code)
        if error is kafka.InvalidReplicationFactorError:
            raise MisconfiguredError(
                f"建立主题 {name}：Kafka 现在只有 {cluster.count_brokers()} 台，放不下这么多副本；请用 --replication 改小，或先加服务器。"
            )
        if error not in {kafka.NoError, kafka.TopicAlreadyExistsError}:
            problem = translated(error(), f"建立主题 {name}")
            raise problem if isinstance(problem, MisconfiguredError) else RetryLaterError(f"{problem}（{message}）")
    for plan in () if only_check else plans:
        await cluster.wait_for(plan.name)


async def remake(cluster: "Cluster", plans: "Sequence[Plan]") -> None:
    """Delete topics, wait until no group has a commit on them any more, and make them again.

    Done again after it was cut short, it goes on: what is not there any more need not be deleted.
    """
    names = [plan.name for plan in plans]
    groups = [group for group in await cluster.groups() if group.startswith(tuple(f"{name}." for name in names))]
    answer = await cluster.send_to_controller(DeleteTopicsRequest(names, _CREATE_MS), "删除主题")
    for name, code in answer.topic_error_codes:
        if kafka.for_code(code) not in {kafka.NoError, kafka.UnknownTopicOrPartitionError}:
            raise translated(kafka.for_code(code)(), f"删除主题 {name}")
    for plan in plans:
        await cluster.wait_without(plan.name)
        for group in groups:
            await cluster.wait_without_commits(group, plan.name, range(plan.partitions or 0))
    await make(cluster, plans)


def _differences(plan: Plan, described: "Description", in_force: dict[str, str]) -> "list[str]":
    found = []
    if plan.partitions is not None and len(described.leaders) != plan.partitions:
        found.append(
            f"分区数是 {len(described.leaders)}，不是 {plan.partitions}；不会自动改：改了分区数，同一个键的先后次序就不再有保证"
        )
    if described.replication != plan.replication:
        found.append(f"副本数是 {described.replication}，不是 {plan.replication}；请用 kafka-reassign-partitions 调整")
    for name, value in plan.settings.items():
        if in_force.get(name) != value:
            found.append(f"{name}={in_force.get(name)}，应为 {value}；请用 kafka-configs --alter 改正")
    return found
