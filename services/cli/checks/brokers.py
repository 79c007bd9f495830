"""Checks of Kafka: whether it can be reached with the settings, and whether its topics are as they should be."""

from typing import TYPE_CHECKING

from services.portal.findings import Finding, Level

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.bus.kafka.topic_making import State
    from shared.settings import Settings


async def brokers(settings: "Settings") -> "AsyncIterator[Finding]":
    """Look at the brokers and the topics, when the bus is on Kafka."""
    if settings.bus != "kafka":
        return
    from shared.bus.kafka.cluster import open_cluster
    from shared.bus.kafka.connecting import CONNECT_SECONDS, link_of
    from shared.bus.kafka.topic_making import look
    from shared.errors import ZhituiError

    try:
        async with open_cluster(link_of(settings), patience_seconds=CONNECT_SECONDS) as cluster:
            how_many = cluster.count_brokers()
            states = await look(cluster, settings.kafka_prefix)
    except ZhituiError as error:
        yield Finding(level=Level.FAILED, what=str(error), remedy="按上面的提示处理后再试")
        return
    yield Finding(
        level=Level.OK,
        what=f"Kafka 可以连接：{settings.kafka_bootstrap_servers}（{settings.kafka_security.value}，{how_many} 台）",
    )
    yield _missing(states)
    for state in states:
        if state.differences:
            yield Finding(
                level=Level.WARNING,
                what=f"主题 {state.plan.name} 与应有的不同：{'；'.join(state.differences)}",
                remedy="按说明调整；为什么这样设见 docs/operations.md",
            )


def _missing(states: "list[State]") -> Finding:
    missing = [state.plan.name for state in states if state.partitions is None]
    if not missing:
        return Finding(level=Level.OK, what=f"Kafka 上的 {len(states)} 个主题都有")
    return Finding(
        level=Level.FAILED,
        what=f"Kafka 上还没有主题 {'、'.join(missing)}，服务启动不了",
        remedy="建立它们",
        command="zhitui topics create",
    )
