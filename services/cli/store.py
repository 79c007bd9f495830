"""``zhitui store``: the database's structure brought up to date, and the database looked at as a whole."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import say

if TYPE_CHECKING:
    from shared.settings import Settings
    from shared.store.mongo.inspection import Seen

HELP = """MongoDB 上的数据库：升级它的结构，或者通读一遍看看是否完好。

  zhitui store migrate --dry-run   # 只说会做什么

  zhitui store migrate

  zhitui store check

空的数据库由服务自己准备好，不需要先执行任何命令。
"""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands = typer.Typer(no_args_is_help=True, help=HELP)
    app.add_typer(commands, name="store")
    commands.command()(migrate)
    commands.command()(check)


def migrate(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会做什么，什么也不改。")] = False,
) -> None:
    """把数据库的结构升级到这个程序需要的版本。中途被杀死也可以再执行一次；同时只有一个进程在做。"""
    if (settings := _settings()) is not None:
        asyncio.run(_migrate(settings, dry_run=dry_run))


def check() -> None:
    """通读整个数据库：结构、校验规则、提醒和推送是否对得上。什么也不改；有问题时退出码为 1。"""
    if (settings := _settings()) is not None and not asyncio.run(_check(settings)):
        raise typer.Exit(1)


def _settings() -> "Settings | None":
    from shared.logs import configure_logs
    from shared.settings import load_settings

    settings = load_settings()
    configure_logs(settings.model_copy(update={"log_level": "error"}))
    if settings.store == "mongo":
        return settings
    say("现在用的是内置存储：它打开时自己升级，不需要这个命令；用 zhitui doctor 检查。")
    return None


async def _migrate(settings: "Settings", *, dry_run: bool) -> None:
    from shared.clock import SystemClock
    from shared.store.mongo import migrations
    from shared.store.mongo.link import open_link

    async with open_link(settings) as link:
        version = await migrations.version_of(link)
        migrations.refuse_newer(version)
        say(f"数据库 {settings.mongo_database} 的结构是版本 {version}，这个程序需要版本 {migrations.LATEST}。")
        if dry_run:
            steps = [change.what for change in await migrations.changes_to(link)]
            steps += [f"版本 {migration.version}：{migration.title}" for migration in migrations.pending(version)]
            for step in steps:
                typer.echo(step)
            say("以上是会做的事，什么也没有改。" if steps else "什么也不用做。")
            return
        reached = await migrations.migrate(link, SystemClock(), typer.echo)
        say(f"完成，现在是版本 {migrations.LATEST}。" if reached else "已经是最新的版本。")


async def _check(settings: "Settings") -> bool:
    from shared.store.mongo.inspection import inspect
    from shared.store.mongo.link import open_link

    wrong = 0
    async with open_link(settings) as link:
        async for seen in inspect(link):
            _tell(seen)
            wrong += bool(seen.wrong)
    say(
        "数据库完好。"
        if not wrong
        else f"{wrong} 项有问题；结构的问题用 zhitui store migrate 修正，数据的问题从备份恢复。"
    )
    return not wrong


def _tell(seen: "Seen") -> None:
    if not seen.wrong:
        typer.echo(f"✓ {seen.what}（{seen.count:,}）")
        return
    typer.echo(f"✗ {seen.what}：{seen.count:,} 中有 {seen.wrong:,} 不对")
    for example in seen.examples:
        typer.echo(f"    → {example}")
