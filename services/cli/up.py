"""``zhitui up`` and ``zhitui serve``: run roles until the process is told to stop."""

import asyncio
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import say

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from shared.runtime.role import Role, Surroundings
    from shared.settings import Settings

CRASHED = 70
"""Exit status when a role crashed (``EX_SOFTWARE``): a supervisor starts the process again."""

NOT_NOW = 75
"""Exit status when it cannot start now but may later, as on a full disk (``EX_TEMPFAIL``)."""


class RoleName(StrEnum):
    """The roles, in the order in which data flows."""

    INGEST = "ingest"
    MATCHER = "matcher"
    NOTIFIER = "notifier"
    PORTAL = "portal"


def register(app: typer.Typer) -> None:
    """Add ``up`` and ``serve``."""

    @app.command()
    def up(
        until_idle: Annotated[
            bool, typer.Option("--until-idle", help="做完眼前所有到期的事就退出，退出码 0。")
        ] = False,
    ) -> None:
        """在一个进程里运行全部角色：读取、匹配、推送、控制台。Ctrl-C 停止。"""
        _serve(list(RoleName), until_idle=until_idle)

    @app.command()
    def serve(role: Annotated[RoleName, typer.Argument(help="角色。", metavar="ROLE")]) -> None:
        """只运行一个角色：ingest、matcher、notifier 或 portal。"""
        _serve([role], until_idle=False)


def open_role(name: RoleName) -> "Callable[[Surroundings], AbstractAsyncContextManager[Role]]":
    """Return the role's wiring; importing it here keeps what a role needs out of processes that do not run it."""
    from importlib import import_module

    opener: Callable[[Surroundings], AbstractAsyncContextManager[Role]] = import_module(
        f"services.{name.value}.wiring"
    ).open_role
    return opener


def _serve(roles: "Sequence[RoleName]", *, until_idle: bool) -> None:
    from contextlib import ExitStack

    from shared.errors import RetryLaterError, ZhituiError
    from shared.logs import configure_logs, get_logger
    from shared.runtime.role_lock import hold_roles
    from shared.settings import load_settings

    settings = load_settings()
    configure_logs(settings)
    with ExitStack() as stack:
        try:
            if "embedded" in {settings.bus, settings.store}:
                stack.enter_context(hold_roles(settings.data_dir, roles))
            asyncio.run(_run(settings, roles, until_idle=until_idle))
        except RetryLaterError as error:
            say(f"错误：{error}")
            sys.exit(NOT_NOW)
        except ZhituiError:
            raise
        except Exception as error:  # noqa: BLE001 - the last line of defence: whatever it is, say it and leave
            get_logger("process").exception("process_crashed")
            say(f"错误：{error}。进程异常退出；日志里有详情，重新启动后会接着做，不会丢失数据。")
            sys.exit(CRASHED)


@asynccontextmanager
async def _for_roles(
    around: "Surroundings", roles: "Sequence[RoleName]", *, until_idle: bool
) -> "AsyncIterator[Surroundings]":
    """Give what some roles need of others: only this module may know both. Of what ends soon nobody asks about the past."""
    if RoleName.PORTAL not in roles:
        yield around
        return
    from services.matcher.lookback.advice import BESIDE_SECONDS, UNASKED_SECONDS, open_advice
    from services.notifier.outlets import ChannelOutlets

    unasked_seconds = UNASKED_SECONDS if len(roles) == 1 else BESIDE_SECONDS
    async with open_advice(around, unasked_seconds=None if until_idle else unasked_seconds) as advice:
        yield replace(around, outlets=ChannelOutlets(around.settings, around.clock), advice=advice)


async def _run(settings: "Settings", roles: "Sequence[RoleName]", *, until_idle: bool) -> None:
    from services.cli.session import open_session
    from services.cli.welcome import tell_listening, tell_ready
    from shared.runtime.memory import collect_rarely
    from shared.runtime.process import run_process

    def on_listening(address: str) -> None:
        collect_rarely()  # what was made up to here lives as long as the process
        tell_listening(address, settings, roles)

    openers = [open_role(role) for role in roles]
    async with open_session(settings) as opened, _for_roles(opened, roles, until_idle=until_idle) as around:
        first_steps = not await around.store.profiles.all(limit=1)
        await run_process(
            around,
            openers,
            until_idle=until_idle,
            on_listening=on_listening,
            on_ready=lambda problems: tell_ready(problems, first_steps=first_steps),
        )
