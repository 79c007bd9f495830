"""``zhitui destination``: where messages go."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.destination_proof import enable, test, verify
from services.cli.output import json_lines, say, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.outlets import Prepared
    from shared.runtime.role import Surroundings
    from shared.wire.subscription import Destination

STATES = {"unverified": "未验证", "active": "可用", "disabled": "已停用"}

Id = Annotated[str, typer.Argument(help="目的地的 id，自己取，例如 box。", metavar="ID")]
AsJson = Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")]


def register(app: typer.Typer) -> None:
    """Add ``destination``."""
    commands = typer.Typer(no_args_is_help=True, help="目的地：推送到哪个邮箱、哪个企业微信群。")
    app.add_typer(commands, name="destination")
    commands.command()(add)
    commands.command(name="list")(list_all)
    commands.command()(show)
    commands.command()(test)
    commands.command()(verify)
    commands.command()(enable)
    commands.command()(rotate)
    commands.command()(remove)


def add(
    destination_id: Id,
    channel: Annotated[
        str, typer.Argument(help="渠道，例如 email、wecom-robot、dingtalk、feishu、webhook、feed。", metavar="CHANNEL")
    ],
    address: Annotated[
        str, typer.Argument(help="邮箱地址；机器人的 key 或整个地址；接收方的网址；feed 写 self。", metavar="ADDRESS")
    ],
    options: Annotated[
        list[str] | None, typer.Option("--set", help="渠道选项，可重复，例如 format=text。", metavar="KEY=VALUE")
    ] = None,
    *,
    verified: Annotated[
        bool, typer.Option("--verified", help="我担保这个地址是对的、对方愿意收，不必再验证。")
    ] = False,
) -> None:
    """登记一个目的地，同 id 的会被替换。没有 --verified 时要先用 destination test 验证才会推送。"""
    from services.cli.session import in_session

    prepared = in_session(
        lambda around: save(around, destination_id, channel, address, options=_pairs(options or []), verified=verified)
    )
    added = prepared.destination
    typer.echo(added.id)
    if prepared.told:
        say(prepared.told)
    if added.state == "unverified":
        say(f"已登记，还未验证。请运行 zhitui destination test {added.id} ；验证通过后才开始推送。")


async def save(
    around: "Surroundings",
    destination_id: str,
    channel: str,
    address: str,
    *,
    options: dict[str, str],
    verified: bool,
) -> "Prepared":
    """Check a destination, let its channel complete it, and store it.

    Raises:
        InvalidInputError: it cannot work.
        RetryLaterError: somebody else changes the one of this id just now.
    """
    from services.cli.meanwhile import changed_meanwhile
    from services.notifier.channels.registry import known_channel
    from services.notifier.outlets import ChannelOutlets
    from shared.errors import InvalidInputError
    from shared.wire.subscription import Destination, DestinationState

    name = known_channel(channel)
    outlets = ChannelOutlets(around.settings, around.clock)
    try:
        destination = Destination(
            id=destination_id,
            channel=name,
            address=outlets.check(name, address, options),
            options=options,
            state=DestinationState.ACTIVE if verified else DestinationState.UNVERIFIED,
            created_at=around.clock.now(),
        )
    except ValueError as error:
        raise InvalidInputError(f"目的地的 id 不行：1 到 128 个字符，不能有空格（{error}）") from error
    before = await around.store.destinations.get(destination_id)
    prepared = await outlets.prepare(destination, before)
    if not await around.store.destinations.replace(before, prepared.destination):
        raise changed_meanwhile(f"目的地 {destination_id}")
    return prepared


def list_all(*, as_json: AsJson = False) -> None:
    """列出全部目的地；地址只显示一部分。"""
    from services.cli.session import in_session

    destinations = in_session(lambda around: around.store.destinations.all())
    if as_json:
        json_lines(map(shown, destinations))
        return
    rows = [(d.id, d.channel.value, d.masked_address, STATES[d.state.value], d.state_reason) for d in destinations]
    table(
        "目的地",
        ("id", "渠道", "地址", "状态", "原因"),
        rows,
        empty="还没有目的地。用 zhitui destination add 登记一个。",
    )


def show(destination_id: Id, *, as_json: AsJson = False) -> None:
    """显示一个目的地；地址只显示一部分。"""
    from services.cli.session import in_session

    row = shown(in_session(lambda around: find(around, destination_id)))
    if as_json:
        json_lines([row])
    else:
        table("目的地", ("", ""), list(row.items()), empty="")


def rotate(destination_id: Id) -> None:
    """换一个新密钥（webhook）或新地址（feed），只显示一次；webhook 的旧密钥 24 小时内仍有效，feed 的旧地址立即失效。"""
    from services.cli.session import in_session

    say(in_session(lambda around: replace_key(around, destination_id)))


async def replace_key(around: "Surroundings", destination_id: str) -> str:
    """Give a destination a new secret; return what its owner is told.

    Raises:
        RetryLaterError: somebody else gives it another one just now.
    """
    from services.cli.meanwhile import changed_meanwhile
    from services.notifier.outlets import ChannelOutlets
    from shared.destination_changes import readdressed

    read = await find(around, destination_id)
    prepared = await ChannelOutlets(around.settings, around.clock).rotate(read)
    if await readdressed(around.store.destinations, read, prepared.destination) is None:
        raise changed_meanwhile(f"目的地 {destination_id}")
    return prepared.told


def remove(destination_id: Id) -> None:
    """删除一个目的地；还没发的提醒不再发给它。"""
    from services.cli.session import in_session
    from shared.errors import NotFoundError

    if not in_session(lambda around: around.store.destinations.remove(destination_id)):
        raise NotFoundError(_none(destination_id))
    say(f"已删除目的地 {destination_id}。")


async def find(around: "Surroundings", destination_id: str) -> "Destination":
    """Return a destination, or say that there is none."""
    from shared.errors import NotFoundError

    destination = await around.store.destinations.get(destination_id)
    if destination is None:
        raise NotFoundError(_none(destination_id))
    return destination


def shown(destination: "Destination") -> dict[str, Any]:
    """Return what may be shown of a destination: no address."""
    return {
        "id": destination.id,
        "channel": destination.channel.value,
        "address": destination.masked_address,
        "options": destination.masked_options,
        "state": destination.state.value,
        "state_reason": destination.state_reason,
        "created_at": destination.created_at,
    }


def _none(destination_id: str) -> str:
    return f"没有 id 为“{destination_id}”的目的地；zhitui destination list 列出全部"


def _pairs(options: "Sequence[str]") -> dict[str, str]:
    from shared.errors import InvalidInputError

    pairs = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not (name and equals):
            raise InvalidInputError(f"--set {option} 看不懂。请写成 --set 名称=值，例如 --set format=text。")
        pairs[name] = value
    return pairs
