"""``zhitui delivery``: what became of every message."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.delivery_message import message
from services.cli.delivery_retry import retry
from services.cli.delivery_trace import STATES, AsJson, details, show
from services.cli.delivery_wanted import Selection, by_options
from services.cli.output import json_lines, say, table
from shared.store.records import DeliveryState

if TYPE_CHECKING:
    from shared.runtime.role import Surroundings


def register(app: typer.Typer) -> None:
    """Add ``delivery``."""
    commands = typer.Typer(no_args_is_help=True, help="推送记录：发了什么、发到哪里、为什么没发成；重试。")
    app.add_typer(commands, name="delivery")
    commands.command(name="list")(list_recent)
    commands.command()(show)
    commands.command()(message)
    commands.command()(retry)
    commands.command()(recall)


@by_options
def list_recent(
    *,
    selection: Selection,
    limit: Annotated[int, typer.Option(min=1, help="最多列出多少条，新的在前。", metavar="N")] = 100,
    as_json: AsJson = False,
) -> None:
    """列出推送记录，新的在前。"""
    from services.cli.session import in_session

    deliveries = in_session(
        lambda around: around.store.deliveries.recent(selection.wanted(around.settings), limit=limit)
    )
    if as_json:
        json_lines(deliveries)
        return
    rows = [
        (
            d.id,
            d.channel.value,
            d.destination_id,
            "、".join(d.sections),
            len(d.publication_numbers),
            STATES[d.state.value],
            d.attempts,
            d.detail if d.state is not DeliveryState.SENT else None,
        )
        for d in deliveries
    ]
    table(
        "推送记录",
        ("id", "渠道", "目的地", "订阅", "件数", "状态", "次数", "原因"),
        rows,
        empty="没有这样的推送记录。",
    )


def recall(delivery_id: Annotated[str, typer.Argument(help="推送记录的 id。", metavar="ID")]) -> None:
    """撤回已发出的消息（企业微信应用，24 小时内；在微信里看到的撤不回）。"""
    from services.cli.session import in_session

    in_session(lambda around: call_back(around, delivery_id))
    say(f"消息 {delivery_id} 已撤回。推送记录仍是“已发送”，不会自动重发。")


async def call_back(around: "Surroundings", delivery_id: str) -> None:
    """Take a message away from those who got it.

    Raises:
        NotFoundError: there is no such delivery.
        InvalidInputError: its channel cannot, or cannot any more.
        ZhituiError: the vendor refuses.
    """
    from datetime import timedelta

    from services.notifier.channels.port import Recalls
    from services.notifier.channels.registry import channels_of
    from shared.errors import InvalidInputError

    delivery, attempts, _ = await details(around, delivery_id)
    async with channels_of(around) as channels:
        channel = channels.get(delivery.channel)
        if not isinstance(channel, Recalls):
            raise InvalidInputError(f"渠道 {delivery.channel} 不能撤回消息；可以撤回的是 wecom-app。")
        message_id = next((tried.message_id for tried in reversed(attempts) if tried.message_id), None)
        if message_id is None or delivery.sent_at is None:
            raise InvalidInputError("这条推送没有发出去，或对方没有给出消息编号，不能撤回。")
        if around.clock.now() - delivery.sent_at >= timedelta(seconds=channel.recall_seconds):
            raise InvalidInputError(f"发出已超过 {channel.recall_seconds / 3600:.0f} 小时，对方不再允许撤回。")
        await channel.recall(message_id)
