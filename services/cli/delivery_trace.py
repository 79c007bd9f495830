"""``zhitui delivery show``: the way of one message, from the publications it tells to the vendor's answers."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.output import json_lines, moment, table
from shared.store.records import DeliveryState

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from shared.runtime.role import Surroundings
    from shared.store.records import Alert, Attempt, Delivery, PublicationVersion

STATES = {"waiting": "等待发送", "sending": "正在发送", "sent": "已发送", "dead": "已放弃", "held": "待确认"}

AsJson = Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")]


def show(
    delivery_id: Annotated[str, typer.Argument(help="推送记录的 id。", metavar="ID")], *, as_json: AsJson = False
) -> None:
    """显示一条推送的来龙去脉：公开从哪里来、为什么匹配、何时计划、每次尝试和对方的回答。日志里用同一个 id。"""
    from services.cli.session import in_session

    async def work(
        around: "Surroundings",
    ) -> "tuple[Delivery, list[Attempt], list[Alert], dict[str, PublicationVersion], ZoneInfo]":
        delivery, attempts, alerts = await details(around, delivery_id)
        histories = await around.store.publications.histories([alert.key.publication_number for alert in alerts])
        firsts = {key: versions[0] for key, versions in histories.items() if versions}
        return delivery, attempts, alerts, firsts, around.settings.zone

    delivery, attempts, alerts, known, zone = in_session(work)
    if as_json:
        items = [_item(alert, known.get(alert.key.publication_number)) for alert in alerts]
        json_lines([{"delivery": delivery, "attempts": attempts, "items": items}])
        return
    facts = [
        ("状态", STATES[delivery.state.value]),
        ("原因", delivery.detail),
        ("渠道", delivery.channel.value),
        ("目的地", delivery.destination_id),
        ("订阅", "、".join(delivery.sections)),
        ("页", f"{delivery.page}/{delivery.pages}"),
        ("计划于", moment(delivery.created_at, zone)),
        ("发出于", moment(delivery.sent_at, zone)),
        ("下次尝试", moment(delivery.next_attempt_at, zone) if delivery.state is DeliveryState.WAITING else None),
        ("链路编号", delivery.traceparent or None),
    ]
    table(delivery.id, ("", ""), facts, empty="")
    table(
        "内容：公开 → 匹配",
        ("公开号", "订阅", "名称", "来自", "收到", "匹配", "命中", "得分"),
        [_row(alert, known.get(alert.key.publication_number), zone) for alert in alerts],
        empty="没有内容。",
    )
    tries = [
        (
            a.number,
            moment(a.started_at, zone),
            STATES[a.outcome.value],
            a.vendor_code,
            a.message_id,
            a.duration_seconds and f"{a.duration_seconds:.2f}",
            a.detail,
        )
        for a in attempts
    ]
    table("尝试", ("次", "时间", "结果", "对方代码", "对方编号", "秒", "原因"), tries, empty="还没有尝试过。")


async def details(around: "Surroundings", delivery_id: str) -> "tuple[Delivery, list[Attempt], list[Alert]]":
    """Return a delivery with its attempts and what it tells."""
    from shared.errors import NotFoundError

    store = around.store
    delivery = await store.deliveries.get(delivery_id)
    if delivery is None:
        raise NotFoundError(f"没有 id 为“{delivery_id}”的推送记录；zhitui delivery list 列出最近的")
    return delivery, await store.deliveries.attempts(delivery_id), await store.alerts.of_delivery(delivery_id)


def _row(alert: "Alert", first: "PublicationVersion | None", zone: "ZoneInfo") -> tuple[object, ...]:
    rules = "；".join(f"{why.profile_name} 规则 {why.rule + 1}" for why in alert.whys)
    hits = [f"{hit.term}（{hit.field}）" for why in alert.whys for hit in why.evidence]
    return (
        alert.key.publication_number,
        alert.key.subscription_id,
        alert.publication.title,
        first.origin if first else None,
        moment(first.accepted_at if first else None, zone),
        moment(alert.created_at, zone),
        f"{rules}：{'、'.join(dict.fromkeys(hits))}",
        f"{alert.score:.2f}",
    )


def _item(alert: "Alert", first: "PublicationVersion | None") -> dict[str, Any]:
    return {
        "publication_number": alert.key.publication_number,
        "subscription_id": alert.key.subscription_id,
        "title": alert.publication.title,
        "origin": first.origin if first else None,
        "accepted_at": first.accepted_at if first else None,
        "matched_at": alert.created_at,
        "score": alert.score,
        "whys": alert.whys,
    }
