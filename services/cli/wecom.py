"""``zhitui wecom``: apps of enterprises in WeCom, connected for an organisation; people do the same on the page 企业微信."""

from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from services.cli.output import json_lines, moment, say, table

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from services.portal.desk.actor import Actor
    from services.portal.wecom.rooms import WecomRooms
    from shared.filing.wecom_corps import WecomCorp
    from shared.runtime.role import Surroundings

T = TypeVar("T")

NOT_CONNECTED = 1

Id = Annotated[str, typer.Argument(help="连接的 id，见 wecom list。", metavar="ID")]


def register(app: typer.Typer) -> None:
    """Add ``wecom``."""
    commands = typer.Typer(no_args_is_help=True, help="企业微信：连接企业的自建应用，检查，建菜单，读通讯录。")
    app.add_typer(commands, name="wecom")
    commands.command()(add)
    commands.command(name="list")(list_all)
    commands.command()(check)
    commands.command()(menu)
    commands.command()(sync)
    commands.command()(remove)


def add(
    organisation: Annotated[
        str, typer.Argument(help="单位的 id，见 account list；中心是 centre。", metavar="ORGANISATION")
    ],
    corp_id: Annotated[str, typer.Argument(help="企业 ID，以 ww 开头。", metavar="CORP_ID")],
    agent_id: Annotated[int, typer.Argument(help="应用的 AgentId。", metavar="AGENT_ID")],
    secret_file: Annotated[
        Path, typer.Option(help="存放应用 Secret 的文件；不在命令行里写，免得留在历史里。", metavar="FILE")
    ],
) -> None:
    """连接一个自建应用。打印接收消息要填的 URL、Token 和 EncodingAESKey，只显示这一次。"""
    from services.cli.session import in_session
    from services.portal.desk.wecom import public_callback
    from services.portal.desk.wecom_drafts import CorpDraft
    from shared.errors import NotFoundError
    from shared.filing.organisations import ORGANISATIONS
    from shared.secret_file import read_secret

    draft = CorpDraft(corp_id=corp_id, agent_id=agent_id, secret=read_secret(secret_file, "--secret-file"))

    async def work(around: "Surroundings") -> tuple[str, str, str, str | None]:
        if await around.store.shelf(ORGANISATIONS).get(organisation) is None:
            raise NotFoundError(f"没有 id 为“{organisation}”的单位；zhitui account list 列出全部")
        async with _rooms(around) as rooms:
            keys = await rooms.connections.connect(_manager(organisation), draft)
            return (
                keys.connection_id,
                keys.token,
                keys.aes_key,
                public_callback(around.settings.public_url, keys.connection_id),
            )

    connection_id, token, aes_key, url = in_session(work)
    say("请在应用的“接收消息”里填上这三项（只显示这一次），再运行 zhitui wecom check。")
    typer.echo(f"{connection_id}\nURL: {url or '先设置 ZHITUI_PUBLIC_URL'}\nToken: {token}\nEncodingAESKey: {aes_key}")


def list_all(*, as_json: Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")] = False) -> None:
    """列出全部连接；密钥从不显示。"""
    from services.cli.session import in_session
    from services.portal.desk.belongings import walk
    from shared.filing.organisations import ORGANISATIONS
    from shared.filing.wecom_corps import WECOM_CORPS
    from shared.settings import load_settings

    async def work(around: "Surroundings") -> "list[WecomCorp]":
        return [
            filed.document
            async for organisation in walk(around.store, ORGANISATIONS, "")
            async for filed in walk(around.store, WECOM_CORPS, organisation.document.id)
        ]

    corps = in_session(work)
    zone = load_settings().zone
    if as_json:
        json_lines(map(_row, corps))
        return
    rows = [
        (
            corp.id,
            corp.organisation_id,
            corp.corp_id,
            corp.agent_id,
            "已连接" if corp.proved_at and corp.called_at else "未完成",
            moment(corp.called_at, zone) if corp.called_at else "",
        )
        for corp in corps
    ]
    table(
        "企业微信",
        ("id", "单位", "企业 ID", "AgentId", "状态", "最近来访"),
        rows,
        empty="还没有连接企业微信。用 zhitui wecom add 连接一个，或在网页的“企业微信”页。",
    )


def check(connection_id: Id) -> None:
    """问企业微信这个连接好不好用，逐项说明还要做什么；没接通时退出码是 1。"""
    from services.portal.desk.wecom_checks import is_connected

    findings = _do(connection_id, lambda rooms, actor: rooms.connections.check(actor, connection_id))
    for finding in findings:
        typer.echo(f"{'✓' if finding.is_good else '✗' if finding.is_needed else '·'} {finding.text.zh}")
    if not is_connected(findings):
        raise typer.Exit(NOT_CONNECTED)


def menu(connection_id: Id) -> None:
    """创建聊天窗口底部的菜单。"""
    _do(connection_id, lambda rooms, actor: rooms.people.put_menu(actor, connection_id))
    say("菜单已创建，成员重新打开应用后可见。")


def sync(connection_id: Id) -> None:
    """读取应用可见范围内的成员，只更新有变化的。"""
    reading = _do(connection_id, lambda rooms, actor: rooms.people.read_directory(actor, connection_id))
    typer.echo(f"成员 {reading.listed} 人，更新 {reading.changed} 人")


def remove(connection_id: Id) -> None:
    """断开一个连接，删除它的密钥和成员名单。"""
    _do(connection_id, lambda rooms, actor: rooms.connections.disconnect(actor, connection_id))
    typer.echo(f"已断开 {connection_id}")


def _do(connection_id: str, work: "Callable[[WecomRooms, Actor], Awaitable[T]]") -> T:
    from services.cli.session import in_session
    from shared.errors import NotFoundError

    async def run(around: "Surroundings") -> T:
        async with _rooms(around) as rooms:
            corp = await rooms.corps.get(connection_id)
            if corp is None:
                raise NotFoundError(f"没有 id 为“{connection_id}”的连接；zhitui wecom list 列出全部")
            return await work(rooms, _manager(corp.organisation_id))

    return in_session(run)


@asynccontextmanager
async def _rooms(around: "Surroundings") -> "AsyncIterator[WecomRooms]":
    from services.portal.desk.desk import Desk
    from services.portal.wecom.rooms import WecomRooms

    with closing(Desk(around)) as desk:
        rooms = WecomRooms(desk)
        try:
            yield rooms
        finally:
            await rooms.close()


def _manager(organisation_id: str) -> "Actor":
    """Return the operator at the command line, as somebody who manages an organisation."""
    from services.portal.desk.actor import Actor, Role, Way

    return Actor(account_id="", organisation_id=organisation_id, role=Role.OPERATOR, way=Way.COMMAND_LINE)


def _row(corp: "WecomCorp") -> dict[str, object]:
    return {
        "id": corp.id,
        "organisation_id": corp.organisation_id,
        "corp_id": corp.corp_id,
        "agent_id": corp.agent_id,
        "proved_at": corp.proved_at,
        "called_at": corp.called_at,
        "synced_at": corp.synced_at,
    }
