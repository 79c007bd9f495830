"""``zhitui delivery``: what became of every message."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.output import json_lines, say, table
from shared.store.records import DeliveryState

if TYPE_CHECKING:
    from shared.runtime.role import Surroundings
    from shared.store.records import Alert, Attempt, Delivery

STATES = {"waiting": "等待发送", "sending": "正在发送", "sent": "已发送", "dead": "已放弃", "held": "待确认"}

AsJson = Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")]


def register(app: typer.Typer) -> None:
    """Add ``delivery``."""
    commands = typer.Typer(no_args_is_help=True, help="推送记录：发了什么、发到哪里、为什么没发成；重试。")
    app.add_typer(commands, name="delivery")
    commands.command(name="list")(list_recent)
    commands.command()(show)
    commands.command()(retry)
    commands.command()(recall)


def list_recent(
    *,
    state: Annotated[DeliveryState | None, typer.Option(help="只列出这个状态的。")] = None,
    destination: Annotated[str | None, typer.Option(help="只列出这个目的地的。", metavar="ID")] = None,
    limit: Annotated[int, typer.Option(min=1, help="最多列出多少条，新的在前。", metavar="N")] = 100,
    as_json: AsJson = False,
) -> None:
    """列出推送记录，新的在前。"""
    from services.cli.session import in_session

    deliveries = in_session(
        lambda around: around.store.deliveries.recent(state=state, destination_id=destination, limit=limit)
    )
    if as_json:
        json_lines(deliveries)
        return
    rows = [
        (
            d.id,
            d.channel.value,
            d.destination_id,
            d.subscription_id,
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


def show(
    delivery_id: Annotated[str, typer.Argument(help="推送记录的 id。", metavar="ID")], *, as_json: AsJson = False
) -> None:
    """显示一条推送：状态、每次尝试、包含的公开。"""
    from services.cli.session import in_session

    delivery, attempts, alerts = in_session(lambda around: details(around, delivery_id))
    if as_json:
        json_lines([{"delivery": delivery, "attempts": attempts, "items": [_item(alert) for alert in alerts]}])
        return
    facts = [
        ("状态", STATES[delivery.state.value]),
        ("原因", delivery.detail),
        ("渠道", delivery.channel.value),
        ("目的地", delivery.destination_id),
        ("订阅", delivery.subscription_id),
        ("页", f"{delivery.page}/{delivery.pages}"),
        ("下次尝试", delivery.next_attempt_at.isoformat() if delivery.state is DeliveryState.WAITING else None),
    ]
    table(delivery.id, ("", ""), facts, empty="")
    tries = [
        (a.number, a.started_at.isoformat(timespec="seconds"), STATES[a.outcome.value], a.vendor_code, a.detail)
        for a in attempts
    ]
    table("尝试", ("次", "时间", "结果", "对方代码", "原因"), tries, empty="还没有尝试过。")
    table(
        "内容",
        ("公开号", "名称", "得分"),
        [(a.key.publication_number, a.publication.title, f"{a.score:.2f}") for a in alerts],
        empty="没有内容。",
    )


async def details(around: "Surroundings", delivery_id: str) -> "tuple[Delivery, list[Attempt], list[Alert]]":
    """Return a delivery with its attempts and what it tells."""
    from shared.errors import NotFoundError

    store = around.store
    delivery = await store.deliveries.get(delivery_id)
    if delivery is None:
        raise NotFoundError(f"没有 id 为“{delivery_id}”的推送记录；zhitui delivery list 列出最近的")
    return delivery, await store.deliveries.attempts(delivery_id), await store.alerts.of_delivery(delivery_id)


def retry(ids: Annotated[list[str], typer.Argument(help="推送记录的 id。", metavar="ID…")]) -> None:
    """重新发送已放弃或待确认的推送。有一条不行时退出码为 1，其余照样重试。"""
    from services.cli.session import in_session
    from shared.errors import InvalidInputError, NotFoundError

    async def work(around: "Surroundings") -> list[str]:
        refused = []
        for delivery_id in ids:
            try:
                await around.store.deliveries.retry(delivery_id, now=around.clock.now())
            except NotFoundError:
                refused.append(f"{delivery_id}：没有这条推送记录")
            except InvalidInputError:
                refused.append(f"{delivery_id}：它没有被放弃，也不是待确认，不需要重试")
        return refused

    refused = in_session(work)
    for line in refused:
        say(line)
    if len(refused) < len(ids):
        say(f"{len(ids) - len(refused)} 条已放回发送队列；推送角色运行时会马上再发。")
    if refused:
        raise typer.Exit(1)


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
    from services.notifier.channels.registry import open_channels
    from shared.errors import InvalidInputError

    delivery, attempts, _ = await details(around, delivery_id)
    async with open_channels(
        around.settings, around.clock, idempotency=around.store.idempotency, secrets=around.secrets
    ) as channels:
        channel = channels.get(delivery.channel)
        if not isinstance(channel, Recalls):
            raise InvalidInputError(f"渠道 {delivery.channel} 不能撤回消息；可以撤回的是 wecom-app。")
        message_id = next((tried.message_id for tried in reversed(attempts) if tried.message_id), None)
        if message_id is None or delivery.sent_at is None:
            raise InvalidInputError("这条推送没有发出去，或对方没有给出消息编号，不能撤回。")
        if around.clock.now() - delivery.sent_at >= timedelta(seconds=channel.recall_seconds):
            raise InvalidInputError(f"发出已超过 {channel.recall_seconds / 3600:.0f} 小时，对方不再允许撤回。")
        await channel.recall(message_id)


def _item(alert: "Alert") -> dict[str, Any]:
    return {
        "publication_number": alert.key.publication_number,
        "title": alert.publication.title,
        "score": alert.score,
        "whys": alert.whys,
    }
