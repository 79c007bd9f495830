"""From waiting alerts to deliveries: which are told, which are left out, on which pages."""

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from services.notifier.channels.port import Frame
from services.notifier.channels.sections import Section
from services.notifier.planning.flood import SUMMARY
from shared.ids import stable_id
from shared.store.records import Delivery, GroupPlan, Notice, Remark
from shared.unsubscribe import MOST_SECTIONS
from shared.wording.sections import shown_once

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from services.notifier.channels.port import ChannelAdapter
    from shared.store.records import Alert, AlertKey
    from shared.wire.subscription import Destination, Subscription

_NEXT_SECTION = ""
"""Parts subscriptions in what a delivery's id is made of; no id and no number is empty."""


class Portion(NamedTuple):
    """What one subscription tells.

    Attributes:
        subscription: whose cap and id count.
        alerts: what waits, not empty, in any order.
        name: what its people call the subscription; needed beside others only, where items say whose they are.
        unsubscribe_url: shown in every message.
        notice: what every message explains about it; of a flood only the best `SUMMARY` are told where there is no cap.
    """

    subscription: "Subscription"
    alerts: "Sequence[Alert]"
    unsubscribe_url: str | None = None
    notice: Notice | None = None
    name: str = ""

    def cut(self) -> "tuple[list[Alert], list[Alert]]":
        """Return what is told, the best first, and what the cap leaves out."""
        best_first = sorted(self.alerts, key=lambda alert: (-alert.score, alert.key.publication_number))
        cap = self.subscription.cap
        told = best_first[: SUMMARY if cap is None and self.notice is Notice.FLOOD else cap]
        return told, best_first[len(told) :]


class _Page(NamedTuple):
    """What becomes one delivery; ``remarks``: one of each subscription that stands on it, in order."""

    numbers: "tuple[str, ...]"
    keys: "list[AlertKey]"
    remarks: "list[Remark]"


def make_plan(
    portions: "Sequence[Portion]",
    destination: "Destination",
    channel: "ChannelAdapter",
    *,
    now: "datetime",
    unsubscribe_url: str | None = None,
) -> GroupPlan:
    """Plan the deliveries that tell these alerts: subscription by subscription, the best first.

    Args:
        portions: one a subscription, not empty; they are told in the order of the subscriptions' ids.
        destination: where they go.
        channel: knows how much goes into one message.
        now: when the deliveries are created and due.
        unsubscribe_url: under which all of several subscriptions are left; of one it is its own.

    Returns:
        One delivery a page; its id is the same whenever the same alerts are planned.
    """
    if len(portions) == 1:
        return _of_one(portions[0], destination, channel, now=now)
    in_order = sorted(portions, key=lambda portion: portion.subscription.id)
    parts = [in_order[start : start + MOST_SECTIONS] for start in range(0, len(in_order), MOST_SECTIONS)]
    cuts = {portion.subscription.id: portion.cut() for portion in in_order}
    pages = [page for part in parts for page in _pages(part, cuts, destination, channel, unsubscribe_url)]
    deliveries = [
        _delivery(page, destination, now=now, number=number, of=len(pages))
        for number, page in enumerate(pages, start=1)
    ]
    return GroupPlan(
        deliveries=tuple(deliveries),
        planned=tuple(
            (key, delivery.id) for page, delivery in zip(pages, deliveries, strict=True) for key in page.keys
        ),
        over_cap=tuple(alert.key for _, left_out in cuts.values() for alert in left_out),
    )


