"""``zhitui delivery message``: what a delivery says, to the last byte, without sending it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import say

if TYPE_CHECKING:
    from shared.runtime.role import Surroundings


def message(
    delivery_id: Annotated[str, typer.Argument(help="推送记录的 id。", metavar="ID")],
    *,
    out: Annotated[Path | None, typer.Option(help="写到这个文件；表格文件（xlsx）只能这样看。", metavar="FILE")] = None,
) -> None:
    """显示一条推送的完整消息，与发出（或将要发出）的一样；不会发送。"""
    from services.cli.session import in_session
    from shared.errors import InvalidInputError

    body = in_session(lambda around: body_of(around, delivery_id))
    if out is not None:
        out.write_bytes(body)
        say(f"已写入 {out}（{len(body):,} 字节）。")
        return
    try:
        body.decode()
    except UnicodeDecodeError:
        raise InvalidInputError("这条推送是一个表格文件。请用 --out 文件名.xlsx 存下来再打开。") from None
    sys.stdout.buffer.write(body.rstrip(b"\n") + b"\n")
    sys.stdout.buffer.flush()


async def body_of(around: "Surroundings", delivery_id: str) -> bytes:
    """Return the message as its channel makes it.

    Raises:
        NotFoundError: there is no such delivery, or its destination was removed.
        InvalidInputError: its channel has no messages to look at.
    """
    from services.cli.delivery_trace import details
    from services.cli.destination import find
    from services.notifier.channels.port import Shows
    from services.notifier.channels.registry import channels_of
    from services.notifier.delivery.heartbeat import sentence
    from services.notifier.delivery.needed import needed
    from services.notifier.delivery.writing import written
    from shared.errors import InvalidInputError
    from shared.store.records import Notice
    from shared.unsubscribe import Unsubscriber

    delivery, _, _ = await details(around, delivery_id)
    destination = await find(around, delivery.destination_id)
    async with channels_of(around) as channels:
        channel = channels.get(delivery.channel)
        if not isinstance(channel, Shows):
            raise InvalidInputError(f"渠道 {delivery.channel} 没有可以这样看的消息；zhitui delivery show 列出内容。")
        unsubscriber = Unsubscriber(around.secrets, around.settings.public_url)
        needs = (await needed(around.store, [delivery]))[delivery]
        whole = await written(around, unsubscriber, delivery, destination, channel, needs=needs)
        return sentence(whole.frame).encode() if delivery.notice is Notice.HEARTBEAT else channel.shown(whole)
