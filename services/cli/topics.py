"""``zhitui topics``: the topics on Kafka; made once before the first start, and looked at afterwards."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import json_lines, say, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.bus.kafka.topic_making import State
    from shared.settings import Settings

PARTITIONS = 12
REPLICATION = 3

HELP = """Kafka 上的主题：第一次启动前建一次，之后可以随时核对。

  zhitui topics create                    # 三台或更多 Kafka

  zhitui topics create --replication 1    # 只有一台 Kafka，试用

  zhitui topics list

可以反复运行：已有的主题一概不动，只说明哪里与应有的不同。分区数决定匹配、推送各能用多少个进程，以后不能改：
同一个键的先后次序靠它不变。
"""

_Partitions = Annotated[int, typer.Option("--partitions", min=1, max=1000, help="公开和匹配两个主题各有多少分区。")]
_Replication = Annotated[int, typer.Option("--replication", min=1, max=9, help="每个分区存几份。")]
_AsJson = Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands = typer.Typer(no_args_is_help=True, help=HELP)
    app.add_typer(commands, name="topics")
    commands.command()(create)
    commands.command(name="list")(list_all)


def create(
    partitions: _Partitions = PARTITIONS,
    replication: _Replication = REPLICATION,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会建什么，不建。")] = False,
    as_json: _AsJson = False,
) -> None:
    """建立还没有的主题；已有的不动，并说明与应有的有什么不同。"""
    before, after = asyncio.run(_create(_settings(), partitions, replication, dry_run=dry_run))
    made = [state.plan.name for state in before if state.partitions is None]
    _show(after, as_json=as_json)
    if dry_run:
        say(f"会建立 {len(made)} 个主题，什么也没有改。" if made else "主题都有了，什么也不用建。")
    else:
        say(f"建立了 {len(made)} 个主题。" if made else "主题都有了，什么也没有改。")


def list_all(*, as_json: _AsJson = False) -> None:
    """列出主题，以及与应有的有什么不同。"""
    _show(asyncio.run(_look(_settings())), as_json=as_json)


def _settings() -> "Settings":
    from shared.errors import MisconfiguredError
    from shared.logs import configure_logs
    from shared.settings import load_settings

    settings = load_settings()
    configure_logs(settings.model_copy(update={"log_level": "error"}))
    if settings.bus != "kafka":
        raise MisconfiguredError(
            f"ZHITUI_BUS={settings.bus}：内置总线的主题在启动时自动建立，不需要这个命令；用 Kafka 时请设 ZHITUI_BUS=kafka。"
        )
    return settings


async def _create(
    settings: "Settings", partitions: int, replication: int, *, dry_run: bool
) -> "tuple[list[State], list[State]]":
    from shared.bus.kafka.cluster import open_cluster
    from shared.bus.kafka.connecting import link_of
    from shared.bus.kafka.topic_making import make, plan_all, survey

    plans = plan_all(settings.kafka_prefix, stream_partitions=partitions, replication=replication)
    async with open_cluster(link_of(settings)) as cluster:
        before = await survey(cluster, plans)
        missing = [state.plan for state in before if state.partitions is None]
        await make(cluster, missing, only_check=dry_run)
        return before, before if dry_run else await survey(cluster, plans)


async def _look(settings: "Settings") -> "list[State]":
    from shared.bus.kafka.cluster import open_cluster
    from shared.bus.kafka.connecting import link_of
    from shared.bus.kafka.topic_making import look

    async with open_cluster(link_of(settings)) as cluster:
        return await look(cluster, settings.kafka_prefix)


def _show(states: "Sequence[State]", *, as_json: bool) -> None:
    if as_json:
        json_lines(
            {
                "topic": state.plan.name,
                "exists": state.partitions is not None,
                "partitions": state.partitions,
                "replication": state.replication,
                "differences": state.differences,
            }
            for state in states
        )
        return
    rows = [
        (state.plan.name, state.partitions, state.replication, "；".join(state.differences) or _verdict(state))
        for state in states
    ]
    table("主题", ("名称", "分区", "副本", "说明"), rows, empty="没有主题。")


def _verdict(state: "State") -> str:
    return "还没有；用 zhitui topics create 建立" if state.partitions is None else "正常"
