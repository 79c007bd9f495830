"""The way of a message in words, and as data for programs."""

from typing import TYPE_CHECKING, Any

from services.cli.delivery_trace import STATES
from services.cli.output import moment, pairs
from shared.filing.event_calls import call_id
from shared.store.records import DeliveryState, Notice
from shared.wording.items import one_line, whys_in_words

if TYPE_CHECKING:
    from services.cli.delivery_trace import Trace
    from shared.filing.events import Event
    from shared.store.records import Alert, Attempt

_OUTCOMES = {**STATES, "waiting": "没成功，会再试", "dead": "没成功，不再试"}
_NOTICES = {
    Notice.FLOOD: "命中太多，只发汇总",
    Notice.COLLECTED: "达到对方频率上限，汇总发出",
    Notice.HEARTBEAT: "“没有新命中”的每月提示",
}
_MAY_HAVE_ARRIVED = "对方可能已经收到"

Rows = list[tuple[str, str]]
"""What something is called, and what is said of it; a line each."""


def print_trace(trace: "Trace") -> None:
    """Print it: how it stands, what it tells, each try, and which programs were told that it was given up."""
    nothing = "没有专利，这是每月提示。" if trace.delivery.notice is Notice.HEARTBEAT else "没有内容。"
    pairs(f"推送 {trace.delivery.id}", _facts(trace))
    pairs("内容", [row for alert in trace.alerts for row in _item(trace, alert)] or [("", nothing)])
    pairs("尝试", [row for one in trace.attempts for row in _attempt(trace, one)] or [("", "还没有尝试过。")])
    if trace.events:
        pairs("通知单位自己的程序（delivery.failed）", [row for one in trace.events for row in _event(trace, one)])


def as_data(trace: "Trace") -> dict[str, Any]:
    """Return it for programs."""
    return {
        "delivery": trace.delivery,
        "attempts": trace.attempts,
        "items": [_item_as_data(trace, alert) for alert in trace.alerts],
        "events": trace.events,
    }


def _facts(trace: "Trace") -> Rows:
    delivery, zone = trace.delivery, trace.zone
    is_waiting = delivery.state is DeliveryState.WAITING
    rows = [
        ("状态", STATES[delivery.state.value]),
        ("原因", delivery.detail if delivery.state is not DeliveryState.SENT else None),
        ("怎么办", _advice(trace)),
        ("发到", f"{delivery.destination_id}（{delivery.channel.value}）"),
        ("订阅", "、".join(_sections(trace))),
        ("第几条", f"{delivery.page}/{delivery.pages}" if delivery.pages > 1 else None),
        ("计划于", moment(delivery.created_at, zone)),
        ("发出于", moment(delivery.sent_at, zone)),
        ("下次尝试", moment(delivery.next_attempt_at, zone) if is_waiting else None),
        ("链路编号", delivery.traceparent or None),
    ]
    return [(name, said) for name, said in rows if said]


def _advice(trace: "Trace") -> str | None:
    retry = f"zhitui delivery retry {trace.delivery.id}"
    match trace.delivery.state:
        case DeliveryState.DEAD:
            return f"排除原因后重发：{retry}"
        case DeliveryState.HELD:
            return f"{_MAY_HAVE_ARRIVED}，先问一问；没收到就重发：{retry}"
        case _:
            return None


def _sections(trace: "Trace") -> list[str]:
    """Return its subscriptions, each with what is unusual about what it tells."""
    delivery = trace.delivery
    remarks = {remark.subscription_id: (remark.left_out, remark.notice) for remark in delivery.remarks or ()}
    if len(delivery.sections) == 1:
        remarks = {delivery.subscription_id: (delivery.left_out, delivery.notice)}
    said = []
    for subscription_id in delivery.sections:
        left_out, notice = remarks.get(subscription_id, (0, None))
        unusual = [f"另有 {left_out} 件未列出"] if left_out else []
        unusual += [_NOTICES[notice]] if notice else []
        said.append(f"{subscription_id}（{'，'.join(unusual)}）" if unusual else subscription_id)
    return said


def _item(trace: "Trace", alert: "Alert") -> Rows:
    key = alert.key
    first = trace.first_read.get(key.publication_number)
    read = (
        f"{moment(first.accepted_at, trace.zone)}，来自 {one_line(first.origin) or '不详'}" if first else "已不在库里"
    )
    return [
        (key.publication_number, one_line(alert.publication.title)),
        ("  收到", read),
        ("  匹配", f"{moment(alert.created_at, trace.zone)}，订阅 {key.subscription_id}，得分 {alert.score:.2f}"),
        *(("", said) for said in whys_in_words(alert.whys)),
    ]


def _attempt(trace: "Trace", attempt: "Attempt") -> Rows:
    took = None if attempt.duration_seconds is None else f"用时 {attempt.duration_seconds:.2f} 秒"
    code = f"对方代码 {attempt.vendor_code}" if attempt.vendor_code else None
    number = f"对方编号 {attempt.message_id}" if attempt.message_id else None
    doubt = _MAY_HAVE_ARRIVED if attempt.ambiguous else None
    parts = (moment(attempt.started_at, trace.zone), _OUTCOMES[attempt.outcome.value], took, code, number, doubt)
    first = (f"第 {attempt.number} 次", "，".join(part for part in parts if part))
    return [first, ("", attempt.detail)] if attempt.detail else [first]


def _event(trace: "Trace", event: "Event") -> Rows:
    rows = [(moment(event.at, trace.zone) or "", event.id)]
    for receiver in event.untold:
        call = trace.calls.get(call_id(event.id, receiver))
        when = f"{moment(call.due_at, trace.zone)} 再试" if call else "不再自动通知；在控制台的消息页可以再通知一次"
        rows.append((f"  {receiver}", f"还没有收下，{when}"))
    return rows if event.untold else [*rows, ("", "都已收下")]


def _item_as_data(trace: "Trace", alert: "Alert") -> dict[str, Any]:
    first = trace.first_read.get(alert.key.publication_number)
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
