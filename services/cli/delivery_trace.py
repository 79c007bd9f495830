"""``zhitui delivery show``: the way of one message, from the publications it tells to the vendor's answers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import json_lines

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from shared.filing.event_calls import EventCall
    from shared.filing.events import Event
    from shared.runtime.role import Surroundings
    from shared.store.records import Alert, Attempt, Delivery, PublicationVersion

STATES = {"waiting": "等待发送", "sending": "正在发送", "sent": "已发送", "dead": "已放弃", "held": "待确认"}

AsJson = Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The way of a message.

    Attributes:
        attempts: the oldest first.
        alerts: what it tells, in its order.
        first_read: key of an item → as it was first accepted.
        events: that it was given up, the oldest first.
        calls: those that are still owed to webhooks, by id.
        zone: in which moments are told.
    """

    delivery: "Delivery"
    attempts: "list[Attempt]"
    alerts: "list[Alert]"
    first_read: "dict[str, PublicationVersion]"
    events: "list[Event]"
    calls: "dict[str, EventCall]"
    zone: "ZoneInfo"


def show(
    delivery_id: Annotated[str, typer.Argument(help="推送记录的 id。", metavar="ID")], *, as_json: AsJson = False
) -> None:
    """显示一条推送的来龙去脉：公开从哪里来、为什么匹配、何时计划、每次尝试和对方的回答。日志里用同一个 id。"""
    from services.cli.delivery_words import as_data, print_trace
    from services.cli.session import in_session

    trace = in_session(lambda around: trace_of(around, delivery_id))
    if as_json:
        json_lines([as_data(trace)])
    else:
        print_trace(trace)


async def trace_of(around: "Surroundings", delivery_id: str) -> Trace:
    """Return the way of a message.

    Raises:
        NotFoundError: there is no such delivery.
    """
    from shared.filing.event_calls import EVENT_CALLS, call_id
    from shared.filing.events import EVENTS, failure_id
    from shared.store.records import DeliveryState

    delivery, attempts, alerts = await details(around, delivery_id)
    histories = await around.store.publications.histories([alert.key.publication_number for alert in alerts])
    failures = [failure_id(delivery_id, one.number) for one in attempts if one.outcome is DeliveryState.DEAD]
    found = await around.store.shelf(EVENTS).many(failures)
    events = [found[one].document for one in failures if one in found]
    owed = await around.store.shelf(EVENT_CALLS).many(
        [call_id(event.id, receiver) for event in events for receiver in event.untold]
    )
    return Trace(
        delivery=delivery,
        attempts=attempts,
        alerts=alerts,
        first_read={key: versions[0] for key, versions in histories.items() if versions},
        events=events,
        calls={one: filed.document for one, filed in owed.items()},
        zone=around.settings.zone,
    )


async def details(around: "Surroundings", delivery_id: str) -> "tuple[Delivery, list[Attempt], list[Alert]]":
    """Return a delivery with its attempts and what it tells."""
    from shared.errors import NotFoundError

    store = around.store
    delivery = await store.deliveries.get(delivery_id)
    if delivery is None:
        raise NotFoundError(f"没有 id 为“{delivery_id}”的推送记录；zhitui delivery list 列出最近的")
    return delivery, await store.deliveries.attempts(delivery_id), await store.alerts.of_delivery(delivery_id)
