"""``zhitui migrate embedded-to-cluster``: a running installation moves to Kafka and MongoDB."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace as with_changes
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.archive_progress import SpokenProgress
from services.cli.output import say, table

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.archive.move import Move, Plan
    from shared.settings import Settings

NOT_SWITCHED = 3
"""Exit status when everything is copied and compared, and the switch was left for later."""


def register(app: typer.Typer) -> None:
    """Add ``migrate``."""
    commands = typer.Typer(no_args_is_help=True, help="搬迁：从内置后端搬到 Kafka + MongoDB。")
    app.add_typer(commands, name="migrate")
    commands.command()(embedded_to_cluster)


def embedded_to_cluster(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看看会做什么、有没有障碍，什么也不改。")] = False,
    back: Annotated[
        bool, typer.Option("--back", help="放弃搬迁：清空目标，恢复使用内置后端。切换之后不能再退。")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="目标不是空的也照做：先删除目标上现有的内容。")] = False,
    before_switch: Annotated[
        bool, typer.Option("--before-switch", help="复制、核对完就停，不切换；再执行一次不带此项的命令才切换。")
    ] = False,
    wait_seconds: Annotated[
        float, typer.Option("--wait", min=1, help="最多等各角色停下多少秒。", metavar="SECONDS")
    ] = 60.0,
) -> None:
    """把正在运行的内置安装搬到 Kafka + MongoDB，提醒不丢、不重。中断后再执行一次就会接着做。

    目标由 ZHITUI_KAFKA_…、ZHITUI_MONGO_… 指定；ZHITUI_BUS 和 ZHITUI_STORE 先不要改。复制时各角色照常工作，
    最后一步它们会自己做完手上的事并停下。
    """
    asyncio.run(_run(dry_run=dry_run, back=back, replace=replace, before_switch=before_switch, wait=wait_seconds))


async def _run(*, dry_run: bool, back: bool, replace: bool, before_switch: bool, wait: float) -> None:
    progress = SpokenProgress()
    async with _open(progress) as (move, settings):
        if dry_run:
            _tell_plan(await move.plan())
            return
        if back:
            await move.back()
            say("已放弃搬迁：内置安装恢复使用，可以照原来的设置启动；目标已清空。")
            return
        switched = await move.run(patience_seconds=wait, replace=replace, before_switch=before_switch)
        progress.end()
    if not switched:
        say("已全部复制并核对，还没有切换。再执行一次 zhitui migrate embedded-to-cluster 就切换；要放弃，加 --back。")
        raise typer.Exit(NOT_SWITCHED)
    say(f"搬迁完成。{_new_settings(settings)}")
    say(f"原来的数据库 {settings.data_dir} 不再接受写入，请留作备份，确认一切正常后再删除。")


@asynccontextmanager
async def _open(progress: SpokenProgress) -> "AsyncIterator[tuple[Move, Settings]]":
    from services.cli.session import open_session
    from services.cli.up import RoleName
    from shared.archive.mending import mend_topics
    from shared.archive.move import Move
    from shared.backends import open_backends
    from shared.errors import MisconfiguredError
    from shared.runtime.role_lock import holder

    async with open_session(closed_too=True) as source:
        settings = source.settings
        if (settings.bus, settings.store) != ("embedded", "embedded"):
            raise MisconfiguredError(
                f"现在的设置是 ZHITUI_BUS={settings.bus}、ZHITUI_STORE={settings.store}，不是内置安装。"
                "搬迁时请先保持 embedded；搬完后再改。"
            )

        def running() -> dict[str, int]:
            found = {role.value: holder(settings.data_dir, role.value) for role in RoleName}
            return {role: process for role, process in found.items() if process is not None}

        there = settings.model_copy(update={"bus": "kafka", "store": "mongo"})
        await mend_topics(there, source.clock, source.secrets)
        async with open_backends(there, source.clock, source.secrets) as backends:
            target = with_changes(source, settings=there, bus=backends.bus, store=backends.store)
            yield (
                Move(source, target, running=running, settings=_new_settings(settings), progress=progress),
                settings,
            )


def _new_settings(settings: "Settings") -> str:
    text = "请把设置改为 ZHITUI_BUS=kafka、ZHITUI_STORE=mongo，再启动各角色。"
    if settings.secret_key is None:
        text += f"各台机器要用同一把密钥：ZHITUI_SECRET_KEY_FILE={(settings.data_dir / 'secret.key').absolute()}。"
    return text


def _tell_plan(plan: "Plan") -> None:
    from shared.archive.sections import title

    rows = [(title(name), f"{count:,}") for name, count in plan.documents.items()]
    rows += [(f"{title(name)}（还没处理的）", f"{count:,}") for name, count in plan.records.items()]
    table("会搬走的内容", ("内容", "条数"), rows, empty="")
    running = "、".join(f"{role}（进程号 {process}）" for role, process in plan.running.items())
    say(f"正在运行、到最后一步会停下的角色：{running or '没有'}。")
    if plan.in_the_way:
        say(f"障碍：目标不是空的：{'；'.join(plan.in_the_way)}。请换一个空的数据库和主题前缀，或加 --replace。")
        raise typer.Exit(1)
    say("没有障碍。去掉 --dry-run 就开始搬。")