def _of_one(portion: Portion, destination: "Destination", channel: "ChannelAdapter", *, now: "datetime") -> GroupPlan:
    told, left_out = portion.cut()
    subscription_id = portion.subscription.id
    frame = Frame(
        subscription_id=subscription_id,
        left_out=len(left_out),
        count=len(told),
        unsubscribe_url=portion.unsubscribe_url,
        notice=portion.notice,
    )
    pages = channel.paginate(destination, frame, told)
    deliveries: list[Delivery] = []
    planned: list[tuple[AlertKey, str]] = []
    for index, page in enumerate(pages, start=1):
        numbers = tuple([alert.key.publication_number for alert in page])
        delivery = Delivery(
            id=stable_id("d", destination.id, subscription_id, *sorted(numbers)),
            subscription_id=subscription_id,
            destination_id=destination.id,
            channel=destination.channel,
            publication_numbers=numbers,
            page=index,
            pages=len(pages),
            left_out=len(left_out) if index == len(pages) else 0,
            notice=portion.notice,
            next_attempt_at=now,
            created_at=now,
        )
        deliveries.append(delivery)
        planned.extend([(alert.key, delivery.id) for alert in page])
    return GroupPlan(
        deliveries=tuple(deliveries), planned=tuple(planned), over_cap=tuple([alert.key for alert in left_out])
    )


def _pages(
    portions: "Sequence[Portion]",
    cuts: "Mapping[str, tuple[list[Alert], list[Alert]]]",
    destination: "Destination",
    channel: "ChannelAdapter",
    unsubscribe_url: str | None,
) -> "list[_Page]":
    """Return the pages of as many subscriptions as one message has."""
    remarks = [
        Remark(subscription_id=one.subscription.id, left_out=len(cuts[one.subscription.id][1]), notice=one.notice)
        for one in portions
    ]
    shown = shown_once(alert for one in portions for alert in cuts[one.subscription.id][0])
    frame = Frame(
        subscription_id=remarks[0].subscription_id,
        left_out=sum(remark.left_out for remark in remarks),
        count=len(shown.alerts),
        unsubscribe_url=unsubscribe_url,
        sections=tuple(
            Section(
                subscription_id=remark.subscription_id,
                name=portion.name,
                left_out=remark.left_out,
                unsubscribe_url=portion.unsubscribe_url,
                notice=remark.notice,
            )
            for portion, remark in zip(portions, remarks, strict=True)
        ),
        told_by=shown.told_by,
    )
    pages = channel.paginate(destination, frame, shown.alerts)
    made = []
    for number, page in enumerate(pages, start=1):
        keys = [key for alert in page for key in shown.stands_for[alert.key]]
        numbers = tuple(dict.fromkeys(key.publication_number for key in keys))
        made.append(_Page(numbers, keys, _on_page(remarks, keys, is_last=number == len(pages))))
    return made


def _on_page(remarks: "Sequence[Remark]", keys: "Sequence[AlertKey]", *, is_last: bool) -> "list[Remark]":
    """Return what is said of the subscriptions on a page; what caps left out is told on the last one."""
    told = {key.subscription_id for key in keys}
    if is_last:
        return [remark for remark in remarks if remark.left_out or remark.subscription_id in told]
    return [msgspec.structs.replace(remark, left_out=0) for remark in remarks if remark.subscription_id in told]


def _delivery(page: _Page, destination: "Destination", *, now: "datetime", number: int, of: int) -> Delivery:
    first, *others = page.remarks
    said = tuple([remark for remark in page.remarks if remark.left_out or remark.notice is not None])
    return Delivery(
        id=stable_id("d", destination.id, *_names(page)),
        subscription_id=first.subscription_id,
        subscription_ids=tuple([remark.subscription_id for remark in page.remarks]) if others else msgspec.UNSET,
        destination_id=destination.id,
        channel=destination.channel,
        publication_numbers=page.numbers,
        page=number,
        pages=of,
        left_out=sum([remark.left_out for remark in page.remarks]) if others else first.left_out,
        notice=None if others else first.notice,
        remarks=said if others and said else msgspec.UNSET,
        next_attempt_at=now,
        created_at=now,
    )


def _names(page: _Page) -> "list[str]":
    """Return what names a page's alerts at their destination: of one subscription the same as if it were alone."""
    names: list[str] = []
    for remark in page.remarks:
        numbers = sorted(key.publication_number for key in page.keys if key.subscription_id == remark.subscription_id)
        names += [*([_NEXT_SECTION] if names else []), remark.subscription_id, *numbers]
    return names
